import Glibc

/// Whole lines of a stream, one behind the other.
public struct LineBatch: Sendable {
    /// The number of the first line, from 1.
    public let firstLine: Int
    /// The lines with their line feeds, but perhaps the last of the stream, in memory with room to read behind it.
    let bytes: [UInt8]

    /// The number of lines.
    var lineCount: Int {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var count = 0
            var index = 0
            while index < buffer.count {
                count += 1
                guard let place = memchr(base + index, 0x0A, buffer.count - index) else { break }
                index = UnsafeRawPointer(place) - base + 1
            }
            return count
        }
    }

    /// Calls `body` with every line, without its line feed, and its number, in order. A line can be parsed where it stands.
    public func forEachLine(_ body: (UnsafeRawBufferPointer, _ number: Int) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var number = firstLine
            var start = 0
            while start < buffer.count {
                let place = memchr(base + start, 0x0A, buffer.count - start)
                let end = place.map { UnsafeRawPointer($0) - base } ?? buffer.count
                try body(UnsafeRawBufferPointer(rebasing: buffer[start..<end]), number)
                number += 1
                start = end + 1
            }
        }
    }
}
