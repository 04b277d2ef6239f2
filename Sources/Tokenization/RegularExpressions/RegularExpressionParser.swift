/// Reads a regular expression as Oniguruma or as Rust's crates read it.
///
/// Backreferences, `\G`, `\K`, `\X`, `\y`, absent groups and conditions are refused; so is nesting beyond `deepest`.
struct RegularExpressionParser {
    private typealias Node = RegularExpressionNode

    private struct Options {
        var ignoresCase = false
        var dotIsAll = false
        var isExtended = false
        /// `^` and `$` stand at every line.
        var hasLines: Bool
    }

    private let text: [UInt32]
    private let flavour: RegularExpression.Flavour
    private var index = 0
    private var depth = 0
    private var options: Options
    private static let deepest = 60
    private static let mostRepeats = 1000

    /// Parses a whole expression.
    static func parse(_ source: String, _ flavour: RegularExpression.Flavour) throws -> RegularExpressionNode {
        var parser = RegularExpressionParser(source, flavour)
        let node = try parser.alternation()
        if parser.index < parser.text.count { throw parser.failure("a closing bracket without an opening one") }
        return node
    }

    private init(_ source: String, _ flavour: RegularExpression.Flavour) {
        text = source.unicodeScalars.map(\.value)
        self.flavour = flavour
        options = Options(hasLines: flavour == .oniguruma)
    }

    private func failure(_ found: String) -> RegularExpressionFailure {
        RegularExpressionFailure(place: index, found: found)
    }

    private func isNext(_ sign: Unicode.Scalar, _ offset: Int = 0) -> Bool {
        index + offset < text.count && text[index + offset] == sign.value
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard isNext(sign) else { return false }
        index += 1
        return true
    }

    private mutating func take(_ signs: String) -> Bool {
        let wanted = signs.unicodeScalars.map(\.value)
        guard index + wanted.count <= text.count, Array(text[index..<index + wanted.count]) == wanted else {
            return false
        }
        index += wanted.count
        return true
    }

    private mutating func alternation() throws -> Node {
        depth += 1
        defer { depth -= 1 }
        if depth > RegularExpressionParser.deepest {
            throw failure("more than \(RegularExpressionParser.deepest) nested groups")
        }
        let outer = options
        defer { options = outer }
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .alternation(parts)
    }

    private mutating func sequence() throws -> Node {
        var parts: [Node] = []
        while index < text.count, !isNext("|"), !isNext(")") {
            if options.isExtended, skipExtended() { continue }
            parts.append(try quantified())
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    /// Passes over white space and comments under `x`.
    private mutating func skipExtended() -> Bool {
        if [0x20, 0x09, 0x0A, 0x0D, 0x0B, 0x0C].contains(text[index]) {
            index += 1
            return true
        }
        guard take("#") else { return false }
        while index < text.count, text[index] != 0x0A { index += 1 }
        return true
    }

    private mutating func quantified() throws -> Node {
        if "*+?".unicodeScalars.contains(where: { isNext($0) }) { throw failure("a repetition of nothing") }
        var node = try atom()
        while let (repetition, isInterval) = try repetition() {
            var repetition = repetition
            if isInterval, flavour == .oniguruma, repetition.least == repetition.most, take("?") {
                // `{n}?` is an optional `{n}` there, not a lazy one.
                node = .repetition(node, repetition)
                node = .repetition(node, .init(least: 0, most: 1, manner: .greedy))
                continue
            }
            if take("?") {
                repetition.manner = .lazy
            } else if !(isInterval && flavour == .oniguruma), take("+") {
                repetition.manner = .possessive
            }
            node = .repetition(node, repetition)
        }
        return node
    }

    private mutating func repetition() throws -> (Node.Repetition, isInterval: Bool)? {
        if take("*") { return (.init(least: 0, most: nil, manner: .greedy), false) }
        if take("+") { return (.init(least: 1, most: nil, manner: .greedy), false) }
        if take("?") { return (.init(least: 0, most: 1, manner: .greedy), false) }
        guard isNext("{") else { return nil }
        let start = index
        index += 1
        let least = number()
        var most = least
        if take(",") {
            most = number()
        } else if least == nil {
            index = start
            return nil
        }
        let isOpen = text[index - 1] == 0x2C
        // What is no interval is the sign itself.
        guard take("}"), least != nil || (flavour == .oniguruma && most != nil) else {
            index = start
            return nil
        }
        let limit = RegularExpressionParser.mostRepeats
        if least ?? 0 > limit || most ?? 0 > limit { throw failure("more than \(limit) repetitions") }
        if let most, most < least ?? 0 { throw failure("an interval that ends before it begins") }
        return (.init(least: least ?? 0, most: isOpen ? nil : most, manner: .greedy), true)
    }

    private mutating func number() -> Int? {
        var value = 0
        let start = index
        while index < text.count, (0x30...0x39).contains(text[index]), index - start < 7 {
            value = value * 10 + Int(text[index] - 0x30)
            index += 1
        }
        return index > start ? value : nil
    }

    private mutating func atom() throws -> Node {
        let sign = text[index]
        switch Unicode.Scalar(sign) {
        case "(": return try group()
        case "[":
            index += 1
            return .character(try bracketed())
        case ".":
            index += 1
            return .character(options.dotIsAll ? .all : CodePointSet(0x0A).inverted())
        case "^":
            index += 1
            return .assertion(options.hasLines ? .lineStart : .textStart)
        case "$":
            index += 1
            return .assertion(options.hasLines ? .lineEnd : .textEnd)
        case "\\": return try escape()
        default:
            index += 1
            return .character(cased(CodePointSet(sign)))
        }
    }

    private func cased(_ set: CodePointSet) -> CodePointSet { options.ignoresCase ? set.ignoringCase() : set }

    private mutating func group() throws -> Node {
        index += 1
        if !take("?") { return try closed(alternation()) }
        if take("#") {
            while index < text.count, !isNext(")") { index += 1 }
            return try closed(.empty)
        }
        if take(":") { return try closed(alternation()) }
        if take("=") { return try closed(.lookahead(alternation(), negated: false)) }
        if take("!") { return try closed(.lookahead(alternation(), negated: true)) }
        if take(">") { return try closed(.atomic(alternation())) }
        if take("<=") { return try closed(.lookbehind(alternation(), negated: false)) }
        if take("<!") { return try closed(.lookbehind(alternation(), negated: true)) }
        if take("P<") || take("<") || take("'") {
            while index < text.count, !isNext(">"), !isNext("'") { index += 1 }
            index += 1
            return try closed(alternation())
        }
        return try optionGroup()
    }

    private mutating func closed(_ node: Node) throws -> Node {
        if !take(")") { throw failure("a group without an end") }
        return node
    }

    /// `(?i)`, `(?i-m:…)`.
    private mutating func optionGroup() throws -> Node {
        let outer = options
        var sets = true
        while index < text.count, !isNext(")"), !isNext(":") {
            switch Unicode.Scalar(text[index]) {
            case "-": sets = false
            case "i": options.ignoresCase = sets
            case "x": options.isExtended = sets
            case "m" where flavour == .oniguruma: options.dotIsAll = sets
            case "m": options.hasLines = sets
            case "s" where flavour == .rust: options.dotIsAll = sets
            case "u" where flavour == .rust: break
            default:
                options = outer
                throw failure("the group (?\(shown(text[index]))")
            }
            index += 1
        }
        if take(":") {
            let node = try closed(alternation())
            options = outer
            return node
        }
        _ = try closed(.empty)
        // Rust goes on with the options; Oniguruma makes a group of all that follows, alternatives included.
        return flavour == .rust ? .empty : try alternation()
    }

    private func shown(_ sign: UInt32) -> String { Unicode.Scalar(sign).map { String(Character($0)) } ?? "" }

    private mutating func escape() throws -> Node {
        index += 1
        guard index < text.count else { throw failure("an escape of nothing") }
        let sign = text[index]
        index += 1
        switch Unicode.Scalar(sign) {
        case "A": return .assertion(.textStart)
        case "z": return .assertion(.textEnd)
        case "Z": return .assertion(.textEndOrLastLineEnd)
        case "b" where !isNext("{"): return .assertion(.wordBoundary)
        case "B": return .assertion(.notWordBoundary)
        case "R" where flavour == .oniguruma:
            let lineEnds = CodePointSet([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])
            return .atomic(
                .alternation([
                    .sequence([.character(CodePointSet(0x0D)), .character(CodePointSet(0x0A))]), .character(lineEnds),
                ]))
        case "N" where flavour == .oniguruma: return .character(CodePointSet(0x0A).inverted())
        case "O" where flavour == .oniguruma: return .character(.all)
        default: break
        }
        index -= 1
        return .character(cased(try escapedSet(isInBrackets: false)))
    }

    /// What an escape means inside and outside of brackets; `index` is at the sign after the backslash.
    private mutating func escapedSet(isInBrackets: Bool) throws -> CodePointSet {
        let sign = text[index]
        index += 1
        let words =
            flavour == .rust
            ? UnicodeProperty.wordsOfRust : isInBrackets ? UnicodeProperty.wordsInBrackets : UnicodeProperty.words
        switch Unicode.Scalar(sign) {
        case "d": return UnicodeProperty.digits
        case "D": return UnicodeProperty.digits.inverted()
        case "s": return UnicodeProperty.whiteSpace
        case "S": return UnicodeProperty.whiteSpace.inverted()
        case "w": return words
        case "W": return words.inverted()
        case "h": return UnicodeProperty.hexadecimal
        case "H": return UnicodeProperty.hexadecimal.inverted()
        case "p", "P": return try property(isInverted: sign == 0x50)
        case "n": return CodePointSet(0x0A)
        case "t": return CodePointSet(0x09)
        case "r": return CodePointSet(0x0D)
        case "f": return CodePointSet(0x0C)
        case "v": return CodePointSet(0x0B)
        case "a": return CodePointSet(0x07)
        case "e": return CodePointSet(0x1B)
        case "x": return CodePointSet(try hexadecimal(digits: 2, canBrace: true))
        case "u": return CodePointSet(try hexadecimal(digits: 4, canBrace: flavour == .rust))
        case "0": return CodePointSet(0)
        case let scalar?:
            if (0x31...0x39).contains(sign) || "kg".unicodeScalars.contains(scalar) {
                index -= 1
                throw failure("a backreference")
            }
            if scalar.properties.isAlphabetic, sign < 0x80 {
                index -= 1
                throw failure("the escape \\\(shown(sign))")
            }
            return CodePointSet(sign)
        case nil: throw failure("no character")
        }
    }

    private mutating func hexadecimal(digits: Int, canBrace: Bool) throws -> UInt32 {
        let isBraced = canBrace && take("{")
        var value: UInt32 = 0
        var count = 0
        while index < text.count, count < (isBraced ? 8 : digits),
            let digit = Unicode.Scalar(text[index]).flatMap({ Character($0).hexDigitValue }), text[index] < 0x80
        {
            value = value << 4 | UInt32(digit)
            count += 1
            index += 1
        }
        if count == 0 || value > 0x10FFFF || (isBraced && !take("}")) {
            throw failure("no code point after the escape")
        }
        return value
    }

    /// `{name}`, `{^name}` or one letter.
    private mutating func property(isInverted: Bool) throws -> CodePointSet {
        let start = index
        var isInverted = isInverted
        var name = ""
        if take("{") {
            if take("^") { isInverted.toggle() }
            while index < text.count, !isNext("}") {
                name += shown(text[index])
                index += 1
            }
            index += 1
        } else if index < text.count {
            name = shown(text[index])
            index += 1
        }
        if flavour == .rust, let equals = name.firstIndex(of: "=") { name = String(name[name.index(after: equals)...]) }
        guard let set = UnicodeProperty.named(name) else {
            index = start
            throw failure("the character property \(name)")
        }
        return isInverted ? set.inverted() : set
    }

    /// A bracketed class after its opening bracket.
    private mutating func bracketed() throws -> CodePointSet {
        depth += 1
        defer { depth -= 1 }
        if depth > RegularExpressionParser.deepest {
            throw failure("more than \(RegularExpressionParser.deepest) nested classes")
        }
        let isInverted = take("^")
        var result: CodePointSet?
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while true {
            guard index < text.count else { throw failure("a class without an end") }
            if isNext("]"), !isFirst { break }
            isFirst = false
            if isNext("&"), isNext("&", 1) {
                index += 2
                let left = cased(CodePointSet(ranges))
                result = result.map { $0.intersection(left) } ?? left
                ranges = []
                continue
            }
            ranges += try item()
        }
        index += 1
        let last = cased(CodePointSet(ranges))
        let set = result.map { $0.intersection(last) } ?? last
        return isInverted ? set.inverted() : set
    }

    /// One item of a class: a character, a range, an escape, a class of its own.
    private mutating func item() throws -> [ClosedRange<UInt32>] {
        if isNext("["), isNext(":", 1), let named = try namedBracket() { return named.ranges }
        if take("[") { return try bracketed().ranges }
        guard let first = try character() else { return try escapedSet(isInBrackets: true).ranges }
        guard isNext("-"), index + 1 < text.count, !isNext("]", 1) else { return [first...first] }
        let start = index
        index += 1
        if isNext("[") {
            index = start
            return [first...first]
        }
        guard let last = try character() else { throw failure("a range that ends in a class") }
        if last < first { throw failure("a range that ends before it begins") }
        return [first...last]
    }

    /// A single character of a class; nil, with `index` after the backslash, where an escape stands for several.
    private mutating func character() throws -> UInt32? {
        let sign = text[index]
        index += 1
        guard sign == 0x5C else { return sign }
        guard index < text.count else { throw failure("an escape of nothing") }
        if "dDsSwWhHpP".unicodeScalars.contains(where: { isNext($0) }) { return nil }
        if take("b") { return 0x08 }
        guard let only = try escapedSet(isInBrackets: true).ranges.first else { throw failure("no character") }
        return only.lowerBound
    }

    private mutating func namedBracket() throws -> CodePointSet? {
        let start = index
        index += 2
        let isInverted = take("^")
        var name = ""
        while index < text.count, !isNext(":"), !isNext("]") {
            name += shown(text[index])
            index += 1
        }
        guard take(":]") else {
            index = start
            return nil
        }
        guard let set = UnicodeProperty.bracket(name) else { throw failure("the class [:\(name):]") }
        return isInverted ? set.inverted() : set
    }
}
