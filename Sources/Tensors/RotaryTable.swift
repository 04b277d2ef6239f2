import Glibc

/// Cosines and sines of the angles by which rotary position embedding turns each pair of each head (Su et al. 2021).
public struct RotaryTable: Sendable {
    /// Number of positions the table covers.
    public let positions: Int
    /// Pairs of one head, half its floats.
    public let half: Int
    /// Cosines, [positions, half].
    public let cosines: FloatBuffer
    /// Sines, [positions, half].
    public let sines: FloatBuffer

    /// The table of positions 0 ..< `positions` for `frequencies` (radians a position, one a pair). Angles are rounded to
    /// float before cosine and sine, as the reference implementations do.
    public init(positions: Int, frequencies: [Float]) {
        self.positions = positions
        half = frequencies.count
        cosines = FloatBuffer(count: positions * frequencies.count)
        sines = FloatBuffer(count: positions * frequencies.count)
        for position in 0..<positions {
            for (pair, frequency) in frequencies.enumerated() {
                let angle = Double(Float(position) * frequency)
                cosines[position * half + pair] = Float(cos(angle))
                sines[position * half + pair] = Float(sin(angle))
            }
        }
    }
}
