/// Bytes of a text that were cut at a length.
enum TextCut {
    /// The text without the part of a character at its end.
    static func whole(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        var end = bytes.endIndex
        // A character has at most four bytes; its first tells how many.
        for back in 1...4 where end - back >= bytes.startIndex {
            let byte = bytes[end - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            if length > back { end -= back }
            break
        }
        return String(decoding: bytes[bytes.startIndex..<end], as: UTF8.self)
    }
}
