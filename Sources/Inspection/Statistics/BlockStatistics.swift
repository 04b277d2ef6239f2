public import Files
import Shards

/// How the documents of one side of the split lie in its blocks. Counted in every block.
public struct BlockStatistics: Sendable, Equatable {
    /// Blocks with so many documents in them.
    public struct Bucket: Sendable, Equatable {
        /// Fewest documents.
        public let from: Int
        /// Most documents.
        public let to: Int
        /// Blocks.
        public internal(set) var blocks: Int
    }

    /// Blocks.
    public internal(set) var blocks = 0
    /// Pieces of documents in them: a document that stands in two blocks has two.
    public internal(set) var segments = 0
    /// Documents that stand in more than one piece.
    public internal(set) var documentsCut = 0
    /// Pieces of those documents.
    public internal(set) var fragments = 0
    /// Blocks that do not end with a token of a document.
    public internal(set) var paddedBlocks = 0
    /// Positions of padding.
    public internal(set) var padding = 0
    /// Blocks by the number of documents in them, in buckets that double, from the first to the last that is not empty.
    public var documentsPerBlock: [Bucket] {
        guard let first = buckets.firstIndex(where: { $0.blocks > 0 }),
            let last = buckets.lastIndex(where: { $0.blocks > 0 })
        else { return [] }
        return Array(buckets[first...last])
    }
    /// Most documents in one block.
    public internal(set) var mostDocuments = 0
    /// Bytes of the shards on disk.
    public internal(set) var storedBytes = 0
    /// Bytes of the shards before compression.
    public internal(set) var rawBytes = 0
    /// Tokens in the blocks, padding left out.
    public internal(set) var tokens = 0

    private var buckets: [Bucket] = {
        var buckets = [Bucket(from: 0, to: 0, blocks: 0)]
        for power in 0..<32 { buckets.append(Bucket(from: 1 << power, to: (2 << power) - 1, blocks: 0)) }
        return buckets
    }()

    /// Nothing counted yet.
    init() {}

    /// Bytes on disk for each token that is not padding; nil without tokens.
    public var storedBytesPerToken: Double? { tokens == 0 ? nil : Double(storedBytes) / Double(tokens) }
    /// Pieces of documents in a block on average; nil without blocks.
    public var segmentsPerBlock: Double? { blocks == 0 ? nil : Double(segments) / Double(blocks) }

    mutating func add(segments count: Int, paddingStart: Int, of length: Int) {
        blocks += 1
        segments += count
        tokens += paddingStart
        if paddingStart < length { paddedBlocks += 1 }
        padding += length - paddingStart
        buckets[min(buckets.count - 1, Int.bitWidth - count.leadingZeroBitCount)].blocks += 1
        mostDocuments = max(mostDocuments, count)
    }

    mutating func merge(_ other: BlockStatistics) {
        blocks += other.blocks
        segments += other.segments
        documentsCut += other.documentsCut
        fragments += other.fragments
        paddedBlocks += other.paddedBlocks
        padding += other.padding
        tokens += other.tokens
        storedBytes += other.storedBytes
        rawBytes += other.rawBytes
        for index in buckets.indices { buckets[index].blocks += other.buckets[index].blocks }
        mostDocuments = max(mostDocuments, other.mostDocuments)
    }

    mutating func add(_ index: MDSIndex) {
        for shard in index.shards {
            storedBytes += (shard.zipData ?? shard.rawData).bytes
            rawBytes += shard.rawData.bytes
        }
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "blocks": .integer(blocks), "segments": .integer(segments), "documents_cut": .integer(documentsCut),
            "fragments": .integer(fragments), "padded_blocks": .integer(paddedBlocks), "padding": .integer(padding),
            "most_documents": .integer(mostDocuments),
            "segments_per_block": segmentsPerBlock.map { .double($0) } ?? .null,
            "documents_per_block": .array(
                documentsPerBlock.map {
                    .object(["from": .integer($0.from), "to": .integer($0.to), "blocks": .integer($0.blocks)])
                }), "stored_bytes": .integer(storedBytes), "raw_bytes": .integer(rawBytes), "tokens": .integer(tokens),
            "stored_bytes_per_token": storedBytesPerToken.map { .double($0) } ?? .null,
        ])
    }
}
