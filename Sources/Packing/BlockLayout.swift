/// Where every token of an ordered list of documents stands when their framed tokens are laid into blocks.
///
/// The stream is the framed tokens of all documents in order. `concatenate` cuts it into blocks: prefix sums over the token
/// counts are all there is, 8 bytes a document. The other strategies lay pieces of it into blocks, which takes 12 bytes a piece
/// more. In both cases any block is found by binary search, and any process that has the counts can write any block. A document
/// without tokens contributes nothing, not even its separators: it has no segment anywhere.
public struct BlockLayout: Sendable {
    /// The options the layout was made with.
    public let options: PackingOptions
    /// Number of blocks.
    public let blockCount: Int
    /// The balance of the whole stream.
    public let ledger: PackingLedger
    /// How many documents were cut, and where.
    public let fragments: FragmentCounts
    /// `starts[d]` is the stream position of the first framed token of document d; one more entry holds the total.
    private let starts: [Int]
    /// What shares blocks; nil where the stream is cut into blocks.
    private let pieces: PieceTable?

    /// The layout of documents with the given numbers of own tokens, in stream order. Throws `PackingFailure`, and what `cuts`
    /// throws. Cost: `concatenate` one pass; the others a pass and for each piece a search in steps of 64 of the block length.
    ///
    /// - Parameter cuts: The places where a document may be cut, ascending. Only `structure` asks, once for each document whose
    ///   framed tokens are more than a block.
    public init(
        tokenCounts: [Int], options: PackingOptions, cuts: (_ document: Int) throws -> [StructureCut] = { _ in [] }
    ) throws {
        try options.validate()
        let (starts, separators) = try BlockLayout.stream(tokenCounts, frame: options.separator.tokensPerDocument)
        let total = starts[tokenCounts.count]
        var ledger = PackingLedger(length: options.length)
        ledger.documentTokens = total - separators
        ledger.separators = separators
        self.starts = starts
        self.options = options
        guard options.strategy == .concatenate else {
            let pieces: PieceTable
            (pieces, fragments) = try BlockLayout.pieces(starts, options, cuts)
            self.pieces = pieces
            blockCount = pieces.blockCount
            ledger.blocks = blockCount
            ledger.padding = blockCount * options.length - total
            self.ledger = ledger
            return
        }
        pieces = nil
        let whole = total / options.length
        let rest = total % options.length
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
        fragments = BlockLayout.fragments(starts, length: options.length, blocks: blockCount)
    }

    /// Prefix sums of framed tokens, and how many of them are separators.
    private static func stream(
        _ tokenCounts: [Int], frame: Int
    ) throws(PackingFailure) -> (starts: [Int], separators: Int) {
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
        return (starts, separators)
    }

    /// The pieces that documents are cut into, in blocks.
    private static func pieces(
        _ starts: [Int], _ options: PackingOptions, _ cuts: (Int) throws -> [StructureCut]
    ) throws -> (PieceTable, FragmentCounts) {
        let total = starts[starts.count - 1]
        var counts = FragmentCounts()
        var places: [Int] = []
        places.reserveCapacity(starts.count + total / options.length)
        let cutter = DocumentCutter(options)
        for document in 0..<starts.count - 1 {
            let framed = starts[document + 1] - starts[document]
            if framed == 0 { continue }
            counts.documents += 1
            places.append(starts[document])
            if framed <= options.length { continue }
            counts.documentsCut += 1
            let offered = options.strategy == .structure ? try cuts(document) : []
            try cutter.cut(framed, at: offered, document: document, counts: &counts) {
                places.append(starts[document] + $0)
            }
        }
        counts.segments = places.count
        places.append(total)
        return (try PieceTable(starts: places, length: options.length), counts)
    }

    /// What cutting the stream does to the documents in it.
    private static func fragments(_ starts: [Int], length: Int, blocks: Int) -> FragmentCounts {
        var counts = FragmentCounts()
        for document in 0..<starts.count - 1 where starts[document + 1] > starts[document] {
            counts.documents += 1
            let first = starts[document] / length
            let last = (starts[document + 1] - 1) / length
            // Behind the blocks there is at most the part that a dropped tail holds.
            counts.segments += max(0, min(last, blocks - 1) - first + 1)
            counts.hardCuts += last - first
            if last > first { counts.documentsCut += 1 }
        }
        return counts
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
    /// a place at block `blockCount` or beyond is in the dropped tail or, for an empty document, after the end. Cost:
    /// `concatenate` a division, the others a binary search and a step a piece in the block.
    public func place(ofDocument document: Int) -> (block: Int, offset: Int) {
        let position = starts[document]
        if let pieces { return pieces.place(ofPieceAt: position) }
        return (position / options.length, position % options.length)
    }

    /// The segments of a block, in stream order and without gaps from position 0. What follows the last one is padding. Cost: a
    /// binary search and one step a document in the block; with pieces a search for each of them.
    public func segments(ofBlock block: Int) -> [Segment] {
        precondition(block >= 0 && block < blockCount, "block \(block) outside 0 ..< \(blockCount)")
        if let pieces {
            var end = 0
            return pieces.stretches(ofBlock: block).map { stretch in
                let document = firstDocument(endingAfter: stretch.lowerBound)
                let start = end
                end += stretch.count
                return Segment(
                    document: document, offset: stretch.lowerBound - starts[document], start: start, end: end)
            }
        }
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

    /// The documents that have a segment in the blocks of a range, ascending. Cost: that of their segments.
    public func documents(inBlocks blocks: Range<Int>) -> [Int] {
        precondition(blocks.lowerBound >= 0 && blocks.upperBound <= blockCount, "blocks \(blocks) outside the layout")
        var documents: [Int] = []
        for block in blocks {
            for segment in segments(ofBlock: block) where segment.document != documents.last {
                documents.append(segment.document)
            }
        }
        if pieces == nil { return documents }
        documents.sort()
        var kept = 0
        for document in documents where kept == 0 || documents[kept - 1] != document {
            documents[kept] = document
            kept += 1
        }
        documents.removeLast(documents.count - kept)
        return documents
    }

    /// The smallest document whose end lies beyond a stream position; the number of documents where none does.
    private func firstDocument(endingAfter position: Int) -> Int {
        firstIndex(below: documentCount) { starts[$0 + 1] > position }
    }
}
