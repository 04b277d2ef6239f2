import Glibc

/// The one owner of an `iconv` descriptor that turns an encoding into UTF-8.
struct TextConverter: ~Copyable {
    private let descriptor: iconv_t?
    private let unit: Int
    private var chunk = [CChar](repeating: 0, count: 1 << 16)

    init(_ encoding: TextEncoding) {
        descriptor = TextEncoding.open(encoding.rawValue)
        unit = encoding.unit
    }

    deinit { if let descriptor { iconv_close(descriptor) } }

    /// Appends the text of `bytes` to `out` and returns how many bytes were used: fewer than all where the last character is cut off.
    ///
    /// For every byte (or unit of a wide encoding) that the encoding does not allow, `bad` gets its offset and says whether to go on;
    /// where it does, the byte stands in `out` as 0xFF, which no UTF-8 has.
    mutating func convert(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8], bad: (Int) -> Bool) -> Int {
        guard let descriptor else {
            _ = bad(0)
            return 0
        }
        var used = 0
        while used < bytes.count {
            var source: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(
                mutating: (bytes.baseAddress! + used).assumingMemoryBound(to: CChar.self))
            var left = bytes.count - used
            let (status, produced, code) = chunk.withUnsafeMutableBufferPointer { buffer -> (Int, Int, Int32) in
                var target: UnsafeMutablePointer<CChar>? = buffer.baseAddress!
                var room = buffer.count
                let status = iconv(descriptor, &source, &left, &target, &room)
                return (Int(status), buffer.count - room, errno)
            }
            used = bytes.count - left
            chunk.withUnsafeBytes { out.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<produced])) }
            if status != -1 { continue }
            switch code {
            case E2BIG: continue
            case EINVAL: return used
            default:
                if !bad(used) { return used }
                out.append(0xFF)
                used = min(bytes.count, used + unit)
                iconv(descriptor, nil, nil, nil, nil)
            }
        }
        return used
    }
}
