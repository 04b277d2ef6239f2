import Glibc

/// The bytes of one file, as they stand on disk.
public final class FileByteStream: ByteStream {
    private let descriptor: Int32
    private var peeked: [UInt8] = []

    /// Opens `path` for reading. Throws `FileFailure.missing`, `.malformed` for a folder, or `.system`.
    public init(_ path: String) throws {
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        super.init(name: path)
        if descriptor < 0 { throw FileFailure.lastSystemCall("open", path) }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw FileFailure.malformed(path: path, place: "input", expected: "a file", found: "a folder")
        }
    }

    /// Opens `path` for reading from `offset` on.
    public convenience init(_ path: String, from offset: Int) throws {
        try self.init(path)
        if offset > 0, lseek(descriptor, offset, SEEK_SET) < 0 { throw FileFailure.lastSystemCall("seek in", path) }
    }

    public override var expectedCount: Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    public override var isExpectedCountMeasured: Bool { true }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next bytes, at most `count`, without consuming them.
    public func peek(_ count: Int) throws -> [UInt8] {
        while peeked.count < count {
            var chunk = [UInt8](repeating: 0, count: count - peeked.count)
            let got = try chunk.withUnsafeMutableBytes { try readDescriptor(into: $0) }
            if got == 0 { break }
            peeked.append(contentsOf: chunk[..<got])
        }
        return peeked
    }

    public override func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if !peeked.isEmpty {
            let count = min(peeked.count, buffer.count)
            buffer.copyBytes(from: peeked[..<count])
            peeked.removeFirst(count)
            return count
        }
        return try readDescriptor(into: buffer)
    }

    private func readDescriptor(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if got >= 0 { return got }
            if errno != EINTR { throw FileFailure.lastSystemCall("read", name) }
        }
    }
}
