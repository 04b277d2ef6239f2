import CKernels

/// Merges several short pieces side by side: always the earliest merge of all pairs of a piece, of equal ones the leftmost. What one
/// of them waits for is fetched while the others are merged. One thread.
final class MergeLanes {
    /// Pieces at a time.
    static let capacity = 16
    /// The most symbols of a piece.
    private static let longest = 48

    private let merges: MergeTable
    private let lanes: UnsafeMutablePointer<shardmill_lane>
    /// Pieces that were added.
    private(set) var count = 0

    init(_ merges: MergeTable) {
        self.merges = merges
        lanes = .allocate(capacity: MergeLanes.capacity)
        lanes.initialize(repeating: shardmill_lane(), count: MergeLanes.capacity)
    }

    deinit { lanes.deallocate() }

    /// Whether a piece of so many symbols can be merged here.
    func takes(_ count: Int) -> Bool { count > 0 && count <= MergeLanes.longest && merges.hasShortRanks }

    /// No lane is free.
    var isFull: Bool { count == MergeLanes.capacity }

    /// Adds a piece that `takes` accepts, with the merges of its neighbours as `MergeTable` packs them.
    func add(_ symbols: UnsafePointer<UInt32>, _ pairs: UnsafePointer<UInt64>, _ count: Int) {
        precondition(takes(count) && !isFull)
        shardmill_begin_lane(lanes + self.count, symbols, pairs, UInt32(truncatingIfNeeded: count))
        self.count += 1
    }

    /// Merges all that were added, and takes them out: calls `body` with the tokens of each, in the order in which they were added.
    @inline(__always)
    func merge(_ body: (UnsafeBufferPointer<UInt32>) -> Void) {
        var table = merges.view
        shardmill_merge_lanes(&table, lanes, UInt32(truncatingIfNeeded: count))
        for lane in 0..<count {
            let symbols = UnsafeRawPointer(lanes + lane) + MemoryLayout<shardmill_lane>.offset(of: \.symbols)!
            body(
                UnsafeBufferPointer(
                    start: symbols.assumingMemoryBound(to: UInt32.self), count: Int(lanes[lane].count)))
        }
        count = 0
    }
}
