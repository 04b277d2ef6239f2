import Parallel

/// A value for each worker of a pool, made when it first asks: what is costly to make and remembers.
///
/// `@unchecked Sendable`: a worker touches its own slot only.
final class PerWorker<Value>: @unchecked Sendable {
    private let make: @Sendable () -> Value
    private let slots: UnsafeMutableBufferPointer<Value?>

    init(_ pool: WorkerPool, _ make: @escaping @Sendable () -> Value) {
        self.make = make
        slots = .allocate(capacity: pool.threads)
        slots.initialize(repeating: nil)
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    /// The value of a worker.
    subscript(worker: Int) -> Value {
        if let made = slots[worker] { return made }
        let made = make()
        slots[worker] = made
        return made
    }
}
