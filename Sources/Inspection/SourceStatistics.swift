public import Files
public import Packing

/// What one source, or the whole corpus, amounts to. Each document counts once, however often it is packed.
public struct SourceStatistics: Sendable, Equatable {
    /// The name of the source; `total` for the whole.
    public var name: String
    /// Documents.
    public var documents = 0
    /// Bytes of their text in UTF-8.
    public var textBytes = 0
    /// Their tokens, separators not counted.
    public var tokens = 0
    /// Their lengths.
    public var lengths = LengthHistogram()
    /// What cutting each document off after one block would cost.
    public var packVersusTruncate: PackVersusTruncate

    /// Nothing counted yet, for blocks of `blockLength` tokens.
    public init(name: String, blockLength: Int) {
        self.name = name
        packVersusTruncate = PackVersusTruncate(length: blockLength)
    }

    /// Bytes of text for each token; nil without tokens.
    public var bytesPerToken: Double? { tokens == 0 ? nil : Double(textBytes) / Double(tokens) }

    mutating func add(_ record: DocumentRecord) {
        documents += 1
        textBytes += record.textBytes
        tokens += record.tokens
        lengths.add(tokens: record.tokens)
        packVersusTruncate.add(tokens: record.tokens)
    }

    mutating func merge(_ other: SourceStatistics) {
        documents += other.documents
        textBytes += other.textBytes
        tokens += other.tokens
        lengths.merge(other.lengths)
        packVersusTruncate.merge(other.packVersusTruncate)
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "name": .string(name), "documents": .integer(documents), "text_bytes": .integer(textBytes),
            "tokens": .integer(tokens), "bytes_per_token": bytesPerToken.map { .double($0) } ?? .null,
            "longest_document": .integer(lengths.longest), "lengths": lengths.json,
            "pack_versus_truncate": packVersusTruncate.json,
        ])
    }
}
