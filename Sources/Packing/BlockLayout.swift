/// Where every token of an ordered list of documents stands when their framed tokens are concatenated and cut into blocks.
///
/// Prefix sums over the token counts are all there is: memory is 8 bytes a document, any block is found by binary search,
/// and any process that has the counts can write any block. A document without tokens contributes nothing, not even its
/// separators: it has no segment anywhere.
public struct BlockLayout: Sendable {
    /// The options the layout was made with.
    public let options: PackingOptions
    /// Number of blocks.
    public let blockCount: Int
    /// The balance of the whole stream.
    public let ledger: PackingLedger
    /// `starts[d]` is the stream position of the first framed token of document d; one more entry holds the total.
    private let starts: [Int]

    /// The layout of documents with the given numbers of own tokens, in stream order. Cost: one pass.
    public init(tokenCounts: [Int], options: PackingOptions) throws(PackingFailure) {
        try options.validate()
        let frame = options.separator.tokensPerDocument
        var starts: [Int] = []
        starts.reserveCapacity(tokenCounts.count + 1)
        var total = 0
        var separators = 0
        for (document, count) in tokenCounts.enumerated() {
            guard count >= 0 else { throw .negativeTokenCount(document: document, count: count) }
            starts.append(total)
            if count == 0 { continue }
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard !overflow, sum < 1 << 62 else { throw .tooManyTokens }
            total = sum + frame
            separators += frame
        }
        starts.append(total)
        self.starts = starts
        self.options = options
        let whole = total / options.length
        let rest = total % options.length
        var ledger = PackingLedger(length: options.length)
        ledger.documentTokens = total - separators
        ledger.separators = separators
        switch options.tail {
        case .pad:
            blockCount = rest == 0 ? whole : whole + 1
            ledger.padding = rest == 0 ? 0 : options.length - rest
        case .drop:
            blockCount = whole
            if rest > 0 { ledger.dropped[PackingLedger.tailRule] = rest }
        }
        ledger.blocks = blockCount
        self.ledger = ledger
    }

    /// Number of documents, empty ones included.
    public var documentCount: Int { starts.count - 1 }

    /// Framed tokens in all blocks and in a dropped tail.
    public var streamCount: Int { starts[starts.count - 1] }

    /// Framed tokens of a document: its own and its separators, 0 for an empty document.
    public func framedCount(ofDocument document: Int) -> Int { starts[document + 1] - starts[document] }

    /// Own tokens of a document.
    public func tokenCount(ofDocument document: Int) -> Int {
        max(0, framedCount(ofDocument: document) - options.separator.tokensPerDocument)
    }

    /// Where the first framed token of a document stands. A document without tokens has the place of the one that follows it;
    /// a place at block `blockCount` or beyond is in the dropped tail or, for an empty document, after the end.
    public func place(ofDocument document: Int) -> (block: Int, offset: Int) {
        let position = starts[document]
        return (position / options.length, position % options.length)
    }

    /// The segments of a block, in order and without gaps from position 0. What follows the last one is padding, which only
    /// the last block can have. Cost: a binary search and one step a document in the block.
    public func segments(ofBlock block: Int) -> [Segment] {
        precondition(block >= 0 && block < blockCount, "block \(block) outside 0 ..< \(blockCount)")
        let blockStart = block * options.length
        let blockEnd = min(blockStart + options.length, streamCount)
        var segments: [Segment] = []
        var document = firstDocument(endingAfter: blockStart)
        while document < documentCount, starts[document] < blockEnd {
            let start = max(starts[document], blockStart)
            let end = min(starts[document + 1], blockEnd)
            if start < end {
                segments.append(
                    Segment(
                        document: document, offset: start - starts[document], start: start - blockStart,
                        end: end - blockStart))
            }
            document += 1
        }
        return segments
    }

    /// The documents that have a segment in the blocks of a range, empty ones between them included.
    public func documents(inBlocks blocks: Range<Int>) -> Range<Int> {
        precondition(blocks.lowerBound >= 0 && blocks.upperBound <= blockCount, "blocks \(blocks) outside the layout")
        if blocks.isEmpty { return 0..<0 }
        let first = firstDocument(endingAfter: blocks.lowerBound * options.length)
        let end = min(blocks.upperBound * options.length, streamCount)
        return first..<firstDocument(endingAfter: end - 1) + 1
    }

    /// The smallest document whose end lies beyond a stream position; the number of documents where none does.
    private func firstDocument(endingAfter position: Int) -> Int {
        var low = 0
        var high = documentCount
        while low < high {
            let middle = low + (high - low) / 2
            if starts[middle + 1] > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
