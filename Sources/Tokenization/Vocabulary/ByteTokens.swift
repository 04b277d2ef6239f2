/// Tokens that stand for one byte: `<0x0A>`.
enum ByteTokens {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func name(of byte: UInt8) -> String {
        let digits = [ByteTokens.digits[Int(byte >> 4)], ByteTokens.digits[Int(byte & 15)]]
        return "<0x\(String(decoding: digits, as: UTF8.self))>"
    }

    /// The byte that a token is written for, as decoders of `tokenizers` see it.
    static func byte(of token: some Collection<UInt8>) -> UInt8? {
        guard token.count == 6, token.starts(with: "<0x".utf8) else { return nil }
        let signs = Array(token)
        guard signs[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: signs[3..<5], as: UTF8.self), radix: 16)
    }
}
