internal import CArchive

/// The one owner of a libarchive reader. Not thread-safe: one thread at a time.
final class ArchiveHandle {
    let pointer: OpaquePointer
    let name: String
    /// Bytes the handle reads from when it was opened on memory; they outlive it because they are freed after it.
    private var memory: UnsafeMutableRawBufferPointer?
    /// The stream the handle pulls from when it was opened on one.
    private var feed: Feed?

    /// A stream and the chunk of it that the library looks at.
    private final class Feed {
        let stream: ByteStream
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
        var failure: (any Error)?

        init(_ stream: ByteStream) { self.stream = stream }
        deinit { chunk.deallocate() }
    }

    init(name: String) throws {
        guard let pointer = archive_read_new() else {
            throw FileFailure.system(path: name, operation: "allocate an archive reader", code: 12)
        }
        self.pointer = pointer
        self.name = name
        // Only these: the library knows filters that start programs, and ones that take text for an encoding.
        archive_read_support_filter_gzip(pointer)
        archive_read_support_filter_bzip2(pointer)
        archive_read_support_filter_xz(pointer)
        archive_read_support_filter_zstd(pointer)
    }

    deinit {
        archive_read_free(pointer)
        memory?.deallocate()
    }

    func open(path: String) throws {
        try check(archive_read_open_filename(pointer, path, 1 << 17), "opening")
    }

    func open(bytes: [UInt8]) throws {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        copy.copyBytes(from: bytes)
        memory = copy
        try check(archive_read_open_memory(pointer, copy.baseAddress, bytes.count), "opening")
    }

    /// Pulls from `stream`, which need not be a file that can be opened twice: a pipe will do.
    func open(stream: ByteStream) throws {
        let feed = Feed(stream)
        self.feed = feed
        let status = archive_read_open(
            pointer, Unmanaged.passUnretained(feed).toOpaque(), nil,
            { _, context, buffer in
                guard let context, let buffer else { return -1 }
                let feed = Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
                do {
                    let count = try feed.stream.read(into: feed.chunk)
                    buffer.pointee = UnsafeRawPointer(feed.chunk.baseAddress)
                    return count
                } catch {
                    feed.failure = error
                    return -1
                }
            }, nil)
        try check(status, "opening")
    }

    /// Throws the library's own message when `status` is worse than a warning.
    func check(_ status: Int32, _ place: String) throws {
        if status == ARCHIVE_OK || status == ARCHIVE_WARN || status == ARCHIVE_EOF { return }
        throw failure(place)
    }

    /// What the stream below threw, or else what the library found in its bytes.
    private func failure(_ place: String) -> any Error { feed?.failure ?? malformed(place) }

    func malformed(_ place: String) -> FileFailure {
        let message = archive_error_string(pointer).map { String(cString: $0) } ?? "no message"
        return .malformed(path: name, place: place, expected: "an intact archive or compressed file", found: message)
    }

    /// Reads entry data; 0 at the end of the entry.
    func read(into buffer: UnsafeMutableRawBufferPointer, place: String) throws -> Int {
        let got = archive_read_data(pointer, buffer.baseAddress, buffer.count)
        if got < 0 { throw failure(place) }
        return got
    }
}
