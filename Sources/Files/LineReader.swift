import Glibc

/// Lines of a byte stream, without their line feed. A carriage return before it stays with the line.
///
/// Memory is one buffer that holds the longest line seen.
public struct LineReader: ~Copyable {
    private let stream: ByteStream
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var ended = false
    private let limit: Int
    /// The number of the line that `next` returned last, from 1.
    public private(set) var lineNumber = 0
    /// Where the line that `next` returned last begins, in bytes from the beginning of the stream.
    public private(set) var lineOffset = 0
    /// Bytes of the stream before the first byte of the buffer.
    private var passed = 0

    /// Reads lines of at most `limit` bytes from `stream`.
    public init(_ stream: ByteStream, limit: Int = 1 << 31) {
        self.stream = stream
        self.limit = limit
        buffer = LineReader.allocate(1 << 17)
    }

    deinit { buffer.deallocate() }

    /// A buffer behind which there is memory that a parser of a line may read.
    private static func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count + JSONParser.padding, alignment: 16)
        return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }

    /// No more is read at a time: of a buffer that has grown for one long line the rest then stays untouched.
    private static let mostRead = 1 << 20

    /// Where the line that `next` returns next begins.
    public var nextOffset: Int { passed + start }

    /// Whether the line that `next` returned last had a line feed.
    public var lineWasEnded: Bool { start > 0 && buffer[start - 1] == 0x0A }

    /// Calls `body` with the next line, valid inside the call only; returns nil at the end.
    public mutating func next<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result? {
        var searched = start
        while true {
            if let base = buffer.baseAddress, end > searched,
                let hit = memchr(base + searched, 0x0A, end - searched)
            {
                let lineEnd = base.distance(to: hit)
                let line = UnsafeRawBufferPointer(rebasing: buffer[start..<lineEnd])
                lineOffset = passed + start
                start = lineEnd + 1
                lineNumber += 1
                return try body(line)
            }
            searched = end
            if ended {
                if start == end { return nil }
                let line = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
                lineOffset = passed + start
                start = end
                lineNumber += 1
                return try body(line)
            }
            if end - start > limit {
                throw FileFailure.tooLarge(
                    path: "\(stream.name):\(lineNumber + 1)", limit: limit, hint: "a line this long is not a record")
            }
            searched -= makeRoom()
            let room = end..<min(buffer.count, end + LineReader.mostRead)
            let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[room]))
            end += got
            ended = got == 0
        }
    }

    /// Moves the unread bytes to the front or grows the buffer; returns by how much the unread bytes moved.
    private mutating func makeRoom() -> Int {
        if start > buffer.count / 2 || (start > 0 && end == buffer.count) {
            let moved = start
            passed += moved
            memmove(buffer.baseAddress!, buffer.baseAddress! + start, end - start)
            end -= start
            start = 0
            if end < buffer.count { return moved }
        }
        if end == buffer.count {
            let larger = LineReader.allocate(buffer.count * 2)
            memcpy(larger.baseAddress!, buffer.baseAddress!, end)
            buffer.deallocate()
            buffer = larger
        }
        return 0
    }
}
