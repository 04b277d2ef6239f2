import Files

/// Gathers lines into records. Where a record begins depends on the line before it alone, so that a part of a file has the records that
/// the whole file has.
struct RecordGathering {
    /// The bytes from where a record begins to where the next one does, and the text among them.
    struct Record {
        var bytes: [UInt8] = []
        var offset = 0
        var content = 0..<0
    }

    /// Where reading begins.
    let start: Int
    /// Whether a record began beyond the range.
    private(set) var isDone = false

    private let records: TextRecords
    private let separator: [UInt8]
    private let range: Range<Int>
    private var current: Record?
    private var line: [UInt8] = []
    /// Bytes at the end of the current record that are a separator line.
    private var separatorStart: Int?
    /// Whether the line before lets a record begin.
    private var mayBegin: Bool
    private var isSkipping: Bool

    /// A longer line is neither blank nor a separator.
    private static let longestSeparator = 1 << 16

    init(_ records: TextRecords, _ origin: TextOrigin, _ range: Range<Int>) throws {
        self.records = records
        self.range = range
        separator = if case .separator(let text) = records { Array(text.utf8) } else { [] }
        isSkipping = range.lowerBound > 0
        start = isSkipping ? range.lowerBound - 1 : 0
        mayBegin = !isSkipping
        if isSkipping {
            // The line that begins before the range: only what it says to the next one counts.
            let stream = try origin.open(from: start)
            var lines = LineReader(stream, limit: .max >> 1)
            let end: Int? = try lines.next { $0.count + 1 }
            if let end, records != .line,
                let before = try origin.line(before: start + end, limit: RecordGathering.longestSeparator)
            {
                mayBegin = before.withUnsafeBytes { isBoundary($0) }
            }
        }
    }

    var pendingBytes: Int { current?.bytes.count ?? 0 }

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        line.removeAll(keepingCapacity: true)
        line.append(contentsOf: bytes)
    }

    /// Takes the line into account that begins at `offset` and returns the record that it ends.
    mutating func finished(_ offset: Int, ended: Bool) throws -> Record? {
        if isSkipping {
            isSkipping = false
            return nil
        }
        if ended { line.append(0x0A) }
        let boundary = line.withUnsafeBytes { isBoundary($0) }
        let begins =
            switch records {
            case .separator: mayBegin
            case .paragraph: mayBegin && !boundary
            case .line, .file: !boundary
            }
        mayBegin = boundary
        var finished: Record?
        if begins {
            finished = last()
            if offset >= range.upperBound {
                isDone = true
                return finished
            }
            current = Record(offset: offset)
        }
        if boundary, !separator.isEmpty, separatorStart == nil { separatorStart = current?.bytes.count }
        current?.bytes += line
        return finished
    }

    /// The record that is being gathered.
    mutating func last() -> Record? {
        guard var record = current else { return nil }
        current = nil
        record.content = RecordGathering.content(record.bytes, separatorStart)
        separatorStart = nil
        return record.content.isEmpty ? nil : record
    }

    /// The text of a record: without its separator, blank lines around it, and white space at its end.
    private static func content(_ bytes: [UInt8], _ separatorStart: Int?) -> Range<Int> {
        var end = separatorStart ?? bytes.count
        while end > 0, isBlank(bytes[end - 1]) || bytes[end - 1] == 0x0A { end -= 1 }
        var start = 0
        var index = 0
        while index < end, isBlank(bytes[index]) || bytes[index] == 0x0A {
            if bytes[index] == 0x0A { start = index + 1 }
            index += 1
        }
        return min(start, end)..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    /// Whether a line, with or without its line feed, is blank or, where records have a separator, is one.
    private func isBoundary(_ line: UnsafeRawBufferPointer) -> Bool {
        if line.count > RecordGathering.longestSeparator { return false }
        var end = line.count
        while end > 0, RecordGathering.isBlank(line[end - 1]) || line[end - 1] == 0x0A { end -= 1 }
        if separator.isEmpty { return end == 0 }
        return line.starts(with: separator)
            && line[..<max(end, separator.count)].count == separator.count
    }
}
