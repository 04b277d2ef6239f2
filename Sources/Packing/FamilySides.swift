/// The sides of a split, family by family, for a whole corpus.
///
/// A family that shares no near duplicate with another goes where its key says, whatever else comes or goes, unless it grows above or shrinks
/// below `largestShare`. Families that do share one are one family:
/// where their keys disagree, what stands in validation stays there, and the members on the other side leave training, because a text of
/// theirs is in validation too. No history is asked for, so a corpus that grew has the split of one that was built at once. A family of more
/// than a set share of all tokens goes to training: a validation set that is mostly one text measures that text.
public struct FamilySides: Sendable, Equatable {
    /// Where a document is.
    public enum Side: Sendable, Equatable {
        case train, validation
        /// Out of training, since it is in one family with documents of validation.
        case leavesTraining
    }

    /// Families that are one through near duplicates.
    public struct Merger: Sendable, Equatable {
        /// Their keys, in byte order.
        public var families: [String]
        /// How many documents left training.
        public var leftTraining: Int

        /// A merger.
        public init(families: [String], leftTraining: Int) {
            self.families = families
            self.leftTraining = leftTraining
        }
    }

    /// A family that is too large for validation.
    public struct Oversized: Sendable, Equatable {
        /// Its keys, in byte order.
        public var families: [String]
        /// Tokens of its documents.
        public var tokens: Int

        /// A family and its size.
        public init(families: [String], tokens: Int) {
            self.families = families
            self.tokens = tokens
        }
    }

    /// The side of every document, in order.
    public private(set) var sides: [Side]
    /// The number of the family of every document, after mergers; numbers count from 0 in the order of first documents.
    public private(set) var families: [Int]
    /// The mergers, in the order of their first documents.
    public private(set) var mergers: [Merger] = []
    /// Families that went to training for their size, in the order of their first documents.
    public private(set) var oversized: [Oversized] = []

    /// Of no documents.
    public static let none = FamilySides(
        keys: [], tokens: [], links: [], split: FamilySplit(validationShare: 0, seed: 0), largestShare: 1)

    /// Decides for documents with these family keys and these numbers of tokens.
    ///
    /// - Parameter links: Pairs of documents that are near duplicates, as indices.
    /// - Parameter largestShare: The share of all tokens above which a family goes to training; 1: none does.
    ///
    /// Nearly linear in documents and links.
    public init(keys: [String], tokens: [Int], links: [(Int, Int)], split: FamilySplit, largestShare: Double) {
        precondition(keys.count == tokens.count)
        var numbers: [String: Int] = [:]
        var names: [String] = []
        let own = keys.map { key in
            if let number = numbers[key] { return number }
            numbers[key] = names.count
            names.append(key)
            return names.count - 1
        }
        // The smallest number is the root, so that the order of links changes nothing.
        var parents = Array(names.indices)
        func root(_ family: Int) -> Int {
            var family = family
            while parents[family] != family {
                parents[family] = parents[parents[family]]
                family = parents[family]
            }
            return family
        }
        for (first, second) in links {
            let (a, b) = (root(own[first]), root(own[second]))
            if a != b { parents[max(a, b)] = min(a, b) }
        }
        families = own.map(root)
        let isValidation = names.map(split.isValidation(familyKey:))
        var groups: [[Int]] = names.map { _ in [] }
        for family in names.indices { groups[root(family)].append(family) }
        var sums = [Int](repeating: 0, count: names.count)
        for (family, count) in zip(families, tokens) { sums[family] += count }
        let most = largestShare >= 1 ? Double.infinity : Double(sums.reduce(0, +)) * largestShare
        var isOversized = [Bool](repeating: false, count: names.count)
        var left = [Int](repeating: 0, count: names.count)
        for family in names.indices where Double(sums[family]) > most { isOversized[family] = true }
        let mixed = groups.map { group in group.contains { isValidation[$0] } }
        sides = []
        for (family, root) in zip(own, families) {
            if isOversized[root] {
                sides.append(.train)
            } else if isValidation[family] {
                sides.append(.validation)
            } else if mixed[root] {
                sides.append(.leavesTraining)
                left[root] += 1
            } else {
                sides.append(.train)
            }
        }
        for root in names.indices where !groups[root].isEmpty {
            let members = groups[root].map { names[$0] }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            if members.count > 1 { mergers.append(Merger(families: members, leftTraining: left[root])) }
            if isOversized[root], mixed[root] { oversized.append(Oversized(families: members, tokens: sums[root])) }
        }
    }
}
