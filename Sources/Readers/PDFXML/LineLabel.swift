/// What the beginning of a line says of it.
enum LineLabel {
    case none
    /// A bullet, a dash, a number or letter with a bracket or full stop, of a list.
    case item
    /// `[12]`, of a list of references.
    case reference
    case note
    case caption

    /// Looks at the first bytes only.
    init(_ text: ArraySlice<UInt8>, isFirstOfSeveral: Bool) {
        self = .none
        guard let first = text.first else { return }
        switch first {
        case UInt8(ascii: "-"), UInt8(ascii: "o"), UInt8(ascii: "*"):
            if text.count == 1 ? isFirstOfSeveral : (text.dropFirst().first == 0x20 && first == UInt8(ascii: "-")) {
                self = .item
            }
        case 0xE2: if LineLabel.isBullet(text, isFirstOfSeveral) { self = .item }
        case UInt8(ascii: "["):
            let inner = text.dropFirst().prefix(8)
            if let close = inner.firstIndex(of: UInt8(ascii: "]")), close > inner.startIndex,
                close + 1 == text.endIndex || text[close + 1] == 0x20 || text[close + 1] == 0x09
            {
                self = .reference
            }
        case UInt8(ascii: "N"), UInt8(ascii: "E"):
            if LineLabel.isNote(text) { self = .note }
        case UInt8(ascii: "T"), UInt8(ascii: "F"):
            if LineLabel.isCaption(text) { self = .caption }
        default: break
        }
        if case .none = self, LineLabel.isCounter(text, isFirstOfSeveral) { self = .item }
    }

    /// An en dash, an em dash, a bullet or a small square.
    private static func isBullet(_ text: ArraySlice<UInt8>, _ isAlone: Bool) -> Bool {
        let marks: [[UInt8]] = [
            Array("\u{2013}".utf8), Array("\u{2014}".utf8), Array("\u{2022}".utf8), Array("\u{25AA}".utf8),
            Array("\u{25CF}".utf8), Array("\u{27A2}".utf8),
        ]
        guard marks.contains(where: { text.starts(with: $0) }) else { return false }
        return text.count == 3 ? isAlone : text[text.startIndex + 3] == 0x20
    }

    private static func isNote(_ text: ArraySlice<UInt8>) -> Bool {
        for word in ["NOTE", "EXAMPLE", "Editor's note", "Editor’s note", "EDITOR"] {
            guard text.starts(with: word.utf8) else { continue }
            // A colon soon after, with at most a number between.
            let rest = text.dropFirst(word.utf8.count).prefix(8)
            guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { continue }
            if rest[..<colon].allSatisfy({
                $0 == 0x20 || $0 &- 0x30 < 10 || $0 &- 0x41 < 26 || $0 == 0xC2 || $0 == 0xA0
            }) {
                return true
            }
        }
        return false
    }

    /// `Table 5.2-1: …`, `Figure A.1`.
    private static func isCaption(_ text: ArraySlice<UInt8>) -> Bool {
        for word in ["Table ", "Figure "] where text.starts(with: word.utf8) {
            let number = text.dropFirst(word.utf8.count).prefix { $0 != 0x20 && $0 != 0x3A }
            guard number.contains(where: { $0 &- 0x30 < 10 }),
                number.allSatisfy({ $0 &- 0x2D < 13 || ($0 | 0x20) &- 0x61 < 26 })
            else { return false }
            let rest = text[number.endIndex...]
            return rest.isEmpty || rest.first == 0x3A || number.last == 0x2E || rest.dropFirst().first == 0x3A
        }
        return false
    }

    /// `1)`, `a)`, `iii)`, `2.`, `b.`, `1>`.
    private static func isCounter(_ text: ArraySlice<UInt8>, _ isAlone: Bool) -> Bool {
        var index = text.startIndex
        let isBracketed = text.first == UInt8(ascii: "(")
        if isBracketed { index += 1 }
        let start = index
        if index < text.endIndex, text[index] &- 0x30 < 10 {
            while index < text.endIndex, text[index] &- 0x30 < 10 { index += 1 }
        } else {
            while index < text.endIndex, (text[index] | 0x20) &- 0x61 < 26 { index += 1 }
            let letters = text[start..<index]
            let isRoman = letters.allSatisfy { [0x69, 0x76, 0x78].contains($0) }
            if letters.count > (isRoman ? 4 : 1) { return false }
        }
        guard index > start, index - start < 5, index < text.endIndex else { return false }
        let mark = text[index]
        if mark == UInt8(ascii: ")") || (mark == UInt8(ascii: ">") && !isBracketed)
            || (mark == UInt8(ascii: ".") && text[start] &- 0x30 < 10 && !isBracketed)
        {
            return index + 1 == text.endIndex ? isAlone : text[index + 1] == 0x20
        }
        return false
    }
}
