import Glibc

/// A file mapped into memory, read-only. `bytes` is valid while the object lives.
///
/// For files that are ours or are not written to while they are read: a page behind the new end of a file that another program shortens
/// cannot be read, and trying ends the process (SIGBUS). Inputs are read through `FileByteStream`.
///
/// `@unchecked Sendable`: the mapping never changes after `init`.
public final class MappedFile: @unchecked Sendable {
    /// The path that was mapped.
    public let path: String
    /// All bytes of the file. Take them through `withBytes` unless the object is kept elsewhere: a local object is released
    /// after its last use, and `MappedFile(path).bytes` alone is unmapped before it can be read.
    public let bytes: UnsafeRawBufferPointer

    /// Maps the whole file.
    public init(_ path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw FileFailure.lastSystemCall("open", path) }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw FileFailure.lastSystemCall("examine", path) }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw FileFailure.malformed(path: path, place: "input", expected: "a file", found: "a folder")
        }
        let size = Int(status.st_size)
        if size == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw FileFailure.lastSystemCall("map", path)
        }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    /// Calls `body` with all bytes of the file, which stay mapped inside the call.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(bytes) }
    }

    /// Lets go of the pages that are in memory; they come back from the file when they are read again.
    public func releasePages() {
        if let base = bytes.baseAddress {
            madvise(UnsafeMutableRawPointer(mutating: base), bytes.count, Int32(MADV_DONTNEED))
        }
    }

    deinit {
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }
}
