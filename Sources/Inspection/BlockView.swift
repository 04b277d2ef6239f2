public import Building
import Files
import Packing
import Shards
public import Tokenization

/// One block, decoded: whose tokens stand where, and what they say.
public struct BlockView: Sendable {
    /// The part of one document.
    public struct Segment: Sendable {
        /// Row in `documents/`.
        public var row: Int
        /// What is known of the document.
        public var document: DocumentRecord
        /// First position in the block.
        public var start: Int
        /// One past the last position in the block.
        public var end: Int
        /// Position of the first token in the document's framed tokens (begin token, own tokens, end token).
        public var offset: Int
        /// The ids.
        public var tokens: [UInt32]
        /// The text of the ids, special tokens written out; bytes cut in two by a boundary are U+FFFD. Nil without a tokenizer.
        public var text: String?
        /// Positions of the block that hold special tokens, separators included: text that spells one is none. Empty without a tokenizer.
        public var specialPositions: [Int] = []
        /// What the segment says, piece by piece; empty without a tokenizer.
        var pieces: [Piece] = []
        /// Its positions that carry loss, separators included.
        public var lossTokens: Int
        /// Separators at the start and at the end of the segment.
        public var leading: Int
        /// Separators at the end of the segment.
        public var trailing: Int
        /// Whether the document begins in this segment.
        public var begins: Bool
        /// Whether it ends in this segment.
        public var ends: Bool
        /// The bytes of the document's text that the segment's own tokens stand for; nil without a tokenizer, where the segment is a
        /// separator alone, and under a tokenizer that changes the text.
        public var bytes: Range<Int>?
        /// The clauses of these bytes, each cut to them.
        public var clauses: [ClausePlace] = []

        /// The document's own tokens that stand here.
        public var ownTokens: Range<Int> { ownStart..<ownStart + tokens.count - leading - trailing }
        /// The first of them.
        var ownStart = 0
    }

    /// Some tokens of a segment that are of one kind.
    struct Piece: Sendable {
        enum Kind: Sendable { case text, special, begin, end }
        let kind: Kind
        let carriesLoss: Bool
        let text: String
    }

    /// The side of the split.
    public let split: Split
    /// The number of the block.
    public let block: Int
    /// Blocks on this side.
    public let blockCount: Int
    /// The file of the shard that holds it.
    public let shardFile: String
    /// Tokens in the block, padding included.
    public let length: Int
    /// The segments in order.
    public let segments: [Segment]
    /// Positions of padding at the end.
    public let padding: Int
    /// The positions that carry loss, ascending and apart; nil: all but padding.
    public let lossSpans: [Range<Int>]?

    /// Reads a block. `tokenizer` must be the corpus's own, compared by digest; nil shows ids alone. Cost: one shard, the parts
    /// of `documents/` that hold its documents, and, for a document packed more than once, the blocks before.
    public init(_ corpus: BuiltCorpus, split: Split, block: Int, tokenizer: Tokenizer?) throws {
        if let tokenizer, let digest = corpus.manifest.tokenizer["digest"]?.string, digest != tokenizer.digest {
            throw InspectionFailure.otherTokenizer(expected: digest, found: tokenizer.digest)
        }
        let dataset = try corpus.dataset(split)
        let documents = try BlockView.documents(
            corpus, rows: Set(dataset.block(block).segmentDocuments.map(Int.init)), tokenizer: tokenizer)
        try self.init(
            corpus, split: split, dataset: dataset, block: block, tokenizer: tokenizer, documents: documents)
    }

    /// The documents of rows, their tokens placed. Cost: the parts of `documents/` that hold them, and their tokenization.
    static func documents(
        _ corpus: BuiltCorpus, rows: Set<Int>, tokenizer: Tokenizer?
    ) throws -> [Int: PlacedDocument] {
        let specials: SpecialTokenPolicy =
            corpus.manifest.recipe["tokenize"]?["specials"]?.string == SpecialTokenPolicy.recognise.rawValue
            ? .recognise : .ordinary
        let rule = LossRule(meaning: corpus.manifest.recipe)
        let locator = tokenizer.map(TokenLocator.init)
        return try corpus.documents(ofRows: rows).mapValues {
            try PlacedDocument(
                $0.document, $0.record, tokenizer: tokenizer, locator: locator, specials: specials, rule: rule)
        }
    }

    /// Of a data set that is open, with the documents of its rows.
    init(
        _ corpus: BuiltCorpus, split: Split, dataset: ShardDataset, block: Int, tokenizer: Tokenizer?,
        documents: [Int: PlacedDocument]
    ) throws {
        let read = try dataset.block(block)
        let policy = SeparatorPolicy(rawValue: corpus.manifest.separator) ?? .none
        let isStream = corpus.manifest.recipe["pack"]?["strategy"]?.string ?? "concatenate" == "concatenate"
        let begin = policy.hasBegin ? 1 : 0
        let ids = read.tokens
        var segments: [Segment] = []
        for (number, row) in read.segmentDocuments.enumerated() {
            guard let placed = documents[Int(row)] else { continue }
            let record = placed.record
            let range = read.range(ofSegment: number)
            let framed = record.tokens + policy.tokensPerDocument
            let tokens = Array(ids[range])
            let offset: Int
            if isStream {
                offset =
                    range.lowerBound > 0
                    ? 0 : try BlockView.offset(ofFirst: row, record, framed, before: block, dataset)
            } else {
                offset = BlockView.offset(ofPiece: tokens, framed, read.count, placed, begin: begin)
            }
            let end = offset + range.count
            let leading = policy.hasBegin && offset == 0 ? 1 : 0
            let trailing = policy.hasEnd && end == framed ? 1 : 0
            let spans = (read.lossSpans ?? [range]).map { $0.clamped(to: range) }.filter { !$0.isEmpty }
            var segment = Segment(
                row: Int(row), document: record, start: range.lowerBound, end: range.upperBound, offset: offset,
                tokens: tokens,
                text: tokenizer.map { $0.decodeText(Array(tokens.dropFirst(leading).dropLast(trailing))) },
                lossTokens: spans.reduce(0) { $0 + $1.count }, leading: leading, trailing: trailing,
                begins: offset == 0, ends: end == framed)
            if let tokenizer {
                segment.specialPositions = range.filter { tokenizer.isSpecial(ids[$0]) }
                segment.pieces = BlockView.pieces(of: segment, spans, tokenizer)
            }
            segment.ownStart = max(0, offset - begin)
            if !segment.ownTokens.isEmpty, let bytes = placed.bytes(of: segment.ownTokens) {
                segment.bytes = bytes
                segment.clauses = placed.clauses(in: bytes)
            }
            segments.append(segment)
        }
        self.split = split
        self.block = block
        blockCount = dataset.blockCount
        let entry = dataset.index.shards[dataset.shard(ofBlock: block)]
        shardFile = (entry.zipData ?? entry.rawData).basename
        length = read.count
        padding = read.count - read.paddingStart
        lossSpans = read.lossSpans
        self.segments = segments
    }

    /// Cuts a segment where it begins or ends to carry loss, and around special tokens.
    private static func pieces(of segment: Segment, _ spans: [Range<Int>], _ tokenizer: Tokenizer) -> [Piece] {
        var pieces: [Piece] = []
        var waiting: [UInt32] = []
        var span = 0
        var waitsWithLoss = false
        func flush() {
            if waiting.isEmpty { return }
            pieces.append(Piece(kind: .text, carriesLoss: waitsWithLoss, text: tokenizer.decodeText(waiting)))
            waiting = []
        }
        for (place, id) in segment.tokens.enumerated() {
            let position = segment.start + place
            while span < spans.count, spans[span].upperBound <= position { span += 1 }
            let carriesLoss = span < spans.count && spans[span].contains(position)
            let kind: Piece.Kind =
                place < segment.leading
                ? .begin
                : place >= segment.tokens.count - segment.trailing
                    ? .end : tokenizer.isSpecial(id) ? .special : .text
            if kind != .text || carriesLoss != waitsWithLoss { flush() }
            if kind == .text {
                waiting.append(id)
                waitsWithLoss = carriesLoss
            } else {
                pieces.append(Piece(kind: kind, carriesLoss: carriesLoss, text: tokenizer.decodeText([id])))
            }
        }
        flush()
        return pieces
    }

    /// Where a piece of a document begins in its framed tokens, where pieces stand in any block. A document of at most a block is whole;
    /// `best-fit` cuts at whole blocks, and what is shorter than a block then ends the document; else its tokens tell.
    private static func offset(
        ofPiece tokens: [UInt32], _ framed: Int, _ length: Int, _ placed: PlacedDocument, begin: Int
    ) -> Int {
        if framed <= length { return 0 }
        let last = framed - tokens.count
        if last < 0 { return 0 }
        let whole = stride(from: 0, through: last, by: length)
        return placed.offset(of: tokens[...], begin: begin, among: whole)
            ?? placed.offset(of: tokens[...], begin: begin, among: 0...last) ?? (tokens.count < length ? last : 0)
    }

    /// How much of the document at the start of a block stands before it. The record says it for the first copy; for another
    /// one the blocks before are walked back to where it begins.
    private static func offset(
        ofFirst row: UInt32, _ record: DocumentRecord, _ framed: Int, before block: Int, _ dataset: ShardDataset
    ) throws -> Int {
        if let length = dataset.blockLength {
            let position = (block - record.block) * length - record.offset
            if position >= 0, position < framed { return position }
        }
        var before = 0
        var previous = block - 1
        while previous >= 0 {
            let read = try dataset.block(previous)
            guard let last = read.segmentDocuments.last, last == row, read.paddingStart == read.count else { break }
            let range = read.range(ofSegment: read.segmentEnds.count - 1)
            before += range.count
            if range.lowerBound > 0 { break }
            previous -= 1
        }
        // Copies that follow one another are one run of the same document.
        return framed == 0 ? 0 : before % framed
    }
}
