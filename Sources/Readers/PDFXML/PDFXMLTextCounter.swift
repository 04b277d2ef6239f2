import CKernels
import Glibc

/// Counts the scalars of text inside `<text>` elements, apart from the reader: the `source` side of the ledger.
///
/// It looks at the bytes only, goes from `<` to `<`, and shares no code with the SAX reader. Bytes come in pieces of any size; the
/// beginning of a tag, comment or reference that a piece cuts waits for the next one. The input must be well-formed; for other input
/// the count is merely some number.
struct PDFXMLTextCounter {
    private(set) var count = 0
    /// How many bytes wait: more than `mostWaiting` is no honest markup.
    var waitingBytes: Int { waiting.count }
    static let mostWaiting = 1 << 20

    private var depth = 0
    private var waiting: [UInt8] = []

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        if waiting.isEmpty {
            let done = scan(bytes)
            if done < bytes.count { waiting.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[done...])) }
            return
        }
        waiting.append(contentsOf: bytes)
        var all: [UInt8] = []
        swap(&all, &waiting)
        let done = all.withUnsafeBytes { scan($0) }
        all.removeFirst(done)
        waiting = all
    }

    /// Counts what is complete; how many bytes that was.
    private mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let end = bytes.count
        var index = 0
        while index < end {
            var open = end
            if let hit = memchr(base + index, 0x3C, end - index) { open = base.distance(to: hit) }
            if depth > 0 {
                let stopped = countText(bytes, index, open)
                if stopped < open { return stopped }
            }
            if open == end { return end }
            guard let next = markup(bytes, open) else { return open }
            index = next
        }
        return end
    }

    /// Counts the text of a range. Returns where it stopped: before a reference or a carriage return whose rest is not there yet.
    private mutating func countText(_ bytes: UnsafeRawBufferPointer, _ from: Int, _ to: Int) -> Int {
        var index = from
        var scalars = 0
        while index < to {
            if index &+ 8 <= to {
                let eight = EightBytes(bytes, at: index)
                if eight.isASCII, !eight.contains(0x26), !eight.contains(0x0D) {
                    scalars &+= 8
                    index &+= 8
                    continue
                }
            }
            let byte = bytes[index]
            if byte == 0x26 {
                var close = index + 1
                while close < to, bytes[close] != 0x3B { close += 1 }
                if close == to, to == bytes.count {
                    count += scalars
                    return index
                }
                scalars &+= 1
                index = close + 1
                continue
            }
            if byte == 0x0D {
                if index + 1 == bytes.count {
                    count += scalars
                    return index
                }
                // The XML standard makes one line end of the two.
                if bytes[index + 1] == 0x0A {
                    index += 1
                    continue
                }
            }
            if byte & 0xC0 != 0x80 { scalars &+= 1 }
            index &+= 1
        }
        count += scalars
        return to
    }

    /// Where the markup that begins at `open` ends; nil where its end is not there yet.
    private mutating func markup(_ bytes: UnsafeRawBufferPointer, _ open: Int) -> Int? {
        let end = bytes.count
        guard open + 9 <= end else { return short(bytes, open) }
        switch bytes[open + 1] {
        case 0x21:
            if bytes[open + 2] == 0x2D { return find("-->", bytes, open + 4) }
            if bytes[open + 2] == 0x5B {
                guard let after = find("]]>", bytes, open + 9) else { return nil }
                if depth > 0 {
                    // Inside CDATA a line end is one scalar too, and an ampersand is itself.
                    for index in open + 9..<after - 3 where bytes[index] & 0xC0 != 0x80 {
                        if bytes[index] != 0x0D || bytes[index + 1] != 0x0A { count += 1 }
                    }
                }
                return after
            }
            return endOfDoctype(bytes, open)
        case 0x3F: return find("?>", bytes, open + 2)
        default: break
        }
        guard let close = endOfTag(bytes, open) else { return nil }
        let name = bytes[open + 1] == 0x2F ? open + 2 : open + 1
        if bytes[name] == 0x74, bytes[name + 1] == 0x65, bytes[name + 2] == 0x78, bytes[name + 3] == 0x74 {
            let next = bytes[name + 4]
            if next == 0x3E || next == 0x20 || next == 0x2F || next == 0x0A || next == 0x09 || next == 0x0D {
                if name == open + 2 {
                    depth -= 1
                } else if bytes[close - 1] != 0x2F {
                    depth += 1
                }
            }
        }
        return close + 1
    }

    /// A markup so short that fewer than nine bytes are there: complete only if it is a tag that is closed.
    private mutating func short(_ bytes: UnsafeRawBufferPointer, _ open: Int) -> Int? {
        let end = bytes.count
        guard open + 2 < end, bytes[open + 1] != 0x21, bytes[open + 1] != 0x3F,
            let close = endOfTag(bytes, open)
        else { return nil }
        let tag = bytes[open + 1..<close]
        if tag.elementsEqual("/text".utf8) {
            depth -= 1
        } else if tag.elementsEqual("text".utf8) {
            depth += 1
        }
        return close + 1
    }

    /// The `>` of a tag: the first that does not stand in quotes.
    private func endOfTag(_ bytes: UnsafeRawBufferPointer, _ open: Int) -> Int? {
        let base = bytes.baseAddress!
        // An end tag has no attributes.
        if bytes[open + 1] == 0x2F {
            return memchr(base + open, 0x3E, bytes.count - open).map { base.distance(to: UnsafeRawPointer($0)) }
        }
        // Quotes are paired before the first `>`, nearly always.
        let near =
            open
            + shardmill_find_tag_end(
                base.assumingMemoryBound(to: UInt8.self) + open, bytes.count - open)
        if near < bytes.count { return near }
        var quote: UInt8 = 0
        for index in open..<bytes.count {
            let byte = bytes[index]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if byte == 0x3E {
                return index
            }
        }
        return nil
    }

    private func endOfDoctype(_ bytes: UnsafeRawBufferPointer, _ open: Int) -> Int? {
        var brackets = 0
        for index in open..<bytes.count {
            switch bytes[index] {
            case 0x5B: brackets += 1
            case 0x5D: brackets -= 1
            case 0x3E where brackets <= 0: return index + 1
            default: break
            }
        }
        return nil
    }

    private func find(_ text: StaticString, _ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        let length = text.utf8CodeUnitCount
        var index = start
        while index + length <= bytes.count {
            guard let hit = memchr(bytes.baseAddress! + index, Int32(text.utf8Start[0]), bytes.count - index) else {
                return nil
            }
            index = bytes.baseAddress!.distance(to: hit)
            if index + length > bytes.count { return nil }
            if memcmp(bytes.baseAddress! + index, text.utf8Start, length) == 0 { return index + length }
            index += 1
        }
        return nil
    }
}
