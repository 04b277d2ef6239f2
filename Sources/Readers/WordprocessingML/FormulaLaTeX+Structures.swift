extension FormulaLaTeX {
    /// Writes one structure. Whatever in it has no place in LaTeX is written behind it: text is never lost.
    mutating func node(_ index: Int) {
        take(index)
        let node = tree.nodes[index]
        let wasAligning = alignsHere
        alignsHere = false
        switch node.element {
        case .fraction: fraction(index, node.fraction)
        case .superscripted, .subscripted, .bothScripted: scripted(index)
        case .preScripted:
            markup("{}")
            script("_", child(index, .subscript))
            script("^", child(index, .superscript))
            base(child(index, .argument))
        case .nary: largeOperator(index, node)
        case .radical: radical(index)
        case .delimited: delimited(index, node)
        case .accent: accent(index, node)
        case .bar:
            markup(node.isOnTop ? "\\overline" : "\\underline")
            braced(child(index, .argument))
        case .groupCharacter: grouped(index, node)
        case .borderBox:
            markup("\\boxed")
            braced(child(index, .argument))
        case .phantom:
            if !node.isShown { markup("\\phantom") }
            braced(child(index, .argument))
        case .function: function(index)
        case .lowerLimit: limited(index, mark: "_", command: "\\underset")
        case .upperLimit: limited(index, mark: "^", command: "\\overset")
        case .matrix: matrix(index, "matrix")
        case .equationArray: equationArray(index)
        default: break
        }
        children(of: index)
        alignsHere = wasAligning
    }

    private mutating func fraction(_ index: Int, _ type: FormulaTree.FractionType) {
        let numerator = child(index, .numerator)
        let denominator = child(index, .denominator)
        switch type {
        case .bar, .noBar:
            markup(type == .bar ? "\\frac" : "\\genfrac{}{}{0pt}{}")
            braced(numerator)
            braced(denominator)
        case .linear, .skewed:
            content(numerator)
            markup("/")
            content(denominator)
        }
    }

    private mutating func scripted(_ index: Int) {
        base(child(index, .argument))
        script("_", child(index, .subscript))
        script("^", child(index, .superscript))
    }

    /// Writes what scripts hang on: in braces unless it is one symbol or one command with its arguments.
    private mutating func base(_ index: Int) {
        if index < 0 || isBlank(index) {
            markup("{}")
            if index >= 0 { content(index) }
        } else if isOneSymbol(index) {
            content(index)
        } else {
            braced(index)
        }
    }

    /// Whether LaTeX takes an argument's content as one item without braces.
    private func isOneSymbol(_ argument: Int) -> Bool {
        let only = onlyChild(argument)
        if only < 0 { return false }
        let node = tree.nodes[only]
        switch node.element {
        case .formulaRun:
            let bytes = tree.text[node.textStart..<node.textEnd]
            if isFunctionName { return true }
            if node.style == .italic || node.alphabet != .roman || node.style == .bold || node.style == .boldItalic {
                return bytes.count == 1
                    || bytes.allSatisfy { $0 >= 0x80 } && bytes.filter { $0 & 0xC0 != 0x80 }.count == 1
            }
            return bytes.allSatisfy { FormulaLaTeX.isLetter($0) }
        case .radical, .accent, .bar, .borderBox, .delimited: return true
        default: return false
        }
    }

    private mutating func largeOperator(_ index: Int, _ node: FormulaTree.Node) {
        let character = node.character == FormulaTree.unstated ? 0x222B : node.character
        if let name = LaTeXSymbols.largeOperator(character) {
            markup(name)
        } else if character >= 0x20 {
            symbol(character)
        }
        script("_", child(index, .subscript))
        script("^", child(index, .superscript))
        let argument = child(index, .argument)
        if argument < 0 || isBlank(argument) { return content(argument) }
        markup(" ")
        content(argument)
    }

    /// Writes a symbol that a property names, not the text.
    private mutating func symbol(_ scalar: UInt32) {
        if let command = LaTeXSymbols.command(scalar) {
            markup(command)
        } else if let scalar = Unicode.Scalar(scalar) {
            markup(String(Character(scalar)))
        }
    }

    private mutating func radical(_ index: Int) {
        markup("\\sqrt")
        let degree = child(index, .degree)
        if degree >= 0, !isBlank(degree) {
            let isPlain = holdsOnlyRuns(degree)
            markup(isPlain ? "[" : "[{")
            content(degree)
            markup(isPlain ? "]" : "}]")
        } else if degree >= 0 {
            content(degree)
        }
        braced(child(index, .argument))
    }

    /// Whether an argument is a run or several without a bracket.
    private func holdsOnlyRuns(_ argument: Int) -> Bool {
        var index = tree.nodes[argument].firstChild
        while index >= 0 {
            let node = tree.nodes[index]
            if node.element != .formulaRun || tree.text[node.textStart..<node.textEnd].contains(UInt8(ascii: "]")) {
                return false
            }
            index = node.next
        }
        return true
    }

    private mutating func accent(_ index: Int, _ node: FormulaTree.Node) {
        let character = node.character == FormulaTree.unstated ? 0x302 : node.character
        if let command = LaTeXSymbols.accent(character) {
            markup(command)
        } else if character >= 0x20 {
            markup("\\overset{")
            symbol(character)
            markup("}")
        }
        braced(child(index, .argument))
    }

    private mutating func grouped(_ index: Int, _ node: FormulaTree.Node) {
        let character = node.character == FormulaTree.unstated ? 0x23DF : node.character
        switch character {
        case 0x23DE: markup("\\overbrace")
        case 0x23DF: markup("\\underbrace")
        case ..<0x20: break
        default:
            // The base stands on the other side of the character.
            markup(node.isOnTop ? "\\overset{" : "\\underset{")
            symbol(character)
            markup("}")
        }
        braced(child(index, .argument))
    }

    private mutating func function(_ index: Int) {
        let wasName = isFunctionName
        isFunctionName = true
        content(child(index, .functionName))
        isFunctionName = wasName
        let argument = child(index, .argument)
        if argument < 0 || isBlank(argument) { return content(argument) }
        markup(" ")
        content(argument)
    }

    private mutating func limited(_ index: Int, mark: String, command: String) {
        let argument = child(index, .argument)
        let limit = child(index, .limit)
        let isOperator = isFunctionName || isGroup(argument)
        if isOperator {
            content(argument)
            script(mark, limit)
        } else {
            markup(command)
            scripts += 1
            braced(limit)
            scripts -= 1
            braced(argument)
        }
    }

    /// Whether an argument is a brace over or under something: its label is a script then.
    private func isGroup(_ argument: Int) -> Bool {
        if argument < 0 { return false }
        let only = onlyChild(argument)
        guard only >= 0, tree.nodes[only].element == .groupCharacter else { return false }
        let character = tree.nodes[only].character
        return character == 0x23DE || character == 0x23DF || character == FormulaTree.unstated
    }

    private mutating func matrix(_ index: Int, _ environment: String) {
        markup("\\begin{\(environment)}")
        for (row, mark) in children(index, .matrixRow).enumerated() {
            markup(row == 0 ? " " : " \\\\ ")
            take(mark)
            for (column, cell) in children(mark, .argument).enumerated() {
                if column > 0 { markup(" & ") }
                content(cell)
            }
            children(of: mark)
        }
        markup(" \\end{\(environment)}")
    }

    private mutating func equationArray(_ index: Int) {
        let rows = children(index, .argument)
        rowsOf(rows, "aligned")
    }

    private mutating func rowsOf(_ rows: [Int], _ environment: String) {
        markup("\\begin{\(environment)}")
        for (number, row) in rows.enumerated() {
            markup(number == 0 ? " " : " \\\\ ")
            alignsHere = true
            content(row)
            alignsHere = false
        }
        markup(" \\end{\(environment)}")
    }

    // MARK: Delimiters

    private mutating func delimited(_ index: Int, _ node: FormulaTree.Node) {
        let begin = node.begin == FormulaTree.unstated ? 0x28 : node.begin
        let end = node.end == FormulaTree.unstated ? 0x29 : node.end
        let separator = node.separator == FormulaTree.unstated ? 0x7C : node.separator
        let arguments = children(index, .argument)
        if arguments.count == 1, wholeStructure(arguments[0], begin, end) { return }
        let isTall = arguments.contains { self.isTall($0) } || begin == 0 && end != 0 || end == 0 && begin != 0
        delimiter(begin, isTall ? "\\left" : "")
        for (number, argument) in arguments.enumerated() {
            if number > 0 {
                if separator == 0x7C {
                    markup(isInTable ? "\\vert" : "|")
                } else if separator >= 0x20 {
                    symbol(separator)
                }
            }
            content(argument)
        }
        delimiter(end, isTall ? "\\right" : "")
    }

    private mutating func delimiter(_ scalar: UInt32, _ side: String) {
        if scalar < 0x20 {
            if !side.isEmpty { markup(side + ".") }
        } else if scalar == 0x7C, isInTable {
            markup(side + "\\vert")
        } else if let text = LaTeXSymbols.delimiter(scalar) {
            markup(side + text)
        } else {
            if !side.isEmpty { markup(side + ".") }
            symbol(scalar)
        }
    }

    /// Writes a matrix in its brackets, or rows behind one brace, as the environment for them.
    private mutating func wholeStructure(_ argument: Int, _ begin: UInt32, _ end: UInt32) -> Bool {
        let only = onlyChild(argument)
        if only < 0 { return false }
        switch tree.nodes[only].element {
        case .matrix:
            let environment: String
            switch (begin, end) {
            case (0x28, 0x29): environment = "pmatrix"
            case (0x5B, 0x5D): environment = "bmatrix"
            case (0x7B, 0x7D): environment = "Bmatrix"
            case (0x7C, 0x7C): environment = "vmatrix"
            case (0x2016, 0x2016): environment = "Vmatrix"
            default: return false
            }
            take(argument)
            take(only)
            matrix(only, environment)
            children(of: only)
        case .equationArray:
            let rows = children(only, .argument)
            if begin != 0x7B || end >= 0x20 || rows.contains(where: { alignments($0) > 1 }) { return false }
            take(argument)
            take(only)
            rowsOf(rows, "cases")
            children(of: only)
        default: return false
        }
        children(of: argument)
        return true
    }

    /// Points of alignment in one row.
    private func alignments(_ row: Int) -> Int {
        var count = 0
        var index = tree.nodes[row].firstChild
        while index >= 0 {
            let node = tree.nodes[index]
            if node.element == .formulaRun {
                count += tree.text[node.textStart..<node.textEnd].count { $0 == UInt8(ascii: "&") }
                if node.isAligned { count += 1 }
            }
            index = node.next
        }
        return count
    }

    /// Whether brackets around a part must grow.
    private func isTall(_ index: Int) -> Bool {
        let node = tree.nodes[index]
        switch node.element {
        case .fraction: if node.fraction == .bar || node.fraction == .noBar { return true }
        case .nary, .matrix, .equationArray, .lowerLimit, .upperLimit, .groupCharacter: return true
        case .superscript, .subscript, .formulaRun: return false
        default: break
        }
        var child = node.firstChild
        while child >= 0 {
            if isTall(child) { return true }
            child = tree.nodes[child].next
        }
        return false
    }
}
