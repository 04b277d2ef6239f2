import Glibc

/// A text that scanners look at around a place: beyond its ends stand zeros.
struct TextBytes {
    private let base: UnsafePointer<UInt8>?
    let count: Int

    /// Valid as long as the buffer is.
    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        base = buffer.baseAddress
        count = buffer.count
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 {
        // Inside by the test.
        index >= 0 && index < count ? base.unsafelyUnwrapped[index] : 0
    }

    /// The next place of a byte from `start` on; nil where there is none.
    func next(_ byte: UInt8, from start: Int) -> Int? {
        guard let base, start < count, let found = memchr(base + start, Int32(byte), count - start) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// The bytes of a range as a text in lower case.
    func lowercased(_ range: Range<Int>) -> String {
        String(decoding: range.map { TextBytes.isUpper(self[$0]) ? self[$0] | 0x20 : self[$0] }, as: UTF8.self)
    }

    /// The letters right before `end`, at most `limit`.
    func word(before end: Int, limit: Int = 16) -> Range<Int> {
        var start = end
        while end - start < limit, TextBytes.isLetter(self[start - 1]) { start -= 1 }
        return start..<end
    }

    /// Whether a byte is part of a word: a letter, a digit, an underline, or a part of a scalar beyond ASCII that is none of the
    /// marks and spaces of Latin-1 and General Punctuation.
    func isWord(before index: Int) -> Bool {
        let byte = self[index - 1]
        if byte < 0x80 { return TextBytes.isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
        return !isPunctuation(endingAt: index)
    }

    /// The same of what begins at `index`.
    func isWord(at index: Int) -> Bool {
        let byte = self[index]
        if byte < 0x80 { return TextBytes.isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
        // Unspaced scripts begin their words anywhere.
        return byte < 0xC3 ? self[index + 1] == 0xB5 || self[index + 1] == 0xAA || self[index + 1] == 0xBA : byte < 0xE0
    }

    /// Whether what ends before `index` is beyond the alphabets: punctuation, or a script without spaces between words.
    private func isPunctuation(endingAt index: Int) -> Bool {
        var lead = index - 1
        while index - lead < 4, self[lead] & 0xC0 == 0x80 { lead -= 1 }
        let byte = self[lead]
        return byte == 0xC2 || byte >= 0xE2
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    @inline(__always)
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }

    @inline(__always)
    static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
}
