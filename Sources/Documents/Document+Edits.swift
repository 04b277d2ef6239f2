extension Document {
    /// Takes `edits` out of the text, in any order; moves the spans with what stays (a span of which nothing is left goes) and books every
    /// scalar in the ledger under the rules of the edits: a ledger that closed before still closes.
    ///
    /// Where nothing takes the place of a stretch and `closesGaps`, white space that would stand double goes too: behind a stretch at the beginning of a line or
    /// of the text all of it but for the indentation of what follows, behind one that white space precedes the rest of its line's. A
    /// replacement belongs to the span it stands in. Cost: one copy of the text and a pass over the spans.
    public mutating func apply(_ edits: [TextEdit], closesGaps: Bool = true) {
        var edits = TextEdit.ordered(edits)
        for index in edits.indices where closesGaps && edits[index].replacement.isEmpty {
            let range = edits[index].range
            // What another edit says of the white space goes before.
            let next = index + 1 < edits.count ? edits[index + 1].range.lowerBound : text.count
            edits[index].range =
                range
                .lowerBound..<max(
                    range.upperBound, min(next, spaceEnd(behind: range.upperBound, start: range.lowerBound)))
        }
        guard let last = edits.last else { return }
        precondition(last.range.upperBound <= text.count, "an edit beyond the text")
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        // Where the text behind each edit stands afterwards.
        var moved: [Int] = []
        var cursor = 0
        for edit in edits {
            out += text[cursor..<edit.range.lowerBound]
            let removed = text[edit.range].withUnsafeBytes(unicodeScalarCount)
            let added = edit.replacement.withUnsafeBytes(unicodeScalarCount)
            ledger.remove(removed, rule: edit.rule)
            ledger.add(added, rule: edit.rule)
            ledger.written += added - removed
            out += edit.replacement
            moved.append(out.count)
            cursor = edit.range.upperBound
        }
        out += text[cursor...]
        var next = 0
        // Offsets come in order: the ends of spans never go back.
        func place(_ offset: Int) -> Int {
            while next < edits.count, edits[next].range.upperBound <= offset { next += 1 }
            // Inside of what goes: behind its replacement, which belongs to the span it began in.
            if next < edits.count, edits[next].range.lowerBound < offset { return moved[next] }
            return next == 0 ? offset : moved[next - 1] + offset - edits[next - 1].range.upperBound
        }
        var kept: [TextSpan] = []
        kept.reserveCapacity(spans.count)
        for var span in spans {
            let wasEmpty = span.start >= span.end
            span.start = place(span.start)
            span.end = max(span.start, place(span.end))
            if span.start < span.end || wasEmpty { kept.append(span) }
        }
        text = out
        spans = kept
    }

    /// Replaces stretches of the text by `marker`, or takes them out where it is empty, and books both under `rule`; see `apply`.
    public mutating func replace(_ ranges: [Range<Int>], by marker: [UInt8] = [], rule: String) {
        apply(ranges.map { TextEdit($0, rule: rule, replacement: marker) })
    }

    private func spaceEnd(behind end: Int, start: Int) -> Int {
        var next = end
        if start == 0 || text[start - 1] == 0x0A {
            while next < text.count, text[next] == 0x20 || (text[next] >= 0x09 && text[next] <= 0x0D) { next += 1 }
            // Indentation of what follows stays.
            if text[end..<next].contains(0x0A) { while next < text.count, text[next - 1] != 0x0A { next -= 1 } }
        } else if text[start - 1] == 0x20 || text[start - 1] == 0x09 {
            while next < text.count, text[next] == 0x20 || text[next] == 0x09 { next += 1 }
        }
        return next
    }
}
