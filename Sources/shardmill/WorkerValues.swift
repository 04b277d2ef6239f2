/// A value for each worker, made from the first.
///
/// `@unchecked Sendable`: a worker uses its own value only, and the pool orders its writes before what follows.
final class WorkerValues<Value: ~Copyable>: @unchecked Sendable {
    private let values: UnsafeMutablePointer<Value?>
    private let count: Int

    init(count: Int, _ first: consuming Value, _ another: (borrowing Value) -> Value) {
        self.count = max(1, count)
        values = .allocate(capacity: self.count)
        for index in 1..<max(2, count) where index < count { (values + index).initialize(to: another(first)) }
        values.initialize(to: first)
    }

    deinit {
        values.deinitialize(count: count)
        values.deallocate()
    }

    /// Calls `body` with the value of a worker, which nobody has taken.
    func with<Result>(_ worker: Int, _ body: (inout Value) throws -> Result) rethrows -> Result {
        guard var value = (values + worker).move() else { fatalError("the value of worker \(worker) was taken") }
        do {
            let result = try body(&value)
            (values + worker).initialize(to: value)
            return result
        } catch {
            (values + worker).initialize(to: value)
            throw error
        }
    }

    /// The value of the first worker, with those of the others taken in by `absorb` one after the other.
    func joined(_ absorb: (inout Value, consuming Value) throws -> Void) rethrows -> Value {
        var all = take(0)
        for worker in 1..<max(2, count) where worker < count { try absorb(&all, take(worker)) }
        return all
    }

    /// The value of a worker, taken out.
    func take(_ worker: Int) -> Value {
        guard let value = (values + worker).move() else { fatalError("the value of worker \(worker) was taken") }
        (values + worker).initialize(to: nil)
        return value
    }
}
