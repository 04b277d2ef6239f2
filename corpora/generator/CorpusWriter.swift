import Files
import Glibc
import Parallel
import Synchronization

/// Writes a corpus: `DIR/<format>/<series>/<name><suffix>`, all records in `DIR/jsonl/documents.jsonl`, and the ground truth
/// in `DIR/near-duplicates.jsonl`.
struct CorpusWriter {
    let seed: UInt64
    let first: Int
    let count: Int
    let format: OutputFormat
    let share: Double
    let folder: String
    let threads: Int

    /// What was written.
    struct Outcome: Sendable {
        var documents = 0
        var bytes = 0
        var nearDuplicates = 0
    }

    /// How many documents a worker takes at a time.
    private static let batch = 16

    private struct Batch: Sendable {
        var outcome = Outcome()
        var records: [UInt8] = []
        var truth: [UInt8] = []
    }

    /// Writes everything. The same seed and index give the same bytes whatever the threads and the range.
    func write() throws -> Outcome {
        try Folder.create(folder)
        let words = SharedWords()
        let pool = WorkerPool(threads: threads)
        let sources = WorkerSources(pool.threads) { DocumentSource(seed: seed, share: share, words: words) }
        let hasRecords = format == .jsonl || format == .mixed
        if hasRecords { try Folder.create(folder + "/jsonl") }
        let records = Mutex(try hasRecords ? OutputFile(folder + "/jsonl/documents.jsonl") : nil)
        let truth = Mutex(try share > 0 ? OutputFile(folder + "/near-duplicates.jsonl") : nil)
        let total = Mutex(Outcome())
        try pool.orderedForEach((count + CorpusWriter.batch - 1) / CorpusWriter.batch) { index, worker in
            try sources.with(worker) { try produce(index, &$0) }
        } consume: { _, batch in
            try records.withLock { try $0?.write(batch.records) }
            try truth.withLock { try $0?.write(batch.truth) }
            total.withLock {
                $0.documents += batch.outcome.documents
                $0.bytes += batch.outcome.bytes
                $0.nearDuplicates += batch.outcome.nearDuplicates
            }
        }
        return total.withLock { $0 }
    }

    private func produce(_ index: Int, _ source: inout DocumentSource) throws -> Batch {
        var batch = Batch()
        let start = index * CorpusWriter.batch
        for offset in start..<min(count, start + CorpusWriter.batch) {
            let document = first + offset
            let format = format.format(seed: seed, index: document)
            try source.withDocument(document, format) { bytes in
                batch.outcome.documents += 1
                batch.outcome.bytes += bytes.count
                if format == .jsonl {
                    batch.records.append(contentsOf: bytes)
                } else {
                    try write(bytes, document, format)
                }
            }
            if let line = source.truth(document) {
                batch.truth += line
                batch.outcome.nearDuplicates += 1
            }
        }
        return batch
    }

    private func write(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ format: OutputFormat) throws {
        let identity = SpecificationIdentity(seed: seed, index: index)
        var path = ByteBuffer(capacity: 256)
        path.append(text: folder)
        path.append("/")
        path.append(text: format.rawValue)
        path.append("/")
        path.append(number: identity.series)
        try Folder.create(path.string)
        path.append("/")
        identity.appendName(to: &path)
        path.append(format.suffix)
        let file = try OutputFile(path.string)
        try file.write(bytes)
    }
}

/// One source a worker, so that no two threads share a buffer.
private final class WorkerSources: @unchecked Sendable {
    // @unchecked: a worker touches its own slot only.
    private let slots: UnsafeMutablePointer<DocumentSource>
    private let count: Int

    init(_ count: Int, _ make: () -> DocumentSource) {
        self.count = count
        slots = .allocate(capacity: count)
        for index in 0..<count { (slots + index).initialize(to: make()) }
    }

    deinit {
        slots.deinitialize(count: count)
        slots.deallocate()
    }

    func with<Result>(_ worker: Int, _ body: (inout DocumentSource) throws -> Result) rethrows -> Result {
        try body(&slots[worker])
    }
}
