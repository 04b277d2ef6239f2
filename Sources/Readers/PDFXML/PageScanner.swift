/// Reads the lines of a page that are written just as poppler writes them:
///
///     <text top="110" left="85" width="719" height="13" font="1">words, <b>bold</b> ones &amp; <a href="x">links</a></text>
///         <fontspec id="1" size="15" family="Times" color="#000000"/>
///
/// It accepts less than XML allows and nothing that XML does not, and stops before the first line in any other form; that and what
/// follows up to the end of the page is left to the XML parser. The five entities that XML defines and the two quotes by their numbers are the only references it knows.
/// Cost: about a nanosecond a byte, a tenth of what an XML parser needs for five attributes.
struct PageScanner {
    private let bytes: UnsafeRawBufferPointer
    private let handler: UnsafeMutablePointer<PDFXMLHandler>
    /// Where the first line begins that was not read.
    private(set) var position = 0
    /// Whether that line may be read when more bytes are there.
    private(set) var needsMore = false
    /// How many lines were read.
    private(set) var lines = 0

    init(_ bytes: UnsafeRawBufferPointer, _ handler: UnsafeMutablePointer<PDFXMLHandler>) {
        self.bytes = bytes
        self.handler = handler
    }

    mutating func scan(from start: Int) {
        position = start
        while true {
            var index = position
            if index == bytes.count {
                needsMore = true
                return
            }
            if bytes[index] == 0x0A {
                // The end of the line that the page's start tag stands on, or an empty one.
                position += 1
                lines += 1
                continue
            }
            let isRead: Bool
            if bytes[index] == 0x3C, index + 1 < bytes.count, bytes[index + 1] == 0x74 {
                isRead = text(&index)
            } else if bytes[index] == 0x09 {
                isRead = font(&index)
            } else {
                needsMore = index + 1 == bytes.count
                return
            }
            if !isRead || handler.pointee.hasFailed { return }
            position = index
            lines += 1
        }
    }

    /// Goes over `literal`; false where other bytes stand there. Sets `needsMore` where the bytes end.
    @inline(__always) private mutating func skip(_ literal: StaticString, _ index: inout Int) -> Bool {
        let count = literal.utf8CodeUnitCount
        let start = literal.utf8Start
        if index &+ count > bytes.count {
            needsMore = true
            return false
        }
        var offset = 0
        while offset < count {
            if bytes[index &+ offset] != start[offset] { return false }
            offset &+= 1
        }
        index &+= count
        return true
    }

    @inline(__always) private mutating func number(_ index: inout Int) -> Int32? {
        var number: Int32 = 0
        var digits = 0
        var isNegative = false
        if index < bytes.count, bytes[index] == 0x2D {
            isNegative = true
            index &+= 1
        }
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            if digit > 9 { break }
            number = number &* 10 &+ Int32(digit)
            digits &+= 1
            if digits > 5 { return nil }
            index &+= 1
        }
        if index == bytes.count { needsMore = true }
        return digits == 0 ? nil : isNegative ? -number : number
    }

    private mutating func text(_ index: inout Int) -> Bool {
        guard skip("<text top=\"", &index), let top = number(&index), skip("\" left=\"", &index),
            let left = number(&index), skip("\" width=\"", &index), let width = number(&index),
            skip("\" height=\"", &index), let height = number(&index), skip("\" font=\"", &index),
            let font = number(&index), skip("\">", &index)
        else { return false }
        handler.pointee.beginText(top, left, width, height, font: font)
        if content(&index) {
            handler.pointee.endText()
            return true
        }
        handler.pointee.forgetText()
        return false
    }

    /// The content of a text element, its end tag and the end of the line.
    private mutating func content(_ index: inout Int) -> Bool {
        // Open elements, two bits each, the innermost lowest.
        var open: UInt64 = 0
        var depth = 0
        while true {
            let start = index
            while index < bytes.count {
                if index &+ 8 <= bytes.count {
                    let eight = EightBytes(bytes, at: index)
                    let isPlain =
                        eight.isASCII && !eight.contains(0x3C) && !eight.contains(0x26) && !eight.contains(0x5D)
                    if isPlain, !eight.contains(0x0A), !eight.mayHoldControl {
                        index &+= 8
                        continue
                    }
                }
                let byte = bytes[index]
                if byte == 0x3C || byte == 0x26 { break }
                // Neither the end of a CDATA section nor characters that XML has not may stand in text.
                if byte == 0x5D, index &+ 2 < bytes.count, bytes[index &+ 1] == 0x5D, bytes[index &+ 2] == 0x3E {
                    return false
                }
                if byte == 0xEF, index &+ 2 < bytes.count, bytes[index &+ 1] == 0xBF, bytes[index &+ 2] >= 0xBE {
                    return false
                }
                if byte < 0x20 { return false }
                index &+= 1
            }
            if index > start { append(start, index) }
            if index &+ 1 >= bytes.count {
                needsMore = true
                return false
            }
            if bytes[index] == 0x26 {
                if !entity(&index) { return false }
                continue
            }
            switch bytes[index &+ 1] {
            case 0x2F:
                if depth == 0 { return skip("</text>\n", &index) }
                switch open & 3 {
                case 1:
                    if !skip("</b>", &index) { return false }
                    handler.pointee.endBold()
                case 2: if !skip("</i>", &index) { return false }
                default: if !skip("</a>", &index) { return false }
                }
                open >>= 2
                depth -= 1
            case 0x62:
                if depth > 24 || !skip("<b>", &index) { return false }
                handler.pointee.beginBold()
                open = open << 2 | 1
                depth += 1
            case 0x69:
                if depth > 24 || !skip("<i>", &index) { return false }
                open = open << 2 | 2
                depth += 1
            default:
                if depth > 24 || !skip("<a href=\"", &index) || !value(&index) || !skip("\">", &index) { return false }
                open = open << 2 | 3
                depth += 1
            }
        }
    }

    /// Goes over the value of an attribute, up to its closing quote. References are the parser's.
    private mutating func value(_ index: inout Int) -> Bool {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 { return true }
            if byte == 0x3C || byte < 0x20 || byte == 0xEF { return false }
            if byte == 0x26 {
                guard let length = PageScanner.entity(bytes, index)?.length else {
                    needsMore = index &+ 6 >= bytes.count
                    return false
                }
                index &+= length
                continue
            }
            index &+= 1
        }
        needsMore = true
        return false
    }

    private mutating func entity(_ index: inout Int) -> Bool {
        guard let entity = PageScanner.entity(bytes, index) else {
            needsMore = index &+ 6 >= bytes.count
            return false
        }
        withUnsafeBytes(of: entity.byte) { handler.pointee.appendText($0.bindMemory(to: UInt8.self)) }
        index &+= entity.length
        return true
    }

    /// What the reference at an index stands for, and how long it is; nil where it is none of those.
    private static func entity(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> (byte: UInt8, length: Int)? {
        func stands(_ literal: StaticString) -> Bool {
            let count = literal.utf8CodeUnitCount
            if index + count > bytes.count { return false }
            for offset in 0..<count where bytes[index + offset] != literal.utf8Start[offset] { return false }
            return true
        }
        if stands("&#34;") { return (0x22, 5) }
        if stands("&amp;") { return (0x26, 5) }
        if stands("&lt;") { return (0x3C, 4) }
        if stands("&gt;") { return (0x3E, 4) }
        if stands("&quot;") { return (0x22, 6) }
        if stands("&#39;") { return (0x27, 5) }
        return stands("&apos;") ? (0x27, 6) : nil
    }

    @inline(__always) private func append(_ start: Int, _ end: Int) {
        handler.pointee.appendText(
            UnsafeBufferPointer(
                start: (bytes.baseAddress! + start).assumingMemoryBound(to: UInt8.self), count: end - start))
    }

    private mutating func font(_ index: inout Int) -> Bool {
        guard skip("\t<fontspec id=\"", &index), let identifier = number(&index), skip("\" size=\"", &index),
            let size = number(&index), skip("\" family=\"", &index)
        else { return false }
        let start = index
        guard value(&index) else { return false }
        let end = index
        guard skip("\" color=\"#", &index) else { return false }
        while index < bytes.count, bytes[index] &- 0x30 < 10 || (bytes[index] | 0x20) &- 0x61 < 6 { index += 1 }
        guard skip("\"/>\n", &index) else { return false }
        handler.pointee.addFont(
            identifier, size: size,
            family: UnsafeBufferPointer(
                start: (bytes.baseAddress! + start).assumingMemoryBound(to: UInt8.self), count: end - start))
        return true
    }
}
