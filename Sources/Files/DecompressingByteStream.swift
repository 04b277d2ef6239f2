internal import CArchive

/// The bytes inside a zstd, gzip, bzip2 or xz file, several frames or members included (libarchive's filters).
public final class DecompressingByteStream: ByteStream {
    private let handle: ArchiveHandle
    /// True where the frames hold nothing: the library then has no entry to read from.
    private let isEmpty: Bool

    /// Opens the compressed file. A damaged or truncated stream throws when the damage is reached.
    public convenience init(_ path: String) throws {
        try self.init(name: path) { try $0.open(path: path) }
    }

    /// Decompresses what another stream yields.
    public convenience init(_ stream: ByteStream) throws {
        try self.init(name: stream.name) { try $0.open(stream: stream) }
    }

    /// Decompresses bytes held in memory (a member of an archive), called `name` in messages.
    public convenience init(bytes: [UInt8], name: String) throws {
        try self.init(name: name) { try $0.open(bytes: bytes) }
    }

    private init(name: String, open: (ArchiveHandle) throws -> Void) throws {
        handle = try ArchiveHandle(name: name)
        archive_read_support_format_raw(handle.pointer)
        archive_read_support_format_empty(handle.pointer)
        try open(handle)
        var entry: OpaquePointer?
        let status = archive_read_next_header(handle.pointer, &entry)
        isEmpty = status == ARCHIVE_EOF
        super.init(name: name)
        try handle.check(status, "first frame")
    }

    public override func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        isEmpty ? 0 : try handle.read(into: buffer, place: "compressed data")
    }
}
