import Packing
import Shards

/// The blocks of one side of a sealed corpus, each with the segments that the documents lead to.
struct PlacedBlocks: Sendable {
    let dataset: ShardDataset
    /// The parts of the side, one layer after the other.
    let parts: [CorpusLayout.Part]

    /// Calls `body` with every block of a shard, the number of its part, and its segments, which are those that the shard names. Throws
    /// `SealedFailure.otherSegments` for a block that holds others.
    func forEach(
        ofShard shard: Int, _ body: (_ block: TokenBlock, _ part: Int, _ segments: [Segment]) throws -> Void
    ) throws {
        try dataset.forEachBlock(ofShard: shard) { block in
            func other() -> SealedFailure { .otherSegments(path: dataset.folder, block: block.index) }
            guard let number = parts.lastIndex(where: { $0.firstBlock <= block.index }) else { throw other() }
            let part = parts[number]
            guard block.index - part.firstBlock < part.layout.blockCount else { throw other() }
            let segments = part.layout.segments(ofBlock: block.index - part.firstBlock)
            guard segments.map({ UInt32($0.end) }) == block.segmentEnds,
                segments.map({ UInt32(part.order[$0.document]) }) == block.segmentDocuments
            else { throw other() }
            try body(block, number, segments)
        }
    }
}
