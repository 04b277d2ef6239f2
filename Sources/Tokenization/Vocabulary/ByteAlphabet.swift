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

    /// Reads many written forms one after the other.
    struct Reader {
        private let bytes: UnsafeBufferPointer<Int16>

        init() { bytes = ByteAlphabet.lastingBytes }

        /// Writes the bytes that `count` written ones stand for, as many at most, to `out` and returns how many there are; -1 where
        /// a character is not of the alphabet.
        @inline(__always)
        func read(_ written: UnsafePointer<UInt8>, _ count: Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
            var index = 0
            var made = 0
            while index < count {
                if index &+ 8 <= count {
                    let word = UnsafeRawPointer(written + index).loadUnaligned(as: UInt64.self)
                    // Eight printable ASCII characters: no high bit, none below 0x21, none 0x7F.
                    let above = word &+ 0x5F5F_5F5F_5F5F_5F5F
                    let last = word &+ 0x0101_0101_0101_0101
                    if (word | ~above | last) & 0x8080_8080_8080_8080 == 0 {
                        UnsafeMutableRawPointer(out + made).storeBytes(of: word, as: UInt64.self)
                        index &+= 8
                        made &+= 8
                        continue
                    }
                }
                let first = written[index]
                index &+= 1
                if first > 0x20, first < 0x7F {
                    out[made] = first
                } else {
                    var codePoint = Int(first)
                    if first >= 0x80 {
                        guard first & 0xE0 == 0xC0, index < count else { return -1 }
                        codePoint = Int(first & 0x1F) &<< 6 | Int(written[index] & 0x3F)
                        index &+= 1
                    }
                    guard codePoint < bytes.count, bytes[codePoint] >= 0 else { return -1 }
                    out[made] = UInt8(truncatingIfNeeded: bytes[codePoint])
                }
                made &+= 1
            }
            return made
        }
    }

    /// `bytes` at an address that stays.
    private nonisolated(unsafe) static let lastingBytes: UnsafeBufferPointer<Int16> = {
        let copy = UnsafeMutableBufferPointer<Int16>.allocate(capacity: bytes.count)
        _ = copy.initialize(fromContentsOf: bytes)
        return UnsafeBufferPointer(copy)
    }()

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
