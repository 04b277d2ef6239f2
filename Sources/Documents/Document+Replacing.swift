extension Document {
    /// Replaces stretches of the text by `marker`, or takes them out where it is empty, and books both under `rule`.
    ///
    /// `ranges` are in order and do not overlap. With an empty marker white space that would stand double goes too: behind a stretch at the
    /// beginning of a line or of the text all of it, behind one that white space precedes the rest of its line's. Spans shrink; those of
    /// which nothing is left go.
    public mutating func replace(_ ranges: [Range<Int>], by marker: [UInt8] = [], rule: String) {
        if ranges.isEmpty { return }
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        // Where each stretch of the old text that stays begins, in the old text and in the new one.
        var oldStarts = [0]
        var newStarts = [0]
        var oldEnds: [Int] = []
        var position = 0
        var removed = 0
        for range in ranges {
            let start = max(range.lowerBound, position)
            var end = max(range.upperBound, start)
            if start == end { continue }
            if marker.isEmpty { end = spaceEnd(behind: end, start: start) }
            out += text[position..<start]
            oldEnds.append(start)
            removed += scalars(start..<end)
            out += marker
            position = end
            oldStarts.append(end)
            newStarts.append(out.count)
        }
        out += text[position...]
        oldEnds.append(text.count)
        let added = marker.withUnsafeBytes(unicodeScalarCount) * (oldStarts.count - 1)
        spans = spans.compactMap { span in
            var moved = span
            moved.start = Document.moved(span.start, oldStarts, oldEnds, newStarts, isEnd: false)
            moved.end = Document.moved(span.end, oldStarts, oldEnds, newStarts, isEnd: true)
            return moved.start < moved.end ? moved : nil
        }
        text = out
        ledger.remove(removed, rule: rule)
        ledger.add(added, rule: rule)
        ledger.written += added - removed
    }

    private func scalars(_ range: Range<Int>) -> Int {
        text.withUnsafeBytes { unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private func spaceEnd(behind end: Int, start: Int) -> Int {
        var next = end
        if start == 0 || text[start - 1] == 0x0A {
            while next < text.count, text[next] == 0x20 || (text[next] >= 0x09 && text[next] <= 0x0D) { next += 1 }
            // Indentation of what follows stays.
            while next > end, next < text.count, text[next - 1] != 0x0A { next -= 1 }
        } else if text[start - 1] == 0x20 || text[start - 1] == 0x09 {
            while next < text.count, text[next] == 0x20 || text[next] == 0x09 { next += 1 }
        }
        return next
    }

    /// Where a place of the old text is in the new one; one inside a stretch that went is where it was cut. A marker belongs to a span
    /// that reaches over it.
    private static func moved(
        _ place: Int, _ oldStarts: [Int], _ oldEnds: [Int], _ newStarts: [Int], isEnd: Bool
    ) -> Int {
        var low = 0
        var high = oldStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if oldStarts[middle] < place || (oldStarts[middle] == place && !isEnd) {
                low = middle
            } else {
                high = middle - 1
            }
        }
        if place <= oldEnds[low] { return newStarts[low] + place - oldStarts[low] }
        // Inside what went: an end stays before the marker, a beginning moves behind it.
        return isEnd ? newStarts[low] + oldEnds[low] - oldStarts[low] : newStarts[low + 1]
    }
}
