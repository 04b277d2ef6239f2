import Documents

/// A text being written again without some of its spans.
struct BoilerplateRemoval {
    private let text: [UInt8]
    private let rules: [BoilerplateRule]
    private var out: [UInt8] = []
    private var spans: [TextSpan] = []
    private var removed: [Int]
    /// Up to where the text is decided.
    private var position = 0

    init(text: [UInt8], rules: [BoilerplateRule]) {
        self.text = text
        self.rules = rules
        removed = [Int](repeating: 0, count: rules.count)
        out.reserveCapacity(text.count)
    }

    /// Keeps all up to the end of the span.
    mutating func keep(_ span: TextSpan) {
        copy(upTo: span.end)
        let shift = position - out.count
        spans.append(TextSpan(kind: span.kind, start: span.start - shift, end: span.end - shift, level: span.level))
    }

    /// Takes a run of spans out, each by the rule of its index, with the white space among them. `gap` reaches from the span before the
    /// run, or the beginning, to the span behind it, or the end. Between the neighbours the longer white space stays, at the ends of the
    /// text none. Text between spans that is not white space stays.
    mutating func take(_ run: ArraySlice<TextSpan>, by takers: [Int], gap: Range<Int>, isFirst: Bool, isLast: Bool) {
        guard let first = run.first, let last = run.last else { return }
        let before = gap.lowerBound..<first.start
        let after = last.end..<gap.upperBound
        var takesBefore = isBlank(before)
        var takesAfter = isBlank(after)
        if !isFirst, !isLast {
            if takesBefore, takesAfter {
                takesBefore = before.count < after.count
                takesAfter = !takesBefore
            } else {
                takesBefore = false
                takesAfter = false
            }
        }
        copy(upTo: takesBefore ? before.lowerBound : first.start)
        for (span, taker) in zip(run, takers) {
            if !isBlank(position..<max(position, span.start)) { copy(upTo: span.start) }
            drop(upTo: span.end, taker)
        }
        if takesAfter { drop(upTo: after.upperBound, takers[takers.count - 1]) }
    }

    /// Puts the result into the document and books what went.
    mutating func finish(_ document: inout Document) {
        copy(upTo: text.count)
        document.text = out
        document.spans = spans
        for (rule, count) in zip(rules, removed) where count > 0 {
            document.ledger.remove(count, rule: BoilerplateRules.ledgerPrefix + rule.name)
            document.ledger.written -= count
        }
    }

    private func isBlank(_ range: Range<Int>) -> Bool {
        text[range].allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    }

    private mutating func copy(upTo end: Int) {
        if end > position { out += text[position..<end] }
        position = max(position, end)
    }

    private mutating func drop(upTo end: Int, _ rule: Int) {
        if end <= position { return }
        text.withUnsafeBytes {
            removed[rule] += unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[position..<end]))
        }
        position = end
    }
}
