/// Reads characters and their classes from bytes that may be broken UTF-8; a broken byte is a character of class `other`.
///
/// The pointers must outlive the cursor; every index passed in must be in `0..<end`.
struct CharacterCursor {
    let bytes: UnsafePointer<UInt8>
    let end: Int
    let classes: CodePointTable

    /// The class of the character at `index`, and the index after it.
    @inline(__always)
    func character(at index: Int) -> (kind: UInt8, next: Int) {
        let first = bytes[index]
        if first < 0x80 { return (classes.values[Int(first)], index &+ 1) }
        let (codePoint, count) = UTF8Decoding.character(bytes, index, end)
        if codePoint == UTF8Decoding.broken { return (CharacterClass.other, index &+ 1) }
        return (classes[codePoint], index &+ count)
    }

    /// The end of the run of characters of class `kind` that begins at `index`.
    @inline(__always)
    func endOfRun(_ kind: UInt8, from index: Int) -> Int {
        var index = index
        if kind == CharacterClass.letter { return endOfLetters(from: index) }
        while index < end {
            let (found, next) = character(at: index)
            if found != kind { break }
            index = next
        }
        return index
    }

    /// The end of a run of letters: eight ASCII letters at a time, ideographs by their first bytes, others by their class.
    @inline(__always)
    func endOfLetters(from index: Int) -> Int {
        var index = endOfASCIILetters(from: index)
        while index < end, bytes[index] >= 0x80 {
            let afterIdeographs = endOfIdeographs(from: index)
            if afterIdeographs > index {
                index = afterIdeographs
            } else {
                let (found, next) = character(at: index)
                if found != CharacterClass.letter { break }
                index = next
            }
            if index < end, bytes[index] < 0x80 { index = endOfASCIILetters(from: index) }
        }
        return index
    }

    /// The end of a run of ASCII letters.
    @inline(__always)
    func endOfASCIILetters(from index: Int) -> Int {
        var index = index
        while index &+ 8 <= end {
            let word = UInt64(littleEndian: UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self))
            let small = (word | 0x2020_2020_2020_2020) & 0x7F7F_7F7F_7F7F_7F7F
            // The highest bit of each byte: at least a, not beyond z, and below 0x80.
            let isLetter = (small &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(small &+ 0x0505_0505_0505_0505) & ~word
            let others = ~isLetter & 0x8080_8080_8080_8080
            if others != 0 { return index &+ others.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < end, UInt8((bytes[index] | 0x20) &- 0x61) < 26 { index &+= 1 }
        return index
    }

    /// The end of a run of U+4E00 to U+9FBF, which all are letters.
    @inline(__always)
    private func endOfIdeographs(from index: Int) -> Int {
        var index = index
        while index &+ 2 < end {
            let head = UInt16(bytes[index]) &<< 8 | UInt16(bytes[index &+ 1])
            guard head >= 0xE4B8, head < 0xE9BF, head & 0xC0 == 0x80, bytes[index &+ 2] & 0xC0 == 0x80 else { break }
            index &+= 3
        }
        return index
    }

    /// The end of a run of white space, the start of its last character, and the end of its last line end (0: none).
    @inline(__always)
    func whiteSpace(from index: Int) -> (end: Int, lastCharacter: Int, afterLineEnd: Int) {
        var index = index
        var lastCharacter = index
        var afterLineEnd = 0
        while index < end {
            let (found, next) = character(at: index)
            if found < CharacterClass.space { break }
            lastCharacter = index
            index = next
            if found == CharacterClass.lineEnd { afterLineEnd = next }
        }
        return (index, lastCharacter, afterLineEnd)
    }
}
