import Files
import Glibc

/// Rows of a delimited text (RFC 4180): fields may stand in double quotes and then hold delimiters, line ends and doubled quotes.
///
/// Memory is one buffer that holds the longest row. A row is bytes; what encoding they are in is the caller's business, as long as the
/// quote, the delimiter and the line feed are those of ASCII.
struct DelimitedScanner: ~Copyable {
    /// A field inside the row's bytes, without its quotes.
    struct Field {
        var start: Int
        var end: Int
        /// Whether doubled quotes stand inside.
        var hasDoubledQuotes = false
    }

    /// What is wrong with a row.
    enum Fault { case unclosedQuote, textAfterQuote }

    private enum State { case fieldStart, plain, quoted, quoteInQuoted, afterQuote }

    private let stream: ByteStream
    private let delimiter: UInt8
    private let limit: Int
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var passed = 0
    private var ended = false
    private(set) var fields: [Field] = []
    private var fault: Fault?
    /// Where the row that `next` returned last begins in the stream, and where the one after it does.
    private(set) var rowOffset = 0
    var nextOffset: Int { passed + start }
    /// Line feeds before the end of that row, and before its beginning.
    private(set) var lineFeeds = 0
    private(set) var lineFeedsBefore = 0

    init(_ stream: ByteStream, delimiter: UInt8, limit: Int) {
        self.stream = stream
        self.delimiter = delimiter
        self.limit = limit
        buffer = .allocate(byteCount: 1 << 17, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Calls `body` with the bytes of the next row, its line end not included, its fields, which count from there, and what is wrong
    /// with it. Nil at the end.
    mutating func next<Result>(
        _ body: (UnsafeRawBufferPointer, [Field], Fault?) throws -> Result
    ) throws -> Result? {
        fields.removeAll(keepingCapacity: true)
        fault = nil
        rowOffset = passed + start
        lineFeedsBefore = lineFeeds
        var state = State.fieldStart
        var field = Field(start: 0, end: 0)
        var place = 0
        while true {
            let available = end - start
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
            while place < available {
                let byte = bytes[place]
                switch state {
                case .fieldStart where byte == 0x22:
                    field = Field(start: place + 1, end: place + 1)
                    state = .quoted
                    place += 1
                    continue
                case .fieldStart:
                    field = Field(start: place, end: place)
                    state = .plain
                    continue
                case .quoted:
                    if byte == 0x22 {
                        state = .quoteInQuoted
                        field.end = place
                    } else if byte == 0x0A {
                        lineFeeds += 1
                    }
                    place += 1
                    continue
                case .quoteInQuoted:
                    if byte == 0x22 {
                        field.hasDoubledQuotes = true
                        state = .quoted
                        place += 1
                    } else {
                        state = .afterQuote
                    }
                    continue
                case .plain, .afterQuote:
                    if byte != delimiter, byte != 0x0A {
                        if state == .afterQuote, byte != 0x0D, byte != 0x20 { fault = .textAfterQuote }
                        place += 1
                        continue
                    }
                }
                if state == .plain { field.end = place }
                if byte == 0x0A {
                    if state == .plain, field.end > field.start, bytes[field.end - 1] == 0x0D { field.end -= 1 }
                    fields.append(field)
                    lineFeeds += 1
                    start += place + 1
                    let row = UnsafeRawBufferPointer(rebasing: bytes[..<place])
                    return try body(row, fields, fault)
                }
                fields.append(field)
                state = .fieldStart
                place += 1
                // A delimiter at the very end opens a last, empty field.
                field = Field(start: place, end: place)
            }
            if ended {
                if available == 0 { return nil }
                switch state {
                case .quoted: fault = .unclosedQuote
                case .plain:
                    field.end = place
                    if field.end > field.start, bytes[field.end - 1] == 0x0D { field.end -= 1 }
                default: break
                }
                if state == .quoted { field.end = place }
                fields.append(field)
                start = end
                return try body(bytes, fields, fault)
            }
            if available > limit {
                throw FileFailure.tooLarge(
                    path: "\(stream.name):\(lineFeedsBefore + 1)", limit: limit,
                    hint: "a row this long is no row; a quote may be missing")
            }
            try refill()
        }
    }

    private mutating func refill() throws {
        if start > 0 {
            memmove(buffer.baseAddress!, buffer.baseAddress! + start, end - start)
            passed += start
            end -= start
            start = 0
        }
        if end == buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            memcpy(larger.baseAddress!, buffer.baseAddress!, end)
            buffer.deallocate()
            buffer = larger
        }
        let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
        end += got
        ended = got == 0
    }

    /// The text of a field, its doubled quotes single, appended to `out`.
    static func append(_ field: Field, of row: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        var from = field.start
        if field.hasDoubledQuotes {
            var index = field.start
            while index < field.end {
                if row[index] == 0x22, index + 1 < field.end, row[index + 1] == 0x22 {
                    out.append(contentsOf: UnsafeRawBufferPointer(rebasing: row[from...index]))
                    index += 2
                    from = index
                } else {
                    index += 1
                }
            }
        }
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: row[from..<field.end]))
    }
}
