/// One letter with a word below it.
struct Symbol {
    let letter: UInt8
    let subscripted: UnsafeBufferPointer<UInt8>
}

/// The forms an equation may have; the symbols are a to e.
enum EquationShape: CaseIterable {
    /// a = b / (c + d)
    case fraction
    /// a = sqrt(b + c)
    case root
    /// a = b + sum over c from d
    case sum
    /// a = b c^2 - d
    case square
}

extension DialectWriter {
    /// Writes a numbered equation: Office mathematics in WordprocessingML, one line of text elsewhere.
    mutating func equation(
        _ shape: EquationShape, _ symbols: [Symbol], clauseNumber: UnsafeBufferPointer<UInt8>, _ number: Int
    ) {
        if isWord {
            if isInCode { isInCode = false }
            out.append("<w:p><w:pPr><w:pStyle w:val=\"EQ\"/></w:pPr><w:r><w:tab/></w:r><m:oMath>")
            mathematics(shape, symbols)
            out.append("</m:oMath><w:r><w:tab/><w:t>(")
            out.append(clauseNumber)
            out.append("-")
            out.append(number: number)
            out.append(")</w:t></w:r></w:p>\n")
            return
        }
        linear(shape, symbols)
        piece.append("  (")
        piece.append(clauseNumber)
        piece.append("-")
        piece.append(number: number)
        piece.append(")")
        block(.body, isEdited: false)
    }

    private mutating func linear(_ shape: EquationShape, _ symbols: [Symbol]) {
        func write(_ index: Int, _ out: inout ByteBuffer) {
            out.append(symbols[index].letter)
            out.append(0x5F)
            out.append(symbols[index].subscripted)
        }
        write(0, &piece)
        piece.append(" = ")
        switch shape {
        case .fraction:
            write(1, &piece)
            piece.append(" / (")
            write(2, &piece)
            piece.append(" + ")
            write(3, &piece)
            piece.append(")")
        case .root:
            piece.append("sqrt(")
            write(1, &piece)
            piece.append(" + ")
            write(2, &piece)
            piece.append(")")
        case .sum:
            write(1, &piece)
            piece.append(" + sum(")
            write(2, &piece)
            piece.append(", ")
            write(3, &piece)
            piece.append(")")
        case .square:
            write(1, &piece)
            piece.append(" * ")
            write(2, &piece)
            piece.append("^2 - ")
            write(3, &piece)
        }
    }

    private mutating func mathematics(_ shape: EquationShape, _ symbols: [Symbol]) {
        symbol(symbols[0])
        run(" = ")
        switch shape {
        case .fraction:
            out.append("<m:f><m:num>")
            symbol(symbols[1])
            out.append("</m:num><m:den>")
            symbol(symbols[2])
            run(" + ")
            symbol(symbols[3])
            out.append("</m:den></m:f>")
        case .root:
            out.append("<m:rad><m:radPr><m:degHide m:val=\"1\"/></m:radPr><m:deg/><m:e>")
            symbol(symbols[1])
            run(" + ")
            symbol(symbols[2])
            out.append("</m:e></m:rad>")
        case .sum:
            symbol(symbols[1])
            run(" + ")
            out.append("<m:nary><m:naryPr><m:chr m:val=\"\u{2211}\"/></m:naryPr><m:sub>")
            symbol(symbols[3])
            out.append("</m:sub><m:sup/><m:e>")
            symbol(symbols[2])
            out.append("</m:e></m:nary>")
        case .square:
            symbol(symbols[1])
            run(" \u{22C5} ")
            out.append("<m:sSup><m:e>")
            symbol(symbols[2])
            out.append("</m:e><m:sup>")
            run("2")
            out.append("</m:sup></m:sSup>")
            run(" \u{2212} ")
            symbol(symbols[3])
        }
    }

    private mutating func run(_ text: StaticString) {
        out.append("<m:r><m:t xml:space=\"preserve\">")
        out.append(text)
        out.append("</m:t></m:r>")
    }

    private mutating func symbol(_ symbol: Symbol) {
        out.append("<m:sSub><m:e><m:r><m:t>")
        out.append(symbol.letter)
        out.append("</m:t></m:r></m:e><m:sub><m:r><m:t>")
        out.append(symbol.subscripted)
        out.append("</m:t></m:r></m:sub></m:sSub>")
    }
}
