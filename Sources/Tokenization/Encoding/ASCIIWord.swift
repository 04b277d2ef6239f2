/// ASCII letters and digits.
enum ASCIIWord {
    static func contains(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte < 0x3A) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
}
