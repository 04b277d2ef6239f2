import Files
import Glibc

/// Numbers for byte strings.
///
/// A string below 16 bytes is its own key; a longer one stands by 64 bits of XXH3 and 56 bits of its ends and length. Numbers are a
/// cache's: no decision depends on their values.
struct TextTable: ~Copyable {
    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int
    private(set) var count = 0

    struct Slot: BitwiseCopyable {
        var low: UInt64
        var high: UInt64
        var number: UInt64
    }

    init(capacity: Int = 1 << 12) {
        slots = .allocate(capacity: capacity)
        mask = capacity - 1
        memset(slots, 0, capacity * MemoryLayout<Slot>.stride)
    }

    deinit { slots.deallocate() }

    /// Forgets every string; the memory stays.
    mutating func removeAll() {
        memset(slots, 0, (mask + 1) * MemoryLayout<Slot>.stride)
        count = 0
    }

    /// The key of a string. `room` bytes may be read from `bytes` on.
    @inline(__always)
    static func key(_ bytes: UnsafePointer<UInt8>, _ length: Int, room: Int) -> (low: UInt64, high: UInt64) {
        let raw = UnsafeRawPointer(bytes)
        if length < 16 {
            if room >= 16 {
                var low = raw.loadUnaligned(as: UInt64.self)
                var high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                if length <= 8 {
                    low &= length == 0 ? 0 : UInt64.max &>> UInt64(64 &- 8 &* length)
                    high = 0
                } else {
                    high &= UInt64.max &>> UInt64(128 &- 8 &* length)
                }
                return (low, high | UInt64(length &+ 1) &<< 56)
            }
            return shortKey(raw, length)
        }
        let hash = XXHash3.hash64(UnsafeRawBufferPointer(start: raw, count: length))
        let ends =
            raw.loadUnaligned(as: UInt64.self) &* 0x9E37_79B9_7F4A_7C15
            ^ raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self) &+ UInt64(length)
        return (hash, ends | 0xFF &<< 56)
    }

    private static func shortKey(_ raw: UnsafeRawPointer, _ length: Int) -> (low: UInt64, high: UInt64) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in 0..<length {
            let byte = UInt64(raw.load(fromByteOffset: index, as: UInt8.self))
            if index < 8 { low |= byte << UInt64(8 * index) } else { high |= byte << UInt64(8 * (index - 8)) }
        }
        return (low, high | UInt64(length + 1) << 56)
    }

    @inline(__always)
    private static func place(_ low: UInt64, _ high: UInt64) -> Int {
        let mixed = (low ^ (high &* 0x9FB2_1C65_1E98_DF25)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed ^ (mixed &>> 32))
    }

    /// The number of the string of this key, if it is known.
    @inline(__always)
    func find(_ key: (low: UInt64, high: UInt64)) -> Int? {
        var slot = TextTable.place(key.low, key.high) & mask
        while true {
            let entry = slots[slot]
            if entry.low == key.low, entry.high == key.high { return Int(truncatingIfNeeded: entry.number) }
            if entry.high == 0 { return nil }
            slot = (slot &+ 1) & mask
        }
    }

    /// Gives the string of a key that is not known a number.
    mutating func insert(_ key: (low: UInt64, high: UInt64), number: Int) {
        if (count + 1) * 2 > mask { grow() }
        put(Slot(low: key.low, high: key.high, number: UInt64(number)))
        count += 1
    }

    private func put(_ entry: Slot) {
        var slot = TextTable.place(entry.low, entry.high) & mask
        while slots[slot].high != 0 { slot = (slot &+ 1) & mask }
        slots[slot] = entry
    }

    private mutating func grow() {
        let old = slots
        let oldCount = mask + 1
        slots = .allocate(capacity: oldCount * 4)
        mask = oldCount * 4 - 1
        memset(slots, 0, (mask + 1) * MemoryLayout<Slot>.stride)
        for index in 0..<oldCount where old[index].high != 0 { put(old[index]) }
        old.deallocate()
    }
}
