import Files
import Glibc

/// How often each piece was seen, in memory: open addressing. Pieces of up to 15 bytes stand in their slot, so that one counts with one
/// look at memory; longer ones stand behind each other and are found by their hash.
///
/// `@unchecked Sendable`: one owner, who alone reads and writes.
struct PieceTable: ~Copyable, @unchecked Sendable {
    /// A piece of 1 to 15 bytes, zeros behind it, its length in the highest byte: never 0 in `second`.
    struct Short: BitwiseCopyable {
        var first: UInt64
        var second: UInt64
        var count: Int
    }

    struct Long: BitwiseCopyable {
        var hash: UInt64
        /// One more than where the length and the bytes stand; 0: nothing here.
        var place: Int
        var count: Int
    }

    static let longestShort = 15

    private var short: UnsafeMutablePointer<Short>
    private var shortBits: Int
    private var shortCount = 0
    private var long: UnsafeMutablePointer<Long>
    private var longBits: Int
    private var longCount = 0
    private var text = FlatMemory<UInt8>(capacity: 1 << 12)

    init() {
        shortBits = 12
        longBits = 10
        short = PieceTable.zeroed(1 << shortBits)
        long = PieceTable.zeroed(1 << longBits)
    }

    deinit {
        free(short)
        free(long)
    }

    /// How many different pieces there are.
    var count: Int { shortCount + longCount }

    /// Bytes of memory that it takes.
    var bytes: Int {
        MemoryLayout<Short>.stride << shortBits + MemoryLayout<Long>.stride << longBits + text.capacity
    }

    /// Bytes that it takes at the highest while it grows for one more piece of that length; `bytes` where there is room.
    func bytesToGrow(for length: Int) -> Int {
        if length <= PieceTable.longestShort {
            return isCrowded(shortCount, shortBits) ? bytes + MemoryLayout<Short>.stride << (shortBits + 1) : bytes
        }
        let room = text.count + length + 4 > text.capacity ? max(text.capacity / 2, length + 4) + 16 : 0
        return isCrowded(longCount, longBits)
            ? bytes + room + MemoryLayout<Long>.stride << (longBits + 1) : bytes + room
    }

    /// Forgets all pieces and keeps the memory.
    mutating func removeAll() {
        memset(short, 0, MemoryLayout<Short>.stride << shortBits)
        memset(long, 0, MemoryLayout<Long>.stride << longBits)
        text.removeAll()
        shortCount = 0
        longCount = 0
    }

    /// Counts a piece of `count` bytes, at least one. `readable`: how many bytes from `start` on may be read.
    @inline(__always)
    mutating func add(_ start: UnsafePointer<UInt8>, _ count: Int, readable: Int, times: Int) {
        if count <= PieceTable.longestShort {
            let (first, second) = PieceTable.key(start, count, readable: readable)
            addShort(first, second, times: times)
        } else {
            addLong(start, count, times: times)
        }
    }

    @inline(__always)
    mutating func addShort(_ first: UInt64, _ second: UInt64, times: Int) {
        if isCrowded(shortCount, shortBits) { growShort() }
        let slot = PieceTable.slot(short, shortBits, first, second)
        if slot.pointee.second == 0 {
            shortCount &+= 1
            slot.pointee = Short(first: first, second: second, count: times)
        } else {
            slot.pointee.count &+= times
        }
    }

    mutating func addLong(_ start: UnsafePointer<UInt8>, _ count: Int, times: Int) {
        if isCrowded(longCount, longBits) { growLong() }
        let hash = XXHash3.hash64(UnsafeRawBufferPointer(start: start, count: count))
        let mask = 1 << longBits - 1
        var slot = Int(truncatingIfNeeded: hash >> UInt64(64 - longBits))
        while long[slot].place != 0 {
            if long[slot].hash == hash, isPiece(long[slot].place, start, count) {
                long[slot].count += times
                return
            }
            slot = (slot + 1) & mask
        }
        let place = text.extend(by: 4)
        UnsafeMutableRawPointer(text.start + place).storeBytes(of: UInt32(count), as: UInt32.self)
        text.append(start, count)
        long[slot] = Long(hash: hash, place: place + 1, count: times)
        longCount += 1
    }

    /// Calls `body` with every short piece.
    func forEachShort(_ body: (Short) throws -> Void) rethrows {
        for slot in 0..<1 << shortBits where short[slot].second != 0 { try body(short[slot]) }
    }

    /// Calls `body` with every longer piece; the bytes are valid inside the call.
    func forEachLong(_ body: (UnsafeBufferPointer<UInt8>, Int) throws -> Void) rethrows {
        for slot in 0..<1 << longBits where long[slot].place != 0 {
            try body(piece(long[slot].place), long[slot].count)
        }
    }

    /// Calls `body` with every piece and how often it was seen; the bytes are valid inside the call.
    func forEach(_ body: (UnsafeBufferPointer<UInt8>, Int) throws -> Void) rethrows {
        try forEachShort { slot in
            var words = (slot.first, slot.second)
            let length = Int(slot.second >> 56)
            try withUnsafeBytes(of: &words) { words in
                try body(UnsafeBufferPointer(rebasing: words.bindMemory(to: UInt8.self)[..<length]), slot.count)
            }
        }
        try forEachLong(body)
    }

    /// The piece of 1 to 15 bytes as two words.
    @inline(__always)
    static func key(_ start: UnsafePointer<UInt8>, _ count: Int, readable: Int) -> (UInt64, UInt64) {
        let length = UInt64(truncatingIfNeeded: count) &<< 56
        if readable >= 16 {
            let raw = UnsafeRawPointer(start)
            let first = raw.loadUnaligned(as: UInt64.self)
            if count < 8 { return (first & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1), length) }
            let second = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            return (first, second & ((1 &<< UInt64(truncatingIfNeeded: (count &- 8) &* 8)) &- 1) | length)
        }
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: UnsafeRawBufferPointer(start: start, count: count)) }
        return (words.0, words.1 | length)
    }

    @inline(__always)
    static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var hash = first &* 0x9E37_79B9_7F4A_7C15
        hash ^= (second ^ (second &>> 32)) &* 0xC2B2_AE3D_27D4_EB4F
        return (hash ^ (hash &>> 29)) &* 0xBF58_476D_1CE4_E5B9
    }

    /// The slot of the piece, or the empty one where it belongs.
    @inline(__always)
    private static func slot(_ slots: UnsafeMutablePointer<Short>, _ bits: Int, _ first: UInt64, _ second: UInt64)
        -> UnsafeMutablePointer<Short>
    {
        let mask = 1 &<< bits &- 1
        var slot = Int(truncatingIfNeeded: hash(first, second) &>> UInt64(truncatingIfNeeded: 64 &- bits))
        while slots[slot].second != 0 {
            if slots[slot].first == first, slots[slot].second == second { break }
            slot = (slot &+ 1) & mask
        }
        return slots + slot
    }

    /// Five eighths are taken.
    @inline(__always)
    private func isCrowded(_ count: Int, _ bits: Int) -> Bool { count &* 8 >= 5 &<< bits }

    private func piece(_ place: Int) -> UnsafeBufferPointer<UInt8> {
        let start = text.start + (place - 1)
        let length = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return UnsafeBufferPointer(start: start + 4, count: Int(length))
    }

    private func isPiece(_ place: Int, _ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let known = piece(place)
        return known.count == count && memcmp(known.baseAddress!, start, count) == 0
    }

    private mutating func growShort() {
        let larger: UnsafeMutablePointer<Short> = PieceTable.zeroed(2 << shortBits)
        forEachShort { PieceTable.slot(larger, shortBits + 1, $0.first, $0.second).pointee = $0 }
        free(short)
        short = larger
        shortBits += 1
    }

    private mutating func growLong() {
        let larger: UnsafeMutablePointer<Long> = PieceTable.zeroed(2 << longBits)
        let mask = 2 << longBits - 1
        for index in 0..<1 << longBits where long[index].place != 0 {
            var slot = Int(truncatingIfNeeded: long[index].hash >> UInt64(63 - longBits))
            while larger[slot].place != 0 { slot = (slot + 1) & mask }
            larger[slot] = long[index]
        }
        free(long)
        long = larger
        longBits += 1
    }

    private static func zeroed<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
        guard let memory = calloc(count, MemoryLayout<Element>.stride) else {
            fatalError("no memory for \(count) slots")
        }
        return memory.assumingMemoryBound(to: Element.self)
    }
}
