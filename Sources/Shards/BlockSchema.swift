public import Files

/// The columns and the top-level members of a data set of blocks.
///
/// `tokens` holds one block, `segment_ends` the ends of its segments, ascending, and `segment_documents` the row in
/// `documents/` of each. Positions beyond the last end are padding. `loss_spans`, where it is there, holds pairs start, end of the
/// positions that carry loss, ascending, the pair 0, 0 where none does; without the column all do.
public struct BlockSchema: Sendable, Equatable {
    /// The version of the columns and members, raised when a reader would have to change. Version 2 added the checks of the index.
    public static let version = 2
    static let versionMember = "schema_version"

    /// Tokens in a block.
    public var length: Int
    /// The number of ids of the tokenizer: ids are below it, and it decides between 16 and 32 bits.
    public var vocabularySize: Int
    /// SHA-256 of the tokenizer.
    public var tokenizerDigest: String
    /// `none`, `eos`, `bos` or `both`.
    public var separatorPolicy: String
    /// The id of padding.
    public var paddingToken: UInt32
    /// Whether blocks say which of their positions carry loss.
    public var hasLossSpans: Bool
    /// Further top-level members of the index.
    public var attributes: [String: JSONValue]

    /// A schema.
    public init(
        length: Int, vocabularySize: Int, tokenizerDigest: String, separatorPolicy: String, paddingToken: UInt32,
        hasLossSpans: Bool = false, attributes: [String: JSONValue] = [:]
    ) {
        self.length = length
        self.vocabularySize = vocabularySize
        self.tokenizerDigest = tokenizerDigest
        self.separatorPolicy = separatorPolicy
        self.paddingToken = paddingToken
        self.hasLossSpans = hasLossSpans
        self.attributes = attributes
    }

    /// The top-level member that names the strategy of packing where it is not `concatenate`: pieces of a document then stand anywhere.
    public static let packStrategy = "pack_strategy"

    /// The names of the columns.
    public static let tokens = "tokens"
    /// The names of the columns.
    public static let segmentEnds = "segment_ends"
    /// The names of the columns.
    public static let segmentDocuments = "segment_documents"
    /// The names of the columns.
    public static let lossSpans = "loss_spans"

    /// The value of the column of loss spans: pairs start, end. Where nothing carries loss one empty pair, because readers of the format know
    /// no empty arrays.
    public static func lossBounds(_ spans: [Range<Int>]) -> [UInt32] {
        spans.isEmpty ? [0, 0] : spans.flatMap { [UInt32($0.lowerBound), UInt32($0.upperBound)] }
    }

    /// 16 bits where every id fits, else 32.
    public var tokenElement: MDSElement { vocabularySize <= 1 << 16 ? .uint16 : .uint32 }

    /// The columns, in the order in which a sample is put.
    public var columns: [MDSColumn] {
        (hasLossSpans ? [MDSColumn(BlockSchema.lossSpans, .array(.uint32))] : []) + [
            MDSColumn(BlockSchema.segmentDocuments, .array(.uint32)),
            MDSColumn(BlockSchema.segmentEnds, .array(.uint32)),
            MDSColumn(BlockSchema.tokens, .fixedArray(tokenElement, shape: [length])),
        ]
    }

    /// The top-level members of `index.json`.
    public var indexAttributes: [String: JSONValue] {
        var members = attributes
        members[BlockSchema.versionMember] = .integer(BlockSchema.version)
        members["block_length"] = .integer(length)
        members["vocabulary_size"] = .integer(vocabularySize)
        members["tokenizer_digest"] = .string(tokenizerDigest)
        members["separator_policy"] = .string(separatorPolicy)
        members["padding_token"] = .integer(Int(paddingToken))
        return members
    }

    /// A size limit that no shard of `blocks` blocks can exceed however many segments they have, at least the format's
    /// default; throws where a shard could need more than 32-bit offsets.
    public func sizeLimit(blocksPerShard blocks: Int) throws(ShardFailure) -> Int {
        // Worst case of a block: an offset, two lengths, two array headers of at most 6 bytes, a segment for each token.
        // Loss on every second token: one more length and header, and a pair for each.
        let spans = hasLossSpans ? 4 + 6 + (length + 1) / 2 * 8 : 0
        let block = 4 + 8 + 12 + length * (tokenElement.size + 8) + spans
        let (bytes, overflow) = block.multipliedReportingOverflow(by: max(1, blocks))
        let bound = overflow ? Int.max : bytes
        if bound <= MDSLayout.defaultSizeLimit - 4096 { return MDSLayout.defaultSizeLimit }
        guard bound <= MDSLayout.largestShard - 4096 else {
            throw .invalidLayout(
                "\(blocks) blocks of \(length) tokens may need more than 2^32 bytes; choose fewer a shard")
        }
        return bound + 4096
    }

    /// A writer of shards of at most `blocksPerShard` blocks.
    public func makeWriter(
        blocksPerShard: Int, compression: MDSCompression = .zstd(level: 7), hashes: [ShardHash] = [.sha256, .xxh64]
    ) throws(ShardFailure) -> MDSShardWriter {
        try MDSShardWriter(
            columns: columns,
            options: MDSShardOptions(
                compression: compression, hashes: hashes, sizeLimit: try sizeLimit(blocksPerShard: blocksPerShard)))
    }
}

extension MDSShardWriter {
    /// Adds a block to a writer that `BlockSchema.makeWriter` made: `ids` of the block length, and the end and document of each
    /// segment, at least one.
    ///
    /// - Parameter lossSpans: What `BlockSchema.lossBounds` gives; nil exactly where the schema has no such column.
    public mutating func append(
        block ids: UnsafeBufferPointer<UInt32>, segmentEnds: [UInt32], segmentDocuments: [UInt32],
        lossSpans: [UInt32]? = nil
    ) throws {
        try append { sample in
            if let lossSpans { try sample.put(lossSpans) }
            try sample.put(segmentDocuments)
            try sample.put(segmentEnds)
            try sample.put(ids)
        }
    }
}

extension MDSIndex {
    /// Whether a document that reaches the end of a block goes on at the beginning of the next.
    var joinsSegments: Bool {
        guard let strategy = attributes[BlockSchema.packStrategy]?.string else { return true }
        return strategy == "concatenate"
    }
}
