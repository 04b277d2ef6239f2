/// A source of bytes that is pulled in chunks. Subclasses override `read(into:)`.
///
/// A class, entered once a chunk: the cost per byte is that of the loop over the chunk.
open class ByteStream {
    /// What the bytes are called in messages: a path, with the inner path after `!` for a member of an archive.
    public let name: String

    /// Names the stream.
    public init(name: String) { self.name = name }

    /// Fills at most `buffer` and returns the number of bytes, 0 at the end only.
    open func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        fatalError("\(type(of: self)) must override read(into:)")
    }

    /// How many bytes the source says will come; nil where it does not say. A hint: it may lie.
    open var expectedCount: Int? { nil }

    /// Whether `expectedCount` was measured (a file's size) rather than claimed (a header of an archive).
    open var isExpectedCountMeasured: Bool { false }

    /// All remaining bytes; throws `FileFailure.tooLarge` beyond `limit` so that a hostile stream cannot fill the memory.
    public final func readAll(limit: Int, hint: String = "raise the limit or split the file") throws -> [UInt8] {
        var bytes: [UInt8] = []
        // A claim of many bytes must not reserve memory that there is not. One byte more shows that nothing follows.
        let most = isExpectedCountMeasured ? ByteStream.mostReserved : ByteStream.mostReservedForClaims
        var wanted = min(max(min(expectedCount ?? 0, most), 1 << 16), limit) + 1
        while true {
            // With room behind it, so that JSON is parsed where it stands.
            let chunk = try [UInt8](unsafeUninitializedCapacity: wanted + JSONParser.padding) { buffer, count in
                while count < wanted {
                    let rest = UnsafeMutableRawBufferPointer(buffer)[count..<wanted]
                    let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: rest))
                    if got == 0 { break }
                    count += got
                }
            }
            if bytes.isEmpty { bytes = chunk } else { bytes.append(contentsOf: chunk) }
            if bytes.count > limit { throw FileFailure.tooLarge(path: name, limit: limit, hint: hint) }
            if chunk.count < wanted { return ByteStream.trimmed(bytes) }
            wanted = min(max(1 << 16, bytes.count), limit - bytes.count) + 1
        }
    }

    private static let mostReserved = 1 << 28
    private static let mostReservedForClaims = 8 << 20

    /// The bytes without a large reserve behind them, which lives as long as they do; copied is less than half of what is freed.
    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.capacity <= 1 << 20 || bytes.capacity / 2 <= bytes.count { return bytes }
        return [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            count = buffer.update(fromContentsOf: bytes)
        }
    }

    /// Opens the file and, by its first bytes, the compression around it: zstd, gzip, bzip2, xz, or none.
    public static func open(_ path: String) throws -> ByteStream {
        let plain = try FileByteStream(path)
        let magic = try plain.peek(6)
        if Compression(magic: magic) == nil { return plain }
        // Not by name again: the bytes of a pipe can be had once.
        return try DecompressingByteStream(plain)
    }
}

/// The compressions that are recognised by their first bytes.
public enum Compression: Sendable, Equatable {
    case zstd, gzip, bzip2, xz

    /// The compression whose magic number `magic` begins with, or nil.
    public init?(magic: [UInt8]) {
        if magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || Compression.isSkippableFrame(magic) {
            self = .zstd
        } else if magic.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if magic.starts(with: [0x42, 0x5A, 0x68]) {
            self = .bzip2
        } else if magic.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
            self = .xz
        } else {
            return nil
        }
    }

    private static func isSkippableFrame(_ magic: [UInt8]) -> Bool {
        magic.count >= 4 && magic[0] & 0xF0 == 0x50 && magic[1] == 0x2A && magic[2] == 0x4D && magic[3] == 0x18
    }
}
