import Glibc

/// Writes a web page anew so that every parser finds in it the tags and the text that browsers find (HTML standard, 13.2.5).
///
/// Left out are comments, document types, scripts and styles, broken tags and control characters; references become the characters
/// they stand for; what is text is no markup in any parser. What stays for the parser is to close what pages leave open. Every byte is
/// looked at a bounded number of times.
struct HTMLNormalizer {
    /// The page for the parser, in UTF-8.
    private(set) var page: [UInt8] = []
    /// Visible scalars of scripts and styles.
    private(set) var scriptScalars = 0
    /// Visible scalars of a tag that does not end: an open quote makes one of all the rest of a page.
    private(set) var unclosedScalars = 0

    /// Names of elements and attributes that are longer mean nothing to anyone; values that are longer hold data.
    private static let longestName = 60
    private static let longestValue = 4096

    private struct Attribute {
        var name: Range<Int>
        var value: Range<Int>?
    }

    private let source: UnsafeRawBufferPointer
    private var position = 0
    private var hasRoot = false
    private var attributes: [Attribute] = []
    /// Names whose end tag does not come any more.
    private var unended: Set<String> = []

    /// The page in UTF-8.
    init(_ source: UnsafeRawBufferPointer) {
        self.source = source
        page.reserveCapacity(source.count + 64)
        while position < source.count {
            let byte = source[position]
            if byte == UInt8(ascii: "<") { markup() } else { text(upTo: source.count, stopsAtMarkup: true) }
        }
    }

    // MARK: Text

    private mutating func openRoot() {
        if hasRoot { return }
        hasRoot = true
        page += "<html>".utf8
    }

    private static let isPlain: [Bool] = (0..<256).map {
        ($0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D) && $0 != 0x26 && $0 != 0x3C && $0 != 0xEF
    }

    /// Writes text up to the next `<`, or up to `end` whatever it looks like; references are replaced.
    private mutating func text(upTo end: Int, stopsAtMarkup: Bool, replacesReferences: Bool = true) {
        HTMLNormalizer.isPlain.withUnsafeBufferPointer { isPlain in
            while position < end {
                let start = position
                while position < end, isPlain[Int(source[position])] { position += 1 }
                if position > start {
                    if !hasRoot {
                        let isBlank = source[start..<position].allSatisfy { MarkupTextCounter.isWhite($0) }
                        if isBlank { continue }
                        openRoot()
                    }
                    page += source[start..<position]
                }
                if position >= end { return }
                switch source[position] {
                case UInt8(ascii: "<"):
                    if stopsAtMarkup { return }
                    put(Unicode.Scalar("<"))
                    position += 1
                case UInt8(ascii: "&"):
                    if replacesReferences, reference(end) { continue }
                    put(Unicode.Scalar("&"))
                    position += 1
                case 0xEF:
                    // U+FFFE and U+FFFF are no characters.
                    let isNone =
                        position + 2 < end && source[position + 1] == 0xBF && source[position + 2] >= 0xBE
                    if isNone {
                        position += 3
                    } else {
                        openRoot()
                        page.append(0xEF)
                        position += 1
                    }
                case 0x0C:
                    page.append(0x20)
                    position += 1
                default: position += 1
                }
            }
        }
    }

    /// Writes a character so that it is text.
    private mutating func put(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x20: page.append(0x20)
        case 0..<0x20, 0xFFFE, 0xFFFF: break
        default:
            openRoot()
            switch scalar {
            case "<": page += "&lt;".utf8
            case "&": page += "&amp;".utf8
            default: page += UTF8.encode(scalar)!
            }
        }
    }

    /// Replaces the reference at `position` and passes it; false where there is none.
    private mutating func reference(_ end: Int) -> Bool {
        var index = position + 1
        if index < end, source[index] == UInt8(ascii: "#") { return numericReference(end) }
        while index < end, HTMLNormalizer.isAlphanumeric(source[index]), index - position <= 40 { index += 1 }
        let name = source[position + 1..<index]
        if index < end, source[index] == UInt8(ascii: ";"),
            let characters = NamedCharacters.text(of: String(decoding: name, as: UTF8.self))
        {
            for scalar in characters.unicodeScalars { put(scalar) }
            position = index + 1
            return true
        }
        guard let (length, characters) = NamedCharacters.unclosed(name) else { return false }
        for scalar in characters.unicodeScalars { put(scalar) }
        position += 1 + length
        return true
    }

    private mutating func numericReference(_ end: Int) -> Bool {
        var index = position + 2
        let isHexadecimal = index < end && source[index] | 0x20 == UInt8(ascii: "x")
        if isHexadecimal { index += 1 }
        let first = index
        var value: UInt32 = 0
        while index < end, let digit = Int(String(UnicodeScalar(source[index])), radix: isHexadecimal ? 16 : 10) {
            value = min(value, 0x11_0000) * (isHexadecimal ? 16 : 10) + UInt32(digit)
            index += 1
        }
        if index == first { return false }
        position = index < end && source[index] == UInt8(ascii: ";") ? index + 1 : index
        put(value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}")
        return true
    }

    // MARK: Markup

    private func byte(_ index: Int) -> UInt8 { index < source.count ? source[index] : 0 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || byte >= 0x30 && byte <= 0x39 }

    /// What begins with the `<` at `position`.
    private mutating func markup() {
        let next = byte(position + 1)
        if HTMLNormalizer.isLetter(next) { return tag(isEnd: false) }
        switch next {
        case UInt8(ascii: "/"):
            if HTMLNormalizer.isLetter(byte(position + 2)) { return tag(isEnd: true) }
            if position + 2 >= source.count {
                put("<")
                position += 1
            } else {
                skip(past: UInt8(ascii: ">"))
            }
        case UInt8(ascii: "!"):
            if byte(position + 2) == 0x2D, byte(position + 3) == 0x2D { skipComment() } else { skip(past: 0x3E) }
        case UInt8(ascii: "?"): skip(past: 0x3E)
        default:
            put("<")
            position += 1
        }
    }

    private mutating func skip(past end: UInt8) {
        let base = source.baseAddress!
        let hit = memchr(base + position, Int32(end), source.count - position)
        position = hit.map { base.distance(to: UnsafeRawPointer($0)) + 1 } ?? source.count
    }

    /// `<!-->` and `<!--->` are comments; `--!>` ends one as `-->` does.
    private mutating func skipComment() {
        let start = position
        position += 2
        while position < source.count {
            skip(past: 0x2D)
            if position >= source.count || source[position] != 0x2D { continue }
            if byte(position + 1) == 0x3E {
                position += 2
                return
            }
            if position > start + 4, byte(position + 1) == UInt8(ascii: "!"), byte(position + 2) == 0x3E {
                position += 3
                return
            }
        }
    }

    /// Writes the tag at `position`, and the content of an element whose content is no markup. A tag without end is nothing.
    private mutating func tag(isEnd: Bool) {
        let nameStart = position + (isEnd ? 2 : 1)
        guard let (name, isEmpty) = parseTag(nameStart) else {
            unclosedScalars = visible(position..<source.count)
            position = source.count
            return
        }
        let isOdd = name.count > HTMLNormalizer.longestName || !source[name].allSatisfy(HTMLNormalizer.isNameByte)
        if isOdd { return }
        let folded = String(decoding: source[name].map(MarkupTextCounter.lowered), as: UTF8.self)
        if isEnd {
            // Text behind the end of the page belongs to it.
            if !hasRoot || folded == "html" || folded == "body" || folded == "script" || folded == "style" { return }
            page += "</".utf8
            page += source[name]
            page.append(0x3E)
            return
        }
        if folded == "script" || folded == "style" {
            if !isEmpty { skipScript(folded) }
            return
        }
        if folded != "html" { openRoot() }
        hasRoot = true
        write(name, isEmpty)
        if isEmpty { return }
        switch folded {
        case "title", "textarea":
            if let end = endTag(folded) { text(upTo: end, stopsAtMarkup: false) }
        case "xmp":
            if let end = endTag(folded) { text(upTo: end, stopsAtMarkup: false, replacesReferences: false) }
        case "plaintext": text(upTo: source.count, stopsAtMarkup: false, replacesReferences: false)
        default: break
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == 0x2D || byte == 0x2E || byte == 0x3A || byte == 0x5F
    }

    private mutating func write(_ name: Range<Int>, _ isEmpty: Bool) {
        page.append(0x3C)
        page += source[name]
        for attribute in attributes {
            guard attribute.name.count <= HTMLNormalizer.longestName,
                source[attribute.name].allSatisfy(HTMLNormalizer.isNameByte),
                HTMLNormalizer.isLetter(source[attribute.name.lowerBound])
            else { continue }
            let value = attribute.value ?? attribute.name.lowerBound..<attribute.name.lowerBound
            if value.count > HTMLNormalizer.longestValue { continue }
            page.append(0x20)
            page += source[attribute.name]
            if attribute.value == nil { continue }
            page += "=\"".utf8
            for byte in source[value] {
                if byte == 0x22 {
                    page += "&quot;".utf8
                } else if byte >= 0x20 || MarkupTextCounter.isWhite(byte) {
                    page.append(byte)
                }
            }
            page.append(0x22)
        }
        if isEmpty { page += " /".utf8 }
        page.append(0x3E)
    }

    /// Reads a tag whose name begins at `start` into `attributes` and passes it; nil where it does not end.
    private mutating func parseTag(_ start: Int) -> (name: Range<Int>, isEmpty: Bool)? {
        attributes.removeAll(keepingCapacity: true)
        var index = start
        func isSpace(_ index: Int) -> Bool { index < source.count && MarkupTextCounter.isWhite(source[index]) }
        func ends(_ index: Int) -> Bool {
            index >= source.count || MarkupTextCounter.isWhite(source[index]) || source[index] == 0x2F
                || source[index] == 0x3E
        }
        while !ends(index) { index += 1 }
        let name = start..<index
        while index < source.count {
            if isSpace(index) {
                index += 1
            } else if source[index] == 0x3E {
                position = index + 1
                return (name, false)
            } else if source[index] == 0x2F {
                if byte(index + 1) == 0x3E {
                    position = index + 2
                    return (name, true)
                }
                index += 1
            } else {
                let first = index
                index += 1
                while !ends(index), source[index] != UInt8(ascii: "=") { index += 1 }
                var attribute = Attribute(name: first..<index)
                while isSpace(index) { index += 1 }
                if index < source.count, source[index] == UInt8(ascii: "=") {
                    index += 1
                    while isSpace(index) { index += 1 }
                    guard index < source.count else { return nil }
                    attribute.value = value(&index)
                    guard attribute.value != nil else { return nil }
                }
                keep(attribute)
            }
        }
        return nil
    }

    /// The first attribute of each name counts, and no page needs more than a few: libxml2 compares each with all before it.
    private mutating func keep(_ attribute: Attribute) {
        let isKnown = attributes.contains { source[$0.name].elementsEqual(source[attribute.name]) }
        if attributes.count < HTMLNormalizer.mostAttributes, !isKnown { attributes.append(attribute) }
    }

    private static let mostAttributes = 64

    /// The value that begins at `index`; nil where its quote is not closed.
    private func value(_ index: inout Int) -> Range<Int>? {
        let quote = source[index]
        if quote == 0x22 || quote == 0x27 {
            let start = index + 1
            let base = source.baseAddress!
            guard start < source.count, let hit = memchr(base + start, Int32(quote), source.count - start) else {
                return nil
            }
            let end = base.distance(to: UnsafeRawPointer(hit))
            index = end + 1
            return start..<end
        }
        let start = index
        while index < source.count, !MarkupTextCounter.isWhite(source[index]), source[index] != 0x3E { index += 1 }
        return start..<index
    }

    // MARK: Content that is no markup

    /// Where the end tag of this name begins; nil where none follows.
    private mutating func endTag(_ name: String) -> Int? {
        if unended.contains(name) { return nil }
        var name = name
        let found = name.withUTF8 { wanted -> Int? in
            var index = position
            let base = source.baseAddress!
            while index < source.count, let hit = memchr(base + index, 0x3C, source.count - index) {
                let start = base.distance(to: UnsafeRawPointer(hit))
                index = start + 1
                let end = start + 2 + wanted.count
                guard end < source.count, source[start + 1] == 0x2F,
                    source[start + 2..<end].elementsEqual(wanted, by: { MarkupTextCounter.lowered($0) == $1 })
                else { continue }
                if MarkupTextCounter.isWhite(source[end]) || source[end] == 0x2F || source[end] == 0x3E { return start }
            }
            return nil
        }
        if found == nil { unended.insert(name) }
        return found
    }

    private mutating func skipScript(_ name: String) {
        let end = endTag(name) ?? source.count
        scriptScalars += visible(position..<end)
        position = end
    }

    /// Scalars that show: no white space, no control characters, neither U+FFFE nor U+FFFF.
    private func visible(_ range: Range<Int>) -> Int {
        var count = 0
        for index in range where source[index] & 0xC0 != 0x80 && source[index] > 0x20 {
            let isNone =
                source[index] == 0xEF && index + 2 < range.upperBound && source[index + 1] == 0xBF
                && source[index + 2] >= 0xBE
            if !isNone { count += 1 }
        }
        return count
    }
}
