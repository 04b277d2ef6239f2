/// The byte alphabet of GPT-2: every byte is written as a printable character, so that tokens are strings.
///
/// The bytes of printable Latin-1 stand for themselves; the others get U+0100, U+0101, … in their order.
enum ByteAlphabet {
    /// The code point that each byte is written as, all below U+0144.
    static let codePoints: [UInt16] = {
        var table = [UInt16](repeating: 0, count: 256)
        var next: UInt16 = 256
        for byte in UInt16(0)..<256 {
            if (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174 {
                table[Int(byte)] = byte
            } else {
                table[Int(byte)] = next
                next += 1
            }
        }
        return table
    }()

    /// The byte that each code point stands for, -1 where it stands for none.
    static let bytes: [Int16] = {
        var table = [Int16](repeating: -1, count: 0x144)
        for (byte, codePoint) in codePoints.enumerated() { table[Int(codePoint)] = Int16(byte) }
        return table
    }()

    /// The bytes in the order of their code points: the order of the initial alphabet of a trained vocabulary.
    static let bytesByCodePoint: [UInt8] = (UInt8.min...UInt8.max).sorted {
        codePoints[Int($0)] < codePoints[Int($1)]
    }

    /// Appends the bytes that `written` stands for; false, with nothing appended, where a character is not of the alphabet.
    static func appendBytes(of written: UnsafeRawBufferPointer, to out: inout [UInt8]) -> Bool {
        let start = out.count
        var index = 0
        while index < written.count {
            let first = written[index]
            // Printable ASCII stands for itself.
            if first > 0x20, first < 0x7F {
                out.append(first)
                index += 1
                continue
            }
            var codePoint = Int(first)
            if first >= 0x80 {
                guard first & 0xE0 == 0xC0, index + 1 < written.count else { break }
                codePoint = Int(first & 0x1F) << 6 | Int(written[index + 1] & 0x3F)
                index += 1
            }
            guard codePoint < bytes.count, bytes[codePoint] >= 0 else { break }
            out.append(UInt8(bytes[codePoint]))
            index += 1
        }
        if index >= written.count { return true }
        out.removeLast(out.count - start)
        return false
    }

    /// Appends `bytes` as they are written.
    static func appendWritten(_ bytes: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        for byte in bytes {
            let codePoint = codePoints[Int(byte)]
            if codePoint < 0x80 {
                out.append(UInt8(codePoint))
            } else {
                out.append(UInt8(0xC0 | codePoint >> 6))
                out.append(UInt8(0x80 | codePoint & 0x3F))
            }
        }
    }
}
