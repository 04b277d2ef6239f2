import Synchronization

/// Adds up what workers finish and passes it on, one call at a time.
final class PhaseMeter: Sendable {
    private let phase: BuildProgress.Phase
    private let total: Int
    private let unitsAreBytes: Bool
    private let progress: @Sendable (BuildProgress) -> Void
    private let done = Mutex(0)

    init(
        _ phase: BuildProgress.Phase, total: Int, unitsAreBytes: Bool,
        _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) {
        self.phase = phase
        self.total = total
        self.unitsAreBytes = unitsAreBytes
        self.progress = progress
        progress(BuildProgress(phase: phase, done: 0, total: total, unitsAreBytes: unitsAreBytes))
    }

    func add(_ units: Int) {
        done.withLock { done in
            done += units
            progress(BuildProgress(phase: phase, done: done, total: total, unitsAreBytes: unitsAreBytes))
        }
    }
}
