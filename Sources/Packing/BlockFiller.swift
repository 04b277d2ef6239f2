/// Writes the token ids of blocks and counts what it wrote, so that the ledger of the written blocks can be held against the
/// ledger of the layout. One a worker; merge the ledgers at the end.
public struct BlockFiller: Sendable {
    /// The layout that is filled.
    public let layout: BlockLayout
    /// What was written so far. A dropped tail is never written, so it is the layout's ledger that counts it.
    public private(set) var written: PackingLedger

    /// A filler that has written nothing.
    public init(layout: BlockLayout) {
        self.layout = layout
        written = PackingLedger(length: layout.options.length)
    }

    /// Copies own tokens `range` of a document (separators not counted) to the start of a buffer of exactly that many ids.
    public typealias TokenCopier = (
        _ document: Int, _ range: Range<Int>, _ destination: UnsafeMutableBufferPointer<UInt32>
    ) throws -> Void

    /// Fills `ids`, of exactly the block length, with a block: document tokens through `copyTokens`, separators, padding.
    /// Returns the block's segments. Cost: one call of `copyTokens` a segment that has own tokens.
    public mutating func fill(
        _ ids: UnsafeMutableBufferPointer<UInt32>, withBlock block: Int, copyTokens: TokenCopier
    ) rethrows -> [Segment] {
        let options = layout.options
        precondition(ids.count == options.length, "a buffer of \(ids.count) ids for blocks of \(options.length)")
        let segments = layout.segments(ofBlock: block)
        let leading = options.separator.hasBegin ? 1 : 0
        var filled = 0
        for segment in segments {
            let own = layout.tokenCount(ofDocument: segment.document)
            var position = segment.start
            var offset = segment.offset
            if offset < leading, let begin = options.beginToken {
                ids[position] = begin
                position += 1
                offset += 1
                written.separators += 1
            }
            let count = min(own - (offset - leading), segment.end - position)
            if count > 0 {
                let destination = UnsafeMutableBufferPointer(rebasing: ids[position..<position + count])
                try copyTokens(segment.document, offset - leading..<offset - leading + count, destination)
                position += count
                written.documentTokens += count
            }
            if position < segment.end, let end = options.endToken {
                ids[position] = end
                position += 1
                written.separators += 1
            }
            filled = position
        }
        if filled < ids.count {
            UnsafeMutableBufferPointer(rebasing: ids[filled...]).update(repeating: options.paddingToken)
            written.padding += ids.count - filled
        }
        written.blocks += 1
        return segments
    }
}
