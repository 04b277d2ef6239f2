/// Decodes the Snappy format: literals and copies of what was decoded before.
enum Snappy {
    /// The content of `input`, which must be exactly `size` bytes.
    static func decompress(_ input: [UInt8], size: Int) throws -> [UInt8] {
        var cursor = ByteCursor(input)
        guard try cursor.varint() == UInt64(size) else { throw ByteCursor.Fault(expected: "\(size) bytes of Snappy") }
        var out: [UInt8] = []
        // Three bytes can stand for 64 at most: a lying header cannot make us ask for more.
        out.reserveCapacity(min(size, input.count * 22 + 64))
        while cursor.left > 0 {
            let tag = Int(try cursor.byte())
            var length = (tag >> 2) + 1
            var offset = 0
            switch tag & 3 {
            case 0:
                if length > 60 {
                    let bytes = length - 60
                    length = 0
                    for shift in 0..<bytes { length |= Int(try cursor.byte()) << (8 * shift) }
                    length += 1
                }
                let range = try cursor.take(length)
                guard out.count + length <= size else { throw ByteCursor.Fault(expected: "\(size) bytes of Snappy") }
                out.append(contentsOf: input[range])
                continue
            case 1:
                length = (tag >> 2 & 7) + 4
                offset = (tag >> 5) << 8 | Int(try cursor.byte())
            case 2:
                offset = Int(try cursor.byte())
                offset |= Int(try cursor.byte()) << 8
            default: offset = Int(try cursor.fixed32())
            }
            guard offset > 0, offset <= out.count, out.count + length <= size else {
                throw ByteCursor.Fault(expected: "a Snappy copy of what was decoded")
            }
            if offset >= length {
                let start = out.count - offset
                out.append(contentsOf: out[start..<start + length])
            } else {
                for _ in 0..<length { out.append(out[out.count - offset]) }
            }
        }
        guard out.count == size else { throw ByteCursor.Fault(expected: "\(size) bytes of Snappy, found \(out.count)") }
        return out
    }
}
