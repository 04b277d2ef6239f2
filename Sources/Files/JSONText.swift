/// Writes JSON strings straight into bytes, for records too many to go through `JSONValue`.
public enum JSONText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Appends a quoted string. Valid UTF-8 in, valid JSON out; `asciiOnly` escapes everything beyond ASCII.
    public static func append(_ text: String, to out: inout [UInt8], asciiOnly: Bool = false) {
        if asciiOnly {
            out.append(UInt8(ascii: "\""))
            for unit in text.utf16 {
                if unit < 0x80 { appendEscaped(UInt8(unit), &out) } else { appendUnicodeEscape(unit, &out) }
            }
            out.append(UInt8(ascii: "\""))
        } else {
            var text = text
            text.withUTF8 { append(UnsafeRawBufferPointer($0), to: &out) }
        }
    }

    /// Appends the quoted form of bytes that are valid UTF-8. Cost: one copy of each run without a character to escape.
    public static func append(_ utf8: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        // A long text would make the array grow to twice its size.
        if utf8.count > 1 << 20 { out.reserveCapacity(out.count + utf8.count + utf8.count / 16 + 1024) }
        out.append(UInt8(ascii: "\""))
        var runStart = 0
        for index in 0..<utf8.count {
            let byte = utf8[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0x7F { continue }
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: utf8[runStart..<index]))
            appendEscaped(byte, &out)
            runStart = index + 1
        }
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: utf8[runStart..<utf8.count]))
        out.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ byte: UInt8, _ out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): out += "\\\"".utf8
        case UInt8(ascii: "\\"): out += "\\\\".utf8
        case 0x0A: out += "\\n".utf8
        case 0x0D: out += "\\r".utf8
        case 0x09: out += "\\t".utf8
        case 0x08: out += "\\b".utf8
        case 0x0C: out += "\\f".utf8
        case 0..<0x20: appendUnicodeEscape(UInt16(byte), &out)
        default: out.append(byte)
        }
    }

    private static func appendUnicodeEscape(_ unit: UInt16, _ out: inout [UInt8]) {
        out += "\\u".utf8
        for shift in [12, 8, 4, 0] { out.append(digits[Int(unit >> UInt16(shift)) & 15]) }
    }
}
