import Glibc

/// A stream of lines in batches of whole lines, for several workers.
///
/// `@unchecked Sendable`: calls of `next` must not overlap (`WorkerPool.orderedForEach` makes them one at a time).
public final class LineBatches: @unchecked Sendable {
    private let stream: ByteStream
    private let size: Int
    private let limit: Int
    /// The beginning of a line whose end was not read yet.
    private var rest: [UInt8] = []
    private var nextLine = 1
    private var isAtEnd = false

    /// Batches of about `size` bytes, more for a longer line, which may have `limit` bytes.
    public init(_ stream: ByteStream, size: Int = 1 << 20, limit: Int = 1 << 31) {
        self.stream = stream
        self.size = max(1, size)
        self.limit = limit
    }

    /// The next batch; nil at the end. A UTF-8 byte order mark at the beginning of the stream is left out. Throws
    /// `FileFailure.tooLarge` for a line beyond the limit, and what the stream throws.
    public func next() throws -> LineBatch? {
        var bytes: [UInt8] = []
        while !isAtEnd {
            let known = bytes.isEmpty ? rest : bytes
            let searched = bytes.isEmpty ? rest.count : 0
            // As much again where one line is longer than a batch.
            let room = max(size, known.count + (bytes.isEmpty ? 0 : known.count))
            bytes = try [UInt8](unsafeUninitializedCapacity: room + JSONParser.padding) { buffer, count in
                count = buffer.update(fromContentsOf: known)
                while count < room {
                    let free = UnsafeMutableRawBufferPointer(
                        UnsafeMutableBufferPointer(rebasing: buffer[count..<room]))
                    let got = try stream.read(into: free)
                    count += got
                    if got == 0 {
                        isAtEnd = true
                        break
                    }
                }
            }
            if nextLine == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
            rest = []
            if isAtEnd { break }
            if let end = lastLineEnd(bytes, from: searched) {
                rest = Array(bytes[end...])
                bytes.removeLast(bytes.count - end)
                break
            }
            if bytes.count > limit {
                throw FileFailure.tooLarge(
                    path: "\(stream.name):\(nextLine)", limit: limit, hint: "a line this long is not a record")
            }
        }
        if bytes.isEmpty { return nil }
        bytes.reserveCapacity(bytes.count + JSONParser.padding)
        let batch = LineBatch(firstLine: nextLine, bytes: bytes)
        nextLine += batch.lineCount
        return batch
    }

    private func lastLineEnd(_ bytes: [UInt8], from searched: Int) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            var end = buffer.count
            while end > searched {
                if buffer[end - 1] == 0x0A { return end }
                end -= 1
            }
            return nil
        }
    }
}
