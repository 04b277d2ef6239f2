import Synchronization

/// Values of rows that workers find in any order.
final class RowTable<Value: Sendable>: Sendable {
    private let table = Mutex<[Int: Value]>([:])

    /// All that were set.
    var values: [Int: Value] { table.withLock { $0 } }

    func set(_ row: Int, _ value: Value) { table.withLock { $0[row] = value } }
}
