import Documents

/// Places of a text that become something else, in order and without overlap; what happens to them is booked by rule.
struct TextEdits {
    private struct Edit {
        var start: Int
        var end: Int
        var replacement: Range<Int>
        var rule: Int
    }

    private var edits: [Edit] = []
    /// All replacements, one behind the other.
    private var pool: [UInt8] = []
    private let rules: [String]

    /// No edits; `rules` are the names in the ledger, told apart by their index.
    init(rules: [String]) { self.rules = rules }

    var isEmpty: Bool { edits.isEmpty }

    /// Replaces the bytes of `range`, which must begin and end between scalars and not before the last edit.
    mutating func replace(_ range: Range<Int>, with text: some Sequence<UInt8>, rule: Int) {
        let start = pool.count
        pool += text
        edits.append(Edit(start: range.lowerBound, end: range.upperBound, replacement: start..<pool.count, rule: rule))
    }

    /// Edits the text of `document`, moves its spans with the text (a span left empty goes) and books every scalar taken out and put in.
    /// A ledger that closed before still closes.
    func apply(to document: inout Document) {
        if edits.isEmpty { return }
        var out: [UInt8] = []
        out.reserveCapacity(document.text.count + pool.count)
        var removed = [Int](repeating: 0, count: rules.count)
        var added = removed
        // Where the text behind each edit stands now.
        var newEnds: [Int] = []
        newEnds.reserveCapacity(edits.count)
        document.text.withUnsafeBytes { text in
            var cursor = 0
            for edit in edits {
                out += text[cursor..<edit.start]
                out += pool[edit.replacement]
                newEnds.append(out.count)
                removed[edit.rule] += unicodeScalarCount(UnsafeRawBufferPointer(rebasing: text[edit.start..<edit.end]))
                pool.withUnsafeBytes {
                    added[edit.rule] += unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[edit.replacement]))
                }
                cursor = edit.end
            }
            out += text[cursor...]
        }
        document.text = out
        for (index, rule) in rules.enumerated() {
            document.ledger.remove(removed[index], rule: rule)
            document.ledger.add(added[index], rule: rule)
            document.ledger.written += added[index] - removed[index]
        }
        move(&document.spans, newEnds, out.count)
    }

    private func move(_ spans: inout [TextSpan], _ newEnds: [Int], _ length: Int) {
        var kept = 0
        for index in spans.indices {
            var span = spans[index]
            let wasEmpty = span.start >= span.end
            span.start = newOffset(span.start, newEnds, length)
            span.end = newOffset(span.end, newEnds, length)
            if span.start >= span.end, !wasEmpty { continue }
            spans[kept] = span
            kept += 1
        }
        spans.removeSubrange(kept...)
    }

    /// Where the old offset stands now; one inside of an edit stands behind it, so that spans side by side stay so.
    private func newOffset(_ old: Int, _ newEnds: [Int], _ length: Int) -> Int {
        // The first edit that ends behind the offset.
        var low = 0
        var high = edits.count
        while low < high {
            let middle = (low + high) / 2
            if edits[middle].end <= old { low = middle + 1 } else { high = middle }
        }
        if low < edits.count, edits[low].start < old { return newEnds[low] }
        let moved = low == 0 ? old : old &- edits[low - 1].end &+ newEnds[low - 1]
        return min(moved, length)
    }
}
