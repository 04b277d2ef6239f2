import Glibc

/// What the 256 bytes of a single-byte encoding are, and how probable they are in each language.
struct SingleByteTable: Sendable {
    private enum Kind: UInt8 { case other, lower, upper, letter, mark, symbol, impossible }

    let name: String
    private let scalars: [UInt32]
    private let kinds: [Kind]
    /// For each alphabet 128 logarithms, of the bytes from 0x80; letters only.
    private let logarithms: [Double]
    private let shares: [(beyond: Double, ascii: Double)]

    /// All encodings that are told apart, those in wider use first.
    static let all: [SingleByteTable] = singleByteNames.compactMap(SingleByteTable.init)

    private static let singleByteNames = [
        "windows-1252", "windows-1251", "windows-1250", "windows-1254", "windows-1253", "windows-1255", "windows-1256",
        "windows-1257", "windows-874", "KOI8-R", "KOI8-U", "ISO-8859-1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4",
        "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-13", "ISO-8859-15", "IBM866",
        "IBM850", "IBM852", "MACINTOSH",
    ]

    /// Punctuation that typographers use; it stands at the edge of words.
    private static let typography = Set(
        "’‘“”–—…«»„‚•·§©®°±€£½¼¾²³¹™×‹›´¡¿ªº†‡№\u{A0}\u{AD}\u{200E}\u{200F}\u{200C}\u{200D}،؛؟ـ٪".unicodeScalars)
    /// Those that also stand inside words.
    private static let insideWords = Set("’·\u{AD}".unicodeScalars)

    /// What a symbol or a mark inside a word costs, a letter of no alphabet, and a letter in the wrong case.
    private static let symbolInWord = -9.5
    private static let strangeLetter = -7.0
    private static let wrongCase = -4.0

    static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0C && byte != 0x0D || byte == 0x7F
    }

    init?(_ name: String) {
        guard TextEncoding(named: name) != nil else { return nil }
        self.name = name
        var scalars = (0..<256).map { UInt32($0) }
        var kinds = [Kind](repeating: .other, count: 256)
        for byte in 0..<256 {
            if byte < 0x80 {
                let scalar = Unicode.Scalar(UInt8(byte))
                if scalar.properties.isLowercase { kinds[byte] = .lower }
                if scalar.properties.isUppercase { kinds[byte] = .upper }
                if SingleByteTable.isControl(UInt8(byte)) { kinds[byte] = .impossible }
                continue
            }
            let text = withUnsafeBytes(of: UInt8(byte)) { TextEncoding(rawValue: name).converted($0) }
            guard text.badOffset == nil, let scalar = String(decoding: text.utf8, as: UTF8.self).unicodeScalars.first
            else {
                scalars[byte] = 0xFFFD
                kinds[byte] = .impossible
                continue
            }
            scalars[byte] = scalar.value
            kinds[byte] = SingleByteTable.kind(scalar)
        }
        self.scalars = scalars
        self.kinds = kinds
        var logarithms: [Double] = []
        var shares: [(Double, Double)] = []
        for alphabet in LetterFrequencies.alphabets {
            let known = alphabet.logarithms
            shares.append((log(alphabet.share), log(1 - alphabet.share)))
            for byte in 0x80..<0x100 {
                let lower = Unicode.Scalar(scalars[byte])?.properties.lowercaseMapping.unicodeScalars.first?.value
                logarithms.append(known[lower ?? 0] ?? SingleByteTable.strangeLetter)
            }
        }
        self.logarithms = logarithms
        self.shares = shares
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        if scalar.value < 0xA0 { return .impossible }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter: return scalar.value == 0xAA || scalar.value == 0xBA ? .mark : .lower
        case .uppercaseLetter: return .upper
        case .otherLetter where scalar.value == 0xAA || scalar.value == 0xBA: return .mark
        case .otherLetter, .modifierLetter, .titlecaseLetter, .nonspacingMark, .spacingMark: return .letter
        case .privateUse, .unassigned, .control: return .impossible
        default: return typography.contains(scalar) ? .mark : .symbol
        }
    }

    /// The text in UTF-8; what the encoding does not have as U+FFFD.
    func decoded(_ sample: [UInt8]) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for byte in sample where byte >= 0x80 { text.append(Unicode.Scalar(scalars[Int(byte)]) ?? "\u{FFFD}") }
        return Array(String(text).utf8)
    }

    private static func isLetter(_ kind: Kind) -> Bool { kind == .lower || kind == .upper || kind == .letter }

    /// The logarithm of the probability of `sample` in the language that suits it best. Two passes over the bytes, none a language:
    /// what depends on the language depends on how often each byte occurs alone.
    func score(_ sample: [UInt8]) -> Double {
        var counts = [Int](repeating: 0, count: 128)
        var ascii = 0
        var beyond = 0
        var common = 0.0
        var index = 0
        while index < sample.count {
            let kind = kinds[Int(sample[index])]
            if SingleByteTable.isLetter(kind) {
                var end = index
                var beyondInWord = 0
                while end < sample.count, SingleByteTable.isLetter(kinds[Int(sample[end])]) {
                    if sample[end] >= 0x80 { beyondInWord += 1 }
                    end += 1
                }
                if beyondInWord > 0 {
                    beyond += beyondInWord
                    ascii += end - index - beyondInWord
                    for place in index..<end {
                        if sample[place] >= 0x80 { counts[Int(sample[place]) - 0x80] += 1 }
                        common += caseCost(sample, place, from: index)
                    }
                }
                index = end
                continue
            }
            if kind == .impossible {
                common += LetterFrequencies.impossible
            } else if sample[index] >= 0x80 {
                common += markCost(sample, index, kind)
            }
            index += 1
        }
        var best = -Double.infinity
        for alphabet in shares.indices {
            var score = Double(beyond) * shares[alphabet].beyond + Double(ascii) * shares[alphabet].ascii
            for byte in 0..<128 where counts[byte] > 0 {
                score += Double(counts[byte]) * logarithms[alphabet * 128 + byte]
            }
            best = max(best, score)
        }
        return best + common
    }

    private func caseCost(_ sample: [UInt8], _ place: Int, from start: Int) -> Double {
        if place == start { return 0 }
        let here = kinds[Int(sample[place])]
        let before = kinds[Int(sample[place - 1])]
        if here == .upper, before == .lower { return SingleByteTable.wrongCase }
        if here == .lower, before == .upper, place > start + 1, kinds[Int(sample[place - 2])] == .upper {
            return SingleByteTable.wrongCase
        }
        return 0
    }

    private func markCost(_ sample: [UInt8], _ index: Int, _ kind: Kind) -> Double {
        let isInWord =
            index > 0 && index + 1 < sample.count && SingleByteTable.isLetter(kinds[Int(sample[index - 1])])
            && SingleByteTable.isLetter(kinds[Int(sample[index + 1])])
        if kind == .mark {
            let mayBeInside = Unicode.Scalar(scalars[Int(sample[index])]).map(SingleByteTable.insideWords.contains)
            return isInWord && mayBeInside != true ? SingleByteTable.symbolInWord : -4
        }
        return isInWord ? SingleByteTable.symbolInWord : -8
    }
}
