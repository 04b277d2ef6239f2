/// Reads the fields of a protocol buffer message, checking every length.
struct ProtobufReader {
    enum Value {
        case number(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// Where it stands, in bytes of the whole file.
    var place: Int { index }

    /// The next field and its value; nil at the end. Throws `Damage` where the bytes are no message.
    mutating func next() throws -> (field: Int, value: Value)? {
        if index == bytes.endIndex { return nil }
        let key = try number()
        let field = Int(truncatingIfNeeded: key >> 3)
        if field <= 0 { throw Damage(place: index) }
        switch key & 7 {
        case 0: return (field, .number(try number()))
        case 1:
            _ = try take(8)
            return (field, .number(0))
        case 2: return (field, .bytes(try take(try number())))
        case 5:
            let four = try take(4)
            return (field, .fixed32(four.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }))
        default: throw Damage(place: index)
        }
    }

    struct Damage: Error {
        var place: Int
    }

    private mutating func take(_ count: UInt64) throws -> ArraySlice<UInt8> {
        guard count <= UInt64(bytes.endIndex - index) else { throw Damage(place: index) }
        defer { index += Int(count) }
        return bytes[index..<index + Int(count)]
    }

    private mutating func number() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard index < bytes.endIndex else { break }
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Damage(place: index)
    }
}
