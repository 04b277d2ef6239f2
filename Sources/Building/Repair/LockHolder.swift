import Files

/// Keeps a lock while it lives, where only some runs take one.
final class LockHolder {
    private let lock: LockFile

    init(_ path: String) throws { lock = try LockFile(path) }
}
