/// A stretch of a document's text by which its line is found in the source.
enum TextProbe {
    /// Bytes that are enough to tell a line.
    private static let longest = 160

    /// Whether a probe may be the beginning of a longer line: it was cut, at most inside of one character of four bytes.
    static func isCut(_ probe: [UInt8]) -> Bool { probe.count > longest - 5 }

    /// The line that holds byte `at` or, where that is blank, the next one that is not; without white space around it, cut at a character.
    static func line(of text: [UInt8], at: Int) -> [UInt8] {
        var start = max(0, min(at, text.count))
        while start > 0, text[start - 1] != 0x0A { start -= 1 }
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            var line = text[start..<end]
            while let first = line.first, isBlank(first) { line.removeFirst() }
            while let last = line.last, isBlank(last) { line.removeLast() }
            if !line.isEmpty {
                var cut = line.prefix(longest)
                // Not inside a character.
                if cut.count < line.count { while let last = cut.last, last & 0xC0 == 0x80 { cut.removeLast() } }
                if cut.count < line.count, let last = cut.last, last & 0x80 != 0 { cut.removeLast() }
                return Array(cut)
            }
            start = end + 1
        }
        return []
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
