import Glibc

/// Files without a name: gone when they are closed, also after a kill.
public enum TemporaryFile {
    /// Where temporary files go by default: `TMPDIR`, or `/var/tmp`, which is on a disk where `/tmp` may be memory.
    public static var defaultFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp" }

    /// Opens an empty file in `folder`, or in the default folder. The caller closes it; programs that are started do not get it.
    public static func open(in folder: String? = nil) throws -> Int32 {
        let folder = folder ?? defaultFolder
        var template = Array(PathText.join(folder, "shardmill-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        if descriptor < 0 {
            throw FileFailure.system(
                path: "\(folder) (TMPDIR names another place)", operation: "create a temporary file in", code: errno)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return descriptor
    }
}
