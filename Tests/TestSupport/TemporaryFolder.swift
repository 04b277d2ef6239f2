import Files
import Glibc

/// A folder of its own for one test, removed when the value goes away.
public final class TemporaryFolder {
    /// The absolute path, without a slash at the end.
    public let path: String

    /// Makes an empty folder under the system's temporary folder.
    public init() {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/shardmill-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { fatalError("no temporary folder under \(base)") }
        path = String(cString: made)
    }

    deinit { try? Folder.remove(path) }

    /// A path inside the folder.
    public func callAsFunction(_ inner: String) -> String { path + "/" + inner }

    /// Writes a file inside the folder, with the folders above it, and returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], to inner: String) -> String {
        let target = self(inner)
        try? Folder.create(PathText.folder(of: target))
        guard let file = fopen(target, "w") else { fatalError("cannot write \(target)") }
        _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        fclose(file)
        return target
    }

    /// Writes a text file inside the folder and returns its path.
    @discardableResult
    public func write(_ text: String, to inner: String) -> String { write(Array(text.utf8), to: inner) }
}
