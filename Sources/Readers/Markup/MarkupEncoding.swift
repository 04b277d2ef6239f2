import Glibc

/// The bytes of a markup document as UTF-8, by byte order mark, by what the document states, or as UTF-8.
enum MarkupEncoding {
    /// How far the statement may stand from the beginning: what the HTML standard lets browsers look at.
    private static let prescan = 1024

    static func decode(
        _ bytes: UnsafeRawBufferPointer, name: String, isHTML: Bool, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if TextEncoding(byteOrderMark: bytes) == nil, UTF8Validation.firstBadByte(bytes) != nil {
            let found = statement(in: bytes)
            if isHTML, found?.lowercased() ?? "utf-8" == "utf-8", isMostlyUTF8(bytes) {
                // Stray bytes in a page of UTF-8: browsers show the replacement character.
                return try Array(String(decoding: bytes, as: UTF8.self).utf8).withUnsafeBytes { try body($0) }
            }
            let stated = found ?? (isHTML ? "windows-1252" : "UTF-8")
            // Latin 1 in a page means windows-1252, says the HTML standard.
            let isLatin = ["iso-8859-1", "latin1", "us-ascii", "ascii"].contains(stated.lowercased())
            let encoding = isHTML && isLatin ? "windows-1252" : stated
            if encoding.lowercased() != "utf-8" {
                let converted = try convert(bytes, from: encoding, name: name)
                return try converted.withUnsafeBytes { try body($0) }
            }
        }
        try XMLText.decode(bytes, name: name, body)
    }

    /// Whether nearly all bytes beyond ASCII belong to sequences of UTF-8.
    private static func isMostlyUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var good = 0
        var bad = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let length =
                byte < 0x80
                ? 1
                : byte >= 0xC2 && byte < 0xE0
                    ? 2 : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xF0 && byte < 0xF5 ? 4 : 0
            let isWhole =
                length > 0 && index + length <= bytes.count
                && bytes[(index + 1)..<(index + length)].allSatisfy { $0 & 0xC0 == 0x80 }
            if byte >= 0x80 { if isWhole { good += 1 } else { bad += 1 } }
            index += isWhole ? length : 1
        }
        return good > 0 && bad <= good / 2
    }

    /// The value of the first `encoding=` or `charset=` near the beginning.
    private static func statement(in bytes: UnsafeRawBufferPointer) -> String? {
        let head = Array(bytes.prefix(prescan))
        for key in ["encoding", "charset"] {
            let wanted = Array(key.utf8)
            guard head.count > wanted.count else { continue }
            for start in 0..<head.count - wanted.count
            where head[start..<start + wanted.count].elementsEqual(wanted, by: { $0 | 0x20 == $1 }) {
                var index = start + wanted.count
                func skip(_ allowed: [UInt8]) { while index < head.count, allowed.contains(head[index]) { index += 1 } }
                skip([0x20, 0x09, 0x0A, 0x0D])
                guard index < head.count, head[index] == UInt8(ascii: "=") else { continue }
                index += 1
                skip([0x20, 0x09, 0x0A, 0x0D, 0x22, 0x27])
                let first = index
                while index < head.count, head[index] > 0x20,
                    ![0x22, 0x27, UInt8(ascii: ">"), UInt8(ascii: ";"), UInt8(ascii: "?")].contains(head[index])
                { index += 1 }
                if index > first { return String(decoding: head[first..<index], as: UTF8.self) }
            }
        }
        return nil
    }

    private static func convert(_ bytes: UnsafeRawBufferPointer, from encoding: String, name: String) throws -> [UInt8]
    {
        let isName = encoding.utf8.allSatisfy {
            $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2D
                || $0 == 0x5F || $0 == 0x3A
        }
        let descriptor = isName ? iconv_open("UTF-8", encoding) : nil
        guard let descriptor, descriptor != iconv_t(bitPattern: -1) else {
            throw ReadFailure.malformed(
                path: name, place: "stated encoding", expected: "one that is known here", found: encoding)
        }
        defer { iconv_close(descriptor) }
        var out = [UInt8](repeating: 0, count: bytes.count * 3 + 16)
        var left = bytes.count
        var room = out.count
        let status = out.withUnsafeMutableBytes { target -> Int in
            var input: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(
                mutating: bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
            var output: UnsafeMutablePointer<CChar>? = target.baseAddress!.assumingMemoryBound(to: CChar.self)
            while true {
                let status = iconv(descriptor, &input, &left, &output, &room)
                if status != -1 || left == 0 || errno != EILSEQ {
                    return Int(bitPattern: UInt(bitPattern: Int(status)))
                }
                // Pages state one encoding and hold stray bytes of another: the replacement character stands for each.
                input = input.map { $0 + 1 }
                left -= 1
                if room < 3 { return -1 }
                for byte in [0xEF, 0xBF, 0xBD] as [UInt8] {
                    output!.pointee = CChar(bitPattern: byte)
                    output = output! + 1
                    room -= 1
                }
            }
        }
        if status == -1, left > 0 {
            throw ReadFailure.encoding(
                path: name, offset: bytes.count - left, expected: encoding, advice: "state the right encoding")
        }
        out.removeLast(room)
        return out
    }
}
