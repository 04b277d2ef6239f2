import Files
import Packing
import Parallel
import Shards

/// Makes shards of a corpus again.
struct ShardMaker: Sendable {
    let corpus: SealedCorpus
    let texts: SealedTexts
    let rows: [CorpusLayout.Row]
    let layout: CorpusLayout

    /// The tokens that stand in blocks of parts, of each row one range over all that is needed.
    func tokens(_ wanted: [(part: CorpusLayout.Part, blocks: Range<Int>)], _ pool: WorkerPool) throws -> [Int:
        RowTokens]
    {
        let leading = corpus.packing.separator.hasBegin ? 1 : 0
        var ranges: [Int: Range<Int>] = [:]
        for (part, blocks) in wanted {
            for block in blocks {
                for segment in part.layout.segments(ofBlock: block) {
                    let row = part.order[segment.document]
                    let own = (segment.offset - leading..<segment.offset - leading + segment.count).clamped(
                        to: 0..<rows[row].tokens)
                    let known = ranges[row] ?? 0..<0
                    if own.isEmpty {
                        // Whether a separator carries loss, its document says.
                        if !corpus.lossRule.isEmpty { ranges[row] = known }
                        continue
                    }
                    ranges[row] =
                        known.isEmpty
                        ? own : min(known.lowerBound, own.lowerBound)..<max(known.upperBound, own.upperBound)
                }
            }
        }
        return try texts.tokens(ranges, counts: rows, pool)
    }

    func shard(
        _ number: Int, _ blocks: Range<Int>, _ part: CorpusLayout.Part, _ tokens: [Int: RowTokens],
        compression: MDSCompression
    ) throws -> ShardFilling.Filled {
        try ShardFilling(
            schema: corpus.schema, options: corpus.packing, blocksPerShard: corpus.blocksPerShard,
            compression: compression
        ).shard(
            number, blocks: blocks, of: part, generation: corpus.layers[part.layer].generation,
            losses: corpus.lossRule.isEmpty ? nil : { tokens[$0]?.loss }
        ) { row, range, target in
            guard let found = tokens[row] else {
                throw SealedFailure.otherBlocks(
                    folder: corpus.output.documents, expected: "document row \(row)", found: "none")
            }
            found.copy(range, into: target)
        }
    }
}
