/// What a search for near duplicates found.
public struct NearDuplicates: Sendable {
    /// Two documents and their exact Jaccard similarity.
    public struct Pair: Sendable, Hashable {
        /// The smaller index.
        public var first: Int
        /// The larger index.
        public var second: Int
        /// Their exact similarity; 0 where candidates were not verified.
        public var jaccard: Double
    }

    /// Documents that belong together through pairs at or above the threshold: ascending, two and more, in the order of the smallest. They
    /// do not depend on threads, on the bound of memory or, as sets of documents, on the order of the documents.
    public var clusters: [[Int]] = []
    /// The pairs that made clusters, in the order in which they were found. Pairs inside a cluster that was known by then were not looked
    /// at, so this is not every pair; it does not depend on threads.
    public var pairs: [Pair] = []
    /// Documents that share a band with another.
    public var candidates = 0
    /// Buckets of documents that share a band.
    public var buckets = 0
    /// Pairs of candidates whose sets were compared.
    public var comparisons = 0
    /// Of these, pairs below the threshold.
    public var rejected = 0
    /// Pairs that were not looked at because their bucket has too many members that differ.
    public var skipped = 0

    /// Nothing found.
    public init() {}
}
