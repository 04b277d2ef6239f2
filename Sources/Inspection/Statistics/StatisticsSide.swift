import Building
import Files
import Packing
import Tokenization

/// One side of a comparison: a corpus, or files that were encoded for it.
public struct StatisticsSide: Sendable {
    /// What it is called.
    public let name: String
    let total: SourceStatistics
    let sources: [SourceStatistics]
    let vocabulary: VocabularyUse?
    let paragraphs: RepeatedParagraphs
    let tokenizerDigest: String?
    let tokenizer: Tokenizer?

    /// A built corpus.
    public init(_ statistics: CorpusStatistics, name: String? = nil) {
        self.name = name ?? statistics.manifest.name
        total = statistics.total
        sources = statistics.sources
        vocabulary = statistics.vocabulary
        paragraphs = statistics.paragraphs
        tokenizer = statistics.tokenizer
        tokenizerDigest = statistics.manifest.tokenizer["digest"]?.string
    }

    /// Files.
    public init(_ statistics: InputStatistics) {
        name = statistics.name
        total = statistics.total
        sources = statistics.sources
        vocabulary = statistics.vocabulary
        paragraphs = statistics.paragraphs
        tokenizer = statistics.tokenizer
        tokenizerDigest = statistics.tokenizer.digest
    }

    /// As a JSON object.
    var json: JSONValue {
        .object([
            "name": .string(name), "total": total.json, "sources": .array(sources.map(\.json)),
            "vocabulary": vocabulary?.json ?? .null, "paragraphs": paragraphs.json,
            "tokenizer_digest": tokenizerDigest.map { .string($0) } ?? .null,
        ])
    }
}
