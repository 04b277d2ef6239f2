public import Files
import Glibc
import Tokenization

/// Which ids of the vocabulary the blocks use and how often, padding left out. Counted in every block.
public struct VocabularyUse: Sendable, Equatable {
    /// A token and how often it occurs.
    public struct Token: Sendable, Equatable {
        /// The id.
        public let id: UInt32
        /// What it stands for; `<0xE2><0x80>` where its bytes are no whole characters.
        public let text: String
        /// The bytes it stands for.
        public let bytes: Int
        /// How often it occurs.
        public let count: Int
    }

    /// Ids of the tokenizer.
    public let size: Int
    /// Different ids that stand in the blocks.
    public let used: Int
    /// Tokens whose id is not below `size`: 0 in a sound corpus.
    public let outside: Int
    /// Tokens in the blocks, separators included.
    public let tokens: Int
    /// Bits that a token carries if only its frequency is known.
    public let entropy: Double
    /// Tokens that stand for a byte that is a part of a character: what the vocabulary could not spell otherwise. Nil without a tokenizer.
    public let byteTokens: Int?
    /// The most frequent tokens. Empty without a tokenizer.
    public let mostFrequent: [Token]
    /// The tokens of most bytes among those that occur. Empty without a tokenizer.
    public let longest: [Token]
    /// The first ids that nothing uses, in the order of their ids. Empty without a tokenizer.
    public let unusedExamples: [Token]
    /// How often each id occurs.
    let counts: [Int]

    static let shown = 12

    /// The share of ids that are used, 0 to 1.
    public var coverage: Double { size == 0 ? 0 : Double(used) / Double(size) }
    /// Ids that nothing uses.
    public var unused: Int { size - used }
    /// The share of tokens that are `byteTokens`.
    public var byteShare: Double? { byteTokens.map { tokens == 0 ? 0 : Double($0) / Double(tokens) } }

    init(_ histogram: TokenHistogram, tokenizer: Tokenizer?) {
        var histogram = histogram
        histogram.flush()
        let counts = histogram.counts
        self.counts = counts
        size = counts.count
        used = counts.count { $0 > 0 }
        outside = histogram.outside
        let tokens = histogram.total
        self.tokens = tokens
        var bits = 0.0
        for count in counts where count > 0 {
            let share = Double(count) / Double(tokens)
            bits -= share * log2(share)
        }
        entropy = bits
        guard let tokenizer else {
            byteTokens = nil
            mostFrequent = []
            longest = []
            unusedExamples = []
            return
        }
        func token(_ id: Int) -> Token {
            let bytes = tokenizer.bytes(of: UInt32(id)) ?? []
            return Token(
                id: UInt32(id), text: VocabularyUse.text(bytes), bytes: bytes.count, count: counts[id])
        }
        var single = 0
        var lengths: [(id: Int, bytes: Int)] = []
        for id in counts.indices where counts[id] > 0 && !tokenizer.isSpecial(UInt32(id)) {
            guard let bytes = tokenizer.bytes(of: UInt32(id)) else { continue }
            if bytes.count == 1, bytes[0] >= 0x80 { single += counts[id] }
            lengths.append((id, bytes.count))
        }
        byteTokens = single
        let byCount = counts.indices.filter { counts[$0] > 0 }.sorted {
            counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1
        }
        mostFrequent = byCount.prefix(VocabularyUse.shown).map(token)
        longest = lengths.sorted { $0.bytes != $1.bytes ? $0.bytes > $1.bytes : $0.id < $1.id }
            .prefix(VocabularyUse.shown).map { token($0.id) }
        unusedExamples = counts.indices.filter { counts[$0] == 0 && tokenizer.contains(UInt32($0)) }
            .prefix(VocabularyUse.shown).map(token)
    }

    /// The text of bytes, or the bytes one by one where they are no whole characters.
    static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return bytes.map { "<0x" + Hexadecimal.text(of: [$0]).uppercased() + ">" }.joined()
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "size": .integer(size), "used": .integer(used), "coverage": .double(coverage), "outside": .integer(outside),
            "unused": .integer(unused), "tokens": .integer(tokens), "entropy_bits": .double(entropy),
            "byte_tokens": byteTokens.map { .integer($0) } ?? .null,
            "byte_share": byteShare.map { .double($0) } ?? .null,
            "most_frequent": .array(mostFrequent.map(\.json)), "longest": .array(longest.map(\.json)),
            "unused_examples": .array(unusedExamples.map(\.json)),
        ])
    }
}

extension VocabularyUse.Token {
    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "id": .integer(Int(id)), "text": .string(text), "bytes": .integer(bytes), "count": .integer(count),
        ])
    }
}
