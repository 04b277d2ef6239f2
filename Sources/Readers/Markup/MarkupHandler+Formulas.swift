/// Formulas, in MathML and in TeX, and their further forms.
extension MarkupHandler {
    /// Whether an element inside `alternatives` is another form of a formula that was taken already.
    func isPassedOver(_ element: MarkupElement) -> Bool {
        guard let taken = alternatives.last, taken else { return false }
        return frames.last?.role == .alternatives
    }

    mutating func takeAlternative() {
        if frames.last?.role == .alternatives { alternatives[alternatives.count - 1] = true }
    }

    mutating func balance(_ rule: MarkupRule, source: Int, written: Int) {
        if written >= source { counts.add(rule, written - source) } else { counts.remove(rule, source - written) }
    }

    mutating func endFormula() {
        guard let done = formula else { return }
        formula = nil
        write(formula: done.latex, source: done.visible)
    }

    mutating func write(formula latex: String, source: Int) {
        let isFirst = buffer.isEmpty
        if latex.isEmpty { return balance(.mathematics, source: source, written: 0) }
        if hasSpace { appendSpace() }
        let bytes = Array("$\(latex)$".utf8)
        balance(.mathematics, source: source, written: MarkupTextCounter.scalars(bytes).visible)
        buffer += bytes
        if isFirst { formulaEnd = buffer.count }
    }

    /// TeX of articles comes as a whole document around one formula.
    mutating func endTeX() {
        codeDepth -= 1
        guard texStart >= 0, texStart <= buffer.count else { return }
        let raw = String(decoding: buffer[texStart...], as: UTF8.self)
        let source = MarkupTextCounter.scalars(Array(buffer[texStart...])).visible
        buffer.removeSubrange(texStart...)
        texStart = -1
        var body = Substring(raw)
        if let begin = body.firstRange(of: "\\begin{document}") { body = body[begin.upperBound...] }
        if let end = body.firstRange(of: "\\end{document}") { body = body[..<end.lowerBound] }
        func isPadding(_ character: Character) -> Bool { character == "$" || character.isWhitespace }
        while let first = body.first, isPadding(first) { body.removeFirst() }
        while let last = body.last, isPadding(last) { body.removeLast() }
        let latex = body.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        write(formula: latex, source: source)
    }
}
