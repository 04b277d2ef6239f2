public import Files
public import Packing

/// What one source, or the whole corpus, amounts to. Each document counts once, however often it is packed.
public struct SourceStatistics: Sendable, Equatable {
    /// The name of the source; `total` for the whole.
    public var name: String
    /// Documents.
    public internal(set) var documents = 0
    /// Bytes of their text in UTF-8.
    public internal(set) var textBytes = 0
    /// Words of their text: what stands between white space.
    public internal(set) var words = 0
    /// Their tokens, separators not counted.
    public internal(set) var tokens = 0
    /// Their lengths.
    public internal(set) var lengths = LengthHistogram()
    /// Their lengths at fixed shares.
    public internal(set) var quantiles = LengthQuantiles([])
    /// What cutting each document off after one block would cost.
    public internal(set) var packVersusTruncate: PackVersusTruncate
    /// Each kind of text that occurs, in a fixed order.
    public var kinds: [KindStatistics] { allKinds.filter { $0.bytes > 0 } }
    /// Documents that were encoded again.
    public internal(set) var sampleDocuments = 0
    /// Different ids in its blocks, separators included; nil where blocks were not read or there are too many sources to tell.
    public internal(set) var usedIDs: Int?

    var allKinds = KindStatistics.names.map { KindStatistics(kind: $0) }
    /// The length of every document, until `finish`.
    private(set) var lengthList: [UInt32] = []

    /// Nothing counted yet, for blocks of `blockLength` tokens.
    public init(name: String, blockLength: Int) {
        self.name = name
        packVersusTruncate = PackVersusTruncate(length: blockLength)
    }

    /// Bytes of text for each token; nil without tokens.
    public var bytesPerToken: Double? { tokens == 0 ? nil : Double(textBytes) / Double(tokens) }
    /// Tokens for each word (fertility); nil without words.
    public var tokensPerWord: Double? { words == 0 ? nil : Double(tokens) / Double(words) }

    /// Counts a document.
    mutating func add(textBytes bytes: Int, tokens count: Int) {
        documents += 1
        textBytes += bytes
        tokens += count
        lengths.add(tokens: count)
        lengthList.append(UInt32(clamping: count))
        packVersusTruncate.add(tokens: count)
    }

    mutating func merge(_ other: SourceStatistics) {
        documents += other.documents
        textBytes += other.textBytes
        words += other.words
        tokens += other.tokens
        lengths.merge(other.lengths)
        lengthList += other.lengthList
        packVersusTruncate.merge(other.packVersusTruncate)
        for kind in allKinds.indices { allKinds[kind].merge(other.allKinds[kind]) }
        sampleDocuments += other.sampleDocuments
    }

    /// Makes the quantiles of what was counted and forgets single lengths.
    mutating func finish() {
        quantiles = LengthQuantiles(lengthList)
        lengthList = []
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "name": .string(name), "documents": .integer(documents), "text_bytes": .integer(textBytes),
            "words": .integer(words), "tokens": .integer(tokens),
            "bytes_per_token": bytesPerToken.map { .double($0) } ?? .null,
            "tokens_per_word": tokensPerWord.map { .double($0) } ?? .null,
            "longest_document": .integer(lengths.longest), "lengths": lengths.json,
            "length_quantiles": quantiles.json, "pack_versus_truncate": packVersusTruncate.json,
            "kinds": .array(kinds.map(\.json)), "sample_documents": .integer(sampleDocuments),
            "vocabulary_used": usedIDs.map { .integer($0) } ?? .null,
        ])
    }
}
