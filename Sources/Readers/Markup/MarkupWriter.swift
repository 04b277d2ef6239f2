import Documents

/// Writes the blocks of a document as Markdown, with a span for each.
struct MarkupWriter {
    private(set) var text: [UInt8] = []
    private(set) var spans: [TextSpan] = []
    private var lastIsTight = false
    private var code: [UInt8] = []
    private var hasCode = false

    /// The text, which is then empty here.
    mutating func takeText() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &text)
        return taken
    }

    /// Writes one block; tight ones of one kind stand on consecutive lines.
    mutating func write(
        _ kind: TextSpan.Kind, level: Int = 0, isTight: Bool = false, prefix: [UInt8] = [], _ content: [UInt8],
        _ counts: inout MarkupCounts
    ) {
        flushCode(&counts)
        separate(isTight && lastIsTight && spans.last?.kind == kind)
        let start = text.count
        if level > 0 {
            text += repeatElement(UInt8(ascii: "#"), count: min(level, 6))
            text.append(0x20)
            counts.add(.headingMark, min(level, 6))
        }
        text += prefix
        counts.add(.listLabel, MarkupTextCounter.scalars(prefix).visible)
        text += content
        spans.append(TextSpan(kind: kind, start: start, end: text.count, level: level))
        lastIsTight = isTight
    }

    /// Adds lines to the fenced block that is open, or opens one. White space only is nothing.
    mutating func writeCode(_ lines: [UInt8]) {
        if hasCode { code.append(0x0A) }
        code += lines
        hasCode = true
    }

    /// Closes the fenced block, if one is open. Empty lines at its ends are dropped.
    mutating func flushCode(_ counts: inout MarkupCounts) {
        if !hasCode { return }
        hasCode = false
        var start = 0
        var index = 0
        while index < code.count, MarkupTextCounter.isWhite(code[index]) {
            index += 1
            if code[index - 1] == 0x0A { start = index }
        }
        var end = code.count
        while end > index, MarkupTextCounter.isWhite(code[end - 1]) { end -= 1 }
        if end > index {
            separate(false)
            let fence = [UInt8](repeating: UInt8(ascii: "`"), count: max(3, longestRunOfBackticks(start..<end) + 1))
            let first = text.count
            text += fence + [0x0A]
            text += code[start..<end]
            text += [0x0A] + fence
            counts.add(.codeFence, 2 * fence.count)
            spans.append(TextSpan(kind: .code, start: first, end: text.count))
            lastIsTight = false
        }
        code.removeAll(keepingCapacity: true)
    }

    private mutating func separate(_ isTight: Bool) {
        if text.isEmpty { return }
        text.append(0x0A)
        if !isTight { text.append(0x0A) }
    }

    private func longestRunOfBackticks(_ range: Range<Int>) -> Int {
        var longest = 0
        var run = 0
        for index in range {
            run = code[index] == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
