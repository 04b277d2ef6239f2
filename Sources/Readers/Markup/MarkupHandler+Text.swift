import Documents
import Glibc

/// Character data on its way into the buffer.
extension MarkupHandler {
    /// Characters U+0080 to U+009F of a page as what windows-1252 has there, which is what browsers show; nil where there is none. One
    /// character becomes one character.
    static func withoutC1(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard bytes.count > 1, memchr(bytes.baseAddress!, 0xC2, bytes.count) != nil else { return nil }
        var out: [UInt8]?
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0xC2, index + 1 < bytes.count, bytes[index + 1] < 0xA0,
                let scalar = Unicode.Scalar(windows1252[Int(bytes[index + 1]) - 0x80]), scalar.value > 0x9F
            {
                if out == nil { out = Array(bytes[..<index]) }
                out? += String(scalar).utf8
                index += 2
            } else {
                out?.append(bytes[index])
                index += 1
            }
        }
        return out
    }

    /// Code points of the bytes 80 to 9F (WHATWG encoding standard, index windows-1252).
    static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D,
        0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E,
        0x178,
    ]

    /// Text that flows: white space becomes single spaces.
    mutating func flow(_ bytes: UnsafeRawBufferPointer) {
        endedWord = false
        var index = 0
        while index < bytes.count {
            if MarkupTextCounter.isWhite(bytes[index]) {
                hasSpace = true
                index += 1
                continue
            }
            let start = index
            while index < bytes.count, !MarkupTextCounter.isWhite(bytes[index]) { index += 1 }
            labelWaits = false
            if hasPrintedLineEnd { joinPrintedLine(before: bytes[start..<index]) }
            if hasSpace { appendSpace() }
            let run = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
            if symbolFonts.isEmpty { buffer.append(contentsOf: run) } else { appendSymbols(run) }
        }
    }

    /// What a page writes in a symbol font, as the characters that the font shows.
    mutating func appendSymbols(_ run: UnsafeRawBufferPointer) {
        for scalar in String(decoding: run, as: UTF8.self).unicodeScalars {
            let shown = SymbolFonts.scalar(scalar.value, font: symbolFonts[symbolFonts.count - 1]) ?? scalar
            buffer += String(shown).utf8
        }
    }

    mutating func appendSpace() {
        hasSpace = false
        if let last = buffer.last, !MarkupTextCounter.isWhite(last) { buffer.append(0x20) }
    }

    /// A hyphen at the end of a printed line joins the lines. Between two small letters the printer put it there, unless the word has
    /// more hyphens.
    mutating func joinPrintedLine(before next: Slice<UnsafeRawBufferPointer>) {
        hasPrintedLineEnd = false
        func isSmall(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
        let hyphen = UInt8(ascii: "-")
        guard buffer.count > 1, buffer[buffer.count - 1] == hyphen else {
            hasSpace = true
            return
        }
        let before = buffer[buffer.count - 2]
        hasSpace = before == hyphen || MarkupTextCounter.isWhite(before)
        if isSmall(before), isSmall(next[next.startIndex]), !next.contains(hyphen) {
            buffer.removeLast()
            counts.remove(.hyphenation, 1)
        }
    }

    mutating func put(_ text: String, _ rule: MarkupRule) {
        let bytes = Array(text.utf8)
        counts.add(rule, MarkupTextCounter.scalars(bytes).visible)
        bytes.withUnsafeBytes { flow($0) }
    }

    mutating func breakLine() {
        hasSpace = headingLevel > 0 || titleDepth > 0
        if buffer.isEmpty || hasSpace { return }
        while let last = buffer.last, last == 0x20 { buffer.removeLast() }
        buffer.append(0x0A)
    }

    /// The symbol font that a style names, nil where it names none.
    func symbolFont(_ style: String) -> SymbolFonts.Font? {
        guard style.utf8.count < 4096, let place = style.firstRange(of: "font-family:") else { return nil }
        let family = style[place.upperBound...].drop { $0 == " " || $0 == "\"" || $0 == "'" }
        for (font, known) in [("Symbol", SymbolFonts.Font.symbol), ("Wingdings", .wingdings)]
        where family.hasPrefix(font) {
            let next = family.dropFirst(font.count).first
            if next == nil || next == ";" || next == "\"" || next == "'" || next == "," { return known }
        }
        return nil
    }
}
