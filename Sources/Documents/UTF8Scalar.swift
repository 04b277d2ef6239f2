/// Scalars of UTF-8 one by one.
enum UTF8Scalar {
    /// The scalar at a place and its bytes; nil and 1 where no scalar is well-formed there.
    @inline(__always)
    static func decode(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> (UInt32?, Int) {
        let first = text[at]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        if length == 0 || at &+ length > text.count { return (nil, 1) }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        for index in 1..<length {
            let byte = text[at &+ index]
            if byte & 0xC0 != 0x80 { return (nil, 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        // Too long a form, a surrogate, beyond the last scalar.
        if length == 3, scalar < 0x800 || (scalar >= 0xD800 && scalar < 0xE000) { return (nil, 1) }
        if length == 4, scalar < 0x10000 || scalar > 0x10FFFF { return (nil, 1) }
        return (scalar, length)
    }
}
