internal import Files
internal import Parallel

/// Which families of documents go to validation: a keyed hash of the family key decides, so the answer for a family never
/// changes when other families come or go.
public struct FamilySplit: Sendable, Equatable {
    /// The expected share of families in validation, 0 to 1.
    public let validationShare: Double
    private let seed: UInt64

    /// A split; a share outside 0 ... 1 counts as the nearer end, one that is not a number as 0.
    public init(validationShare: Double, seed: UInt64) {
        self.validationShare = validationShare > 0 ? min(validationShare, 1) : 0
        self.seed = KeyedHash.mix(seed, seed: 0x5350_4C49_54)
    }

    /// Whether the family's documents are in validation.
    public func isValidation(familyKey: String) -> Bool {
        fraction(of: familyKey, seed: seed) < validationShare
    }
}

/// A number in 0 ..< 1 that depends on the key and the seed alone; a share of 1 therefore takes every key.
func fraction(of key: String, seed: UInt64) -> Double {
    Double(KeyedHash.mix(XXHash3.hash64(key), seed: seed) >> 11) * 0x1p-53
}
