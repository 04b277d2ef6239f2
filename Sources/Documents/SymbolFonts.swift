/// Characters of the Symbol and Wingdings fonts, which documents use by their place in the font, as Unicode.
public enum SymbolFonts {
    /// A font, as far as its characters are not those of Unicode.
    public enum Font: UInt8, Sendable {
        /// Letters: private-use characters in it come from the Symbol font, which Word falls back to.
        case text
        /// The fonts whose characters are known.
        case symbol, wingdings
        /// A font of symbols whose characters are not known.
        case unknown

        /// The font of that name.
        public init(name: String) {
            let lower = name.lowercased()
            switch lower {
            case "symbol", "": self = lower.isEmpty ? .text : .symbol
            case "wingdings": self = .wingdings
            default: self = lower.hasPrefix("wingdings") || lower == "webdings" || lower == "marlett" ? .unknown : .text
            }
        }
    }

    /// The scalar for a code point (F020 … F0FF or 20 … FF) of a font; the code point itself where the font or the character is not
    /// known, and nil where it is no scalar that text may hold.
    public static func scalar(_ code: UInt32, font: Font) -> Unicode.Scalar? {
        let isPrivate = code >= 0xF000 && code <= 0xF0FF
        let position = isPrivate ? code - 0xF000 : code
        var found: UInt32?
        switch font {
        case .symbol: found = symbol[position]
        case .wingdings: found = wingdings[position]
        case .text: found = isPrivate ? symbol[position] : nil
        case .unknown: break
        }
        guard let scalar = Unicode.Scalar(found ?? code), scalar.value >= 0x20, scalar.value & 0xFFFE != 0xFFFE else {
            return nil
        }
        return scalar
    }

    /// Adobe Symbol encoding (Unicode's mapping table SYMBOL.TXT).
    private static let symbol: [UInt32: UInt32] = {
        var map: [UInt32: UInt32] = [:]
        // From 0x41 and 0x61: the Greek letters where Latin ones stand.
        for (index, scalar) in "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ".unicodeScalars.enumerated() {
            map[0x41 + UInt32(index)] = scalar.value
        }
        for (index, scalar) in "αβχδεφγηιϕκλμνοπθρστυϖωξψζ".unicodeScalars.enumerated() {
            map[0x61 + UInt32(index)] = scalar.value
        }
        let others: [(UInt32, String)] = [
            (0x20, " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅"), (0x5B, "[∴]⊥_"), (0x7B, "{|}∼"),
            (0xA1, "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"), (0xBF, "↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇"), (0xD2, "®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈"),
            (0xE5, "∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪"), (0xF1, "〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"),
        ]
        for (start, text) in others {
            for (index, scalar) in text.unicodeScalars.enumerated() { map[start + UInt32(index)] = scalar.value }
        }
        return map
    }()

    /// The marks of Wingdings that texts use, by the characters that Unicode 7 took over from it or the nearest older ones.
    private static let wingdings: [UInt32: UInt32] = {
        var map: [UInt32: UInt32] = [:]
        let runs: [(UInt32, String)] = [
            (0x20, " ✏✂✁"), (0x28, "☎✆✉"), (0x36, "⌛⌨"), (0x3F, "✍"), (0x41, "✌"), (0x45, "☜☞☝☟"), (0x4A, "☺"),
            (0x4C, "☹☠⚐"), (0x51, "✈☼"),
            (0x54, "❄"), (0x58, "✠✡☪☯"), (0x5E, "♈♉♊♋♌♍♎♏♐♑♒♓"), (0x6A, "&"), (0x6C, "●❍■□"), (0x71, "❑❒⬧⧫◆❖⬥⌧"),
            (0x7B, "❀✿❝❞"),
            (0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"), (0x9E, "·•▪○"), (0xA4, "◉◎"), (0xA7, "▪◻"), (0xAB, "★✶✴✹✵"), (0xB6, "☆"),
            (0xD5, "⌫⌦"), (0xD8, "➢"), (0xDC, "➲"), (0xDF, "←→↑↓↖↗↙↘⬅➡⬆⬇"), (0xEF, "⇦⇨⇧⇩⬄⇳"), (0xFB, "✗✔☒☑"),
        ]
        for (start, text) in runs {
            for (index, scalar) in text.unicodeScalars.enumerated() { map[start + UInt32(index)] = scalar.value }
        }
        return map
    }()
}
