/// A structure of Office mathematics that is being written, and what it needs to know of its children.
struct MathStructure {
    var element: WordElement
    /// Arguments written so far.
    var children = 0
    /// The operator or accent; 0 for the default.
    var character: UInt32 = 0
    var begin: UInt32 = 0x28
    var end: UInt32 = 0x29
    var separator: UInt32 = 0x7C
    var isAtBottom = true
    var hasOperator = false
    /// Where the braces of the child being written begin, so that empty ones can be taken back.
    var mark = 0
}

extension WordHandler {
    mutating func startMathematics(_ element: WordElement, _ attributes: WordAttributes) {
        switch element {
        case .formula:
            if formulas == 0 {
                formulaStart = paragraph.text.count
                markup("$")
            }
            formulas += 1
        case .fraction, .superscripted, .subscripted, .bothScripted, .preScripted, .nary, .radical, .delimited, .accent,
            .bar, .function, .lowerLimit, .upperLimit, .matrix, .equationArray:
            startStructure(element)
        case .matrixRow:
            if let last = mathematics.indices.last, mathematics[last].element == .matrix {
                if mathematics[last].hasOperator { markup(" \\\\ ") }
                mathematics[last].hasOperator = true
                mathematics[last].children = 0
            }
        case .numerator, .denominator, .superscript, .subscript, .degree, .limit, .argument: startChild(element)
        case .character, .beginCharacter, .endCharacter, .separatorCharacter, .position:
            startMathProperty(element, attributes)
        default: break
        }
    }

    private mutating func startStructure(_ element: WordElement) {
        var structure = MathStructure(element: element)
        switch element {
        case .fraction: markup("\\frac")
        case .preScripted: markup("{}")
        case .radical: markup("\\sqrt")
        case .matrix: markup("\\begin{matrix}")
        case .equationArray: markup("\\begin{array}{l}")
        case .nary: structure.character = 0x222B
        case .accent: structure.character = 0x302
        default: break
        }
        mathematics.append(structure)
    }

    private mutating func startMathProperty(_ element: WordElement, _ attributes: WordAttributes) {
        guard let last = mathematics.indices.last else { return }
        let text = attributes.value(names.val).map { String(decoding: $0, as: UTF8.self) }
        let scalar = text?.unicodeScalars.first?.value ?? 0
        switch element {
        case .character:
            if parent == .naryProperties || parent == .accentProperties { mathematics[last].character = scalar }
        case .beginCharacter: mathematics[last].begin = scalar
        case .endCharacter: mathematics[last].end = scalar
        case .separatorCharacter: mathematics[last].separator = scalar
        default: mathematics[last].isAtBottom = text != "top"
        }
    }

    private mutating func startChild(_ child: WordElement) {
        guard let last = mathematics.indices.last else { return }
        let structure = mathematics[last]
        if structure.element == .nary, !structure.hasOperator {
            markup(WordHandler.largeOperator(structure.character))
            mathematics[last].hasOperator = true
        }
        mathematics[last].mark = paragraph.text.count
        switch child {
        case .numerator, .denominator: markup("{")
        case .superscript: markup("^{")
        case .subscript: markup("_{")
        case .limit: markup(structure.element == .upperLimit ? "^{" : "_{")
        case .degree: markup("[")
        default: startArgument(structure, last)
        }
    }

    private mutating func startArgument(_ structure: MathStructure, _ last: Int) {
        let isFirst = structure.children == 0
        mathematics[last].children += 1
        switch structure.element {
        case .radical: markup("{")
        case .accent: markup(WordHandler.accent(structure.character) + "{")
        case .bar: markup(structure.isAtBottom ? "\\underline{" : "\\overline{")
        case .delimited: markup(isFirst ? structure.begin : structure.separator)
        case .matrix: if !isFirst { markup(" & ") }
        case .equationArray: if !isFirst { markup(" \\\\ ") }
        case .nary, .function: markup(" ")
        default: break
        }
    }

    mutating func endMathematics(_ element: WordElement) {
        switch element {
        case .formula:
            formulas -= 1
            if formulas == 0 { endFormula() }
        case .fraction, .superscripted, .subscripted, .bothScripted, .preScripted, .nary, .radical, .accent, .bar,
            .function,
            .lowerLimit, .upperLimit:
            if mathematics.last?.element == element { mathematics.removeLast() }
        case .delimited:
            if let structure = mathematics.last, structure.element == .delimited {
                if structure.children > 0 { markup(structure.end) }
                mathematics.removeLast()
            }
        case .matrix, .equationArray:
            if mathematics.last?.element == element {
                markup(element == .matrix ? "\\end{matrix}" : "\\end{array}")
                mathematics.removeLast()
            }
        case .numerator, .denominator: if !mathematics.isEmpty { markup("}") }
        case .superscript, .subscript, .limit: endBraces("}", opening: 2)
        case .degree: endBraces("]", opening: 1)
        case .argument:
            if let structure = mathematics.last, [.radical, .accent, .bar].contains(structure.element) { markup("}") }
        default: break
        }
    }

    /// Closes a script or degree; an empty one is taken back.
    private mutating func endBraces(_ closing: String, opening: Int) {
        guard let structure = mathematics.last else { return }
        // Inside the child other children may have set the mark; then it is not empty.
        if paragraph.text.count == structure.mark + opening {
            paragraph.text.removeLast(opening)
            counts.add(.equation, -opening)
        } else {
            markup(closing)
        }
    }

    private mutating func endFormula() {
        if paragraph.text.count == formulaStart + 1 {
            paragraph.text.removeLast()
            return counts.add(.equation, -1)
        }
        markup("$")
        if formulaStart == 0 || formulaStart == paragraph.formulaEnd { paragraph.formulaEnd = paragraph.text.count }
    }

    private mutating func markup(_ text: String) {
        paragraph.text += text.utf8
        counts.add(.equation, text.unicodeScalars.count)
    }

    private mutating func markup(_ delimiter: UInt32) {
        guard delimiter >= 0x20, let scalar = Unicode.Scalar(delimiter) else { return }
        markup(scalar == "{" || scalar == "}" ? "\\" + String(Character(scalar)) : String(Character(scalar)))
    }

    private static func largeOperator(_ character: UInt32) -> String {
        switch character {
        case 0x2211: "\\sum"
        case 0x220F: "\\prod"
        case 0x222B: "\\int"
        case 0x22C3: "\\bigcup"
        case 0x22C2: "\\bigcap"
        default: Unicode.Scalar(character).map { $0.value < 0x20 ? "\\int" : String(Character($0)) } ?? "\\int"
        }
    }

    private static func accent(_ character: UInt32) -> String {
        switch character {
        case 0x303, 0x7E: "\\tilde"
        case 0x304, 0x305, 0xAF: "\\bar"
        case 0x307: "\\dot"
        case 0x308: "\\ddot"
        case 0x20D7, 0x20D1: "\\vec"
        case 0x30C: "\\check"
        default: "\\hat"
        }
    }
}
