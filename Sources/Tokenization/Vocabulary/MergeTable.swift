import CKernels

/// The merges of a model, keyed by the pair of ids: open addressing, read-only after it is built, shared by all encoders.
///
/// A merge is packed as `rank << 32 | result`, so that the smaller value is the earlier merge. `none` is larger than all.
/// `@unchecked Sendable`: the memory is written by the owner of the table before it is shared, never after.
final class MergeTable: @unchecked Sendable {
    /// No merge.
    static let none = UInt64.max

    private let slots: UnsafeMutablePointer<shardmill_merge>
    private let mask: Int
    /// A bit for the hash of every pair. Most pairs that are looked up have no merge, and this small table (12 to 24 bits a
    /// merge) says so without a miss in the large one.
    private let filter: UnsafeMutablePointer<UInt64>
    private let filterShift: UInt64
    private let capacity: Int
    private let memory: TableMemory
    /// Merges that were added, pairs that occur twice counted twice.
    private(set) var count = 0
    /// Whether every rank is below 2^25, so that it fits beside a place in a signed word of 32 bits.
    private(set) var hasShortRanks = true

    /// Room for `count` merges; no more may be added.
    init(count: Int) {
        var capacity = 64
        while capacity < count + count / 2 { capacity *= 2 }
        self.capacity = capacity
        mask = capacity - 1
        // One more, which stays empty.
        memory = TableMemory(byteCount: (capacity + 1) * MemoryLayout<shardmill_merge>.stride)
        slots = memory.start.bindMemory(to: shardmill_merge.self, capacity: capacity + 1)
        let filterBits = (capacity * 8).trailingZeroBitCount
        filterShift = UInt64(64 - filterBits)
        filter = .allocate(capacity: 1 << (filterBits - 6))
        filter.initialize(repeating: 0, count: 1 << (filterBits - 6))
    }

    deinit { filter.deallocate() }

    /// Adds the next merge; of two merges of one pair the later counts, as in `tokenizers`.
    func append(_ left: UInt32, _ right: UInt32, result: UInt32) {
        append(left, right, result: result, rank: UInt32(truncatingIfNeeded: count))
    }

    /// Adds a merge with a rank of its own; equal ranks are merged from left to right.
    func append(_ left: UInt32, _ right: UInt32, result: UInt32, rank: UInt32) {
        enter(MergeTable.key(left, right), UInt64(rank) << 32 | UInt64(result))
        if rank >= 1 << 25 { hasShortRanks = false }
        count += 1
    }

    /// Adds merges in their order; `pairs` are left, right, left, right, … What each will read is fetched before.
    func append(pairs: [UInt32], results: [UInt32]) {
        let ahead = 16
        pairs.withUnsafeBufferPointer { pairs in
            results.withUnsafeBufferPointer { results in
                for index in results.indices {
                    let next = index &+ ahead
                    if next < results.count {
                        let hash = MergeTable.hash(MergeTable.key(pairs[next &* 2], pairs[next &* 2 &+ 1]))
                        shardmill_prefetch(slots + (Int(truncatingIfNeeded: hash) & mask))
                        shardmill_prefetch(filter + Int(truncatingIfNeeded: (hash &>> filterShift) &>> 6))
                    }
                    let merge = UInt64(truncatingIfNeeded: count &+ index) &<< 32 | UInt64(results[index])
                    enter(MergeTable.key(pairs[index &* 2], pairs[index &* 2 &+ 1]), merge)
                }
                count += results.count
                if count >= 1 << 25 { hasShortRanks = false }
            }
        }
    }

    @inline(__always)
    private static func key(_ left: UInt32, _ right: UInt32) -> UInt64 { ~(UInt64(left) &<< 32 | UInt64(right)) }

    @inline(__always)
    private func enter(_ key: UInt64, _ merge: UInt64) {
        let hash = MergeTable.hash(key)
        let bit = hash &>> filterShift
        filter[Int(truncatingIfNeeded: bit &>> 6)] |= 1 &<< (bit & 63)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot].key != 0, slots[slot].key != key { slot = (slot &+ 1) & mask }
        slots[slot] = shardmill_merge(key: key, merge: merge)
    }

    /// The merge of a pair, or `none`.
    @inline(__always)
    func merge(_ left: UInt32, _ right: UInt32) -> UInt64 {
        let key = MergeTable.key(left, right)
        let hash = MergeTable.hash(key)
        let bit = hash &>> filterShift
        if filter[Int(truncatingIfNeeded: bit &>> 6)] &>> (bit & 63) & 1 == 0 { return MergeTable.none }
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let found = slots[slot]
            if found.key == key { return found.merge }
            if found.key == 0 { return MergeTable.none }
            slot = (slot &+ 1) & mask
        }
    }

    /// Calls `body` with every merge as it is packed, in an order that says nothing.
    func forEachMerge(_ body: (UInt64) -> Void) {
        for slot in 0...mask where slots[slot].key != 0 { body(slots[slot].merge) }
    }

    /// What the kernels read; valid as long as the table is.
    var view: shardmill_merges {
        shardmill_merges(
            slots: slots, filter: filter, mask: UInt64(mask), shift: UInt32(truncatingIfNeeded: filterShift))
    }

    /// Has the processor fetch what `merge` will read.
    @inline(__always)
    func prefetch(_ left: UInt32, _ right: UInt32) {
        let hash = MergeTable.hash(MergeTable.key(left, right))
        shardmill_prefetch(filter + Int(truncatingIfNeeded: (hash &>> filterShift) &>> 6))
        shardmill_prefetch(slots + (Int(truncatingIfNeeded: hash) & mask))
    }

    /// Good in its high bits, for the filter, and in its low bits, for the slots.
    @inline(__always)
    private static func hash(_ key: UInt64) -> UInt64 {
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        let product = (mixed ^ (mixed &>> 32)) &* 0xD6E8_FEB8_6659_FD93
        return product ^ (product &>> 32)
    }
}
