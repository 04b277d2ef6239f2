import Building
import Files
public import Shards
import Tokenization

/// What a step of a training reads, and what of it carries loss: blocks, their segments, whose they are, and which bytes of which clauses.
public struct StepView: Sendable {
    /// A row of tokens that the step read.
    public struct Place: Sendable, Equatable {
        /// The pass of the step, from 0.
        public var pass: Int
        /// The row in the pass, from 0.
        public var row: Int
        /// The number of the data set.
        public var source: Int
        /// The block.
        public var block: Int
        /// Positions of the block.
        public var positions: Range<Int>
        /// How often the run had taken all of the data set before.
        public var epoch: Int

        /// A row.
        public init(pass: Int, row: Int, source: Int, block: Int, positions: Range<Int>, epoch: Int) {
            self.pass = pass
            self.row = row
            self.source = source
            self.block = block
            self.positions = positions
            self.epoch = epoch
        }
    }

    /// A row and the parts of documents in it.
    public struct Row: Sendable {
        /// Which it is.
        public let place: Place
        /// The folder of its blocks.
        public let folder: String
        /// Its segments, cut to the row.
        public let segments: [Segment]
    }

    /// A part of a document inside a row.
    public struct Segment: Sendable {
        /// Positions of the block.
        public let positions: Range<Int>
        /// Row in `documents/`, or the number that a data set without documents gives; nil where it names none.
        public let row: Int?
        /// What is known of the document; nil for a data set without `documents/`.
        public let document: DocumentRecord?
        /// Positions of the block that carry loss, ascending and apart: all of the segment where the data set leaves none out.
        public let lossSpans: [Range<Int>]
        /// Own tokens of the document; empty for a separator alone, nil where they are not known.
        public let tokens: Range<Int>?
        /// Bytes of its text, where they are known.
        public let bytes: Range<Int>?
        /// Clauses of these bytes.
        public let clauses: [ClausePlace]
    }

    /// The version of the JSON form.
    public static let schemaVersion = 1

    /// The step, from 1.
    public let step: Int
    /// The rows in the order of reading.
    public let rows: [Row]
    /// How many steps the run has made, where that is known: of a later one the rows are those that it will read.
    public let stepsMade: Int?
    /// Why something is not shown, one line each.
    public let remarks: [String]

    /// Whether the run has made the step; nil where that is not known.
    public var isReached: Bool? { stepsMade.map { step <= $0 } }

    /// Looks up rows of data sets. The documents are those of the corpus that a data set belongs to, where it stands in one; they are
    /// tokenized again with the corpus's own tokenizer. Cost: the parts of `documents/` that hold them are read once.
    public init(step: Int, places: [Place], datasets: [ShardDataset], stepsMade: Int? = nil) throws {
        var remarks: [String] = []
        var rows = [Row?](repeating: nil, count: places.count)
        for (source, dataset) in datasets.enumerated() {
            let own = places.indices.filter { places[$0].source == source }
            if own.isEmpty { continue }
            let home = try StepView.corpus(of: dataset)
            var documents: [Int: PlacedDocument] = [:]
            var tokenizer: Tokenizer?
            if let home {
                do { tokenizer = try StepView.tokenizer(of: home.corpus) } catch let failure as any Failure {
                    remarks.append("\(failure.description): bytes and clauses of this data set are not shown")
                }
                var wanted: Set<Int> = []
                for place in own {
                    wanted.formUnion(try dataset.block(places[place].block).segmentDocuments.map(Int.init))
                }
                documents = try BlockView.documents(home.corpus, rows: wanted, tokenizer: tokenizer)
            }
            for place in own {
                let row = places[place]
                let read = try dataset.block(row.block)
                let segments: [Segment]
                if let home {
                    let view = try BlockView(
                        home.corpus, split: home.split, dataset: dataset, block: row.block, tokenizer: nil,
                        documents: documents)
                    segments = view.segments.compactMap { StepView.segment($0, read, row.positions, documents[$0.row]) }
                } else {
                    segments = StepView.segments(of: read, row.positions)
                }
                rows[place] = Row(place: row, folder: dataset.folder, segments: segments)
            }
        }
        self.step = step
        self.rows = rows.compactMap { $0 }
        self.stepsMade = stepsMade
        self.remarks = remarks
    }

    /// The tokenizer of a corpus. Throws where it cannot be read or is another one.
    private static func tokenizer(of corpus: BuiltCorpus) throws -> Tokenizer {
        let path = corpus.folder.tokenizer
        let tokenizer = try Tokenizer.load(path)
        let expected = corpus.manifest.tokenizer["digest"]?.string ?? ""
        guard tokenizer.digest == expected else {
            throw FileFailure.malformed(
                path: path, place: "tokenizer", expected: "the one of the corpus, digest \(expected)",
                found: "digest \(tokenizer.digest)")
        }
        return tokenizer
    }

    private static func lossSpans(of block: TokenBlock, _ positions: Range<Int>) -> [Range<Int>] {
        guard let spans = block.lossSpans else { return [positions] }
        return spans.map { $0.clamped(to: positions) }.filter { !$0.isEmpty }
    }

    private static func corpus(of dataset: ShardDataset) throws -> (corpus: BuiltCorpus, split: Split)? {
        let folder = PathText.absolute(dataset.folder)
        let home = PathText.folder(of: folder)
        guard let split = Split(rawValue: PathText.name(of: folder)), Folder.exists(OutputFolder(home).manifest) else {
            return nil
        }
        return (try BuiltCorpus(home), split)
    }

    /// A segment of a block, cut to positions; nil where nothing of it is there.
    private static func segment(
        _ segment: BlockView.Segment, _ block: TokenBlock, _ positions: Range<Int>, _ placed: PlacedDocument?
    ) -> Segment? {
        let here = (segment.start..<segment.end).clamped(to: positions)
        if here.isEmpty { return nil }
        let first = segment.start + segment.leading - segment.ownTokens.lowerBound
        let tokens = (here.lowerBound - first..<here.upperBound - first).clamped(to: segment.ownTokens)
        let bytes = tokens.isEmpty ? nil : placed?.bytes(of: tokens)
        return Segment(
            positions: here, row: segment.row, document: segment.document,
            lossSpans: lossSpans(of: block, here), tokens: tokens, bytes: bytes,
            clauses: bytes.flatMap { placed?.clauses(in: $0) } ?? [])
    }

    private static func segments(of block: TokenBlock, _ positions: Range<Int>) -> [Segment] {
        block.segmentEnds.indices.compactMap { number in
            let here = block.range(ofSegment: number).clamped(to: positions)
            if here.isEmpty { return nil }
            return Segment(
                positions: here, row: block.segmentDocuments.isEmpty ? nil : Int(block.segmentDocuments[number]),
                document: nil, lossSpans: lossSpans(of: block, here), tokens: nil, bytes: nil, clauses: [])
        }
    }

    /// How many documents the step saw.
    public var documentCount: Int {
        Set(rows.flatMap { row in row.segments.compactMap { $0.row.map { "\(row.place.source) \($0)" } } }).count
    }
}
