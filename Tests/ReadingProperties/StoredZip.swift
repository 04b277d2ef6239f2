/// A zip of stored (uncompressed) members, written byte by byte: what tests need of the format.
public struct StoredZip {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    /// A zip without members.
    public init() {}

    /// Adds a member. `declaredSize` may lie; `flags` may claim encryption.
    public mutating func add(_ name: String, _ content: [UInt8], declaredSize: UInt32? = nil, flags: UInt16 = 0) {
        let offset = UInt32(bytes.count)
        let size = declaredSize ?? UInt32(content.count)
        var header: [UInt8] = []
        StoredZip.append(20 as UInt16, &header)
        StoredZip.append(flags, &header)
        StoredZip.append(0 as UInt16, &header)
        StoredZip.append(0 as UInt32, &header)
        StoredZip.append(StoredZip.checksum(content), &header)
        StoredZip.append(size, &header)
        StoredZip.append(size, &header)
        StoredZip.append(UInt16(name.utf8.count), &header)
        StoredZip.append(0 as UInt16, &header)
        bytes += [0x50, 0x4B, 0x03, 0x04] + header + name.utf8 + content
        directory += [0x50, 0x4B, 0x01, 0x02, 20, 0] + header
        StoredZip.append(0 as UInt16, &directory)
        StoredZip.append(0 as UInt32, &directory)
        StoredZip.append(0o100644 << 16 as UInt32, &directory)
        StoredZip.append(offset, &directory)
        directory += name.utf8
        count += 1
    }

    /// Adds a member of text.
    public mutating func add(_ name: String, _ content: String) { add(name, Array(content.utf8)) }

    /// The finished archive.
    public func finished() -> [UInt8] {
        var end: [UInt8] = [0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0]
        StoredZip.append(count, &end)
        StoredZip.append(count, &end)
        StoredZip.append(UInt32(directory.count), &end)
        StoredZip.append(UInt32(bytes.count), &end)
        StoredZip.append(0 as UInt16, &end)
        return bytes + directory + end
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, _ out: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { out.append(contentsOf: $0) }
    }

    /// CRC-32 as zip has it, bit by bit.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~remainder
    }
}
