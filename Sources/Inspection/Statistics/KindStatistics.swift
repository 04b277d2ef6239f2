import Documents
public import Files

/// What one kind of text (prose, tables, code, …) amounts to. Bytes and words are counted in every document, tokens in the documents of
/// the sample: a token belongs to the kind its first byte stands in.
public struct KindStatistics: Sendable, Equatable {
    /// `prose`, `table`, `list_item` and so on; `text` in documents that do not say.
    public let kind: String
    /// Bytes of text, what stands between two spans counted with the first.
    public internal(set) var bytes = 0
    /// Words: what stands between white space.
    public internal(set) var words = 0
    /// Bytes in the documents of the sample.
    public internal(set) var sampleBytes = 0
    /// Words in the documents of the sample.
    public internal(set) var sampleWords = 0
    /// Tokens in the documents of the sample.
    public internal(set) var sampleTokens = 0

    /// The kinds of spans, and one for documents without.
    static let names = TextSpan.Kind.allCases.map(\.rawValue) + ["text"]
    /// The place of the last.
    static var unnamed: Int { names.count - 1 }

    /// The place of a kind of spans.
    static func place(of kind: TextSpan.Kind) -> Int { TextSpan.Kind.allCases.firstIndex(of: kind) ?? unnamed }

    init(kind: String) { self.kind = kind }

    /// Bytes for each token in the sample; nil where the sample has none.
    public var bytesPerToken: Double? { sampleTokens == 0 ? nil : Double(sampleBytes) / Double(sampleTokens) }
    /// Tokens for each word in the sample; nil where the sample has none.
    public var tokensPerWord: Double? { sampleWords == 0 ? nil : Double(sampleTokens) / Double(sampleWords) }

    mutating func merge(_ other: KindStatistics) {
        bytes += other.bytes
        words += other.words
        sampleBytes += other.sampleBytes
        sampleWords += other.sampleWords
        sampleTokens += other.sampleTokens
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "kind": .string(kind), "bytes": .integer(bytes), "words": .integer(words),
            "sample_bytes": .integer(sampleBytes), "sample_words": .integer(sampleWords),
            "sample_tokens": .integer(sampleTokens), "bytes_per_token": bytesPerToken.map { .double($0) } ?? .null,
            "tokens_per_word": tokensPerWord.map { .double($0) } ?? .null,
        ])
    }
}
