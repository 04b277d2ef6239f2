import Synchronization

/// Counts what workers have done and says so, one call at a time.
final class Meter: Sendable {
    private let total: Int
    private let done = Mutex(0)
    private let progress: @Sendable (Int, Int) -> Void

    init(_ total: Int, _ progress: @escaping @Sendable (Int, Int) -> Void) {
        self.total = total
        self.progress = progress
    }

    func step() {
        done.withLock {
            $0 += 1
            progress($0, total)
        }
    }
}
