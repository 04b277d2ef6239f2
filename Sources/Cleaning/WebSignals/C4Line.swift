import Glibc

/// C4's questions about one line.
enum C4Line {
    /// A line with a longer word is dropped, in scalars.
    static let longWordLength = 1000
    static let javascript = Array("javascript".utf8)
    static let lorem = Array("lorem ipsum".utf8)
    /// Lines that hold one of these are dropped.
    static let policies = [
        "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies",
    ]
    .map { Array($0.utf8) }
    // Every phrase has one of these in one of its words.
    private static let keys = ["cookie", "privacy", "terms", "lorem"].map { Array($0.utf8) }
    private static let citations = ["[edit]", "[citation needed]"].map { Array($0.utf8) }

    static func isSentenceMark(_ scalar: UInt32) -> Bool {
        scalar == 0x2E || scalar == 0x3F || scalar == 0x21 || scalar == 0x22 || scalar == 0x27
    }

    @inline(__always)
    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Whether the text holds lower-case ASCII `pattern` in any case.
    static func contains(_ text: UnsafePointer<UInt8>, _ length: Int, _ pattern: [UInt8]) -> Bool {
        if length < pattern.count { return false }
        return pattern.withUnsafeBufferPointer { pattern in
            let first = pattern[0]
            for start in 0...(length - pattern.count) where lower(text[start]) == first {
                var index = 1
                while index < pattern.count, lower(text[start + index]) == pattern[index] { index += 1 }
                if index == pattern.count { return true }
            }
            return false
        }
    }

    /// Which letters a text has, as bits: 1 << (letter & 31), in any case; bit 0 for what is no ASCII.
    private static func letters(_ text: [UInt8]) -> UInt32 { text.reduce(0) { $0 | 1 << UInt32($1 & 31) } }

    private static let keysLetters = keys.map(letters)
    private static let javascriptLetters = letters(javascript)

    /// Whether the letters of "javascript" are among those of a word.
    static func mayHoldJavaScript(_ letters: UInt32) -> Bool { letters & javascriptLetters == javascriptLetters }

    /// Whether a word of these letters may belong to one of the phrases; the sign for kelvin is a k in lower case.
    static func mayHoldPhrase(_ text: UnsafePointer<UInt8>, _ length: Int, _ letters: UInt32) -> Bool {
        if length < 5 { return false }
        for (index, key) in keysLetters.enumerated() where letters & key == key && contains(text, length, keys[index]) {
            return true
        }
        return letters & 1 != 0 && kelvin(text, length, from: 0) != nil
    }

    private static func kelvin(_ text: UnsafePointer<UInt8>, _ length: Int, from: Int) -> Int? {
        var index = from
        while index + 2 < length {
            if text[index] == 0xE2, text[index + 1] == 0x84, text[index + 2] == 0xAA { return index }
            index += 1
        }
        return nil
    }

    /// Whether the line holds "lorem ipsum", and whether one of the policies' phrases.
    static func phrases(_ text: UnsafePointer<UInt8>, _ length: Int) -> LinePhrases {
        if let first = kelvin(text, length, from: 0) {
            var copy = Array(UnsafeBufferPointer(start: text, count: first))
            var index = first
            while index < length {
                if kelvin(text + index, min(3, length - index), from: 0) != nil {
                    copy.append(0x6B)
                    index += 3
                } else {
                    copy.append(text[index])
                    index += 1
                }
            }
            return copy.withUnsafeBufferPointer { phrases($0.baseAddress!, $0.count) }
        }
        return LinePhrases(
            lorem: contains(text, length, lorem), policy: policies.contains { contains(text, length, $0) })
    }

    /// The line without its citations, as of an encyclopedia; nil where it has none.
    static func withoutCitations(_ text: UnsafePointer<UInt8>, _ length: Int) -> [UInt8]? {
        var copy: [UInt8] = []
        var copied = 0
        var index = 0
        while index < length {
            guard let open = memchr(text + index, 0x5B, length - index) else { break }
            let start = UnsafeRawPointer(text).distance(to: open)
            let end = citationEnd(text, start, length)
            if end > start {
                copy += UnsafeBufferPointer(start: text + copied, count: start - copied)
                copied = end
                index = end
            } else {
                index = start + 1
            }
        }
        if copied == 0 { return nil }
        return copy + UnsafeBufferPointer(start: text + copied, count: length - copied)
    }

    /// Where the citation that begins at `start` ends; `start` where none does.
    private static func citationEnd(_ text: UnsafePointer<UInt8>, _ start: Int, _ length: Int) -> Int {
        var index = start + 1
        while index < length {
            let byte = text[index]
            if byte < 0x80 {
                if byte < 0x30 || byte > 0x39 { break }
                index += 1
            } else {
                let (scalar, size) = EnglishSplitter.decode(text, index, length)
                if Unicode.Scalar(scalar)?.properties.generalCategory != .decimalNumber { break }
                index += size
            }
        }
        if index < length, text[index] == 0x5D { return index + 1 }
        for citation in citations
        where length - start >= citation.count && memcmp(text + start, citation, citation.count) == 0 {
            return start + citation.count
        }
        return start
    }
}
