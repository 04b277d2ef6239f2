import CKernels
import Glibc

/// Pieces seen before and their ids, in two tables of fixed size: 8 MB for short pieces, two to a cache line, and 9 MB for longer
/// ones with their bytes. The memory is touched as it fills.
///
/// Short pieces have at most 15 bytes and 3 ids; what finds both places of its line taken moves the older to the line beside it. Longer ones are
/// appended to a store that is emptied when it is full. One thread. The memory is owned by the cache.
final class PretokenCache {
    /// 32 bytes. The highest byte of `key1` is the length of the piece, so that an empty slot has 0 there.
    struct Slot {
        var key0: UInt64 = 0
        var key1: UInt64 = 0
        /// The first id and, above it, the second.
        var firstIDs: UInt64 = 0
        /// The third id and, above it, their number; 0: the ids are in the other table.
        var lastID: UInt64 = 0

        /// The number of ids; 0: they are in the other table.
        @inline(__always) var count: Int { Int(truncatingIfNeeded: lastID &>> 32) }

        /// Calls `body` with the ids.
        @inline(__always)
        func withIDs(_ body: (UnsafeBufferPointer<UInt32>) -> Void) {
            var words = (firstIDs, lastID)
            withUnsafeBytes(of: &words) {
                body(UnsafeBufferPointer(rebasing: $0.assumingMemoryBound(to: UInt32.self)[..<count]))
            }
        }
    }

    /// 16 bytes; `hash` 0 is an empty slot.
    struct LongSlot {
        var hash: UInt64 = 0
        /// Where in the store the ids stand, and behind them the bytes.
        var place: UInt32 = 0
        var count: UInt16 = 0
        var ids: UInt16 = 0
    }

    /// The most bytes and ids of a short piece.
    static let longestShort = 15
    static let mostShortIDs = 3
    /// The most bytes of a longer piece that is kept.
    static let longest = 2048
    private static let bits = 17
    private static let longBits = 16
    private static let storeSize = 8 << 20

    /// Lines of two slots.
    let slots: UnsafeMutablePointer<Slot>
    private let longSlots: UnsafeMutablePointer<LongSlot>
    private let store: UnsafeMutableRawPointer
    private var stored = 0
    private let memory: TableMemory
    /// Masks for the two words of a key, by length.
    let masks: UnsafeMutablePointer<(UInt64, UInt64)>

    init() {
        precondition(MemoryLayout<Slot>.stride == 32 && MemoryLayout<LongSlot>.stride == 16)
        let size = 64 << PretokenCache.bits
        let longSize = 16 << PretokenCache.longBits
        memory = TableMemory(byteCount: size + longSize + PretokenCache.storeSize)
        slots = memory.start.bindMemory(to: Slot.self, capacity: 2 << PretokenCache.bits)
        longSlots = (memory.start + size).bindMemory(to: LongSlot.self, capacity: 1 << PretokenCache.longBits)
        store = memory.start + size + longSize
        masks = .allocate(capacity: 16)
        for count in 0..<16 {
            func ones(_ bytes: Int) -> UInt64 { bytes >= 8 ? .max : (1 << UInt64(max(0, bytes) * 8)) - 1 }
            (masks + count).initialize(to: (ones(count), ones(count - 8)))
        }
    }

    deinit { masks.deallocate() }

    /// The key of the piece of `count` bytes, 1 to 15. `readable`: how many bytes from `start` on may be read.
    @inline(__always)
    static func key(
        _ start: UnsafeRawPointer, _ count: Int, readable: Int, _ masks: UnsafeMutablePointer<(UInt64, UInt64)>
    ) -> (UInt64, UInt64) {
        let length = UInt64(truncatingIfNeeded: count) &<< 56
        if readable >= 16 {
            let mask = masks[count]
            return (
                start.loadUnaligned(as: UInt64.self) & mask.0,
                start.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & mask.1 | length
            )
        }
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: UnsafeRawBufferPointer(start: start, count: count)) }
        return (words.0, words.1 | length)
    }

    /// The line of a key, as the index of its first slot.
    @inline(__always)
    static func line(_ key0: UInt64, _ key1: UInt64) -> Int {
        let product = (key0 ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: key1 ^ 0xC2B2_AE3D_27D4_EB4F)
        let mixed = (product.high ^ product.low) &* 0xBF58_476D_1CE4_E5B9
        return Int(truncatingIfNeeded: mixed &>> UInt64(64 - bits)) &<< 1
    }

    /// A hash of a longer piece, never 0.
    @inline(__always)
    static func longHash(_ start: UnsafeRawPointer, _ count: Int, isPart: Bool) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15 ^ (isPart ? 0x5851_F42D_4C95_7F2D : 0)
        var index = 0
        while index &+ 8 <= count {
            hash = mix(hash, start.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        if index < count {
            var last: UInt64 = 0
            while index < count {
                last = last &<< 8 | UInt64(start.load(fromByteOffset: index, as: UInt8.self))
                index &+= 1
            }
            hash = mix(hash, last)
        }
        return hash | 1
    }

    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low &+ word
    }

    /// Has the processor fetch what a look-up of a longer piece will read.
    @inline(__always)
    func prefetchLong(_ hash: UInt64) { shardmill_prefetch(longSlots + PretokenCache.longIndex(hash)) }

    @inline(__always)
    private static func longIndex(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> UInt64(64 - longBits)) }

    /// Keeps the ids of a short piece; without ids, a sign that they are in the other table.
    func insert(_ key0: UInt64, _ key1: UInt64, _ ids: UnsafePointer<UInt32>, _ count: Int) {
        let line = PretokenCache.line(key0, key1)
        var slot = Slot(key0: key0, key1: key1)
        if count > 0 { slot.firstIDs = UInt64(ids[0]) | (count > 1 ? UInt64(ids[1]) << 32 : 0) }
        slot.lastID = UInt64(count) << 32 | (count > 2 ? UInt64(ids[2]) : 0)
        let neighbour = line ^ 2
        if slots[line].key1 == 0 || (slots[line].key1 == key1 && slots[line].key0 == key0) {
            slots[line] = slot
        } else if slots[line + 1].key1 == 0 {
            slots[line + 1] = slot
        } else {
            // The older one goes to the neighbour, where it takes the place of the older there.
            if slots[neighbour].key1 != 0 { slots[neighbour + 1] = slots[neighbour] }
            slots[neighbour] = slots[line + 1]
            slots[line + 1] = slots[line]
            slots[line] = slot
        }
    }

    /// Brings a piece that is in the line beside its own into the second place of its own; nil where it is not there.
    @inline(__always)
    func fetchFromNeighbour(_ line: Int, _ key0: UInt64, _ key1: UInt64) -> UnsafePointer<Slot>? {
        let place = slots + line + 1
        for other in [slots + (line ^ 2), slots + (line ^ 2) + 1]
        where other.pointee.key0 == key0 && other.pointee.key1 == key1 {
            swap(&other.pointee, &place.pointee)
            return UnsafePointer(place)
        }
        return nil
    }

    /// The ids of a longer piece, valid until the next insertion; nil where it is not here.
    @inline(__always)
    func longIDs(_ hash: UInt64, _ start: UnsafeRawPointer, _ count: Int) -> UnsafeBufferPointer<UInt32>? {
        let slot = longSlots[PretokenCache.longIndex(hash)]
        guard slot.hash == hash, Int(slot.count) == count else { return nil }
        let ids = store + Int(slot.place)
        guard memcmp(ids + Int(slot.ids) * 4, start, count) == 0 else { return nil }
        return UnsafeBufferPointer(
            start: UnsafePointer(ids.assumingMemoryBound(to: UInt32.self)), count: Int(slot.ids))
    }

    /// Keeps the ids of a longer piece of at most `longest` bytes.
    func insertLong(
        _ hash: UInt64, _ start: UnsafeRawPointer, _ count: Int, _ ids: UnsafePointer<UInt32>, _ idCount: Int
    ) {
        if idCount > Int(UInt16.max) { return }
        let size = (idCount * 4 + count + 3) & ~3
        if stored + size > PretokenCache.storeSize {
            memset(longSlots, 0, 16 << PretokenCache.longBits)
            stored = 0
        }
        let place = store + stored
        place.copyMemory(from: ids, byteCount: idCount * 4)
        (place + idCount * 4).copyMemory(from: start, byteCount: count)
        longSlots[PretokenCache.longIndex(hash)] = LongSlot(
            hash: hash, place: UInt32(stored), count: UInt16(count), ids: UInt16(idCount))
        stored += size
    }
}
