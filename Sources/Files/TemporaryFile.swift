import Glibc

/// Files without a name: gone when they are closed, also after a kill.
public enum TemporaryFile {
    /// Opens an empty file in `folder`, or where nil in `TMPDIR`, or in `/tmp`. The caller closes it; programs that are started do not get it.
    public static func open(in folder: String? = nil) throws -> Int32 {
        let folder = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array(PathText.join(folder, "shardmill-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        if descriptor < 0 {
            throw FileFailure.system(path: folder, operation: "create a temporary file in", code: errno)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return descriptor
    }
}
