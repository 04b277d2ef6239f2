import Synchronization

/// Adds up what workers finish and passes it on, one call at a time.
final class WorkMeter: Sendable {
    private let total: Int
    private let progress: @Sendable (_ done: Int, _ total: Int) -> Void
    private let done = Mutex(0)

    init(total: Int, _ progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) {
        self.total = total
        self.progress = progress
        progress(0, total)
    }

    func add(_ units: Int) {
        done.withLock {
            $0 += units
            progress($0, total)
        }
    }
}
