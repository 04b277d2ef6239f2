import Glibc

/// Counts the text of a web page as the HTML standard tokenizes it, apart from the code that reads pages: the `source` side of the
/// ledger.
///
/// One state a byte for markup, one search a stretch of text. Comments, declarations and tags are no text; the content of scripts and
/// styles is, up to their end tag, and so is a tag that does not end; a title, a text area and an `xmp` that end hold no markup.
/// Control characters and U+FFFE and U+FFFF are counted apart.
struct HTMLTextCounter {
    private enum State {
        case name, outside, attribute, behindAttribute, beforeValue, value, singleQuoted, doubleQuoted, slash
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var count = MarkupTextCounter.Count()
    private var missing: [[UInt8]] = []

    /// What the page in UTF-8 holds.
    static func count(_ bytes: UnsafeRawBufferPointer) -> MarkupTextCounter.Count {
        var counter = HTMLTextCounter(bytes: bytes)
        counter.run()
        return counter.count
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func run() {
        while position < bytes.count {
            let end = find(0x3C, from: position) ?? bytes.count
            text(position..<end)
            position = end
            if position < bytes.count { markup() }
        }
    }

    private func find(_ byte: UInt8, from start: Int, to end: Int? = nil) -> Int? {
        let end = end ?? bytes.count
        guard start < end, let hit = memchr(bytes.baseAddress! + start, Int32(byte), end - start) else { return nil }
        return bytes.baseAddress!.distance(to: UnsafeRawPointer(hit))
    }

    private func isLetter(at index: Int) -> Bool {
        guard index < bytes.count else { return false }
        let byte = MarkupTextCounter.lowered(bytes[index])
        return byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
    }

    // MARK: Markup

    private mutating func markup() {
        let rest = bytes[position...].dropFirst()
        let isEnd = rest.first == UInt8(ascii: "/")
        if isLetter(at: position + (isEnd ? 2 : 1)) {
            tag(isEnd)
        } else if rest.starts(with: [0x21, 0x2D, 0x2D]) {
            comment()
        } else if rest.first == 0x21 || rest.first == 0x3F || isEnd && rest.count > 1 {
            position = find(0x3E, from: position).map { $0 + 1 } ?? bytes.count
        } else {
            count.visible += 1
            position += 1
        }
    }

    private mutating func comment() {
        let content = position + 4
        let abrupt = bytes[content...].starts(with: [0x3E]) ? 1 : bytes[content...].starts(with: [0x2D, 0x3E]) ? 2 : 0
        if abrupt > 0 {
            position = content + abrupt
            return
        }
        var dashes = 0
        for index in content..<max(content, bytes.count) {
            let byte = bytes[index]
            if dashes >= 2, byte == 0x3E {
                position = index + 1
                return
            }
            // Behind an exclamation mark behind two dashes only the end is looked for.
            let isBang = byte == UInt8(ascii: "!") && dashes >= 2
            if isBang, index + 1 < bytes.count, bytes[index + 1] == 0x3E {
                position = index + 2
                return
            }
            dashes = byte == 0x2D ? dashes + 1 : 0
        }
        position = bytes.count
    }

    private mutating func tag(_ isEnd: Bool) {
        let nameStart = position + (isEnd ? 2 : 1)
        var nameEnd = bytes.count
        var state = State.name
        var index = nameStart
        scan: while index < bytes.count {
            let byte = bytes[index]
            let isWhite = MarkupTextCounter.isWhite(byte)
            switch state {
            case .singleQuoted: if byte == 0x27 { state = .outside }
            case .doubleQuoted: if byte == 0x22 { state = .outside }
            case .value:
                if byte == 0x3E { break scan }
                if isWhite { state = .outside }
            case .beforeValue:
                if byte == 0x3E { break scan }
                if !isWhite { state = byte == 0x22 ? .doubleQuoted : byte == 0x27 ? .singleQuoted : .value }
            case .name, .outside, .attribute, .behindAttribute, .slash:
                if byte == 0x3E { break scan }
                if state == .name, isWhite || byte == 0x2F { nameEnd = index }
                if byte == 0x2F {
                    state = .slash
                } else if isWhite {
                    state = state == .attribute || state == .behindAttribute ? .behindAttribute : .outside
                } else if byte == 0x3D, state == .attribute || state == .behindAttribute {
                    state = .beforeValue
                } else if state != .name {
                    state = .attribute
                }
            }
            index += 1
        }
        guard index < bytes.count else {
            plain(position..<bytes.count)
            position = bytes.count
            return
        }
        position = index + 1
        nameEnd = min(nameEnd, index)
        if !isEnd, state != .slash, nameEnd - nameStart < 10 {
            content(of: bytes[nameStart..<nameEnd].map { MarkupTextCounter.lowered($0) })
        }
    }

    /// Counts the content of an element that holds no markup, and passes it.
    private mutating func content(of name: [UInt8]) {
        let name = String(decoding: name, as: UTF8.self)
        guard ["script", "style", "title", "textarea", "xmp", "plaintext"].contains(name) else { return }
        let found = name == "plaintext" ? nil : end(of: Array(name.utf8))
        switch name {
        case "title", "textarea":
            guard let found else { return }
            text(position..<found)
        case "xmp" where found == nil: return
        default: plain(position..<(found ?? bytes.count))
        }
        position = found ?? bytes.count
    }

    /// Where the end tag of this name begins.
    private mutating func end(of name: [UInt8]) -> Int? {
        if missing.contains(name) { return nil }
        let wanted: [UInt8] = [0x2F] + name
        var index = position
        while let hit = find(0x3C, from: index) {
            let rest = bytes[hit...].dropFirst()
            let last = rest.dropFirst(wanted.count).first
            if rest.prefix(wanted.count).elementsEqual(wanted, by: { MarkupTextCounter.lowered($0) == $1 }),
                last == 0x2F || last == 0x3E || last.map({ MarkupTextCounter.isWhite($0) }) ?? false
            {
                return hit
            }
            index = hit + 1
        }
        missing.append(name)
        return nil
    }

    // MARK: Text

    /// Counts text as it stands.
    private mutating func plain(_ range: Range<Int>) {
        let found = MarkupTextCounter.scalars(UnsafeRawBufferPointer(rebasing: bytes[range]))
        var controls = 0
        for index in range {
            let byte = bytes[index]
            if byte < 0x20, !MarkupTextCounter.isWhite(byte) { controls += 1 }
        }
        controls += noncharacters(range)
        count =
            count + MarkupTextCounter.Count(visible: found.visible - controls, white: found.white, controls: controls)
    }

    /// How often U+FFFE and U+FFFF stand there.
    private func noncharacters(_ range: Range<Int>) -> Int {
        var found = 0
        var index = range.lowerBound
        while let hit = find(0xEF, from: index, to: range.upperBound), hit + 2 < range.upperBound {
            if bytes[hit + 1] == 0xBF, bytes[hit + 2] > 0xBD { found += 1 }
            index = hit + 1
        }
        return found
    }

    /// Counts text with references.
    private mutating func text(_ range: Range<Int>) {
        var start = range.lowerBound
        var index = start
        while let hit = find(0x26, from: index, to: range.upperBound) {
            index = hit + 1
            guard let (end, characters) = reference(hit, range.upperBound) else { continue }
            plain(start..<hit)
            for scalar in characters {
                if scalar.value < 0x80, MarkupTextCounter.isWhite(UInt8(scalar.value)) {
                    count.white += 1
                } else if scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF {
                    count.controls += 1
                } else {
                    count.visible += 1
                }
            }
            start = end
            index = end
        }
        plain(start..<range.upperBound)
    }

    /// The end of the reference that begins at `start` and what it stands for; nil where it is text.
    private func reference(_ start: Int, _ limit: Int) -> (end: Int, characters: String.UnicodeScalarView)? {
        let body = bytes[start + 1..<limit].prefix { $0 > 0x20 && $0 < 0x7F && $0 != 0x3B && $0 != 0x26 }
        let isClosed = body.endIndex < limit && bytes[body.endIndex] == 0x3B
        if body.first == UInt8(ascii: "#") { return numeric(body.dropFirst(), limit) }
        let name = body.prefix { isAlphanumeric($0) }
        if isClosed, name.count == body.count, name.count <= 40,
            let characters = NamedCharacters.text(of: String(decoding: name, as: UTF8.self))
        {
            return (name.endIndex + 1, characters.unicodeScalars)
        }
        return NamedCharacters.unclosed(name).map { (start + 1 + $0.length, $0.text.unicodeScalars) }
    }

    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A
    }

    private func numeric(
        _ body: Slice<UnsafeRawBufferPointer>, _ limit: Int
    ) -> (end: Int, characters: String.UnicodeScalarView)? {
        let isHexadecimal = body.first == UInt8(ascii: "x") || body.first == UInt8(ascii: "X")
        let digits = body.dropFirst(isHexadecimal ? 1 : 0).prefix {
            $0 >= 0x30 && $0 <= 0x39 || isHexadecimal && (0x61...0x66).contains($0 | 0x20)
        }
        if digits.isEmpty { return nil }
        let text = String(decoding: digits.drop { $0 == 0x30 }.prefix(8), as: UTF8.self)
        let value = text.isEmpty ? 0 : UInt32(text, radix: isHexadecimal ? 16 : 10) ?? .max
        let scalar = value == 0 ? nil : Unicode.Scalar(value)
        let isClosed = digits.endIndex < limit && bytes[digits.endIndex] == 0x3B
        return (digits.endIndex + (isClosed ? 1 : 0), String(scalar ?? "\u{FFFD}").unicodeScalars)
    }
}
