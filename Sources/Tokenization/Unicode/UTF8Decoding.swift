/// Decoding of UTF-8 that may be broken: a byte that begins no character is a code point beyond Unicode, one byte long.
enum UTF8Decoding {
    /// Stands for a byte that is not part of a character.
    static let broken: UInt32 = 0x110000

    /// The character that begins at `index`, below `end`: its code point and its bytes.
    @inline(__always)
    static func character(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int) -> (codePoint: UInt32, count: Int) {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 {
            guard first >= 0xC2, index &+ 1 < end else { return (broken, 1) }
            let second = UInt32(bytes[index &+ 1])
            guard second & 0xC0 == 0x80 else { return (broken, 1) }
            return ((first & 0x1F) << 6 | second & 0x3F, 2)
        }
        if first < 0xF0 {
            guard index &+ 2 < end else { return (broken, 1) }
            let second = UInt32(bytes[index &+ 1])
            let third = UInt32(bytes[index &+ 2])
            guard second & 0xC0 == 0x80, third & 0xC0 == 0x80 else { return (broken, 1) }
            let codePoint = (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
            guard codePoint >= 0x800, codePoint & 0x1F_F800 != 0xD800 else { return (broken, 1) }
            return (codePoint, 3)
        }
        guard first < 0xF5, index &+ 3 < end else { return (broken, 1) }
        let second = UInt32(bytes[index &+ 1])
        let third = UInt32(bytes[index &+ 2])
        let fourth = UInt32(bytes[index &+ 3])
        guard second & 0xC0 == 0x80, third & 0xC0 == 0x80, fourth & 0xC0 == 0x80 else { return (broken, 1) }
        let codePoint = (first & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | fourth & 0x3F
        guard codePoint >= 0x1_0000, codePoint < 0x11_0000 else { return (broken, 1) }
        return (codePoint, 4)
    }

    /// The character that ends at `end`, above `start`, and where it begins.
    static func characterBefore(
        _ bytes: UnsafePointer<UInt8>, _ end: Int, from start: Int
    ) -> (codePoint: UInt32, first: Int) {
        var first = end - 1
        while first > start, end - first < 4, bytes[first] & 0xC0 == 0x80 { first -= 1 }
        let (codePoint, count) = character(bytes, first, end)
        return first + count == end ? (codePoint, first) : (broken, end - 1)
    }

    /// Appends a code point as UTF-8.
    static func append(_ codePoint: UInt32, to out: inout [UInt8]) {
        switch codePoint {
        case ..<0x80: out.append(UInt8(codePoint))
        case ..<0x800:
            out.append(UInt8(0xC0 | codePoint >> 6))
            out.append(UInt8(0x80 | codePoint & 0x3F))
        case ..<0x1_0000:
            out.append(UInt8(0xE0 | codePoint >> 12))
            out.append(UInt8(0x80 | codePoint >> 6 & 0x3F))
            out.append(UInt8(0x80 | codePoint & 0x3F))
        default:
            out.append(UInt8(truncatingIfNeeded: 0xF0 | codePoint >> 18))
            out.append(UInt8(0x80 | codePoint >> 12 & 0x3F))
            out.append(UInt8(0x80 | codePoint >> 6 & 0x3F))
            out.append(UInt8(0x80 | codePoint & 0x3F))
        }
    }
}
