/// A record that is a duplicate of another and goes.
public struct DuplicateRemoval: Sendable {
    /// Why it goes.
    public enum Rule: String, Sendable {
        /// Its text is that of the record that stays, byte for byte.
        case exact
        /// Its shingles are like those of another record of its cluster.
        case near
    }

    /// The number of the record among all.
    public var record: Int
    /// What it calls itself.
    public var id: String
    /// The number of its cluster, from 1; 0 where the record that stays is in an index.
    public var cluster: Int
    /// What the record that stays calls itself; nil where none of the cluster stays.
    public var kept: String?
    /// Why it goes.
    public var rule: Rule
    /// The exact similarity to the record that stays; nil where none does or candidates were not verified. Below the threshold where others
    /// of the cluster stand between the two.
    public var jaccard: Double?
}
