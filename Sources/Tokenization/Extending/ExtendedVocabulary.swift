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
    /// Only vocabularies of one kind go together, bytes with bytes and characters with characters. Special tokens and tokens of bytes are
    /// not taken over. Each piece can be merged from every two parts that are tokens.
    public init(_ base: Tokenizer, merging other: Tokenizer) throws {
        if (base.model.characters == nil) != (other.model.characters == nil) {
            throw TokenizerFailure.impossibleTraining(
                option: "--merge",
                expected: "a vocabulary of \(base.model.characters == nil ? "bytes" : "characters") as the base has",
                found: other.description.model)
        }
        let merger = PairMerger(base.model)
        var names = base.names
        var entries: [Entry] = []
        let unwanted = Set(other.addedTokens.map(\.id))
        let fixed = Set(base.addedTokens.map(\.id))
        for id in 0..<UInt32(other.vocabularySize) where !unwanted.contains(id) {
            guard let written = other.names.writtenForm(of: id).map(Array.init), !written.isEmpty,
                ByteTokens.byte(of: written) == nil || other.model.characters == nil
            else { continue }
            let newID = UInt32(base.vocabularySize + entries.count)
            if written.withUnsafeBytes({ names.insert($0, id: newID) }) != nil { continue }
            entries.append(Entry(written: written, constituents: VocabularyExtender.encode(written, merger)))
        }
        func part(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt32? {
            guard let id = names.id(of: UnsafeRawBufferPointer(rebasing: bytes)), !fixed.contains(id),
                base.model.characters == nil || ByteTokens.byte(of: bytes) == nil
            else { return nil }
            return id
        }
        for index in entries.indices {
            let written = entries[index].written
            written.withUnsafeBytes { bytes in
                for cut in 1..<max(1, min(bytes.count, 4096)) where bytes[cut] & 0xC0 != 0x80 {
                    if let left = part(bytes[..<cut]), let right = part(bytes[cut...]) {
                        entries[index].cuts.append((left, right))
                    }
                }
            }
            entries[index].cuts.sort { ($0.left, $0.right) < ($1.left, $1.right) }
        }
        self.init(base: base, entries: entries, bytes: 0, baseTokens: 0)
    }

    init(base: Tokenizer, entries: [Entry], bytes: Int, baseTokens: Int) {
        self.base = base
        self.entries = entries
        self.bytes = bytes
        self.baseTokens = baseTokens
    }
}
