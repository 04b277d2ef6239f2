/// A permutation of 0 ..< count that is computed, not stored: a four-round Feistel network over the next even power of two
/// with cycle walking, so that fewer than four steps are expected for each index.
public struct KeyedPermutation: Sendable {
    /// How many indices are permuted.
    public let count: Int
    private let halfBits: UInt64
    private let mask: UInt64
    private let keys: (UInt64, UInt64, UInt64, UInt64)

    /// The permutation of `count` indices under `seed`.
    public init(count: Int, seed: UInt64) {
        self.count = count
        var bits: UInt64 = 1
        while count > 1, UInt64(count - 1) >> (2 * bits) != 0 { bits += 1 }
        halfBits = bits
        mask = (1 << bits) - 1
        var random = SeededRandom(seed: seed)
        keys = (random.next(), random.next(), random.next(), random.next())
    }

    /// Where index `position` of the permuted order comes from.
    public subscript(position: Int) -> Int {
        precondition(position >= 0 && position < count, "index \(position) outside 0 ..< \(count)")
        var value = UInt64(position)
        repeat { value = encrypt(value) } while value >= UInt64(count)
        return Int(value)
    }

    private func encrypt(_ value: UInt64) -> UInt64 {
        var left = value >> halfBits
        var right = value & mask
        for key in [keys.0, keys.1, keys.2, keys.3] {
            (left, right) = (right, left ^ (KeyedHash.mix(right ^ key) & mask))
        }
        return left << halfBits | right
    }
}
