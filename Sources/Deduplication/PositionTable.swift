/// A hash table of positions in a text, in open addressing: what stands at a position is read in the text itself.
///
/// A slot of 8 bytes is 28 bits of the hash and 36 of the position, so that the table grows without reading the text. Beyond 2^28 slots
/// neighbours in the table share all bits of the hash: it gets slower, not wrong.
struct PositionTable: ~Copyable {
    /// One more than the largest position that fits.
    static let limit = 1 << 36 - 1

    private(set) var count = 0
    private var slots: UnsafeMutablePointer<UInt64>
    private var bits: Int

    /// Room for `capacity` positions before it grows.
    init(capacity: Int) {
        bits = 8
        while 1 << bits < capacity + capacity / 3 { bits += 1 }
        slots = PositionTable.allocate(1 << bits)
    }

    deinit { slots.deallocate() }

    /// Bytes of memory.
    var bytes: Int { (1 << bits) * 8 }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<UInt64> {
        let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        slots.initialize(repeating: 0, count: count)
        return slots
    }

    @inline(__always)
    private func home(_ tag: UInt64) -> Int {
        Int(bits <= 28 ? tag >> UInt64(28 - bits) : tag << UInt64(bits - 28))
    }

    /// The position under `hash` for which `isEqual` holds. Where there is none `position` is put in and nil comes back.
    @inline(__always)
    mutating func findOrInsert(_ hash: UInt64, _ position: Int, _ isEqual: (Int) -> Bool) -> Int? {
        let tag = hash >> 36
        let mask = 1 << bits - 1
        var slot = home(tag)
        while slots[slot] != 0 {
            if slots[slot] >> 36 == tag {
                let found = Int(slots[slot] & (1 << 36 - 1)) - 1
                if isEqual(found) { return found }
            }
            slot = (slot &+ 1) & mask
        }
        // 0 is an empty slot, so positions stand one higher.
        slots[slot] = tag << 36 | UInt64(position + 1)
        count &+= 1
        if count &* 4 > 3 << bits { grow() }
        return nil
    }

    /// Reads where the hashes lead, in the table and from there in the text, so that the memory comes while others are still waited for:
    /// one after the other each look-up in a large table waits for memory twice. The result says nothing; it must be kept for the reading
    /// to happen.
    func fetch(_ hashes: UnsafeBufferPointer<UInt64>, _ text: UnsafeRawPointer, unitBytes: Int) -> UInt64 {
        var seen: UInt64 = 0
        for hash in hashes { seen ^= slots[home(hash >> 36)] }
        for hash in hashes {
            let slot = slots[home(hash >> 36)]
            if slot >> 36 == hash >> 36, slot != 0 {
                let position = Int(slot & (1 << 36 - 1)) - 1
                seen ^= UInt64(text.load(fromByteOffset: position &* unitBytes, as: UInt8.self))
            }
        }
        return seen
    }

    private mutating func grow() {
        let old = slots
        let oldCount = 1 << bits
        bits += 1
        slots = PositionTable.allocate(1 << bits)
        let mask = 1 << bits - 1
        for index in 0..<oldCount where old[index] != 0 {
            var slot = home(old[index] >> 36)
            while slots[slot] != 0 { slot = (slot &+ 1) & mask }
            slots[slot] = old[index]
        }
        old.deallocate()
    }
}
