import Files
import Glibc

/// A temporary file without a name: it is gone when its owner is, also after a kill. Appends come from one thread at a time, reads from any.
final class SpillFile: @unchecked Sendable {
    // @unchecked: reads name their place, appends are one at a time.
    private let descriptor: Int32
    private let name: String
    private(set) var count = 0

    /// A file in `folder`, or where nil in `TMPDIR`, or in `/var/tmp`.
    init(in folder: String?) throws {
        descriptor = try TemporaryFile.open(in: folder)
        name = folder ?? "TMPDIR"
    }

    deinit { close(descriptor) }

    /// Appends bytes and says where they begin.
    func append(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        let offset = count
        try writeAll(bytes, to: descriptor, path: name)
        count += bytes.count
        return offset
    }

    /// Reads all of `bytes` from a place where so many were written.
    func read(_ offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let got = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            if got <= 0 { throw FileFailure.lastSystemCall("read", name) }
            done += got
        }
    }
}
