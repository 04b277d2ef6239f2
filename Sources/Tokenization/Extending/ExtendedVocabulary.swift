public import Files

/// A tokenizer and the tokens that come behind it.
public struct ExtendedVocabulary: Sendable {
    /// A new token.
    struct Entry: Sendable {
        /// As the files write it.
        var written: [UInt8]
        /// The ids that the base has for it.
        var constituents: [UInt32]
        /// By how many tokens it made all texts shorter.
        var gain = 0
        /// What it is merged from; nil for a character, and for a piece of another vocabulary.
        var merge: (left: UInt32, right: UInt32)?
        /// All pairs it is merged from, for a piece of another vocabulary.
        var cuts: [(left: UInt32, right: UInt32)] = []

        var merges: [(left: UInt32, right: UInt32)] { merge.map { [$0] } ?? cuts }
    }

    /// What was extended.
    public let base: Tokenizer
    let entries: [Entry]
    /// Bytes of the texts, as often as they count; 0 where there were none.
    public let bytes: Int
    /// Tokens that the base has for them.
    public let baseTokens: Int

    /// How many tokens are new; their ids begin at the base's `vocabularySize`.
    public var newTokens: Int { entries.count }

    /// How many tokens the texts take with the first so many new ones, from none to all, in steps.
    public func curve(step: Int = 100) -> [(added: Int, tokens: Int)] {
        var points = [(added: 0, tokens: baseTokens)]
        var tokens = baseTokens
        for (index, entry) in entries.enumerated() {
            tokens -= entry.gain
            if (index + 1) % max(1, step) == 0 || index + 1 == entries.count { points.append((index + 1, tokens)) }
        }
        return points
    }

    /// What new rows of an embedding are made from: for each new id, the old ids that its text had, in order.
    public var embeddingMap: JSONValue {
        let first = base.vocabularySize
        return .object([
            "base_digest": .string(base.digest), "base_vocabulary_size": .integer(first),
            "vocabulary_size": .integer(first + entries.count),
            "tokens": .array(
                entries.enumerated().map { index, entry in
                    .object([
                        "id": .integer(first + index), "token": .string(String(decoding: entry.written, as: UTF8.self)),
                        "constituents": .array(entry.constituents.map { .integer(Int($0)) }),
                    ])
                }),
        ])
    }

    /// The tokenizer `base` with the pieces of another one that it does not have, in that one's order.
    ///
    /// Only vocabularies of one kind go together, bytes with bytes and characters with characters. Special and added tokens, tokens of
    /// bytes and pieces that no text would have are not taken over: `leftOut` counts them. Each piece can be merged from every two
    /// parts that are tokens.
    public init(_ base: Tokenizer, merging other: Tokenizer) throws {
        func fail(_ expected: String, _ found: Tokenizer) -> TokenizerFailure {
            .impossibleTraining(option: "--merge", expected: expected, found: found.description.model)
        }
        if (base.model.characters == nil) != (other.model.characters == nil) {
            throw fail(
                "a vocabulary of \(base.model.characters == nil ? "bytes" : "characters") as the base has", other)
        }
        for tokenizer in [base, other] {
            if let rules = tokenizer.model.characters?.rules,
                !rules.continuingPrefix.isEmpty || !rules.endSuffix.isEmpty
            {
                throw fail("models without marks inside or behind words", tokenizer)
            }
        }
        let merging = VocabularyMerging(base, other)
        let merger = PairMerger(base.model)
        var names = base.names
        var entries: [Entry] = []
        for piece in merging.pieces {
            let id = UInt32(base.vocabularySize + entries.count)
            _ = piece.withUnsafeBytes { names.insert($0, id: id) }
            entries.append(Entry(written: piece, constituents: VocabularyExtender.encode(piece, merger)))
        }
        let fixed = Set(base.addedTokens.map(\.id))
        for index in entries.indices {
            entries[index].cuts = VocabularyMerging.cuts(entries[index].written) { bytes in
                guard let id = names.id(of: bytes), !fixed.contains(id),
                    base.model.characters == nil || ByteTokens.byte(of: bytes) == nil
                else { return nil }
                return id
            }
        }
        self.init(base: base, entries: entries, bytes: 0, baseTokens: 0)
        leftOut = merging.leftOut
    }

    /// Tokens of another vocabulary that were not taken over, and why.
    public struct LeftOut: Sendable, Equatable {
        /// The base has them.
        public var known = 0
        /// Special tokens.
        public var special = 0
        /// Added tokens and pieces that a user defined: found as a whole before anything is merged (`<unused0>`, `<mask>`).
        public var added = 0
        /// Tokens of single bytes.
        public var bytes = 0
        /// Pieces that merging never comes to: they have a character that is no piece, or other merges come first.
        public var unreachable = 0
        /// Some of the last kind.
        public var examples: [String] = []

        static let mostExamples = 5
    }

    /// What was left out of a vocabulary that was merged in.
    public private(set) var leftOut = LeftOut()

    init(base: Tokenizer, entries: [Entry], bytes: Int, baseTokens: Int) {
        self.base = base
        self.entries = entries
        self.bytes = bytes
        self.baseTokens = baseTokens
    }
}
