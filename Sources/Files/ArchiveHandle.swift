internal import CArchive

/// The one owner of a libarchive reader. Not thread-safe: one thread at a time.
final class ArchiveHandle {
    let pointer: OpaquePointer
    let name: String
    /// Bytes the handle reads from when it was opened on memory; they outlive it because they are freed after it.
    private var memory: UnsafeMutableRawBufferPointer?

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

    /// Throws the library's own message when `status` is worse than a warning.
    func check(_ status: Int32, _ place: String) throws {
        if status == ARCHIVE_OK || status == ARCHIVE_WARN || status == ARCHIVE_EOF { return }
        throw malformed(place)
    }

    func malformed(_ place: String) -> FileFailure {
        let message = archive_error_string(pointer).map { String(cString: $0) } ?? "no message"
        return .malformed(path: name, place: place, expected: "an intact archive or compressed file", found: message)
    }

    /// Reads entry data; 0 at the end of the entry.
    func read(into buffer: UnsafeMutableRawBufferPointer, place: String) throws -> Int {
        let got = archive_read_data(pointer, buffer.baseAddress, buffer.count)
        if got < 0 { throw malformed(place) }
        return got
    }
}
