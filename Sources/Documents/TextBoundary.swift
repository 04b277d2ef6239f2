/// Where a text may be cut when a stretch of it goes.
public enum TextBoundary: String, Sendable, CaseIterable {
    /// Between two characters of UTF-8.
    case character
    /// Before a sentence: behind white space that follows `.`, `!` or `?`, a blank line, or around a line of a table, a heading or a list; behind a line that ends with `;` or `:`.
    case sentence
    /// Before a line.
    case line

    /// The smallest stretch between boundaries that holds `range`, without white space at its end.
    public func widened(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        if range.isEmpty { return range }
        var start = range.lowerBound
        while start > 0, !begins(at: start, text) { start -= 1 }
        var end = range.upperBound
        while end < text.count, !begins(at: end, text) { end += 1 }
        if self != .character { while end > range.upperBound, TextBoundary.isWhite(text[end - 1]) { end -= 1 } }
        return start..<end
    }

    /// The longest stretch between boundaries inside `range`, without white space at its end; nil where there is none. The end of the
    /// text and what only white space parts from a boundary are boundaries.
    public func narrowed(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var start = range.lowerBound
        while start < range.upperBound, !begins(at: start, text) { start += 1 }
        var end = range.upperBound
        while end > start, !ends(at: end, text) {
            end -= 1
            // Of white space only the beginning is asked: every other place of it looks at the same.
            while end > start, end < text.count, TextBoundary.isWhite(text[end]), TextBoundary.isWhite(text[end - 1]) {
                end -= 1
            }
        }
        if self != .character { while end > start, TextBoundary.isWhite(text[end - 1]) { end -= 1 } }
        return start < end ? start..<end : nil
    }

    /// Whether what `begins` looks for stands at `place` or only white space behind it.
    private func ends(at place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if self == .character { return place == text.count || begins(at: place, text) }
        var next = place
        if self == .line {
            while next < text.count, TextBoundary.isWhite(text[next]), text[next] != 0x0A { next += 1 }
            return next == text.count || text[next] == 0x0A || begins(at: next, text)
        }
        while next < text.count, TextBoundary.isWhite(text[next]) { next += 1 }
        return next == text.count || begins(at: next, text)
    }

    /// Whether a stretch may begin at `place`.
    private func begins(at place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if place == 0 { return true }
        switch self {
        case .character: return text[place] & 0xC0 != 0x80
        case .line: return text[place - 1] == 0x0A
        case .sentence: return TextBoundary.beginsSentence(at: place, text)
        }
    }

    private static func beginsSentence(at place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if isWhite(text[place]) || !isWhite(text[place - 1]) { return false }
        var before = place
        var lineFeeds = 0
        while before > 0, isWhite(text[before - 1]) {
            before -= 1
            if text[before] == 0x0A { lineFeeds += 1 }
        }
        if before == 0 || lineFeeds > 1 { return true }
        if lineFeeds == 1 {
            if isMark(text[place]) { return true }
            var start = before
            while start > 0, text[start - 1] != 0x0A { start -= 1 }
            while start < before, isWhite(text[start]) { start += 1 }
            if text[start] == UInt8(ascii: "|") || text[start] == UInt8(ascii: "#") { return true }
            // Items of a list end with these, and what leads to the list.
            if text[before - 1] == UInt8(ascii: ";") || text[before - 1] == UInt8(ascii: ":") { return true }
        }
        var last = before - 1
        while last > 0, isClosing(text[last]) { last -= 1 }
        return text[last] == UInt8(ascii: ".") || text[last] == UInt8(ascii: "!") || text[last] == UInt8(ascii: "?")
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "|") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*")
    }

    private static func isClosing(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: ")")
            || byte == UInt8(ascii: "]")
            || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "_")
    }

    private static func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
