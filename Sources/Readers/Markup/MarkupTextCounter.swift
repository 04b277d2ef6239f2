import CKernels
import CXML2
import Glibc

/// Counts the character data of an XML text, apart from the parsers: the `source` side of the ledger.
///
/// It goes from `<` to `<` over the bytes and knows tags with quoted values, comments, processing instructions, declarations, CDATA
/// sections and references. White space is counted apart, because markup dialects lay it out anew. It shares what white space is with
/// the readers, and nothing else. `HTMLTextCounter` counts web pages.
struct MarkupTextCounter {
    /// Scalars that show, and white space: space, tab, line feed, carriage return, form feed.
    struct Count: Equatable {
        var visible = 0
        var white = 0
        /// Control characters of a web page: no parser of HTML takes them for text.
        var controls = 0

        static func + (left: Count, right: Count) -> Count {
            Count(
                visible: left.visible + right.visible, white: left.white + right.white,
                controls: left.controls + right.controls)
        }
    }

    /// What a text holds.
    static func scalars(_ text: [UInt8]) -> Count { text.withUnsafeBytes { scalars($0) } }

    /// What a text holds.
    static func scalars(_ text: UnsafeRawBufferPointer) -> Count {
        guard let base = text.baseAddress else { return Count() }
        var white = 0
        var continuations = 0
        shardmill_count_text(base.assumingMemoryBound(to: UInt8.self), text.count, &white, &continuations)
        return Count(visible: text.count - white - continuations, white: white)
    }

    @inline(__always) static func isWhite(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D || byte == 0x0C
    }

    /// A capital letter of ASCII as a small one.
    @inline(__always) static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private let bytes: UnsafeRawBufferPointer
    private let isField: Bool
    private var position = 0
    private var count = Count()
    private var nextSemicolon = -1

    /// The character data of a whole well-formed document in UTF-8.
    static func count(_ bytes: UnsafeRawBufferPointer) -> Count {
        var counter = MarkupTextCounter(bytes)
        counter.run()
        return counter.count
    }

    /// The character data of a field that was cut out of a document without an XML parser: `<` begins a CDATA section or stands for
    /// itself, and so does `&` unless one of XML's five references or a numeric one begins there.
    static func count(field bytes: UnsafeRawBufferPointer) -> Count {
        var counter = MarkupTextCounter(bytes, isField: true)
        counter.run()
        return counter.count
    }

    private init(_ bytes: UnsafeRawBufferPointer, isField: Bool = false) {
        self.bytes = bytes
        self.isField = isField
    }

    private mutating func run() {
        guard bytes.count > 0 else { return }
        while position < bytes.count {
            let end = next("<", from: position) ?? bytes.count
            text(position..<end)
            position = end
            if position < bytes.count { markup() }
        }
    }

    private func next(_ text: StaticString, from start: Int) -> Int? {
        guard start < bytes.count,
            let hit = memmem(
                bytes.baseAddress! + start, bytes.count - start, text.utf8Start, text.utf8CodeUnitCount)
        else { return nil }
        return bytes.baseAddress!.distance(to: UnsafeRawPointer(hit))
    }

    private func begins(_ text: StaticString, at index: Int) -> Bool {
        index + text.utf8CodeUnitCount <= bytes.count
            && memcmp(bytes.baseAddress! + index, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// What begins with the `<` at `position`.
    private mutating func markup() {
        let start = position
        if isField, !begins("<![CDATA[", at: start) {
            count.visible += 1
            position += 1
            return
        }
        switch start + 1 < bytes.count ? bytes[start + 1] : 0 {
        case UInt8(ascii: "!"):
            if begins("<!--", at: start) {
                position = next("-->", from: start + 4).map { $0 + 3 } ?? bytes.count
            } else if begins("<![CDATA[", at: start) {
                let end = next("]]>", from: start + 9) ?? bytes.count
                raw(start + 9..<end)
                position = min(bytes.count, end + 3)
            } else {
                declaration()
            }
        case UInt8(ascii: "?"): position = next("?>", from: start + 2).map { $0 + 2 } ?? bytes.count
        default: tag()
        }
    }

    /// A document type with its internal subset.
    private mutating func declaration() {
        var brackets = 0
        var quote: UInt8 = 0
        var index = position + 2
        while index < bytes.count {
            let byte = bytes[index]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if begins("<!--", at: index) {
                index = next("-->", from: index + 4).map { $0 + 2 } ?? bytes.count
            } else if begins("<?", at: index) {
                index = next("?>", from: index + 2).map { $0 + 1 } ?? bytes.count
            } else if byte == UInt8(ascii: "[") {
                brackets += 1
            } else if byte == UInt8(ascii: "]") {
                brackets -= 1
            } else if byte == UInt8(ascii: ">"), brackets <= 0 {
                break
            }
            index += 1
        }
        position = min(bytes.count, index + 1)
    }

    private mutating func tag() {
        var index = position + 1
        var quote: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: ">") {
                break
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            }
            index += 1
        }
        position = min(bytes.count, index + 1)
    }

    private mutating func raw(_ range: Range<Int>) {
        var found = MarkupTextCounter.scalars(UnsafeRawBufferPointer(rebasing: bytes[range]))
        found.white -= lineEndPairs(range)
        count = count + found
    }

    /// Undoes `raw` for a reference. A line end of two bytes lies inside it or outside.
    private mutating func takeBack(_ range: Range<Int>) {
        for index in range {
            let byte = bytes[index]
            if MarkupTextCounter.isWhite(byte) {
                // Of a line end of two bytes one was counted.
                let isPair = byte == 0x0D && index + 1 < range.upperBound && bytes[index + 1] == 0x0A
                count.white -= isPair ? 0 : 1
            } else if byte & 0xC0 != 0x80 {
                count.visible -= 1
            }
        }
    }

    /// A carriage return before a line feed is dropped by the XML standard.
    private func lineEndPairs(_ range: Range<Int>) -> Int {
        var pairs = 0
        var index = range.lowerBound
        while index + 1 < range.upperBound,
            let hit = memchr(bytes.baseAddress! + index, 0x0D, range.upperBound - 1 - index)
        {
            index = bytes.baseAddress!.distance(to: UnsafeRawPointer(hit)) + 1
            if bytes[index] == 0x0A { pairs += 1 }
        }
        return pairs
    }

    private mutating func text(_ range: Range<Int>) {
        // Text is counted as if it held no references, then each is taken back and counted for what it stands for.
        if range.isEmpty { return }
        raw(range)
        var length = 0
        var others = 0
        let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        let found = shardmill_count_references(base + range.lowerBound, range.count, &length, &others)
        if others == 0 {
            count.visible += found - length
            return
        }
        var index = range.lowerBound
        while index < range.upperBound,
            let hit = memchr(bytes.baseAddress! + index, 0x26, range.upperBound - index)
        {
            index = bytes.baseAddress!.distance(to: UnsafeRawPointer(hit))
            guard let (end, isWhite) = reference(index, range.upperBound) else {
                index += 1
                continue
            }
            takeBack(index..<end)
            if isWhite { count.white += 1 } else { count.visible += 1 }
            index = end
        }
    }

    /// The end of the reference that begins at `start`, and whether it stands for white space; nil where it is none.
    private mutating func reference(_ start: Int, _ limit: Int) -> (end: Int, isWhite: Bool)? {
        var index = start + 1
        if index < limit, bytes[index] == UInt8(ascii: "#") { return numericReference(start, limit) }
        index = semicolon(from: index, limit)
        guard index < limit, bytes[index] == UInt8(ascii: ";"), index > start + 1 else { return nil }
        if isField {
            let known = ["lt", "gt", "amp", "quot", "apos"] as [StaticString]
            let isKnown = known.contains { index == start + 1 + $0.utf8CodeUnitCount && begins($0, at: start + 1) }
            return isKnown ? (index + 1, false) : nil
        }
        let isWhite =
            index == start + 4 && begins("Tab", at: start + 1) || index == start + 8 && begins("NewLine", at: start + 1)
        return (index + 1, isWhite)
    }

    /// The next semicolon, `limit` where there is none before it. The place is kept: many references without an end ask for the same
    /// one.
    private mutating func semicolon(from start: Int, _ limit: Int) -> Int {
        // Most are near.
        for index in start..<min(start + 6, limit) where bytes[index] == UInt8(ascii: ";") { return index }
        if nextSemicolon < start {
            let hit = memchr(bytes.baseAddress! + start, 0x3B, bytes.count - start)
            nextSemicolon = hit.map { bytes.baseAddress!.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
        }
        return min(nextSemicolon, limit)
    }

    private func numericReference(_ start: Int, _ limit: Int) -> (end: Int, isWhite: Bool)? {
        var index = start + 2
        let isHexadecimal = index < limit && bytes[index] | 0x20 == UInt8(ascii: "x")
        if isHexadecimal { index += 1 }
        var value: UInt32 = 0
        let first = index
        while index < limit, let digit = digitValue(bytes[index]), isHexadecimal || digit < 10 {
            value = min(value, 0x11_0000) * (isHexadecimal ? 16 : 10) + digit
            index += 1
        }
        let isClosed = index < limit && bytes[index] == UInt8(ascii: ";")
        if index == first || !isClosed { return nil }
        // Fields know short references only.
        if isField, index - start > 11 || Unicode.Scalar(value) == nil || begins("&#X", at: start) { return nil }
        return (index + 1, value < 0x21 && MarkupTextCounter.isWhite(UInt8(value)))
    }

    private func digitValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x37)
        case 0x61...0x66: UInt32(byte - 0x57)
        default: nil
        }
    }
}
