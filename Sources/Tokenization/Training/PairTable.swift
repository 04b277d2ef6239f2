import CKernels
import Glibc

/// The counts of pairs: open addressing, nothing is ever taken out.
struct PairTable: ~Copyable {
    struct Slot: BitwiseCopyable {
        var key: UInt64
        var count: Int
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var bits: Int
    private(set) var count = 0

    private static let empty = UInt64.max

    init() {
        bits = 12
        slots = PairTable.allocate(bits)
    }

    deinit { free(slots) }

    @inline(__always)
    static func key(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << 32 | UInt64(right) }

    /// The count of a pair, writable until the next insertion; nil where the pair is not known.
    @inline(__always)
    func find(_ key: UInt64) -> UnsafeMutablePointer<Int>? {
        let slot = place(key)
        return slots[slot].key == key ? countPointer(slot) : nil
    }

    /// Has the processor fetch what `find` will read first.
    @inline(__always)
    func prefetch(_ key: UInt64) { shardmill_prefetch(slots + PairTable.home(key, bits)) }

    /// Enters a pair that is not known.
    mutating func insert(_ key: UInt64, _ value: Int) {
        if count &* 8 >= 5 &<< bits { grow() }
        slots[place(key)] = Slot(key: key, count: value)
        count += 1
    }

    private func countPointer(_ slot: Int) -> UnsafeMutablePointer<Int> {
        (UnsafeMutableRawPointer(slots + slot) + 8).assumingMemoryBound(to: Int.self)
    }

    /// Where a pair stands, or where it belongs.
    @inline(__always)
    private func place(_ key: UInt64) -> Int {
        let mask = 1 &<< bits &- 1
        var slot = PairTable.home(key, bits)
        while slots[slot].key != PairTable.empty, slots[slot].key != key { slot = (slot &+ 1) & mask }
        return slot
    }

    @inline(__always)
    private static func home(_ key: UInt64, _ bits: Int) -> Int {
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: ((mixed ^ (mixed &>> 32)) &* 0xD6E8_FEB8_6659_FD93) &>> UInt64(64 &- bits))
    }

    private mutating func grow() {
        let old = slots
        let oldCount = 1 << bits
        bits += 1
        slots = PairTable.allocate(bits)
        for index in 0..<oldCount where old[index].key != PairTable.empty { slots[place(old[index].key)] = old[index] }
        free(old)
    }

    private static func allocate(_ bits: Int) -> UnsafeMutablePointer<Slot> {
        let bytes = MemoryLayout<Slot>.stride << bits
        guard let memory = malloc(bytes) else { fatalError("no memory for \(bytes) bytes of pairs") }
        memset(memory, 0xFF, bytes)
        return memory.assumingMemoryBound(to: Slot.self)
    }
}
