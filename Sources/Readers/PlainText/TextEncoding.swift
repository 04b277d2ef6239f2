import Glibc

/// The encodings that text arrives in.
enum TextEncoding: String {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case utf32LittleEndian = "UTF-32LE"
    case utf32BigEndian = "UTF-32BE"
    case gb18030 = "GB18030"

    /// The encoding a byte order mark states, or nil where there is none.
    init?(byteOrderMark bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            self = .utf8
        } else if bytes.starts(with: [0xFF, 0xFE, 0, 0]) {
            self = .utf32LittleEndian
        } else if bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            self = .utf32BigEndian
        } else if bytes.starts(with: [0xFF, 0xFE]) {
            self = .utf16LittleEndian
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            self = .utf16BigEndian
        } else {
            return nil
        }
    }

    /// What a conversion gave: the text so far, and where the first byte stands that does not belong to the encoding.
    struct Conversion {
        var utf8: [UInt8]
        var badOffset: Int?
    }

    /// Converts with the C library. The byte order mark, where there is one, is converted like any other character. Bytes that the
    /// encoding does not allow end the conversion.
    func converted(_ bytes: UnsafeRawBufferPointer) -> Conversion {
        let descriptor = iconv_open("UTF-8", rawValue)
        guard descriptor != iconv_t(bitPattern: -1) else { return Conversion(utf8: [], badOffset: 0) }
        defer { iconv_close(descriptor) }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + bytes.count / 2)
        var input = UnsafeMutablePointer(
            mutating: bytes.bindMemory(to: CChar.self).baseAddress ?? UnsafePointer(bitPattern: 1)!)
        let start = input
        var left = bytes.count
        var chunk = [CChar](repeating: 0, count: 1 << 16)
        while left > 0 {
            let (status, produced) = chunk.withUnsafeMutableBufferPointer { buffer -> (Int, Int) in
                var output = buffer.baseAddress!
                var room = buffer.count
                var source: UnsafeMutablePointer<CChar>? = input
                var target: UnsafeMutablePointer<CChar>? = output
                let status = iconv(descriptor, &source, &left, &target, &room)
                input = source ?? input
                output = target ?? output
                return (Int(bitPattern: UInt(bitPattern: Int(status))), buffer.count - room)
            }
            let code = errno
            chunk.withUnsafeBytes { out.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<produced])) }
            if status == -1, code != E2BIG { return Conversion(utf8: out, badOffset: start.distance(to: input)) }
        }
        return Conversion(utf8: out, badOffset: nil)
    }

    /// The text of a sample that may end inside a character.
    func decodedPrefix(_ sample: UnsafeRawBufferPointer) -> [UInt8] { converted(sample).utf8 }
}

/// Well-formedness of UTF-8 as the Unicode standard's table 3-7 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Validation {
    /// Where the first byte stands that is not part of a well-formed scalar, or nil. About 8 bytes a step through ASCII.
    static func firstBadByte(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        let count = bytes.count
        while index < count {
            if index &+ 32 <= count {
                let first = bytes.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
                let joined = first[0] | first[1] | first[2] | first[3]
                if joined & 0x8080_8080_8080_8080 == 0 {
                    index &+= 32
                    continue
                }
            }
            if index &+ 8 <= count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index &+= 8
                continue
            }
            let lead = bytes[index]
            if lead < 0x80 {
                index &+= 1
                continue
            }
            let length = scalarLength(lead)
            guard length > 0, index &+ length <= count, isAllowed(second: bytes[index &+ 1], after: lead) else {
                return index
            }
            if length > 2, bytes[index &+ 2] & 0xC0 != 0x80 { return index }
            if length > 3, bytes[index &+ 3] & 0xC0 != 0x80 { return index }
            index &+= length
        }
        return nil
    }

    /// Bytes of the scalar that begins with `lead`, beyond ASCII; 0 where no scalar begins so.
    @inline(__always) private static func scalarLength(_ lead: UInt8) -> Int {
        if lead < 0xC2 { return 0 }
        if lead < 0xE0 { return 2 }
        if lead < 0xF0 { return 3 }
        return lead < 0xF5 ? 4 : 0
    }

    @inline(__always) private static func isAllowed(second: UInt8, after lead: UInt8) -> Bool {
        switch lead {
        case 0xE0: second >= 0xA0 && second <= 0xBF
        case 0xED: second >= 0x80 && second <= 0x9F
        case 0xF0: second >= 0x90 && second <= 0xBF
        case 0xF4: second >= 0x80 && second <= 0x8F
        default: second & 0xC0 == 0x80
        }
    }
}
