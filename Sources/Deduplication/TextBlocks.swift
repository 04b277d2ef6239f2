import Glibc

/// Cuts a text into blocks that can be repeated as a whole, without white space at their ends.
public enum TextBlocks {
    /// Lines that are not blank.
    public static func lines(_ text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        forEachLine(text) { line, isBlank in if !isBlank { blocks.append(trimmed(line, text)) } }
        return blocks
    }

    /// Paragraphs: lines with nothing but white space between two of them.
    public static func paragraphs(_ text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        var isOpen = false
        forEachLine(text) { line, isBlank in
            if isBlank {
                isOpen = false
                return
            }
            let line = trimmed(line, text)
            if isOpen {
                blocks[blocks.count - 1] = blocks[blocks.count - 1].lowerBound..<line.upperBound
            } else {
                blocks.append(line)
            }
            isOpen = true
        }
        return blocks
    }

    private static func forEachLine(_ text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, Bool) -> Void) {
        guard let base = text.baseAddress else { return }
        var start = 0
        while start < text.count {
            let left = text.count - start
            let hit = memchr(base + start, 0x0A, left)
            let end = hit.map { start + UnsafeRawPointer(base + start).distance(to: $0) } ?? text.count
            body(start..<end, (start..<end).allSatisfy { isWhite(text[$0]) })
            start = end + 1
        }
    }

    private static func trimmed(_ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isWhite(text[start]) { start += 1 }
        while end > start, isWhite(text[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
