/// Which member of a cluster of duplicates stays.
public enum ClusterPolicy: String, Sendable, CaseIterable {
    /// The first in the order of the input.
    case first
    /// The longest.
    case longest
    /// The one of the newest version or date; members that have none are older than all that have one.
    case newest
    /// The one whose source stands first in the list of sources.
    case sourcePriority = "source-priority"
    /// None.
    case dropAll = "drop-all"

    /// What is known of a member of a cluster.
    public struct Member: Sendable, Hashable {
        /// Its identifier, which decides between equals: the smallest in the order of bytes stays.
        public var id: String
        /// Its place in the input.
        public var order: Int
        /// Its length, in bytes or whatever else all members are measured in.
        public var length: Int
        /// Its version or date as numbers, the most important first; empty where it has none. A longer one is newer than its beginning.
        public var version: [Int]
        /// The place of its source in the list of sources.
        public var sourceRank: Int

        /// A member.
        public init(id: String, order: Int, length: Int = 0, version: [Int] = [], sourceRank: Int = 0) {
            self.id = id
            self.order = order
            self.length = length
            self.version = version
            self.sourceRank = sourceRank
        }
    }

    /// The index of the member that stays; nil where none does. But for `first` it does not depend on the order of the members; between
    /// members with the same identifier the earlier one stays.
    public func kept(of members: [Member]) -> Int? {
        if self == .dropAll { return nil }
        return members.indices.min { isBetter(members[$0], members[$1]) }
    }

    private func isBetter(_ one: Member, _ other: Member) -> Bool {
        switch self {
        case .first, .dropAll: return one.order < other.order
        case .longest:
            if one.length != other.length { return one.length > other.length }
        case .newest:
            if one.version != other.version { return other.version.lexicographicallyPrecedes(one.version) }
        case .sourcePriority:
            if one.sourceRank != other.sourceRank { return one.sourceRank < other.sourceRank }
        }
        if one.id != other.id { return one.id.utf8.lexicographicallyPrecedes(other.id.utf8) }
        return one.order < other.order
    }
}
