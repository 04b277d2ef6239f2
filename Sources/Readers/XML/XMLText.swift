import Glibc

/// The bytes of an XML part as UTF-8 that is known to be well-formed.
enum XMLText {
    /// Calls `body` with the part in UTF-8, without a byte order mark. UTF-16 is converted; OOXML allows no other encoding.
    static func decode<Result>(
        _ bytes: UnsafeRawBufferPointer, name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        if let encoding = wide(bytes) {
            let conversion = encoding.converted(bytes)
            if let offset = conversion.badOffset { throw failure(name, offset, encoding.rawValue) }
            return try conversion.utf8.withUnsafeBytes { try body(withoutMark($0)) }
        }
        if let offset = UTF8Validation.firstBadByte(bytes) { throw failure(name, offset, "UTF-8") }
        return try body(withoutMark(bytes))
    }

    private static func wide(_ bytes: UnsafeRawBufferPointer) -> TextEncoding? {
        if let stated = TextEncoding(byteOrderMark: bytes) { return stated == .utf8 ? nil : stated }
        if bytes.starts(with: [0x3C, 0, 0x3F, 0]) { return .utf16LittleEndian }
        return bytes.starts(with: [0, 0x3C, 0, 0x3F]) ? .utf16BigEndian : nil
    }

    private static func withoutMark(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text.dropFirst(text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0))
    }

    private static func failure(_ name: String, _ offset: Int, _ expected: String) -> ReadFailure {
        .encoding(path: name, offset: offset, expected: expected, advice: "save the document again")
    }

    /// What a document type declaration in OOXML is answered with.
    static func documentTypeFailure(_ name: String) -> ReadFailure {
        .malformed(
            path: name, place: "document type declaration",
            expected: "none: Office documents have no DTD and no entities",
            found: "one; the file may be an attack")
    }
}
