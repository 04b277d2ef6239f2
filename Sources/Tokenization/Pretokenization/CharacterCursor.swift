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
        while index < end {
            let (found, next) = character(at: index)
            if found != kind { break }
            index = next
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
