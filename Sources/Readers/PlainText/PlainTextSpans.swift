import CKernels
import Documents
import Glibc

/// What the stretches of a text without a reader of its own are. The text itself is never changed.
enum PlainTextSpans {
    /// Paragraphs, parted by blank lines, as prose.
    static func paragraphs(_ text: UnsafeRawBufferPointer) -> [TextSpan] {
        var spans: [TextSpan] = []
        guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return spans }
        func add(_ start: Int, _ end: Int) {
            let end = base[end - 1] == 0x0D ? end - 1 : end
            spans.append(TextSpan(kind: .prose, start: start, end: end))
        }
        var start = 0
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { feeds in
            var position = 0
            while position < text.count {
                var next = 0
                let count = shardmill_find_blank_lines(
                    base + position, text.count - position, feeds.baseAddress!, feeds.count, &next)
                if spans.isEmpty { spans.reserveCapacity(count + 1) }
                for place in feeds[..<count] {
                    let feed = position + place
                    var line = feed
                    while line > start, base[line - 1] != 0x0A { line -= 1 }
                    if line > start { add(start, line - 1) }
                    start = feed + 1
                }
                position += next
            }
        }
        if start < text.count { add(start, text.count) }
        return spans
    }

    /// Headings (`#` to `######`), fenced code, pipe tables, list items and paragraphs of Markdown.
    static func markdown(_ text: UnsafeRawBufferPointer) -> [TextSpan] {
        var scan = MarkdownScan()
        forEachLine(text) { line, isBlank in
            scan.take(UnsafeRawBufferPointer(rebasing: text[line]), line, isBlank)
        }
        scan.close()
        return scan.spans
    }

    /// Calls `body` with the range of every line, without its line end, and whether it holds nothing but white space.
    private static func forEachLine(_ text: UnsafeRawBufferPointer, _ body: (Range<Int>, Bool) -> Void) {
        guard let base = text.baseAddress else { return }
        var start = 0
        while start < text.count {
            var end = text.count
            var next = text.count
            if let hit = memchr(base + start, 0x0A, text.count - start) {
                end = base.distance(to: hit)
                next = end + 1
            }
            if end > start, text[end - 1] == 0x0D { end -= 1 }
            var isBlank = true
            for index in start..<end where text[index] != 0x20 && text[index] != 0x09 {
                isBlank = false
                break
            }
            body(start..<end, isBlank)
            start = next
        }
    }

    private struct MarkdownScan {
        var spans: [TextSpan] = []
        private var open: TextSpan?
        private var fence: (mark: UInt8, length: Int)?

        mutating func close() {
            if let open { spans.append(open) }
            open = nil
        }

        private mutating func extend(_ kind: TextSpan.Kind, _ line: Range<Int>) {
            if open?.kind == kind {
                open!.end = line.upperBound
            } else {
                close()
                open = TextSpan(kind: kind, start: line.lowerBound, end: line.upperBound)
            }
        }

        mutating func take(_ line: UnsafeRawBufferPointer, _ range: Range<Int>, _ isBlank: Bool) {
            let indent = line.prefix { $0 == 0x20 }.count
            let content = UnsafeRawBufferPointer(rebasing: line.dropFirst(indent))
            if let fence {
                open?.end = range.upperBound
                let run = content.prefix { $0 == fence.mark }.count
                if indent < 4, run >= fence.length, content.dropFirst(run).allSatisfy({ $0 == 0x20 }) {
                    self.fence = nil
                    close()
                }
                return
            }
            if isBlank { return close() }
            let first = content[0]
            let run = content.prefix { $0 == first }.count
            if indent < 4, run >= 3, first == UInt8(ascii: "`") || first == UInt8(ascii: "~") {
                close()
                open = TextSpan(kind: .code, start: range.lowerBound, end: range.upperBound)
                fence = (first, run)
            } else if indent < 4, first == UInt8(ascii: "#"), run <= 6, run == content.count || content[run] == 0x20 {
                close()
                spans.append(
                    TextSpan(kind: .heading, start: range.lowerBound, end: range.upperBound, level: run))
            } else if first == UInt8(ascii: "|") {
                extend(.table, range)
            } else if isListItem(content) {
                close()
                open = TextSpan(kind: .listItem, start: range.lowerBound, end: range.upperBound)
            } else if open?.kind == .listItem {
                open!.end = range.upperBound
            } else {
                extend(.prose, range)
            }
        }

        private func isListItem(_ content: UnsafeRawBufferPointer) -> Bool {
            guard content.count > 1 else { return false }
            if [UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+")].contains(content[0]) {
                return content[1] == 0x20
            }
            let digits = content.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
            guard digits > 0, digits < 10, digits + 1 < content.count else { return false }
            let mark = content[digits]
            return (mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")")) && content[digits + 1] == 0x20
        }
    }
}
