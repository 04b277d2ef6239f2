import CKernels
import Files
import Glibc

/// What is known of byte strings: open addressing, a string's value beside its key. No decision depends on what it holds.
struct TextTable<Value: BitwiseCopyable>: ~Copyable {
    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int
    private(set) var count = 0

    struct Slot: BitwiseCopyable {
        // Values with vectors in them ask for more alignment than keys: first, they leave no gap.
        var value: Value
        var key: TextKey
    }

    init(capacity: Int = 1 << 12) {
        slots = TextTable.allocate(capacity)
        mask = capacity - 1
    }

    deinit { TextTable.release(slots, mask + 1) }

    /// Forgets every string; the memory stays.
    mutating func removeAll() {
        memset(slots, 0, (mask + 1) * MemoryLayout<Slot>.stride)
        count = 0
    }

    /// What is kept for the string of this key, if it is known; valid until the next `insert`.
    @inline(__always)
    func find(_ key: TextKey) -> UnsafePointer<Value>? {
        var slot = key.place & mask
        while true {
            let entry = slots + slot
            if entry.pointee.key.low == key.low, entry.pointee.key.high == key.high {
                return UnsafeRawPointer(entry).assumingMemoryBound(to: Value.self)
            }
            if entry.pointee.key.high == 0 { return nil }
            slot = (slot &+ 1) & mask
        }
    }

    /// Asks the memory for where a key would stand.
    @inline(__always)
    func prefetch(_ key: TextKey) { shardmill_prefetch(slots + (key.place & mask)) }

    /// Keeps a value for the string of a key that is not known.
    mutating func insert(_ key: TextKey, _ value: Value) {
        if (count + 1) * 8 > mask * 5 { grow() }
        put(Slot(value: value, key: key))
        count += 1
    }

    private func put(_ entry: Slot) {
        var slot = entry.key.place & mask
        while slots[slot].key.high != 0 { slot = (slot &+ 1) & mask }
        slots[slot] = entry
    }

    private mutating func grow() {
        let old = slots
        let oldCount = mask + 1
        slots = TextTable.allocate(oldCount * 2)
        mask = oldCount * 2 - 1
        for index in 0..<oldCount where old[index].key.high != 0 { put(old[index]) }
        TextTable.release(old, oldCount)
    }

    /// Empty slots, at the beginning of a line of the cache: fresh pages are zeros that nobody has to write.
    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Slot> {
        let bytes = capacity * MemoryLayout<Slot>.stride
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { fatalError("no memory for \(bytes) bytes") }
        // Every look-up goes elsewhere: small pages would cost more than the memory itself.
        if bytes >= 1 << 21 { madvise(memory, bytes, MADV_HUGEPAGE) }
        return memory.bindMemory(to: Slot.self, capacity: capacity)
    }

    private static func release(_ slots: UnsafeMutablePointer<Slot>, _ capacity: Int) {
        munmap(slots, capacity * MemoryLayout<Slot>.stride)
    }
}

/// The key of a byte string: the string itself below 16 bytes; a longer one stands by 64 bits of XXH3 and 56 bits of its ends and
/// length.
struct TextKey: BitwiseCopyable {
    var low: UInt64
    /// Never 0.
    var high: UInt64

    @inline(__always)
    var place: Int {
        // Every byte of both halves reaches the bits that choose the slot.
        let product = (low ^ 0x9FB2_1C65_1E98_DF25).multipliedFullWidth(by: high ^ 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: product.low ^ product.high)
    }

    /// The key of a string. `room` bytes may be read from `bytes` on.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, _ length: Int, room: Int) {
        let raw = UnsafeRawPointer(bytes)
        if length < 16 {
            if room >= 16 {
                // Shifts by 64 are 0 in Swift; so both halves need no question.
                low = raw.loadUnaligned(as: UInt64.self) & ~(UInt64.max << UInt64(8 &* length))
                let kept = max(length &- 8, 0)
                high =
                    raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & ~(UInt64.max &<< UInt64(8 &* kept))
                    | UInt64(truncatingIfNeeded: length &+ 1) &<< 56
            } else {
                self = TextKey.short(raw, length)
            }
            return
        }
        let hash = XXHash3.hash64(UnsafeRawBufferPointer(start: raw, count: length))
        let ends =
            raw.loadUnaligned(as: UInt64.self) &* 0x9E37_79B9_7F4A_7C15
            ^ raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self) &+ UInt64(length)
        low = hash
        high = ends | 0xFF &<< 56
    }

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    private static func short(_ raw: UnsafeRawPointer, _ length: Int) -> TextKey {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in 0..<length {
            let byte = UInt64(raw.load(fromByteOffset: index, as: UInt8.self))
            if index < 8 { low |= byte << UInt64(8 * index) } else { high |= byte << UInt64(8 * (index - 8)) }
        }
        return TextKey(low: low, high: high | UInt64(length + 1) << 56)
    }
}
