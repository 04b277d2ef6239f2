import Glibc

/// Lines of a byte stream, without their line feed. A carriage return before it stays with the line.
///
/// Memory is one buffer that holds the longest line seen; of a mapped file a few megabytes of its pages.
public struct LineReader: ~Copyable {
    private let stream: ByteStream
    /// The file whose bytes `buffer` stands for; nil where the buffer is our own.
    private let mapped: MappedFile?
    private var buffer: UnsafeMutableRawBufferPointer
    /// A line at the very end of a mapped file, behind which a parser may read as well.
    private var last: UnsafeMutableRawBufferPointer?
    /// Up to where pages of a mapped file were let go.
    private var released = 0
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
        mapped = nil
        buffer = LineReader.allocate(1 << 17)
    }

    /// Reads the lines of a mapped file from `offset` on where they stand. Offsets are those of the file.
    public init(_ file: MappedFile, from offset: Int, limit: Int = 1 << 31) {
        stream = MemoryByteStream([], name: file.path)
        self.limit = limit
        mapped = file
        // Never written: `ended` keeps what fills a buffer away.
        buffer = UnsafeMutableRawBufferPointer(mutating: file.bytes)
        start = min(offset, file.bytes.count)
        released = start
        end = file.bytes.count
        ended = true
        file.fetchPages(start..<min(end, start + LineReader.mostKept))
    }

    deinit {
        if mapped == nil { buffer.deallocate() }
        last?.deallocate()
    }

    /// A buffer behind which there is memory that a parser of a line may read.
    private static func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count + JSONParser.padding, alignment: 16)
        return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }

    /// So much of a mapped file stays in memory behind what was read.
    private static let mostKept = 4 << 20

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
                return try body(take(upTo: lineEnd, next: lineEnd + 1))
            }
            searched = end
            if ended {
                if start == end { return nil }
                return try body(take(upTo: end, next: end))
            }
            try check(end - start)
            searched -= makeRoom()
            let room = end..<min(buffer.count, end + LineReader.mostRead)
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
        var line = UnsafeRawBufferPointer(rebasing: buffer[start..<lineEnd])
        if let mapped {
            try check(line.count)
            if start - released > LineReader.mostKept {
                mapped.releasePages()
                mapped.fetchPages(start..<min(end, start + LineReader.mostKept))
                released = start
            }
            if end - lineEnd < JSONParser.padding { line = copyAtEnd(line) }
        }
        lineOffset = passed + start
        start = next
        lineNumber += 1
        return line
    }

    private mutating func copyAtEnd(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        last?.deallocate()
        let copy = LineReader.allocate(line.count)
        last = copy
        if line.count > 0 { copy.copyMemory(from: line) }
        return UnsafeRawBufferPointer(copy)
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
