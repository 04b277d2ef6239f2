import Glibc

/// What tells one state of a file from another without reading it: device, inode, size, and the times of the last change of its content and
/// of its record.
public struct FileStamp: Sendable, Equatable {
    /// The size in bytes.
    public let bytes: Int
    private let device: UInt64
    private let inode: UInt64
    private let seconds: [Int]
    private let nanoseconds: [Int]

    /// The stamp of the file at `path`.
    public init(_ path: String) throws {
        var status = stat()
        if stat(path, &status) != 0 { throw FileFailure.lastSystemCall("examine", path) }
        bytes = Int(status.st_size)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        seconds = [status.st_mtim.tv_sec, status.st_ctim.tv_sec]
        nanoseconds = [status.st_mtim.tv_nsec, status.st_ctim.tv_nsec]
    }
}
