/// Characters of the Symbol and Wingdings fonts that documents use through `w:sym`, as Unicode.
enum SymbolFonts {
    /// The scalar for a code point (F020 … F0FF or 20 … FF) of a font; the code point itself where the font or the character is not
    /// known, and nil where it is no scalar that text may hold.
    static func scalar(_ code: UInt32, font: String) -> Unicode.Scalar? {
        let position = code >= 0xF000 && code <= 0xF0FF ? code - 0xF000 : code
        let lower = font.lowercased()
        var found: UInt32?
        if lower == "symbol" {
            found = symbol[position]
        } else if lower.hasPrefix("wingdings") {
            found = lower == "wingdings" ? wingdings[position] : nil
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

    private static let wingdings: [UInt32: UInt32] = [
        0x6C: 0x25CF, 0x6E: 0x25A0, 0x6F: 0x25A1, 0x71: 0x2751, 0x75: 0x2B25, 0x76: 0x2756, 0x9F: 0x2022, 0xA7: 0x25AA,
        0xA8: 0x25FB, 0xD8: 0x27A2, 0xDF: 0x2190, 0xE0: 0x2192, 0xE1: 0x2191, 0xE2: 0x2193, 0xE7: 0x2B05, 0xE8: 0x27A1,
        0xF0: 0x21E8, 0xF3: 0x2B04, 0xFB: 0x2717, 0xFC: 0x2714, 0xFD: 0x2612, 0xFE: 0x2611, 0x4A: 0x263A,
    ]
}
