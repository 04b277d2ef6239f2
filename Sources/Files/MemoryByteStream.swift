/// Bytes that are already in memory, as a stream.
public final class MemoryByteStream: ByteStream {
    private let bytes: [UInt8]
    private var position = 0

    /// A stream over `bytes`, called `name` in messages.
    public init(_ bytes: [UInt8], name: String) {
        self.bytes = bytes
        super.init(name: name)
    }

    public override func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, bytes.count - position)
        if count > 0 { buffer.copyBytes(from: bytes[position..<position + count]) }
        position += count
        return count
    }
}
