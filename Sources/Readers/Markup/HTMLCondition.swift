/// `<![if …]>`, `<![else]>` and `<![endif]>`: conditions for old browsers that stand outside comments. Every other browser passes them
/// over; their content is text.
enum HTMLCondition {
    /// Whether one begins at `start`.
    static func begins(_ text: UnsafeRawBufferPointer, at start: Int) -> Bool {
        for name in ["if", "endif", "else"] {
            let end = start + 3 + name.utf8.count
            guard end < text.count, !isLetter(text[end]) else { continue }
            let found = text[start + 3..<end]
            if found.elementsEqual(name.utf8, by: { $0 | 0x20 == $1 }) { return true }
        }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }
}
