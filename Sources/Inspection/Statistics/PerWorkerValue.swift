import Parallel

/// An object for each worker.
///
/// `@unchecked Sendable`: a worker touches its own only, and the pool orders its writes before they are merged.
final class PerWorkerValue<Value: AnyObject>: @unchecked Sendable {
    private let values: [Value]

    init(_ pool: WorkerPool, _ make: () throws -> Value) rethrows {
        var values: [Value] = []
        for _ in 0..<pool.threads { values.append(try make()) }
        self.values = values
    }

    subscript(worker: Int) -> Value { values[worker] }
    var all: [Value] { values }
}
