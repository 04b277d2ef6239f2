internal import CArchive

/// Reads zip, 7z and tar archives (compressed or not), entry by entry, in the order the archive gives them.
///
/// Nothing is written to disk, so no path can escape; names that point outside (`..`, absolute) are still reported as
/// they stand, cleaned of nothing, and are only names. Encrypted entries throw when read.
public final class ArchiveReader {
    /// One regular file inside the archive.
    public struct Entry: Sendable, Equatable {
        /// The path inside the archive, `/` between folders.
        public let path: String
        /// The size the archive declares, in bytes; nil where it does not say. A lie is caught by the limit of `readEntry`.
        public let declaredSize: Int?
    }

    private let handle: ArchiveHandle
    private var current: Entry?

    /// Opens an archive on disk.
    public init(path: String) throws {
        handle = try ArchiveHandle(name: path)
        ArchiveReader.chooseFormats(handle)
        try handle.open(path: path)
    }

    /// Opens an archive held in memory (a nested one), called `name` in messages.
    public init(bytes: [UInt8], name: String) throws {
        handle = try ArchiveHandle(name: name)
        ArchiveReader.chooseFormats(handle)
        try handle.open(bytes: bytes)
    }

    private static func chooseFormats(_ handle: ArchiveHandle) {
        archive_read_support_format_zip(handle.pointer)
        archive_read_support_format_7zip(handle.pointer)
        archive_read_support_format_tar(handle.pointer)
        archive_read_support_format_gnutar(handle.pointer)
    }

    /// The next regular file, or nil at the end. Folders, links and devices are passed over.
    public func next() throws -> Entry? {
        while true {
            var entry: OpaquePointer?
            let status = archive_read_next_header(handle.pointer, &entry)
            if status == ARCHIVE_EOF { return nil }
            try handle.check(status, "directory of the archive")
            guard let entry else { return nil }
            if archive_entry_filetype(entry) & 0o170000 != 0o100000 { continue }
            guard let cPath = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else { continue }
            let size = archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil
            let found = Entry(path: String(cString: cPath), declaredSize: size)
            current = found
            return found
        }
    }

    /// A stream over the entry that `next()` returned last; valid until the next call of `next()`.
    public func entryStream() -> ByteStream {
        EntryByteStream(handle: handle, member: current?.path ?? "", size: current?.declaredSize)
    }

    /// All bytes of the entry that `next()` returned last, at most `limit`.
    public func readEntry(limit: Int) throws -> [UInt8] {
        try entryStream().readAll(limit: limit, hint: "an archive member this large is not read into memory")
    }

    private final class EntryByteStream: ByteStream {
        private let handle: ArchiveHandle
        private let member: String
        private let size: Int?
        init(handle: ArchiveHandle, member: String, size: Int?) {
            self.member = member
            self.size = size
            self.handle = handle
            super.init(name: "\(handle.name)!\(member)")
        }
        override var expectedCount: Int? { size }
        override func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            try handle.read(into: buffer, place: "archive member \(member)")
        }
    }
}
