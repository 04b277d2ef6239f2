import Glibc

/// A file that appears under its name only when it is whole: written beside it under a temporary name, synced, renamed.
///
/// A device or a pipe, and whatever stands in `/dev` or `/proc` (`/dev/null`, `/dev/stdout`), is written to as it is; a link to a file
/// stays, and the file is replaced.
/// A writer that is dropped without `commit()` removes the temporary file. A kill leaves only a name that begins with
/// `.tmp-`, which nothing reads; a signal not even that, where the program asks for it (`TemporaryNames`).
public struct AtomicFile: ~Copyable {
    /// The name the file will have.
    public let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    /// Whether the path is a device or a pipe, which is written to and never replaced.
    private let isDirect: Bool
    private var buffer: [UInt8] = []
    /// Bytes written so far.
    public private(set) var count = 0

    private static let flushSize = 1 << 20

    /// Starts writing the file that will be `path`; the folder must exist.
    public init(_ path: String) throws {
        let given = path
        // A link stays, and what it leads to is replaced.
        let path = AtomicFile.target(of: given)
        self.path = path
        let folder = PathText.folder(of: path)
        var status = stat()
        let kind = stat(path, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
        // `/dev/stdout` is what the caller has open, also where that is a file.
        isDirect = (kind != S_IFREG && kind != S_IFDIR) || given.hasPrefix("/dev/") || given.hasPrefix("/proc/")
        temporaryPath =
            isDirect ? path : PathText.join(folder, ".tmp-\(getpid())-\(PathText.name(of: path))")
        if isDirect {
            descriptor =
                AtomicFile.openDescriptor(given).map { fcntl($0, F_DUPFD_CLOEXEC, 0) }
                ?? Glibc.open(given, O_WRONLY | O_CLOEXEC)
        } else {
            descriptor = Glibc.open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        }
        // Never `.missing`: what cannot be written is no input.
        if descriptor < 0 { throw FileFailure.system(path: path, operation: "create", code: errno) }
        if !isDirect { TemporaryNames.add(temporaryPath) }
        buffer.reserveCapacity(AtomicFile.flushSize)
    }

    /// The file that a path stands for: where it is a link to an existing file, that file.
    private static func target(of path: String) -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let resolved = realpath(path, nil) else {
            return path
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The descriptor that a path names; opened anew it would write from the beginning, over what stands in a file already.
    private static func openDescriptor(_ path: String) -> Int32? {
        switch path {
        case "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default:
            let folders = ["/dev/fd/", "/proc/self/fd/"]
            return folders.first { path.hasPrefix($0) }.flatMap { Int32(path.dropFirst($0.utf8.count)) }
        }
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            if !isDirect { unlink(temporaryPath) }
        }
        if !isDirect { TemporaryNames.drop(temporaryPath) }
    }

    /// Appends `bytes`.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        count += bytes.count
        if buffer.count + bytes.count > AtomicFile.flushSize {
            try flush()
            if bytes.count >= AtomicFile.flushSize { return try writeNow(bytes) }
        }
        buffer.append(contentsOf: bytes)
    }

    /// Appends `bytes`.
    public mutating func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Appends the UTF-8 form of `text`.
    public mutating func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { try writeNow($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func writeNow(_ bytes: UnsafeRawBufferPointer) throws {
        try writeAll(bytes, to: descriptor, path: path)
    }

    /// Syncs the file and gives it its name.
    public mutating func commit() throws {
        try flush()
        if isDirect {
            close(descriptor)
            descriptor = -1
            return
        }
        if fsync(descriptor) != 0 { throw FileFailure.lastSystemCall("sync", path) }
        if close(descriptor) != 0 {
            descriptor = -1
            unlink(temporaryPath)
            throw FileFailure.lastSystemCall("close", path)
        }
        descriptor = -1
        if rename(temporaryPath, path) != 0 {
            let failure = FileFailure.lastSystemCall("rename to", path)
            unlink(temporaryPath)
            throw failure
        }
    }

    /// Writes a whole file at once.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        var file = try AtomicFile(path)
        try file.write(bytes)
        try file.commit()
    }
}
