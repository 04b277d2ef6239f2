import Files
import Packing
import Shards

/// Turns blocks of a layout into the bytes of a shard: the one place where that happens, for a build, a repair and a repacking.
struct ShardFilling: Sendable {
    let schema: BlockSchema
    let options: PackingOptions
    /// Blocks in a full shard.
    let blocksPerShard: Int
    let compression: MDSCompression

    /// A shard in memory, and what it says.
    struct Filled: Sendable {
        let shard: MDSShard
        /// SHA-256 of ids, segment ends, rows and, where there are any, loss spans of every block.
        let contentSHA256: String
        /// What was copied into its blocks, counted one segment at a time.
        let written: PackingLedger
        /// Positions that carry loss; nil where blocks do not say which do.
        let lossTokens: Int?
    }

    /// Copies own tokens `range` of a row of `documents/` to the start of a buffer of that many ids.
    typealias RowCopier = (
        _ row: Int, _ range: Range<Int>, _ target: UnsafeMutableBufferPointer<UInt32>
    ) throws -> Void

    /// What carries loss in a row of `documents/`; nil: all of it.
    typealias RowLosses = (_ row: Int) throws -> LossRanges?

    /// The shard `number` of its split, of `blocks` of the part; `losses` exactly where the schema has loss spans.
    func shard(
        _ number: Int, blocks: Range<Int>, of part: CorpusLayout.Part, generation: Int, losses: RowLosses? = nil,
        copy: RowCopier
    ) throws -> Filled {
        var writer = try schema.makeWriter(blocksPerShard: blocksPerShard, compression: compression)
        var filler = BlockFiller(layout: part.layout)
        var content = SHA256Digest()
        var lossTokens = losses == nil ? nil : 0
        let ids = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: options.length)
        defer { ids.deallocate() }
        for block in blocks {
            let segments = try filler.fill(ids, withBlock: block) { position, range, target in
                try copy(part.order[position], range, target)
            }
            let ends = segments.map { UInt32($0.end) }
            let rows = segments.map { UInt32(part.order[$0.document]) }
            let spans = try losses.map { losses in
                try part.layout.lossSpans(ofBlock: block) { try losses(part.order[$0]) }
            }
            let bounds = spans.map(BlockSchema.lossBounds)
            if let spans { lossTokens = (lossTokens ?? 0) + spans.reduce(0) { $0 + $1.count } }
            try writer.append(
                block: UnsafeBufferPointer(ids), segmentEnds: ends, segmentDocuments: rows, lossSpans: bounds)
            content.update(UnsafeRawBufferPointer(ids))
            ends.withUnsafeBytes { content.update($0) }
            rows.withUnsafeBytes { content.update($0) }
            bounds?.withUnsafeBytes { content.update($0) }
        }
        let shard = writer.finish(number: number, prefix: generation == 0 ? "" : "g\(generation).")
        return Filled(
            shard: shard, contentSHA256: content.hexadecimal(), written: filler.written, lossTokens: lossTokens)
    }
}
