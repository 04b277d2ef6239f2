import CKernels
import Files
import Glibc

/// Stretches of text seen before and their ids: a table of fixed size over a store of bytes and ids that is emptied when it is full.
/// Where two stretches meet in one slot the later stays. One thread.
final class SpanTable {
    /// 16 bytes; `hash` 0 is an empty slot.
    private struct Slot {
        var hash: UInt64 = 0
        /// Where in the store the ids stand, and behind them the bytes.
        var place: UInt32 = 0
        var count: UInt16 = 0
        var ids: UInt16 = 0
    }

    private let slots: UnsafeMutablePointer<Slot>
    /// Parts of the hashes of stretches that were seen.
    private let marks: UnsafeMutablePointer<UInt32>
    private let store: UnsafeMutableRawPointer
    private let bits: Int
    private let storeSize: Int
    @exclusivity(unchecked) private var stored = 0
    private let memory: TableMemory
    /// How often a stretch was found.
    @exclusivity(unchecked) private(set) var found = 0
    /// Something found no room.
    @exclusivity(unchecked) private(set) var isFull = false

    /// A table of 2^`bits` slots; `storeSize` is below 2^32. The memory is touched as it fills.
    init(bits: Int, storeSize: Int) {
        precondition(MemoryLayout<Slot>.stride == 16)
        self.bits = bits
        self.storeSize = storeSize
        memory = TableMemory(byteCount: (20 << bits) + storeSize)
        slots = memory.start.bindMemory(to: Slot.self, capacity: 1 << bits)
        marks = (memory.start + (16 << bits)).bindMemory(to: UInt32.self, capacity: 1 << bits)
        store = memory.start + (20 << bits)
    }

    /// Has the processor fetch what a search will read first.
    @inline(__always)
    func prefetch(_ hash: UInt64) { shardmill_prefetch(slots + index(hash)) }

    @inline(__always)
    private func index(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> UInt64(64 &- bits)) }

    /// The ids of a stretch, valid until the table is emptied; nil where it is not here. `hash` is not 0.
    @inline(__always)
    func ids(_ hash: UInt64, _ start: UnsafeRawPointer, _ count: Int) -> UnsafeBufferPointer<UInt32>? {
        let slot = slots[index(hash)]
        guard slot.hash == hash, Int(slot.count) == count else { return nil }
        let ids = store + Int(slot.place)
        guard memcmp(ids + Int(slot.ids) * 4, start, count) == 0 else { return nil }
        found &+= 1
        return UnsafeBufferPointer(
            start: UnsafePointer(ids.assumingMemoryBound(to: UInt32.self)), count: Int(slot.ids))
    }

    /// Keeps the ids of a stretch where there is room, else only notes that there is none. One of more than 65,535 bytes or ids is not kept.
    func insert(
        _ hash: UInt64, _ start: UnsafeRawPointer, _ count: Int, _ ids: UnsafeBufferPointer<UInt32>
    ) {
        guard let base = ids.baseAddress, ids.count <= Int(UInt16.max), count <= Int(UInt16.max) else { return }
        let size = (ids.count * 4 + count + 3) & ~3
        if stored + size > storeSize {
            isFull = true
            return
        }
        let place = store + stored
        place.copyMemory(from: base, byteCount: ids.count * 4)
        (place + ids.count * 4).copyMemory(from: start, byteCount: count)
        slots[index(hash)] = Slot(
            hash: hash, place: UInt32(stored), count: UInt16(count), ids: UInt16(ids.count))
        stored += size
    }

    /// Has the processor fetch what `wasSeen` will read.
    @inline(__always)
    func prefetchMark(_ hash: UInt64) { shardmill_prefetch(marks + index(hash)) }

    /// Notes that a stretch was seen; returns whether it was noted before, and nothing has taken its place since: only then it may be
    /// here. The marks are small, so that this hardly ever waits for memory.
    @inline(__always)
    func wasSeen(_ hash: UInt64) -> Bool {
        let mark = marks + index(hash)
        let tag = UInt32(truncatingIfNeeded: hash) | 1
        if mark.pointee == tag { return true }
        mark.pointee = tag
        return false
    }

    /// Forgets everything.
    func empty() {
        memset(slots, 0, 16 << bits)
        stored = 0
        isFull = false
    }
}
