import Documents
import Glibc

/// Writes the blocks of a document as Markdown, with a span for each, and counts every scalar it adds.
struct BlockWriter {
    /// A block that waits for its turn: the content of a text box.
    struct Block {
        var kind: TextSpan.Kind
        var level: Int
        var isTight: Bool
        var text: [UInt8]
    }

    private(set) var text: [UInt8] = []
    private(set) var spans: [TextSpan] = []
    /// Lines of code that will be one fenced block.
    private var code: [UInt8] = []
    private var hasCode = false
    private var lastIsTight = false

    /// Hands the text over; the writer has none afterwards.
    mutating func takeText() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &text)
        return taken
    }

    mutating func reserve(_ count: Int) { text.reserveCapacity(count) }

    /// Writes one block. Consecutive tight blocks of one kind stand on consecutive lines; consecutive code becomes one fence.
    mutating func write(
        _ kind: TextSpan.Kind, level: Int, isTight: Bool, _ content: UnsafeRawBufferPointer,
        _ counts: inout WordCounts
    ) {
        if kind == .code {
            if hasCode {
                code.append(0x0A)
                counts.add(.separator, 1)
            }
            hasCode = true
            code.append(contentsOf: content)
            return
        }
        flushCode(&counts)
        separate(isTight: isTight && lastIsTight && spans.last?.kind == kind, &counts)
        let start = text.count
        if level > 0 {
            for _ in 0..<min(level, 6) { text.append(UInt8(ascii: "#")) }
            text.append(0x20)
            counts.add(.heading, min(level, 6) + 1)
        }
        text.append(contentsOf: content)
        spans.append(TextSpan(kind: kind, start: start, end: text.count, level: level))
        lastIsTight = isTight
    }

    private mutating func separate(isTight: Bool, _ counts: inout WordCounts) {
        if text.isEmpty { return }
        text.append(0x0A)
        if !isTight { text.append(0x0A) }
        counts.add(.separator, isTight ? 1 : 2)
    }

    /// Closes the fenced block that is open, if any. Empty lines at its ends are dropped.
    mutating func flushCode(_ counts: inout WordCounts) {
        if !hasCode { return }
        hasCode = false
        var start = 0
        var end = code.count
        // Whole empty lines go from the front; the indentation of the first line with content stays.
        var index = 0
        while index < end, code[index] == 0x0A || code[index] == 0x20 || code[index] == 0x09 {
            index += 1
            if code[index - 1] == 0x0A { start = index }
        }
        if index == end { start = end }
        while end > start, code[end - 1] == 0x0A || code[end - 1] == 0x20 || code[end - 1] == 0x09 { end -= 1 }
        counts.remove(.whiteSpace, start + code.count - end)
        if end > start {
            separate(isTight: false, &counts)
            let fence = max(3, longestRun(ofBackticksIn: start..<end) + 1)
            let first = text.count
            text.append(contentsOf: repeatElement(UInt8(ascii: "`"), count: fence))
            let language = code.withUnsafeBytes { CodeLanguage.name(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
            text += language.utf8
            text.append(0x0A)
            text.append(contentsOf: code[start..<end])
            text.append(0x0A)
            text.append(contentsOf: repeatElement(UInt8(ascii: "`"), count: fence))
            counts.add(.codeFence, 2 * fence + 2 + language.utf8.count)
            spans.append(TextSpan(kind: .code, start: first, end: text.count))
        }
        code.removeAll(keepingCapacity: true)
        lastIsTight = false
    }

    private func longestRun(ofBackticksIn range: Range<Int>) -> Int {
        var longest = 0
        var run = 0
        for index in range {
            run = code[index] == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest >= 3 ? longest : 2
    }
}

/// Counts of scalars by rule, flat.
struct WordCounts {
    private var added = [Int](repeating: 0, count: WordRule.allCases.count)
    private var removed = [Int](repeating: 0, count: WordRule.allCases.count)

    @inline(__always) mutating func add(_ rule: WordRule, _ count: Int) { added[rule.rawValue] &+= count }
    @inline(__always) mutating func remove(_ rule: WordRule, _ count: Int) { removed[rule.rawValue] &+= count }

    func ledger(source: Int, written: Int) -> ExtractionLedger {
        var ledger = ExtractionLedger(source: source, written: written)
        for rule in WordRule.allCases {
            // A rule may take back part of what it added; the balance counts the difference.
            if added[rule.rawValue] != 0 { ledger.add(added[rule.rawValue], rule: rule.name) }
            if removed[rule.rawValue] != 0 { ledger.remove(removed[rule.rawValue], rule: rule.name) }
        }
        return ledger
    }
}
