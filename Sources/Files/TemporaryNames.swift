internal import Synchronization

/// The temporary names of what this process is writing, so that a signal leaves nothing half-written behind.
public enum TemporaryNames {
    private static let names = Mutex<Set<String>>([])

    static func add(_ path: String) { names.withLock { _ = $0.insert(path) } }

    static func drop(_ path: String) { names.withLock { _ = $0.remove(path) } }

    /// Removes every `AtomicFile` and `AtomicFolder` that was begun and has no name yet; for a process that ends right behind it, whose
    /// other threads may still write. Returns how many there were.
    @discardableResult public static func removeAll() -> Int {
        let paths = names.withLock { $0 }
        for _ in 0..<3 {
            // A file that another thread made in a folder meanwhile goes with the next round.
            for path in paths { try? Folder.remove(path) }
            if paths.allSatisfy({ !Folder.exists($0) }) { break }
        }
        return paths.count
    }
}
