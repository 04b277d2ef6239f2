/// Sets of characters by the names that regular expressions give them: general categories, scripts, a few properties.
enum UnicodeProperty {
    /// The set of a name, in any case, with or without spaces, hyphens and underscores; nil where it is not known.
    static func named(_ name: String) -> CodePointSet? { sets[key(name)] }

    /// `\w` of Oniguruma.
    static let words = CodePointSet(UnicodePropertyData.words)
    /// `\w` of Oniguruma inside brackets: without the powers and fractions of Latin-1.
    static let wordsInBrackets = CodePointSet(UnicodePropertyData.words).intersection(
        CodePointSet(0xB2, 0xB3, 0xB9, 0xBC, 0xBD, 0xBE).inverted())
    /// `\w` of Rust's regular expressions.
    static let wordsOfRust = CodePointSet(UnicodePropertyData.wordsOfRust)
    /// `\s`.
    static let whiteSpace = CodePointSet(UnicodeData.whiteSpace)
    /// `\h`.
    static let hexadecimal = CodePointSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
    /// `\d`.
    static let digits = sets["nd"] ?? CodePointSet()

    /// Classes of two or more characters that are the same but for case.
    static let caseClasses: [[UInt32]] = {
        var words = UnicodeWords(UnicodePropertyData.folds)
        var classes: [[UInt32]] = []
        while let first = words.number() {
            var same = [UInt32(first)]
            while words.take(UInt8(ascii: "+")), let next = words.number() { same.append(UInt32(next)) }
            classes.append(same)
            words.skipSpaces()
        }
        return classes
    }()

    /// The set that `[:name:]` stands for.
    static func bracket(_ name: String) -> CodePointSet? {
        switch name {
        case "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "space", "upper", "xdigit",
            "ascii":
            return named(name)
        case "word": return wordsInBrackets
        // Symbols count here, and here alone.
        case "punct": return named("punct")?.union(named("s") ?? CodePointSet())
        default: return nil
        }
    }

    private static let longCategories: [(String, String)] = [
        ("uppercaseletter", "lu"), ("lowercaseletter", "ll"), ("titlecaseletter", "lt"), ("modifierletter", "lm"),
        ("otherletter", "lo"), ("nonspacingmark", "mn"), ("spacingmark", "mc"), ("enclosingmark", "me"),
        ("decimalnumber", "nd"), ("letternumber", "nl"), ("othernumber", "no"), ("connectorpunctuation", "pc"),
        ("dashpunctuation", "pd"), ("openpunctuation", "ps"), ("closepunctuation", "pe"), ("initialpunctuation", "pi"),
        ("finalpunctuation", "pf"), ("otherpunctuation", "po"), ("mathsymbol", "sm"), ("currencysymbol", "sc"),
        ("modifiersymbol", "sk"), ("othersymbol", "so"), ("spaceseparator", "zs"), ("lineseparator", "zl"),
        ("paragraphseparator", "zp"), ("control", "cc"), ("format", "cf"), ("surrogate", "cs"), ("privateuse", "co"),
        ("unassigned", "cn"), ("letter", "l"), ("mark", "m"), ("combiningmark", "m"), ("number", "n"),
        ("punctuation", "p"), ("symbol", "s"), ("separator", "z"), ("other", "c"), ("casedletter", "lc"),
    ]

    private static let sets: [String: CodePointSet] = {
        var sets: [String: CodePointSet] = [:]
        let names = words(of: UnicodePropertyData.categoryNames)
        for (number, ranges) in numbered(UnicodePropertyData.categories) where number < names.count {
            sets[key(names[number])] = CodePointSet(ranges)
        }
        sets["cs"] = CodePointSet([0xD800...0xDFFF])
        func joined(_ names: [String]) -> CodePointSet { CodePointSet(names.flatMap { sets[$0]?.ranges ?? [] }) }
        let assigned = joined(names.map(key))
        sets["cn"] = assigned.union(CodePointSet(UTF8Decoding.broken)).inverted()
        for major in ["l", "m", "n", "p", "s", "z", "c"] {
            sets[major] = joined((names.map(key) + ["cn"]).filter { $0.hasPrefix(major) && $0.count == 2 })
        }
        sets["lc"] = joined(["lu", "ll", "lt"])
        for (long, short) in longCategories { sets[long] = sets[short] }
        let scripts = words(of: UnicodePropertyData.scriptNames)
        for (number, ranges) in numbered(UnicodePropertyData.scripts) where number < scripts.count {
            for name in scripts[number].split(separator: ":") { sets[key(String(name))] = CodePointSet(ranges) }
        }
        sets["alphabetic"] = CodePointSet(UnicodePropertyData.alphabetic)
        sets["uppercase"] = CodePointSet(UnicodePropertyData.uppercase)
        sets["lowercase"] = CodePointSet(UnicodePropertyData.lowercase)
        sets["any"] = CodePointSet([0...0x10FFFF])
        sets["assigned"] = assigned
        sets["ascii"] = CodePointSet([0...0x7F])
        sets["whitespace"] = whiteSpace
        sets["space"] = whiteSpace
        sets["alpha"] = sets["alphabetic"]
        sets["upper"] = sets["uppercase"]
        sets["lower"] = sets["lowercase"]
        sets["digit"] = sets["nd"]
        sets["alnum"] = joined(["alphabetic", "nd"])
        sets["punct"] = sets["p"]
        sets["cntrl"] = sets["cc"]
        sets["word"] = words
        sets["xdigit"] = hexadecimal
        sets["blank"] = joined(["zs"]).union(CodePointSet(0x09))
        let invisible = joined(["cc", "cn", "cs", "whitespace"])
        sets["graph"] = invisible.union(CodePointSet(UTF8Decoding.broken)).inverted()
        sets["print"] = joined(["graph", "zs"])
        return sets
    }()

    private static func key(_ name: String) -> String {
        String(decoding: name.utf8.filter { $0 != 0x20 && $0 != 0x2D && $0 != 0x5F }, as: UTF8.self).lowercased()
    }

    private static func words(of text: StaticString) -> [String] {
        text.withUTF8Buffer { $0.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) } }
    }

    /// The ranges of every number, in the order of the numbers.
    private static func numbered(_ text: StaticString) -> [(Int, [ClosedRange<UInt32>])] {
        var ranges: [[ClosedRange<UInt32>]] = []
        UnicodeWords.forEachNumberedRange(text) { first, last, number in
            while ranges.count <= number { ranges.append([]) }
            ranges[number].append(UInt32(first)...UInt32(last))
        }
        return Array(ranges.enumerated()).map { ($0.offset, $0.element) }
    }
}
