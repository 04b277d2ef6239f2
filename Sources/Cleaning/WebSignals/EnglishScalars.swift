/// What a scalar is to the rules that split English words and to the web filters, as bits.
///
/// The sets are those of the tools the filters come from, spelled as rules over Unicode's properties where there is one.
/// Letters and punctuation are those of Unicode 14, so that a decision does not change with the compiler's tables.
struct EnglishScalars: ~Copyable {
    /// A letter to the splitting rules, of lower case, of upper case; scripts without case have both.
    static let alpha: UInt16 = 1
    static let lower: UInt16 = 2
    static let upper: UInt16 = 4
    static let digit: UInt16 = 8
    static let quote: UInt16 = 0x10
    static let icon: UInt16 = 0x20
    static let currency: UInt16 = 0x40
    /// Split off alone where a text begins with it, ends with it.
    static let prefix: UInt16 = 0x80
    static let suffix: UInt16 = 0x100
    /// A full stop behind it is split off.
    static let beforeStop: UInt16 = 0x200
    /// May start something that is split out of the middle.
    static let infix: UInt16 = 0x400
    /// A letter of Unicode.
    static let letter: UInt16 = 0x800
    /// Punctuation of Unicode.
    static let punctuation: UInt16 = 0x1000
    /// A word of nothing but these is no word to Gopher's rules.
    static let symbol: UInt16 = 0x2000
    /// Ends a line, to FineWeb's rules.
    static let terminal: UInt16 = 0x4000
    /// Ends a sentence.
    static let sentenceEnd: UInt16 = 0x8000

    private var pages: [UnsafeMutablePointer<UInt16>?]

    init() { pages = Array(repeating: nil, count: 0x1100) }

    deinit { for page in pages { page?.deallocate() } }

    /// The bits of a scalar below 0x110000. Cost: a load of a page that is made when it is first asked for.
    mutating func bits(_ scalar: UInt32) -> UInt16 {
        let index = Int(scalar >> 8)
        if let page = pages[index] { return page[Int(scalar & 255)] }
        let page = UnsafeMutablePointer<UInt16>.allocate(capacity: 256)
        for low in UInt32(0)..<256 { page[Int(low)] = EnglishScalars.compute(scalar & ~255 | low) }
        pages[index] = page
        return page[Int(scalar & 255)]
    }

    static func compute(_ scalar: UInt32) -> UInt16 {
        var bits: UInt16 = 0
        guard let value = Unicode.Scalar(scalar) else { return 0 }
        let properties = value.properties
        let category = properties.generalCategory
        let age = properties.age ?? (major: 99, minor: 0)
        if uncased.contains(scalar) {
            bits |= alpha | lower | upper
        } else if cased.contains(scalar) {
            bits |= alpha
            // A letter without case and one that Unicode has not assigned count with their neighbours.
            if category == .lowercaseLetter || scalar == 0x294 { bits |= lower }
            if category == .uppercaseLetter || scalar == 0x3A2 { bits |= upper }
        }
        if (0x30...0x39).contains(scalar) { bits |= digit }
        if quotes.contains(scalar) { bits |= quote | prefix | suffix }
        if marks.contains(scalar) { bits |= prefix | suffix }
        if dashes.contains(scalar) { bits |= prefix | suffix }
        if currencies.contains(scalar) { bits |= currency | prefix }
        if scalar == 0x25 || scalar == 0x3D || scalar == 0xA7 { bits |= prefix }
        // Other symbols that were in Unicode 11; one of them was punctuation then.
        if category == .otherSymbol, age.major <= 11, scalar != 0x166D { bits |= icon | prefix | suffix | infix }
        if bits & (lower | digit | quote) != 0 || marks.contains(scalar) || extraBeforeStop.contains(scalar) {
            bits |= beforeStop
        }
        if infixes.contains(scalar) { bits |= infix }
        if age.major <= 14 {
            switch category {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: bits |= letter
            case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation:
                bits |= punctuation
            default: break
            }
        }
        if terminals.contains(scalar) {
            bits |= terminal | symbol
            if !lateTerminals.contains(scalar) { bits |= sentenceEnd }
        }
        if symbols.contains(scalar) { bits |= symbol }
        return bits
    }

    // Scripts whose letters count as lower and upper case at once: Hebrew, Arabic, Indic, Ethiopic, Hangul, kana, Han.
    private static let uncased = ScalarRanges(
        """
        591-5F4 620-64A 66E-6D5 6E5-6FF 750-77F 8A0-8BD 900-9FF B80-CFF D80-DFF 1100-137F 2E80-2FDF 2FF0-30FF 31C0-31EF
        3200-4DBF 4E00-9FFF AC00-D7AF F900-FAFF FB1D-FBB1 FBD3-FD3D FD50-FDC7 FDF0-FDFB FE30-FE4F FE70-FEFC 1EE00-1EEBB
        1F200-1F2FF 20000-2A6DF 2A700-2EBEF 2F800-2FA1F
        """)
    // Latin, Greek, and the Cyrillic of Russian, Ukrainian, Macedonian and Tatar.
    private static let cased = ScalarRanges(
        """
        41-5A 61-7A C0-D6 D8-F6 F8-1BF 1C4-2AF 386 388-38A 38C 38E-38F 391-3A9 3AC-3AF 3B1-3C9 3CC-3CE 400-401 403-40A
        40C-40D 410-451 453-45A 45C-45D 490-491 496-497 4A2-4A3 4AE-4AF 4BA-4BB 4D8-4D9 4E8-4E9 1D00-1D25 1D6B-1D77
        1D79-1D9A 1E00-1EFF 2C60-2C7B 2C7E-2C7F A722-A76F A771-A787 A78B-A78E A790-A7B9 A7FA AB30-AB5A AB60-AB64
        FF21-FF3A FF41-FF5A
        """)
    private static let quotes = ScalarRanges(
        "22 27 2C 60 AB B4 BB 2018-201A 201C-201E 2329-232A 27E6-27E7 3008-3011 3014-3015 FF08-FF09")
    private static let marks = ScalarRanges(
        """
        21 23 26 28-2A 2C 3A-3C 3E-3F 5B 5D 5F 7B 7D A1 B7 BF 60C 61B 61F 66A 6D4 964 2026 3001-3002 FF01 FF0C FF1A-FF1B
        FF1F FF5E
        """)
    private static let dashes = ScalarRanges("2013-2014")
    private static let currencies = ScalarRanges("24 A3 A5 E3F 20A0-20BF FDFC")
    private static let extraBeforeStop = ScalarRanges("25 2B 2D 7C B2")
    private static let infixes = ScalarRanges("2A-2F 3A 3C-3E 5E 7E 2013-2014 2026")
    private static let terminals = ScalarRanges(
        """
        21 2E 3F 589 61D-61F 6D4 700-702 7F9 837 839 83D-83E 964-965 104A-104B 1362 1367-1368 166E 1735-1736 17D4-17D6
        17D9-17DA 1803 1809 1944-1945 1AA8-1AAB 1B5A-1B5B 1B5E-1B5F 1B7D-1B7E 1C3B-1C3C 1C7E-1C7F 203C-203D 2047-2049
        2E2E 2E3C 2E53-2E54 3002 A4FF A60E-A60F A6F3 A6F7 A876-A877 A8CE-A8CF A92F A9C8-A9C9 AA5D-AA5F AAF0-AAF1 ABEB
        FE52 FE56-FE57 FF01 FF0E FF1F FF61 10A56-10A57 10F55-10F59 10F86-10F89 11047-11048 110BE-110C1 11141-11143
        111C5-111C6 111CD 111DE-111DF 11238-11239 1123B-1123C 112A9 1144B-1144C 115C2-115C3 115C9-115D7 11641-11642
        1173C-1173E 11944 11946 11A42-11A43 11A9B-11A9C 11C41-11C42 11EF7-11EF8 11F43-11F44 16A6E-16A6F 16AF5
        16B37-16B38 16B44 16E98 1BC9F 1DA88
        """)
    // Ends of lines that the rules for sentences do not know.
    private static let lateTerminals = ScalarRanges(
        """
        61D-61E 837 839 83D-83E 17D4-17D6 17D9-17DA 1B7D-1B7E 2E53-2E54 10F55-10F59 10F86-10F89 11944 11946 11EF7-11EF8
        11F43-11F44 16E98
        """)
    private static let symbols = ScalarRanges(
        """
        0-8 B-1F 21-2F 3A-40 5B-60 7B-9F AB B4 BB 2013-2014 2019 201C-201E 2026 2236 2501 25BA 3001-3002 3008-300D
        3010-3011 FF01 FF05 FF08-FF09 FF0C FF0E FF11 FF1A-FF1B FF1F FF5E
        """)
}

/// A set of scalars, written as hexadecimal ranges in rising order.
struct ScalarRanges: Sendable {
    private let bounds: [ClosedRange<UInt32>]

    init(_ text: String) {
        bounds = text.split { $0 == " " || $0 == "\n" }.map { item in
            let ends = item.split(separator: "-").map { UInt32($0, radix: 16)! }
            return ends[0]...ends[ends.count - 1]
        }
    }

    func contains(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        return low < bounds.count && bounds[low].lowerBound <= scalar
    }
}
