/// Pieces seen before and their ids: pieces of at most 23 bytes with at most 9 ids, two places for each hash, one cache line
/// each. Bounded: what finds both places taken replaces the older one.
///
/// One thread. The memory is owned by the cache; `slots` stays valid as long as it lives.
final class PretokenCache {
    /// 64 bytes. The highest byte of `key2` is the length of the piece, so that an empty slot has 0 there.
    struct Slot {
        var key0: UInt64 = 0
        var key1: UInt64 = 0
        var key2: UInt64 = 0
        var count: UInt32 = 0
        var ids: Ids = (0, 0, 0, 0, 0, 0, 0, 0, 0)
    }

    typealias Ids = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

    /// The longest piece, in bytes.
    static let longestPiece = 23
    /// The most ids of a piece.
    static let mostIds = 9
    static let bits = 16

    let slots: UnsafeMutablePointer<Slot>

    init() {
        precondition(MemoryLayout<Slot>.stride == 64)
        let count = 1 << PretokenCache.bits
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 64, alignment: 64)
        slots = memory.initializeMemory(as: Slot.self, repeating: Slot(), count: count)
    }

    deinit { UnsafeMutableRawPointer(slots).deallocate() }

    /// The key of the piece of `count` bytes, 1 to 23. `readable`: how many bytes from `start` on may be read.
    @inline(__always)
    static func key(_ start: UnsafeRawPointer, _ count: Int, readable: Int) -> (UInt64, UInt64, UInt64) {
        let length = UInt64(truncatingIfNeeded: count) << 56
        if readable >= 24 {
            let first = start.loadUnaligned(as: UInt64.self)
            if count < 8 { return (first & ones(count), 0, length) }
            let second = start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            if count < 16 { return (first, second & ones(count &- 8), length) }
            let third = start.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
            return (first, second, third & ones(count &- 16) | length)
        }
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: UnsafeRawBufferPointer(start: start, count: count)) }
        return (words.0, words.1, words.2 | length)
    }

    /// The lowest `count` bytes set, 0 to 7.
    @inline(__always)
    private static func ones(_ count: Int) -> UInt64 { (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1 }

    /// The first place of a key; the second is beside it.
    @inline(__always)
    static func place(_ key: (UInt64, UInt64, UInt64)) -> Int {
        var hash = key.0 &* 0x9E37_79B9_7F4A_7C15
        hash ^= key.1 &* 0xC2B2_AE3D_27D4_EB4F
        hash ^= key.2 &* 0x1656_67B1_9E37_79F9
        hash = (hash ^ (hash &>> 29)) &* 0xBF58_476D_1CE4_E5B9
        return Int(truncatingIfNeeded: hash &>> UInt64(64 - PretokenCache.bits))
    }

    /// Keeps the ids of a piece, 1 to 9 of them.
    func insert(_ key: (UInt64, UInt64, UInt64), at place: Int, _ ids: UnsafePointer<UInt32>, _ count: Int) {
        if slots[place].key2 != 0 { slots[place ^ 1] = slots[place] }
        var slot = Slot(key0: key.0, key1: key.1, key2: key.2, count: UInt32(count))
        withUnsafeMutableBytes(of: &slot.ids) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: ids, count: count * 4))
        }
        slots[place] = slot
    }
}
