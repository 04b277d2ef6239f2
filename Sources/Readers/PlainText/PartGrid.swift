import CXML2
import Files
import Glibc

/// Where a long text is divided into parts: near the multiples of a step, at a place that the bytes around it decide alone. So a part
/// can be found from the middle of the file, and has its number.
struct PartGrid {
    /// No part is longer.
    let limit: Int
    /// The distance of the nominal ends of parts.
    let step: Int
    /// How far before its nominal end a part may end.
    let window: Int

    init(limit: Int) {
        // A caller that wants no division says .max: places in the file must still be numbers.
        self.limit = min(max(limit, 12), 1 << 50)
        step = self.limit / 3 * 2
        window = self.limit / 3
    }

    func nominalStart(ofPart part: Int) -> Int { (part - 1) * step }
    func nominalEnd(ofPart part: Int) -> Int { part * step }

    /// The first part whose nominal start is `offset` or later.
    func part(beginningFrom offset: Int) -> Int { (offset + step - 1) / step + 1 }

    /// Where reading must begin to find where the part begins.
    func windowStart(ofPart part: Int) -> Int { part == 1 ? 0 : nominalStart(ofPart: part) - window }

    /// Where the part that nominally ends `window` bytes after the start of `bytes` ends, counted from there: after the last paragraph
    /// end among these bytes, else after the last line end, else before a scalar. `bytes` are the window and, where there are any,
    /// the next four bytes.
    func cut(_ bytes: UnsafeRawBufferPointer) -> Int {
        var line = -1
        var index = min(window, bytes.count)
        while index > 0, let hit = memrchr(bytes.baseAddress!, 0x0A, index) {
            let feed = bytes.baseAddress!.distance(to: UnsafeRawPointer(hit))
            if line < 0 { line = feed + 1 }
            var before = feed - 1
            while before >= 0, bytes[before] == 0x0D || bytes[before] == 0x20 || bytes[before] == 0x09 { before -= 1 }
            if before >= 0, bytes[before] == 0x0A { return feed + 1 }
            index = feed
        }
        if line > 0 { return line }
        var boundary = min(window, bytes.count)
        // At most three bytes belong to the scalar before; bytes that are no UTF-8 are cut anywhere.
        for _ in 0..<3 where boundary > 0 && boundary < bytes.count && bytes[boundary] & 0xC0 == 0x80 { boundary -= 1 }
        return boundary
    }
}

/// The stretch of a text stream that is in memory.
struct TextWindow {
    private let stream: TextStream
    private(set) var bytes: [UInt8] = []
    /// Where `bytes` begin in the text.
    private var offset: Int
    private var ended = false

    init(_ stream: TextStream, offset: Int) {
        self.stream = stream
        self.offset = offset
    }

    /// Reads on until the window reaches `end` in the text; false where the text ends before.
    mutating func fill(to end: Int) throws -> Bool {
        while !ended, offset + bytes.count < end {
            let wanted = min(1 << 20, max(1 << 16, end - offset - bytes.count))
            let stream = stream
            let filled = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: wanted))
            let got = try bytes.withUnsafeMutableBytes {
                try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            bytes.removeLast(wanted - got)
            ended = got == 0
        }
        return offset + bytes.count >= end
    }

    /// Where `part` ends in the text.
    mutating func cut(_ grid: PartGrid, after part: Int) throws -> Int {
        let nominal = grid.nominalEnd(ofPart: part)
        _ = try fill(to: nominal + 4)
        if offset + bytes.count <= nominal { return offset + bytes.count }
        let start = nominal - grid.window
        return start + bytes.withUnsafeBytes { grid.cut(UnsafeRawBufferPointer(rebasing: $0[(start - offset)...])) }
    }

    /// Removes the bytes up to `end` and returns those from `begin` on.
    mutating func take(from begin: Int, to end: Int) -> [UInt8] {
        let taken = Array(bytes[(begin - offset)..<(end - offset)])
        bytes.removeFirst(end - offset)
        offset = end
        return taken
    }
}
