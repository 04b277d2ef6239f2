import Files
import Packing
public import Parallel
public import Shards

/// The documents of one side of a built corpus, put together from its blocks however it was packed, in the order in which they begin there;
/// every copy that a mixture or a weight asked for is a document.
///
/// `documents/` says which pieces belong together and in which order, as it does for a repacking. Pieces that do not stand one behind the other lie in a
/// temporary file in between, 2 or 4 bytes a token, and 2 more where blocks have loss spans. Memory: about 100 bytes a document of the corpus,
/// 12 a piece, 16 a document in pieces, a shard a worker, and the longest document.
public struct CorpusDocuments: Sendable {
    private let corpus: SealedCorpus
    private let dataset: ShardDataset
    private let split: Split
    private let folder: String
    private let pool: WorkerPool

    /// Of the corpus in `folder`, whose blocks of `split` are `dataset`. Nil where these alone say what is one document: they were packed one behind
    /// the other, each document once. Throws `SealedFailure` where there is no sealed corpus.
    ///
    /// - Parameter temporary: the folder of the temporary file; nil: `TMPDIR`.
    public init?(
        folder: String, split: Split, dataset: ShardDataset, temporary: String? = nil, _ pool: WorkerPool
    ) throws {
        let corpus = try SealedCorpus(folder: folder)
        let manifest = corpus.manifest
        let repeats =
            split == .train && (manifest.mixture != nil || manifest.sources.contains { $0.weight > 1 })
        if corpus.packing.strategy == .concatenate, !repeats { return nil }
        self.init(corpus: corpus, split: split, dataset: dataset, temporary: temporary, pool)
    }

    init(corpus: SealedCorpus, split: Split, dataset: ShardDataset, temporary: String?, _ pool: WorkerPool) {
        self.corpus = corpus
        self.dataset = dataset
        self.split = split
        self.folder = temporary ?? TemporaryFile.defaultFolder
        self.pool = pool
    }
}

extension CorpusDocuments: WholeDocuments {
    /// Calls `body` with every document. The shards are read once, or twice where documents stand in pieces. Throws `SealedFailure` where the folder does
    /// not hold what its manifest says, and `ShardFailure` for a shard that cannot be read.
    package func forEach(progress: @escaping ExportProgress, _ body: (ExportRecord) throws -> Void) throws {
        let shards = dataset.index.shards.count
        let meter = WorkMeter(total: corpus.manifest.documentParts.count + 2 * shards, progress)
        let texts = SealedTexts(corpus: corpus)
        let records = try texts.records(pool) { meter.add($0) }
        if !records.problems.isEmpty {
            throw SealedFailure.damagedDocuments(problems: records.problems.map(\.problem))
        }
        let layout = try corpus.ownLayout(records.rows, texts: texts, pool)
        let blocks = PlacedBlocks(dataset: dataset, parts: layout.parts(split))
        var cut: CutDocuments?
        if corpus.packing.strategy != .concatenate {
            cut = try CutDocuments(blocks, width: corpus.schema.tokenElement.size, in: folder, pool, meter)
        }
        if cut == nil { meter.add(shards) }
        var open = OpenDocument()
        for shard in 0..<shards {
            try blocks.forEach(ofShard: shard) { block, number, segments in
                let part = blocks.parts[number]
                try block.tokens.withUnsafeBufferPointer { ids in
                    for segment in segments {
                        let framed = part.layout.framedCount(ofDocument: segment.document)
                        if segment.offset == 0 { try open.begin(part.order[segment.document], body) }
                        if let start = cut?.start(part: number, position: segment.document) {
                            if segment.offset > 0 { continue }
                            open.content = try cut?.document(at: start, count: framed)
                        } else {
                            open.content?.append(ids, of: segment.start..<segment.end, loss: block.lossSpans)
                        }
                        if open.content?.ids.count == framed { try open.finish(body) }
                    }
                }
            }
            meter.add(1)
        }
        // Its end is in a dropped tail.
        try open.finish(body)
    }

    /// The document that is being put together.
    private struct OpenDocument {
        var row = 0
        var content: GrowingDocument?

        /// Begins a document; one that a dropped tail left open is finished.
        mutating func begin(_ row: Int, _ body: (ExportRecord) throws -> Void) throws {
            try finish(body)
            self.row = row
            content = GrowingDocument()
        }

        mutating func finish(_ body: (ExportRecord) throws -> Void) throws {
            guard let document = content else { return }
            content = nil
            try document.ids.withUnsafeBufferPointer {
                try body(ExportRecord(document, row: UInt32(clamping: row), $0))
            }
        }
    }
}
