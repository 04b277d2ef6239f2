import Files

/// Buckets of candidates in the order in which they were found, in memory up to a bound, then in a temporary file.
final class BucketList {
    private let memory: Int
    private let folder: String?
    private var file: SpillFile?
    /// A count and so many documents, one bucket behind the other: those behind what stands in the file.
    private var held: [UInt32] = []
    private(set) var count = 0

    init(memory: Int, temporaryFolder: String?) {
        self.memory = memory
        folder = temporaryFolder
    }

    func add(_ bucket: UnsafeBufferPointer<UInt32>) throws {
        held.append(UInt32(bucket.count))
        held.append(contentsOf: bucket)
        count += 1
        if held.count * 4 > memory {
            if file == nil { file = try SpillFile(in: folder) }
            _ = try held.withUnsafeBytes { try file!.append($0) }
            held.removeAll(keepingCapacity: true)
        }
    }

    /// Calls `body` with batches of whole buckets, each of about `size` documents: a count and so many documents, one behind the other.
    func forEachBatch(of size: Int, _ body: (UnsafeBufferPointer<UInt32>) throws -> Void) throws {
        var batch: [UInt32] = []
        func pass(_ words: UnsafeBufferPointer<UInt32>) throws -> Int {
            // Whole buckets of `words`; returns how many words they are.
            var at = 0
            var start = 0
            while at < words.count {
                let end = at + 1 + Int(words[at])
                if end > words.count { break }
                at = end
                if at - start >= size {
                    try body(UnsafeBufferPointer(rebasing: words[start..<at]))
                    start = at
                }
            }
            if at > start { try body(UnsafeBufferPointer(rebasing: words[start..<at])) }
            return at
        }
        if let file {
            let words = file.count / 4
            var next = 0
            var want = max(size, 1 << 16)
            while next < words {
                let count = min(want, words - next)
                batch = try [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
                    try file.read(next * 4, into: UnsafeMutableRawBufferPointer(buffer))
                    filled = count
                }
                let used = try batch.withUnsafeBufferPointer { try pass($0) }
                next += used
                // One bucket that is larger than what was read.
                want = used == 0 ? want * 2 : max(size, 1 << 16)
            }
        }
        try held.withUnsafeBufferPointer { _ = try pass($0) }
    }
}
