extension FormulaLaTeX {
    /// Writes a run and those of the same look that follow it; the index of what comes next.
    mutating func runs(from first: Int) -> Int {
        let look = tree.nodes[first]
        var scalars: [UInt32] = []
        var index = first
        while index >= 0 {
            let node = tree.nodes[index]
            guard node.element == .formulaRun, node.style == look.style, node.alphabet == look.alphabet,
                index == first || !node.isAligned
            else { break }
            take(index)
            String(decoding: tree.text[node.textStart..<node.textEnd], as: UTF8.self).unicodeScalars
                .forEach { scalars.append($0.value) }
            index = node.next
        }
        if look.isAligned, alignsHere { markup("&") }
        write(scalars, look)
        return index
    }

    private mutating func write(_ scalars: [UInt32], _ look: FormulaTree.Node) {
        if look.style == .normal { return writeNormal(scalars) }
        var position = 0
        while position < scalars.count {
            position = writeStyled(scalars, position, look)
        }
    }

    /// Writes the item at a position of a mathematical run; where the next one begins.
    private mutating func writeStyled(_ scalars: [UInt32], _ position: Int, _ look: FormulaTree.Node) -> Int {
        let scalar = scalars[position]
        if position + 1 < scalars.count, scalars[position + 1] >= 0x300, FormulaLaTeX.isBase(scalar),
            let accent = LaTeXSymbols.accent(scalars[position + 1])
        {
            replacement(accent + "{")
            single(scalar)
            markup("}")
            return position + 2
        }
        var end = position
        while end < scalars.count, FormulaLaTeX.isASCIILetter(scalars[end]) { end += 1 }
        if end < scalars.count, end > position, scalars[end] >= 0x300, LaTeXSymbols.accent(scalars[end]) != nil {
            // The last letter belongs to the accent that follows.
            end -= 1
        }
        if end > position {
            letters(scalars[position..<end], look)
            return end
        }
        if FormulaLaTeX.isForeignLetter(scalar) {
            while end < scalars.count, FormulaLaTeX.isForeignLetter(scalars[end]) { end += 1 }
            markup("\\text{")
            for scalar in scalars[position..<end] { source(scalar) }
            markup("}")
            return end
        }
        if let command = FormulaLaTeX.command(of: look), command != "\\mathrm", FormulaLaTeX.takesStyle(scalar) {
            while end < scalars.count, FormulaLaTeX.takesStyle(scalars[end]) { end += 1 }
            let isDigits = scalars[position] < 0x80
            markup((isDigits ? command : "\\boldsymbol") + "{")
            for scalar in scalars[position..<end] { single(scalar) }
            markup("}")
            return end
        }
        if scalar == 0x20, position + 1 < scalars.count, FormulaLaTeX.isWord(scalars[position + 1]), endsInWord {
            // Between words LaTeX would leave it out.
            replacement("\\ ")
        } else {
            single(scalar)
        }
        return position + 1
    }

    private static func isWord(_ scalar: UInt32) -> Bool {
        isASCIILetter(scalar) || scalar >= 0x30 && scalar <= 0x39 || isForeignLetter(scalar)
    }

    private mutating func letters(_ scalars: ArraySlice<UInt32>, _ look: FormulaTree.Node) {
        let text = String(String.UnicodeScalarView(scalars.compactMap { Unicode.Scalar($0) }))
        let isNamed = LaTeXSymbols.isFunction(text) && look.alphabet == .roman
        if isNamed, isFunctionName || look.style == .upright && scripts == 0 {
            replacement("\\" + text, for: scalars.count)
        } else if isFunctionName, scalars.count > 1 {
            markup("\\operatorname{")
            replacement(text, for: scalars.count)
            markup("}")
        } else if let command = FormulaLaTeX.command(of: look) {
            markup(command + "{")
            replacement(text, for: scalars.count)
            markup("}")
        } else {
            replacement(text, for: scalars.count)
        }
    }

    /// The command for the letters of a run; nil for plain italics.
    private static func command(of look: FormulaTree.Node) -> String? {
        switch look.alphabet {
        case .script: return "\\mathcal"
        case .fraktur: return "\\mathfrak"
        case .doubleStruck: return "\\mathbb"
        case .sansSerif: return "\\mathsf"
        case .monospace: return "\\mathtt"
        case .roman: break
        }
        return switch look.style {
        case .upright: "\\mathrm"
        case .bold: "\\mathbf"
        case .boldItalic: "\\boldsymbol"
        case .italic, .normal: nil
        }
    }

    /// Writes one scalar of a mathematical run.
    mutating func single(_ scalar: UInt32) {
        if scalar == 0x2032 || scalar == 0x27, out.last == UInt8(ascii: "}") {
            // After a superscript a prime would be a second one.
            markup("{}")
        }
        if scalar == 0x26, alignsHere { return replacement("&") }
        if scalar == 0x7C, isInTable { return replacement("\\vert") }
        if scalar == 0x2032, scripts > 0 { return replacement("\\prime") }
        if let letter = LaTeXSymbols.styledLetter(scalar) {
            let plain =
                LaTeXSymbols.command(letter.plain) ?? Unicode.Scalar(letter.plain).map { String(Character($0)) } ?? ""
            replacement(letter.command.isEmpty ? plain : letter.command + "{" + plain + "}")
        } else if let command = LaTeXSymbols.command(scalar) {
            replacement(command)
        } else if let accent = LaTeXSymbols.accent(scalar), scalar >= 0x300 {
            // An accent without a letter of its own.
            replacement(accent + "{}")
        } else if scalar < 0x20 {
            replacement(" ")
        } else {
            source(scalar)
        }
    }

    /// Writes a run of normal text: words in `\text`, symbols between them as mathematics.
    private mutating func writeNormal(_ scalars: [UInt32]) {
        if isFunctionName {
            var look = FormulaTree.Node(element: .formulaRun, parent: 0)
            look.style = .upright
            return write(scalars, look)
        }
        var position = 0
        while position < scalars.count {
            var end = position
            var holdsLetter = false
            while end < scalars.count, FormulaLaTeX.isText(scalars[end]) {
                if FormulaLaTeX.isASCIILetter(scalars[end]) || FormulaLaTeX.isForeignLetter(scalars[end]) {
                    holdsLetter = true
                }
                end += 1
            }
            if holdsLetter {
                markup("\\text{")
                for scalar in scalars[position..<end] { textual(scalar) }
                markup("}")
                position = end
            } else if end > position {
                for scalar in scalars[position..<end] { single(scalar) }
                position = end
            } else {
                single(scalars[position])
                position += 1
            }
        }
    }

    /// Writes one scalar inside `\text`.
    private mutating func textual(_ scalar: UInt32) {
        switch scalar {
        case 0x5C: replacement("\\textbackslash{}")
        case 0x5E: replacement("\\textasciicircum{}")
        case 0x7E: replacement("\\textasciitilde{}")
        case 0x23, 0x24, 0x25, 0x26, 0x5F, 0x7B, 0x7D: replacement(LaTeXSymbols.command(scalar) ?? "")
        case 0xA0: replacement(" ")
        case 0x2010, 0x2011: replacement("-")
        case 0x7C where isInTable: replacement("\\textbar{}")
        default: source(scalar)
        }
    }

    private static func isText(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return scalar >= 0x20 }
        switch scalar {
        case 0xA0, 0x2010, 0x2011, 0x2013, 0x2014, 0x2018...0x201D: return true
        default:
            return LaTeXSymbols.command(scalar) == nil && LaTeXSymbols.styledLetter(scalar) == nil
                && LaTeXSymbols.accent(scalar) == nil
        }
    }

    static func isASCIILetter(_ scalar: UInt32) -> Bool { scalar | 0x20 >= 0x61 && scalar | 0x20 <= 0x7A }

    /// Letters that LaTeX's mathematics has no glyph for.
    private static func isForeignLetter(_ scalar: UInt32) -> Bool {
        if scalar < 0xC0 || LaTeXSymbols.command(scalar) != nil || LaTeXSymbols.styledLetter(scalar) != nil {
            return false
        }
        return Unicode.Scalar(scalar)?.properties.isAlphabetic ?? false
    }

    private static func isBase(_ scalar: UInt32) -> Bool {
        isASCIILetter(scalar) || scalar >= 0x391 && scalar <= 0x3F6 || LaTeXSymbols.styledLetter(scalar) != nil
            || scalar >= 0x30 && scalar <= 0x39
    }

    /// Digits and Greek letters follow the weight of their run.
    private static func takesStyle(_ scalar: UInt32) -> Bool { scalar >= 0x30 && scalar <= 0x39 }
}
