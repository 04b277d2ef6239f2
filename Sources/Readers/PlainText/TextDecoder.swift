import Glibc

/// Turns the bytes of a text file into UTF-8, or says why not.
enum TextDecoder {
    /// Calls `body` with the text in UTF-8 and the number of scalars of a byte order mark that was taken off (0 or 1). UTF-8 is not
    /// copied: the text is then a part of `bytes`.
    static func decode<Result>(
        _ bytes: UnsafeRawBufferPointer, name: String,
        _ body: (_ text: UnsafeRawBufferPointer, _ marks: Int) throws -> Result
    ) throws -> Result {
        let stated = TextEncoding(byteOrderMark: bytes)
        if let stated, stated != .utf8 {
            let conversion = stated.converted(bytes)
            if let offset = conversion.badOffset { throw failure(name, offset, stated.rawValue) }
            return try conversion.utf8.withUnsafeBytes { text in
                try body(UnsafeRawBufferPointer(rebasing: text.dropFirst(3)), 1)
            }
        }
        guard let bad = UTF8Validation.firstBadByte(bytes) else {
            let marks = stated == .utf8 ? 1 : 0
            return try body(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(3 * marks)), marks)
        }
        let chinese = TextEncoding.gb18030.converted(bytes)
        let looksChinese = isNamedChinese(name) || isChinese(chinese.utf8)
        if !looksChinese { throw failure(name, bad, "UTF-8") }
        if let offset = chinese.badOffset { throw failure(name, offset, "GB18030") }
        return try chinese.utf8.withUnsafeBytes { try body($0, 0) }
    }

    private static func failure(_ name: String, _ offset: Int, _ expected: String) -> ReadFailure {
        .encoding(path: name, offset: offset, expected: expected, advice: "convert the file to UTF-8 with iconv")
    }

    private static func isNamedChinese(_ name: String) -> Bool {
        let lower = name.lowercased()
        return ["gb18030", "gbk", "gb2312"].contains { lower.contains($0) }
    }

    /// Characters that make up a tenth and more of Chinese prose, modern or classical, and next to nothing of bytes of another
    /// encoding read as GB18030.
    private static let frequent = Set("的一是不了在人有我他这个们中来上大为和国之曰也其以者而于，。".unicodeScalars)

    /// Whether text that converted from GB18030 is Chinese: half of it beyond ASCII and 5% of that among the most frequent characters.
    private static func isChinese(_ utf8: [UInt8]) -> Bool {
        var all = 0
        var beyond = 0
        var common = 0
        for scalar in String(decoding: utf8.prefix(1 << 16), as: UTF8.self).unicodeScalars {
            all += 1
            if scalar.value < 0x80 { continue }
            beyond += 1
            if frequent.contains(scalar) { common += 1 }
        }
        return all > 0 && beyond * 2 > all && common * 20 > beyond
    }
}
