import CKernels
import Glibc

/// An encoding that text arrives in, by a name that `iconv` knows.
struct TextEncoding: Equatable, Sendable {
    let rawValue: String

    static let utf8 = TextEncoding(rawValue: "UTF-8")
    static let utf16LittleEndian = TextEncoding(rawValue: "UTF-16LE")
    static let utf16BigEndian = TextEncoding(rawValue: "UTF-16BE")
    static let utf32LittleEndian = TextEncoding(rawValue: "UTF-32LE")
    static let utf32BigEndian = TextEncoding(rawValue: "UTF-32BE")
    static let gb18030 = TextEncoding(rawValue: "GB18030")

    init(rawValue: String) { self.rawValue = rawValue }

    /// The encoding that a person names; nil where the C library knows none of that name. `UTF-16` and `UTF-32` without an order are
    /// little-endian, as on every machine that writes them so.
    init?(named name: String) {
        let upper = name.uppercased()
        switch upper {
        case "UTF-8", "UTF8": self = .utf8
        case "UTF-16", "UTF16": self = .utf16LittleEndian
        case "UTF-32", "UTF32": self = .utf32LittleEndian
        case "LATIN-1", "LATIN1": self.init(rawValue: "ISO-8859-1")
        default:
            // A suffix such as //IGNORE would lose text without a word.
            if name.isEmpty || name.contains("/") || name.utf8.contains(0) { return nil }
            guard let descriptor = TextEncoding.open(name) else { return nil }
            iconv_close(descriptor)
            self.init(rawValue: name)
        }
    }

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

    /// Bytes of the smallest unit: what a bad byte takes with it.
    var unit: Int { rawValue.hasPrefix("UTF-16") ? 2 : rawValue.hasPrefix("UTF-32") ? 4 : 1 }

    static func open(_ name: String) -> iconv_t? {
        let descriptor = iconv_open("UTF-8", name)
        return descriptor == iconv_t(bitPattern: -1) ? nil : descriptor
    }

    /// What a conversion gave: the text so far, and where the first byte stands that does not belong to the encoding.
    struct Conversion {
        var utf8: [UInt8]
        var badOffset: Int?
    }

    /// Converts with the C library. The byte order mark, where there is one, is converted like any other character. Bytes that the
    /// encoding does not allow end the conversion.
    func converted(_ bytes: UnsafeRawBufferPointer) -> Conversion {
        var converter = TextConverter(self)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + bytes.count / 2)
        var bad: Int?
        let used = converter.convert(bytes, into: &out) { offset in
            bad = offset
            return false
        }
        if bad == nil, used < bytes.count { bad = used }
        return Conversion(utf8: out, badOffset: bad)
    }

    /// The text of a sample that may end inside a character.
    func decodedPrefix(_ sample: UnsafeRawBufferPointer) -> [UInt8] { converted(sample).utf8 }
}

/// Well-formedness of UTF-8 as the Unicode standard's table 3-7 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Validation {
    /// Where the first byte stands that is not part of a well-formed scalar, or nil. ASCII is passed in blocks of 64 bytes.
    static func firstBadByte(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
        let count = bytes.count
        var index = shardmill_skip_ascii(base, count)
        while index < count {
            if index &+ 32 <= count {
                let first = bytes.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
                let joined = first[0] | first[1] | first[2] | first[3]
                if joined & 0x8080_8080_8080_8080 == 0 {
                    index &+= 32
                    index &+= shardmill_skip_ascii(base + index, count &- index)
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
