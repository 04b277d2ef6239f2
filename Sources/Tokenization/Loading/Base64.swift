/// Base 64, with the signs + and / and padding.
enum Base64 {
    private static let values: [Int8] = {
        var values = [Int8](repeating: -1, count: 256)
        for (value, sign) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            values[Int(sign)] = Int8(value)
        }
        return values
    }()

    /// The bytes of a text; nil where a sign or the padding is wrong.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for sign in text {
            if sign == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            let value = values[Int(sign)]
            guard value >= 0, padding == 0 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return padding <= 2 ? out : nil
    }
}
