import CKernels
import Documents
import Files

/// Ligatures of letters, characters without width, and those for private use.
///
/// | found | becomes | rule in the ledger |
/// | --- | --- | --- |
/// | U+FB00 … U+FB06: ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ ﬆ | their letters | `ligature` |
/// | U+200B, U+200C, U+200D, U+2060 … U+2064, U+206A … U+206F, U+FFF9 … U+FFFB | nothing; joiners stay beside scripts and emoji that join, U+200B beside scripts without spaces | `zero-width` |
/// | U+200E, U+200F, U+202A … U+202E, U+2066 … U+2069 | nothing, in a text without letters that run from right to left | `bidi-control` |
/// | U+E0000 … U+E007F | nothing but behind the black flag | `tag-character` |
/// | U+E000 … U+F8FF, planes 15 and 16 | what Word's symbol fonts show, or as the option says | `private-use` |
enum UnseenScalars {
    private enum Rule: Int, CaseIterable {
        case ligature, zeroWidth, bidiControl, tagCharacter, privateUse

        var name: String {
            switch self {
            case .ligature: "ligature"
            case .zeroWidth: "zero-width"
            case .bidiControl: "bidi-control"
            case .tagCharacter: "tag-character"
            case .privateUse: "private-use"
            }
        }
    }

    /// What kept characters for private use are counted under in `metadata.other`.
    static let metadataKey = "private_use"

    /// Repairs the text of `document`; whether anything changed.
    static func repair(_ document: inout Document, _ options: UnicodeRepairOptions) -> Bool {
        var edits = TextEdits(rules: Rule.allCases.map(\.name))
        var kept = 0
        document.text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return }
            let scalars = ScalarsOfText(text)
            var runsRightToLeft: Bool?
            var position = 0
            while position < text.count {
                let place = position + shardmill_find_unseen(base + position, text.count - position)
                guard let (scalar, end) = scalars.scalar(at: place) else {
                    position = place + 1
                    continue
                }
                position = end
                func replace(_ rule: Rule, _ replacement: String = "") {
                    edits.replace(place..<end, with: replacement.utf8, rule: rule.rawValue)
                }
                switch scalar {
                case 0xFB00...0xFB06:
                    if options.ligatures { replace(.ligature, letters[Int(scalar - 0xFB00)]) }
                case 0xE000...0xF8FF, 0xF0000...0x10FFFF:
                    if options.privateUse == .keep { continue }
                    if let shown = shown(scalar, isBullet: isBullet(place, end, text)) {
                        replace(.privateUse, shown)
                    } else if options.privateUse == .remove {
                        replace(.privateUse)
                    } else {
                        kept += 1
                    }
                case _ where !options.zeroWidth: continue
                case 0xE0000...0xE007F:
                    if !scalars.isFlag(before: place) { replace(.tagCharacter) }
                case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
                    let isNeeded = runsRightToLeft ?? scalars.holdRightToLeft()
                    runsRightToLeft = isNeeded
                    if !isNeeded { replace(.bidiControl) }
                default:
                    let before = scalars.scalar(endingAt: place)
                    let after = scalars.scalar(at: end)?.value
                    if !isNeeded(scalar, before, after) { replace(.zeroWidth) }
                }
            }
        }
        edits.apply(to: &document)
        if kept > 0 { document.metadata.other[metadataKey] = .integer(kept) }
        return !edits.isEmpty
    }

    private static let letters = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"]

    /// Whether a scalar without width does something between its neighbours.
    private static func isNeeded(_ scalar: UInt32, _ before: UInt32?, _ after: UInt32?) -> Bool {
        let (before, after) = (before ?? 0, after ?? 0)
        switch scalar {
        case 0x200B: return parts(before) || parts(after)
        case 0x200C: return joins(before) || joins(after)
        case 0x200D: return joins(before) || joins(after) || isEmoji(before) && isEmoji(after)
        default: return false
        }
    }

    /// Scripts that are written without spaces but break between words.
    private static func parts(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x0E01..<0x10A0, 0x1780..<0x1800, 0x1950..<0x1AB0, 0xA9E0..<0xAA80, 0xAA80..<0xAAE0: true
        default: false
        }
    }

    /// Scripts whose letters join.
    private static func joins(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x0600..<0x10A0, 0x1700..<0x18B0, 0x1900..<0x1D00, 0xA800..<0xAC00, 0xFB50..<0xFE00, 0xFE70..<0xFEFD,
            0x10A00..<0x12000, 0x1E800..<0x1EF00:
            true
        default: false
        }
    }

    private static func isEmoji(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xFE0F, 0x20E3, 0x2190..<0x2200, 0x2300..<0x2400, 0x2600..<0x27C0, 0x2B00..<0x2C00, 0x1F000..<0x1FB00,
            0xE0020..<0xE0080:
            true
        default: false
        }
    }

    /// What a symbol font of Word shows for a scalar; nil for every other.
    private static func shown(_ scalar: UInt32, isBullet: Bool) -> String? {
        guard (0xF020...0xF0FF).contains(scalar) else { return nil }
        // Arrows and smileys that Word makes while one types are of Wingdings, and so are bullets but the round one of Symbol.
        let isWingdings = isBullet && scalar != 0xF0B7 || [0xF0DF, 0xF0E0, 0xF0E8, 0xF04A, 0xF0FC].contains(scalar)
        let found = SymbolFonts.scalar(scalar, font: isWingdings ? .wingdings : .symbol)
        return found.flatMap { $0.value == scalar ? nil : String(Character($0)) }
    }

    /// Whether a character is the first of its line and a space follows.
    private static func isBullet(_ start: Int, _ end: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard end < text.count, text[end] == 0x20 || text[end] == 0x09 else { return false }
        var index = start
        // Spaces, and the mark of a list item before it.
        while index > 0, start - index < 8 {
            let byte = text[index - 1]
            if byte == 0x0A { return true }
            if byte != 0x20, byte != 0x09, byte != 0x2D, byte != 0x2A { return false }
            index -= 1
        }
        return index == 0
    }
}

/// The scalars of a text that should be valid UTF-8; what is none is nil.
struct ScalarsOfText {
    private let text: UnsafeBufferPointer<UInt8>

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    func scalar(at index: Int) -> (value: UInt32, end: Int)? {
        guard index < text.count else { return nil }
        let lead = text[index]
        if lead < 0x80 { return (UInt32(lead), index + 1) }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard lead >= 0xC2, lead < 0xF5, index + length <= text.count else { return nil }
        var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
        for offset in 1..<length {
            if text[index + offset] & 0xC0 != 0x80 { return nil }
            value = value << 6 | UInt32(text[index + offset] & 0x3F)
        }
        return (value, index + length)
    }

    func scalar(endingAt end: Int) -> UInt32? { start(before: end).flatMap { scalar(at: $0)?.value } }

    private func start(before end: Int) -> Int? {
        if end <= 0 { return nil }
        var start = end - 1
        while start > 0, end - start < 4, text[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    /// Whether the tags before `end` begin at the black flag: they name a region then.
    func isFlag(before end: Int) -> Bool {
        var end = end
        for _ in 0..<32 {
            guard let start = start(before: end), let found = scalar(at: start), found.end == end else { return false }
            if found.value == 0x1F3F4 { return true }
            if !(0xE0020...0xE007F).contains(found.value) { return false }
            end = start
        }
        return false
    }

    /// Whether a letter of a script from right to left stands anywhere.
    func holdRightToLeft() -> Bool {
        var index = 0
        while index < text.count {
            let byte = text[index]
            // Lead bytes of Hebrew to Arabic Extended, of their presentation forms, and of scripts beyond the basic plane.
            if byte < 0xD6 {
                index += 1
                continue
            }
            guard let (value, end) = scalar(at: index) else {
                index += 1
                continue
            }
            switch value {
            case 0x05D0..<0x0900, 0xFB1D..<0xFE00, 0xFE70..<0xFEFD, 0x10800..<0x11000, 0x1E800..<0x1F000: return true
            default: index = end
            }
        }
        return false
    }
}
