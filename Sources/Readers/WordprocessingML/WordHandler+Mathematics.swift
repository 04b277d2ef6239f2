extension WordHandler {
    mutating func startMathematics(_ element: WordElement, _ attributes: WordAttributes) {
        switch element {
        case .formulaParagraph: paragraph.isDisplayed = true
        case .formula: formulas += 1
        default:
            if formulas == 0 { return }
            if !element.isPartOfFormula { return startMathProperty(element, attributes) }
            if formula.nodes.count >= FormulaTree.mostParts {
                return failure = .bound(
                    path: "", what: "parts of one formula", limit: FormulaTree.mostParts,
                    advice: "the document is damaged or an attack")
            }
            formula.start(element)
        }
    }

    private mutating func startMathProperty(_ element: WordElement, _ attributes: WordAttributes) {
        switch element {
        case .character: formula.current.character = scalar(attributes)
        case .beginCharacter: formula.current.begin = scalar(attributes)
        case .endCharacter: formula.current.end = scalar(attributes)
        case .separatorCharacter: formula.current.separator = scalar(attributes)
        case .position: formula.current.isOnTop = attributes.equals(names.val, "top")
        case .shown: formula.current.isShown = attributes.isOn(names.val)
        case .alignmentMark: formula.current.isAligned = attributes.isOn(names.val)
        case .normalText: if attributes.isOn(names.val) { formula.current.style = .normal }
        case .letterStyle:
            if formula.current.style == .normal { return }
            if attributes.equals(names.val, "p") { formula.current.style = .upright }
            if attributes.equals(names.val, "b") { formula.current.style = .bold }
            if attributes.equals(names.val, "bi") { formula.current.style = .boldItalic }
        case .letterScript:
            let alphabets: [(StaticString, FormulaTree.Alphabet)] = [
                ("script", .script), ("fraktur", .fraktur), ("double-struck", .doubleStruck),
                ("sans-serif", .sansSerif), ("monospace", .monospace),
            ]
            for (name, alphabet) in alphabets where attributes.equals(names.val, name) {
                formula.current.alphabet = alphabet
            }
        case .fractionType:
            if attributes.equals(names.val, "lin") { formula.current.fraction = .linear }
            if attributes.equals(names.val, "skw") { formula.current.fraction = .skewed }
            if attributes.equals(names.val, "noBar") { formula.current.fraction = .noBar }
        default: break
        }
    }

    /// The first scalar of the value; 0 where it is empty or missing.
    private func scalar(_ attributes: WordAttributes) -> UInt32 {
        attributes.value(names.val).flatMap { String(decoding: $0, as: UTF8.self).unicodeScalars.first?.value } ?? 0
    }

    mutating func endMathematics(_ element: WordElement) {
        if element == .formula {
            formulas -= 1
            if formulas == 0 { writeFormula() }
        } else if element == .formulaParagraph {
            paragraph.isDisplayed = false
        } else if formulas > 0, element.isPartOfFormula {
            formula.end(element)
        }
    }

    /// Writes the formula that was read into the paragraph, between dollar signs.
    mutating func writeFormula() {
        if formula.isEmpty { return }
        var writer = FormulaLaTeX(formula, isInTable: !tables.isEmpty)
        formula = FormulaTree()
        writer.write()
        counts.add(.equation, writer.added)
        var start = 0
        var end = writer.out.count
        while start < end, writer.out[start] == 0x20 { start += 1 }
        // The space of a `\ ` at the end belongs to it.
        while end > start, writer.out[end - 1] == 0x20, end < 2 || writer.out[end - 2] != UInt8(ascii: "\\") {
            end -= 1
        }
        counts.remove(.whiteSpace, writer.out.count - (end - start))
        if start == end { return }
        let mark = paragraph.isDisplayed && sink != .cell ? "$$" : "$"
        let beginning = paragraph.text.count
        if beginning > 0, beginning == paragraph.lastFormulaEnd {
            // Without it two formulas would run into one.
            paragraph.text.append(mark == "$" ? 0x20 : 0x0A)
            counts.add(.equation, 1)
        }
        paragraph.text += mark.utf8
        paragraph.text += writer.out[start..<end]
        paragraph.text += mark.utf8
        counts.add(.equation, 2 * mark.utf8.count)
        paragraph.lastFormulaEnd = paragraph.text.count
        if beginning == 0 || beginning == paragraph.formulaEnd { paragraph.formulaEnd = paragraph.text.count }
    }
}
