import Glibc

/// Lines of a byte stream, without their line feed. A carriage return before it stays with the line.
///
/// The stream is read a window at a time, and lines are handed out where they stand in it: only the unfinished line at its end is moved.
/// Memory is that window, or the longest line seen where that is longer, at most the limit and one byte. A file is read, never mapped: one
/// that another program shortens ends early, where a mapped one would end the process.
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

    /// Reads lines of at most `limit` bytes from `stream`. Behind each there are `JSONParser.padding` bytes that may be read.
    public init(_ stream: ByteStream, limit: Int = 1 << 31) {
        self.stream = stream
        self.limit = limit
        buffer = LineReader.allocate(LineReader.window)
    }

    deinit { buffer.deallocate() }

    /// A buffer behind which there is memory that a parser of a line may read.
    private static func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count + JSONParser.padding, alignment: 16)
        return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }

    /// Bytes read at a time: what is copied out of the system's cache is still in the processor's when it is looked at. Of a buffer that has
    /// grown for one long line the rest stays untouched.
    private static let window = 1 << 18

    /// Where the line that `next` returns next begins.
    public var nextOffset: Int { passed + start }

    /// Whether the line that `next` returned last had a line feed.
    public var lineWasEnded: Bool { start > 0 && buffer[start - 1] == 0x0A }

    /// Calls `body` with the next line, valid inside the call only; returns nil at the end. Throws `FileFailure.tooLarge` for a line of more
    /// bytes than the limit; of one longer than a window no more is read than shows it.
    public mutating func next<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result? {
        var searched = start
        while true {
            let base = buffer.baseAddress.unsafelyUnwrapped
            if end > searched, let hit = memchr(base + searched, 0x0A, end - searched) {
                let lineEnd = base.distance(to: hit)
                return try body(take(upTo: lineEnd, next: lineEnd + 1))
            }
            searched = end
            if ended {
                if start == end { return nil }
                return try body(take(upTo: end, next: end))
            }
            try check(end - start)
            searched -= makeRoom()
            let room = end..<min(buffer.count, end + LineReader.window)
            let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[room]))
            end += got
            ended = got == 0
        }
    }

    private func check(_ length: Int) throws {
        if length <= limit { return }
        throw FileFailure.tooLarge(
            path: "\(stream.name):\(lineNumber + 1)", limit: limit, hint: "a line this long is not a record")
    }

    /// The line up to `lineEnd`; the one that begins at `next` is the next.
    private mutating func take(upTo lineEnd: Int, next: Int) throws -> UnsafeRawBufferPointer {
        try check(lineEnd - start)
        let line = UnsafeRawBufferPointer(rebasing: buffer[start..<lineEnd])
        lineOffset = passed + start
        start = next
        lineNumber += 1
        return line
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
            // The unfinished line fills the buffer and is within the limit, which is below `Int.max`.
            let larger = LineReader.allocate(min(buffer.count * 2, max(buffer.count, limit) + 1))
            memcpy(larger.baseAddress!, buffer.baseAddress!, end)
            buffer.deallocate()
            buffer = larger
        }
        return 0
    }
}
