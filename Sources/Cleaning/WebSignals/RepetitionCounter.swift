import Files
import Glibc

/// Which pieces of a document stood in it before: a set of 64-bit hashes in open addressing.
///
/// Two different pieces of equal hash would count as a repetition: for a million pieces the chance is below 1 in 10^7.
struct RepetitionCounter: ~Copyable {
    private var slots = Scratch<UInt64>()
    private var mask = 0

    init() {}

    /// Begins a document of at most `count` pieces.
    mutating func begin(_ count: Int) {
        var capacity = 64
        while capacity < count * 2 { capacity *= 2 }
        slots.reserve(capacity)
        memset(slots.base, 0, capacity * 8)
        mask = capacity - 1
    }

    /// Whether the piece was here before; it is afterwards.
    mutating func isRepeated(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        // 0 marks an empty slot.
        let hash = max(XXHash3.hash64(UnsafeRawBufferPointer(start: bytes, count: count)), 1)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots.base[slot] != 0 {
            if slots.base[slot] == hash { return true }
            slot = (slot &+ 1) & mask
        }
        slots.base[slot] = hash
        return false
    }
}
