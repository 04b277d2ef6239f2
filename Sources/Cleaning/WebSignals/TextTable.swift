import CKernels
import Files
import Glibc

/// What is known of byte strings: entries in the order in which they came, so that the frequent ones lie close together, and a table of
/// open addressing that points at them. No decision depends on what it holds.
struct TextTable<Value: BitwiseCopyable>: ~Copyable {
    // The address of an entry in the lower 48 bits, as every address of a program is below 2^48; above them 16 bits of its key's place. 0 is
    // empty.
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    private(set) var count = 0
    private var segments: [UnsafeMutablePointer<Entry>] = []

    /// A string's value beside its key.
    struct Entry: BitwiseCopyable {
        // Values with vectors in them ask for more alignment than keys: first, they leave no gap.
        var value: Value
        var key: TextKey
    }

    private static var segmentBytes: Int { 1 << 21 }
    private static var segmentCount: Int { segmentBytes / MemoryLayout<Entry>.stride }

    init() {
        let capacity = TextTable.segmentBytes / 8
        slots = TextTable.emptySlots(capacity)
        mask = capacity - 1
    }

    deinit {
        munmap(slots, (mask + 1) * 8)
        for segment in segments { munmap(segment, TextTable.segmentBytes) }
    }

    /// Forgets every string; the memory stays.
    mutating func removeAll() {
        memset(slots, 0, (mask + 1) * 8)
        count = 0
    }

    /// What is kept for the string of this key, if it is known; valid until `removeAll`.
    @inline(__always)
    func find(_ key: TextKey) -> UnsafePointer<Value>? {
        let place = key.place
        var slot = place & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if (entry ^ UInt64(truncatingIfNeeded: place)) &>> 48 == 0 {
                let known = TextTable.entry(entry)
                if known.pointee.key == key { return UnsafeRawPointer(known).assumingMemoryBound(to: Value.self) }
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// Asks the memory for the slot at which a key's place begins.
    @inline(__always)
    func prefetch(_ place: Int) { shardmill_prefetch(slots + (place & mask)) }

    /// The entry to which the slot of a key's place points, for `value(_:of:)`; asks the memory for it.
    @inline(__always)
    func guess(_ place: Int) -> UInt64 {
        let entry = slots[place & mask]
        shardmill_prefetch_address(entry & 0xFFFF_FFFF_FFFF)
        return entry
    }

    /// What is kept for the string of this key where the guess was right.
    @inline(__always)
    static func value(_ guess: UInt64, of key: TextKey) -> UnsafePointer<Value>? {
        if guess == 0 { return nil }
        let entry = entry(guess)
        return entry.pointee.key == key ? UnsafeRawPointer(entry).assumingMemoryBound(to: Value.self) : nil
    }

    /// Keeps a value for the string of a key that is not known.
    mutating func insert(_ key: TextKey, _ value: Value) {
        if (count + 1) * 2 > mask { grow() }
        let entry = room(for: count)
        entry.initialize(to: Entry(value: value, key: key))
        put(entry)
        count += 1
    }

    @inline(__always)
    private static func entry(_ slot: UInt64) -> UnsafePointer<Entry> {
        UnsafePointer(bitPattern: UInt(slot & 0xFFFF_FFFF_FFFF)).unsafelyUnwrapped
    }

    private func put(_ entry: UnsafePointer<Entry>) {
        let place = entry.pointee.key.place
        var slot = place & mask
        while slots[slot] != 0 { slot = (slot &+ 1) & mask }
        slots[slot] = UInt64(UInt(bitPattern: entry)) | UInt64(truncatingIfNeeded: place >> 48) << 48
    }

    private mutating func grow() {
        munmap(slots, (mask + 1) * 8)
        let capacity = (mask + 1) * 2
        slots = TextTable.emptySlots(capacity)
        mask = capacity - 1
        for number in 0..<count { put(room(for: number)) }
    }

    /// The memory of an entry; those of a new segment are made.
    private mutating func room(for number: Int) -> UnsafeMutablePointer<Entry> {
        let (segment, place) = number.quotientAndRemainder(dividingBy: TextTable.segmentCount)
        if segment == segments.count { segments.append(TextTable.emptySegment()) }
        return segments[segment] + place
    }

    private static func emptySlots(_ capacity: Int) -> UnsafeMutablePointer<UInt64> {
        pages(capacity * 8).bindMemory(to: UInt64.self, capacity: capacity)
    }

    private static func emptySegment() -> UnsafeMutablePointer<Entry> {
        pages(segmentBytes).bindMemory(to: Entry.self, capacity: segmentCount)
    }

    /// Memory of zeros, a multiple of `segmentBytes`. Look-ups go here and there: small pages would cost more than the memory itself.
    private static func pages(_ bytes: Int) -> UnsafeMutableRawPointer {
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { fatalError("no memory for \(bytes) bytes") }
        madvise(memory, bytes, MADV_HUGEPAGE)
        return memory
    }
}

/// The key of a byte string: the string itself below 16 bytes; a longer one stands by 64 bits of XXH3 and 56 bits of its ends and
/// length.
struct TextKey: BitwiseCopyable {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    static func == (left: TextKey, right: TextKey) -> Bool {
        (left.low ^ right.low) | (left.high ^ right.high) == 0
    }

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
