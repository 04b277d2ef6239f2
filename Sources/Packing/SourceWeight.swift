internal import Parallel

/// How often the documents of a source are taken: a document of weight w is taken floor(w) times, and once more where a keyed
/// hash of its id falls below the fraction of w. The answer for one document never depends on the others.
public struct SourceWeight: Sendable, Equatable {
    /// The weight, 0 or more.
    public let weight: Double
    private let whole: Int
    private let rest: Double
    private let seed: UInt64

    /// A weight; throws `PackingFailure.invalidWeight` below 0, above 1,000,000 and for what is not a number.
    public init(_ weight: Double, seed: UInt64) throws(PackingFailure) {
        guard weight >= 0, weight <= 1_000_000 else { throw .invalidWeight(weight) }
        self.weight = weight
        whole = Int(weight)
        rest = weight - Double(whole)
        self.seed = KeyedHash.mix(seed, seed: 0x5745_4947_4854)
    }

    /// How many times the document is taken.
    public func copies(ofDocument id: String) -> Int {
        whole + (rest > 0 && fraction(of: id, seed: seed) < rest ? 1 : 0)
    }
}
