/// White space as Python's `str.isspace` knows it, and the line breaks of `str.splitlines`, in UTF-8.
enum WhiteSpace {

    /// Whether the byte at `index`, which is no continuation of a white space, belongs to a word.
    @inline(__always)
    static func isChunk(_ text: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Bool {
        let byte = text[index]
        if byte > 0x20, byte < 0xC2 { return true }
        if byte <= 0x20 { return !(byte == 0x20 || byte &- 0x09 < 5 || byte >= 0x1C) }
        return byte == 0xC2 || byte &- 0xE1 < 3 ? !isWide(text, index, count) : true
    }

    /// Where the word that begins at `index` ends.
    @inline(__always)
    static func chunkEnd(_ text: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Int {
        var index = index
        while index &+ 8 <= count {
            let bytes = UnsafeRawPointer(text + index).loadUnaligned(as: UInt64.self)
            // The top bit of every byte up to 0x20 and of every one that is no ASCII; above the first it may err.
            let ends = (((bytes &- 0x2121_2121_2121_2121) & ~bytes) | bytes) & 0x8080_8080_8080_8080
            if ends == 0 {
                index &+= 8
                continue
            }
            index &+= ends.trailingZeroBitCount &>> 3
            if !isChunk(text, index, count) { return index }
            index &+= 1
        }
        while index < count, isChunk(text, index, count) { index &+= 1 }
        return index
    }

    private static func isWide(_ text: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Bool {
        let byte = text[index]
        if index + 1 >= count { return false }
        let second = text[index + 1]
        if byte == 0xC2 { return second == 0x85 || second == 0xA0 }
        if index + 2 >= count { return false }
        let third = text[index + 2]
        switch (byte, second) {
        case (0xE1, 0x9A): return third == 0x80
        case (0xE2, 0x80): return third >= 0x80 && third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF
        case (0xE2, 0x81): return third == 0x9F
        case (0xE3, 0x80): return third == 0x80
        default: return false
        }
    }

    /// Whether the white space at `index` breaks a line.
    @inline(__always)
    static func breaksLine(_ text: UnsafePointer<UInt8>, _ index: Int) -> Bool {
        let byte = text[index]
        if byte < 0x80 { return byte &- 0x0A < 4 || byte &- 0x1C < 3 }
        if byte == 0xC2 { return text[index + 1] == 0x85 }
        return byte == 0xE2 && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8
    }
}
