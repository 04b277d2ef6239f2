/// Reads numbers off bytes that nobody vouches for: everything is checked, nothing traps.
struct ByteCursor {
    /// What is not there or not as it should be.
    struct Fault: Error { let expected: String }

    let bytes: [UInt8]
    private(set) var place: Int
    let end: Int

    init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = min(range.upperBound, bytes.count)
    }

    var left: Int { end - place }

    mutating func byte() throws -> UInt8 {
        guard place < end else { throw Fault(expected: "another byte") }
        defer { place += 1 }
        return bytes[place]
    }

    /// The place of the next `count` bytes, which are passed over.
    mutating func take(_ count: Int) throws -> Range<Int> {
        guard count >= 0, count <= left else { throw Fault(expected: "\(count) more bytes") }
        defer { place += count }
        return place..<place + count
    }

    /// LEB128, at most ten bytes.
    mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Fault(expected: "a number of at most ten bytes")
    }

    mutating func zigzag() throws -> Int64 {
        let value = try varint()
        return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
    }

    /// A varint that counts something there can be at most `limit` of.
    mutating func count(_ what: String, limit: Int) throws -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw Fault(expected: "at most \(limit) \(what)") }
        return Int(value)
    }

    mutating func fixed32() throws -> UInt32 {
        let range = try take(4)
        return range.reversed().reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
    }

    mutating func fixed64() throws -> UInt64 {
        let range = try take(8)
        return range.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }
}
