/// How a list writes its numbers (`ST_NumberFormat`); formats that are not listed are written as decimals.
enum NumberFormat: Equatable {
    case decimal, decimalZero, upperRoman, lowerRoman, upperLetter, lowerLetter, ordinal, bullet, none
    case circled, fullStop, parenthesised, fullWidth, chinese, heavenlyStems, earthlyBranches, aiueo, iroha
    case upperRussian, lowerRussian

    init(name: String) {
        self =
            switch name {
            case "decimalZero": .decimalZero
            case "upperRoman": .upperRoman
            case "lowerRoman": .lowerRoman
            case "upperLetter": .upperLetter
            case "lowerLetter": .lowerLetter
            case "ordinal": .ordinal
            case "bullet": .bullet
            case "none": .none
            case "decimalEnclosedCircle", "decimalEnclosedCircleChinese": .circled
            case "decimalEnclosedFullstop": .fullStop
            case "decimalEnclosedParen": .parenthesised
            case "decimalFullWidth", "decimalFullWidth2": .fullWidth
            case "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
                "japaneseCounting", "ideographDigital", "koreanCounting":
                .chinese
            case "ideographTraditional": .heavenlyStems
            case "ideographZodiac": .earthlyBranches
            case "aiueo", "aiueoFullWidth": .aiueo
            case "iroha", "irohaFullWidth": .iroha
            case "russianUpper": .upperRussian
            case "russianLower": .lowerRussian
            default: .decimal
            }
    }

    /// A number as this format writes it. Numbers beyond a format's signs are decimal.
    func text(_ number: Int) -> String {
        switch self {
        case .decimal, .bullet: return String(number)
        case .none: return ""
        case .decimalZero: return number >= 0 && number < 10 ? "0\(number)" : String(number)
        case .upperRoman: return NumberFormat.roman(number) ?? String(number)
        case .lowerRoman: return NumberFormat.roman(number)?.lowercased() ?? String(number)
        case .upperLetter: return NumberFormat.repeated("ABCDEFGHIJKLMNOPQRSTUVWXYZ", number)
        case .lowerLetter: return NumberFormat.repeated("abcdefghijklmnopqrstuvwxyz", number)
        case .upperRussian: return NumberFormat.repeated("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ", number)
        case .lowerRussian: return NumberFormat.repeated("абвгдежзиклмнопрстуфхцчшщыэюя", number)
        case .ordinal: return NumberFormat.ordinal(number)
        case .circled: return NumberFormat.shifted(number, 1...20, from: 0x2460)
        case .fullStop: return NumberFormat.shifted(number, 1...20, from: 0x2488)
        case .parenthesised: return NumberFormat.shifted(number, 1...20, from: 0x2474)
        case .fullWidth:
            let scalars = String(number).unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xFEE0) }
            return number < 0 ? String(number) : String(String.UnicodeScalarView(scalars))
        case .chinese: return NumberFormat.chinese(number) ?? String(number)
        case .heavenlyStems: return NumberFormat.sign("甲乙丙丁戊己庚辛壬癸", number)
        case .earthlyBranches: return NumberFormat.sign("子丑寅卯辰巳午未申酉戌亥", number)
        case .aiueo: return NumberFormat.sign("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン", number)
        case .iroha: return NumberFormat.sign("イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン", number)
        }
    }

    private static func roman(_ number: Int) -> String? {
        guard number > 0, number < 4000 else { return nil }
        var rest = number
        var text = ""
        let signs: [(Int, String)] = [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
            (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ]
        for (value, sign) in signs {
            while rest >= value {
                text += sign
                rest -= value
            }
        }
        return text
    }

    /// a … z, then aa, bb: the letter is repeated, as Word does.
    private static func repeated(_ letters: String, _ number: Int) -> String {
        let signs = Array(letters.unicodeScalars)
        guard number > 0, number <= signs.count * 30 else { return String(number) }
        let sign = String(Character(signs[(number - 1) % signs.count]))
        return String(repeating: sign, count: (number - 1) / signs.count + 1)
    }

    private static func ordinal(_ number: Int) -> String {
        let isTeen = (11...13).contains(number % 100)
        let ending = isTeen ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
        return "\(number)\(ending)"
    }

    private static func shifted(_ number: Int, _ range: ClosedRange<Int>, from base: UInt32) -> String {
        guard range.contains(number), let scalar = Unicode.Scalar(base + UInt32(number - range.lowerBound)) else {
            return String(number)
        }
        return String(Character(scalar))
    }

    private static func sign(_ signs: String, _ number: Int) -> String {
        let signs = Array(signs.unicodeScalars)
        return number > 0 && number <= signs.count ? String(Character(signs[number - 1])) : String(number)
    }

    private static func chinese(_ number: Int) -> String? {
        let digits = Array("〇一二三四五六七八九".unicodeScalars).map { String(Character($0)) }
        switch number {
        case 0...9: return digits[number]
        case 10...19: return "十" + (number % 10 == 0 ? "" : digits[number % 10])
        case 20...99: return digits[number / 10] + "十" + (number % 10 == 0 ? "" : digits[number % 10])
        default: return nil
        }
    }
}
