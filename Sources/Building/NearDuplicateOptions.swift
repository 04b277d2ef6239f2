public import Deduplication

/// What a recipe says of near duplicates.
public struct NearDuplicateOptions: Sendable, Equatable {
    /// How they are looked for.
    public var minhash = MinHashOptions()
    /// Which member of a cluster stays.
    public var policy = ClusterPolicy.first
    /// Whether the others go; else they are only kept on one side of the split.
    public var removes = true
    /// Bytes of memory for the search, about; what does not fit goes to temporary files. Changes no result.
    public var memory = 1 << 30

    /// The defaults.
    public init() {}

    /// Everything that decides what is found, as one line.
    var signatureText: String {
        "bands=\(minhash.bands) rows=\(minhash.rows) shingles=\(minhash.shingles) seed=\(minhash.seed)"
    }

    /// Everything that decides what stays, as one line.
    var digestText: String {
        signatureText
            + " threshold=\(minhash.threshold) verify=\(minhash.verifies) policy=\(policy.rawValue) remove=\(removes)"
    }
}
