import Files
import Tokenization

/// Two corpora, or a corpus and files, side by side: figures with their differences, and what has moved most between sources, kinds of text,
/// lengths and tokens.
public struct StatisticsComparison: Sendable {
    /// The version of the JSON form.
    public static let schemaVersion = 1

    /// A share that is not the same on both sides.
    public struct Shift: Sendable, Equatable {
        /// A source, a kind of text, a range of lengths, a token.
        public let name: String
        /// Its count on the first side.
        public let first: Int
        /// Its count on the second side.
        public let second: Int
        /// Its share on the first side, 0 to 1.
        public let firstShare: Double
        /// Its share on the second side.
        public let secondShare: Double

        /// Second less first.
        public var change: Double { secondShare - firstShare }
    }

    /// How one distribution has moved.
    public struct Movement: Sendable, Equatable {
        /// What is distributed over what, in words.
        public let title: String
        /// Jensen and Shannon's divergence in bits, 0 to 1; nil where a side is empty.
        public let divergence: Double?
        /// The population stability index; nil where a side is empty.
        public let stability: Double?
        /// All bins in their order or, of tokens, those that have moved most.
        public let shifts: [Shift]

        /// In words.
        public var verdict: String {
            guard let stability else { return "one side is empty" }
            if divergence == 1 { return "nothing in common" }
            return stability < 0.1 ? "little has moved" : stability < 0.25 ? "some has moved" : "much has moved"
        }
    }

    /// The sides.
    public let first: StatisticsSide
    /// The sides.
    public let second: StatisticsSide
    /// Tokens over sources.
    public let sources: Movement
    /// Bytes over kinds of text.
    public let kinds: Movement
    /// Documents over lengths.
    public let lengths: Movement
    /// Tokens over ids; nil where the sides have different tokenizers or blocks were not read.
    public let vocabulary: Movement?
    /// Ids that only the first side uses; nil where ids cannot be compared.
    public let onlyInFirst: Int?
    /// Ids that only the second side uses; nil where ids cannot be compared.
    public let onlyInSecond: Int?

    static let shownTokens = 20

    /// Compares. Cost: one pass over the vocabulary.
    public init(_ first: StatisticsSide, _ second: StatisticsSide) {
        self.first = first
        self.second = second
        let names = StatisticsComparison.names(first.sources.map(\.name), second.sources.map(\.name))
        func tokens(_ side: StatisticsSide) -> [Int] {
            names.map { name in side.sources.filter { $0.name == name }.reduce(0) { $0 + $1.tokens } }
        }
        sources = StatisticsComparison.movement("Tokens of each source", names, tokens(first), tokens(second))
        func bytes(_ side: StatisticsSide) -> [Int] { side.total.allKinds.map(\.bytes) }
        kinds = StatisticsComparison.movement(
            "Bytes of each kind of text", KindStatistics.names.map { $0.split(separator: "_").joined(separator: " ") },
            bytes(first), bytes(second))
        let buckets = StatisticsComparison.buckets(first.total.lengths, second.total.lengths)
        lengths = StatisticsComparison.movement(
            "Documents by their tokens", buckets.map(\.name), buckets.map(\.first), buckets.map(\.second))
        guard let one = first.vocabulary, let other = second.vocabulary,
            let digest = first.tokenizerDigest, digest == second.tokenizerDigest
        else {
            vocabulary = nil
            onlyInFirst = nil
            onlyInSecond = nil
            return
        }
        onlyInFirst = one.counts.indices.count { one.counts[$0] > 0 && (other.counts[safe: $0] ?? 0) == 0 }
        onlyInSecond = other.counts.indices.count { other.counts[$0] > 0 && (one.counts[safe: $0] ?? 0) == 0 }
        vocabulary = StatisticsComparison.tokenMovement(one, other, first.tokenizer ?? second.tokenizer)
    }

    private static func names(_ first: [String], _ second: [String]) -> [String] {
        var names: [String] = []
        for name in first + second where !names.contains(name) { names.append(name) }
        return names
    }

    private static func buckets(
        _ first: LengthHistogram, _ second: LengthHistogram
    ) -> [(name: String, first: Int, second: Int)] {
        var found: [Int: (name: String, first: Int, second: Int)] = [:]
        for bucket in first.buckets { found[bucket.from] = (bucket.label, bucket.documents, 0) }
        for bucket in second.buckets {
            found[bucket.from, default: (bucket.label, 0, 0)].second = bucket.documents
        }
        return found.keys.sorted().compactMap { found[$0] }
    }

    private static func movement(
        _ title: String, _ names: [String], _ first: [Int], _ second: [Int]
    ) -> Movement {
        let sums = (first.reduce(0, +), second.reduce(0, +))
        let shifts = names.indices.filter { first[$0] > 0 || second[$0] > 0 }.map { index in
            Shift(
                name: names[index], first: first[index], second: second[index],
                firstShare: sums.0 == 0 ? 0 : Double(first[index]) / Double(sums.0),
                secondShare: sums.1 == 0 ? 0 : Double(second[index]) / Double(sums.1))
        }
        return Movement(
            title: title, divergence: Divergence.jensenShannon(first, second),
            stability: Divergence.populationStability(first, second), shifts: shifts)
    }

    private static func tokenMovement(
        _ first: VocabularyUse, _ second: VocabularyUse, _ tokenizer: Tokenizer?
    ) -> Movement {
        let size = max(first.size, second.size)
        func share(_ side: VocabularyUse, _ id: Int) -> Double {
            side.tokens == 0 ? 0 : Double(side.counts[safe: id] ?? 0) / Double(side.tokens)
        }
        var best: [(id: Int, change: Double)] = []
        for id in 0..<size {
            let change = abs(share(second, id) - share(first, id))
            if change == 0 { continue }
            if best.count == shownTokens, let last = best.last, change <= last.change { continue }
            best.insert((id, change), at: best.firstIndex { $0.change < change } ?? best.count)
            if best.count > shownTokens { best.removeLast() }
        }
        let shifts = best.map { entry in
            Shift(
                name: tokenizer.map { VocabularyUse.text($0.bytes(of: UInt32(entry.id)) ?? []) } ?? "id \(entry.id)",
                first: first.counts[safe: entry.id] ?? 0, second: second.counts[safe: entry.id] ?? 0,
                firstShare: share(first, entry.id), secondShare: share(second, entry.id))
        }
        return Movement(
            title: "Tokens of each id", divergence: Divergence.jensenShannon(first.counts, second.counts),
            stability: Divergence.populationStability(first.counts, second.counts), shifts: shifts)
    }

    /// All of them.
    var movements: [Movement] { [sources, kinds, lengths] + (vocabulary.map { [$0] } ?? []) }
}

extension Array {
    /// The element at an index; nil beyond the end.
    subscript(safe index: Int) -> Element? { index >= 0 && index < count ? self[index] : nil }
}
