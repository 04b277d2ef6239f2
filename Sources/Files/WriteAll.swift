import Glibc

/// Writes all of `bytes` to an open descriptor, however many calls that takes; `path` is what a failure names.
public func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
    var offset = 0
    while offset < bytes.count {
        let wrote = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
        if wrote < 0 {
            if errno == EINTR { continue }
            throw FileFailure.lastSystemCall("write", path)
        }
        offset += wrote
    }
}
