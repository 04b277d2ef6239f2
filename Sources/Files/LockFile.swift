import Glibc

/// An advisory lock that the kernel drops when the process ends, however it ends.
public struct LockFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// Takes the lock at `path`, creating the file; throws `FileFailure.locked` at once if another process holds it.
    public init(_ path: String) throws {
        self.path = path
        while true {
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            if opened < 0 { throw FileFailure.lastSystemCall("create", path) }
            if flock(opened, LOCK_EX | LOCK_NB) != 0 {
                defer { close(opened) }
                throw FileFailure.locked(path: path, holder: LockFile.holder(of: opened))
            }
            if LockFile.isStillAt(path, opened) {
                descriptor = opened
                break
            }
            // The last holder removed the file between our open and our lock: take the new one.
            close(opened)
        }
        ftruncate(descriptor, 0)
        let text = Array("process \(getpid())\n".utf8)
        _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    private static func holder(of descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 32)
        let got = text.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        let line = String(decoding: text[..<max(0, got)].prefix { $0 != 0x0A }, as: UTF8.self)
        return line.isEmpty ? "process unknown" : line
    }

    private static func isStillAt(_ path: String, _ descriptor: Int32) -> Bool {
        var held = stat()
        var named = stat()
        return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino
            && held.st_dev == named.st_dev
    }
}
