import CKernels
import Files
import Glibc

/// Tokens and their ids: the written form and the raw bytes of each id, and the id of a written form.
///
/// Flat: one array of bytes and places by id, one open-addressing table of ids keyed by a hash of the written form.
struct TokenNames: Sendable {
    /// Where the two forms of a token are; `count` is `hole` where no token has the id.
    fileprivate struct Place {
        var start: UInt32 = 0
        var count: UInt32 = TokenNames.hole
        var rawStart: UInt32 = 0
        var rawCount: UInt32 = 0
    }

    private var written: [UInt8] = []
    private var raw: [UInt8] = []
    private var places: [Place] = []
    /// The upper half of the hash above the id; all ones where nothing is.
    private var slots: [UInt64]
    /// How many tokens there are.
    private(set) var count = 0

    /// No token.
    static let hole = UInt32.max
    private static let emptySlot = UInt64.max
    /// Room for the tokens that are added to those of a model, so that the arrays are not moved for them.
    private static let spare = 1024

    /// Room for `capacity` tokens.
    init(capacity: Int) {
        slots = Array(repeating: TokenNames.emptySlot, count: TokenNames.slotCount(for: capacity))
        places.reserveCapacity(capacity)
        written.reserveCapacity(capacity * 7)
        raw.reserveCapacity(capacity * 6)
    }

    /// One more than the largest id.
    var idLimit: Int { places.count }

    /// What `insert` found in the way.
    enum Conflict: Equatable {
        case sameName(UInt32)
        case sameID
    }

    /// A token to enter; its bytes are copied.
    struct Entry {
        let start: UnsafeRawPointer
        let count: UInt32
        let id: UInt32
        var name: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: Int(count)) }
    }

    /// Adds a token. The caller has checked that `id` is of a sensible size. Returns what stands in the way, if anything.
    mutating func insert(_ name: UnsafeRawBufferPointer, id: UInt32) -> Conflict? {
        if TokenNames.isCrowded(count + 1, slots.count) { grow() }
        let hash = TokenNames.hash(name)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != TokenNames.emptySlot {
            let known = UInt32(truncatingIfNeeded: slots[slot])
            if slots[slot] >> 32 == hash >> 32, withView({ $0.isWritten(known, name) }) { return .sameName(known) }
            slot = (slot + 1) & mask
        }
        let index = Int(id)
        if places.count <= index {
            places.append(contentsOf: repeatElement(Place(), count: index + 1 - places.count))
        }
        if places[index].count != TokenNames.hole { return .sameID }
        slots[slot] = (hash & ~0xFFFF_FFFF) | UInt64(id)
        count += 1
        let start = raw.count
        let writtenStart = written.count
        written.append(contentsOf: name)
        if !ByteAlphabet.appendBytes(of: name, to: &raw) { raw.append(contentsOf: name) }
        places[index] = Place(
            start: UInt32(writtenStart), count: UInt32(name.count), rawStart: UInt32(start),
            rawCount: UInt32(raw.count - start))
        return nil
    }

    /// Exactly `entries`, in a few passes in each of which the memory that comes next is known; some times faster than one by one.
    /// Returns the first that another one stands in the way of. The caller has checked that the ids are of a sensible size.
    mutating func replaceAll(with entries: [Entry]) -> (index: Int, conflict: Conflict)? {
        var bytes = 0
        var limit = 0
        for entry in entries {
            bytes += Int(entry.count)
            limit = max(limit, Int(entry.id) + 1)
        }
        count = entries.count
        places = []
        places.reserveCapacity(limit + TokenNames.spare)
        places.append(contentsOf: repeatElement(Place(), count: limit))
        let hashes = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: entries.count)
        defer { hashes.deallocate() }
        if let index = copy(entries, byteCount: bytes, hashes) { return (index, .sameID) }
        return enter(entries, hashes)
    }

    /// Copies the names, in order, writes their raw bytes and their hashes. Returns the first with an id that another one has.
    private mutating func copy(
        _ entries: [Entry], byteCount: Int, _ hashes: UnsafeMutableBufferPointer<UInt64>
    ) -> Int? {
        var failed: Int?
        let capacity = byteCount + 64 * TokenNames.spare
        var rawCount = 0
        raw = [UInt8](unsafeUninitializedCapacity: capacity) { raw, rawInitialized in
            guard let rawBase = raw.baseAddress else { return }
            written = [UInt8](unsafeUninitializedCapacity: capacity) { written, initialized in
                guard let base = written.baseAddress else { return }
                let alphabet = ByteAlphabet.Reader()
                places.withUnsafeMutableBufferPointer { places in
                    var start = 0
                    for (index, entry) in entries.enumerated() {
                        let count = Int(entry.count)
                        let id = Int(entry.id)
                        if places[id].count != TokenNames.hole {
                            failed = index
                            break
                        }
                        memcpy(base + start, entry.start, count)
                        hashes[index] = TokenNames.hash(entry.name)
                        var bytes = alphabet.read(base + start, count, to: rawBase + rawCount)
                        if bytes < 0 {
                            memcpy(rawBase + rawCount, entry.start, count)
                            bytes = count
                        }
                        places[id] = Place(
                            start: UInt32(truncatingIfNeeded: start), count: entry.count,
                            rawStart: UInt32(truncatingIfNeeded: rawCount), rawCount: UInt32(truncatingIfNeeded: bytes))
                        start += count
                        rawCount += bytes
                    }
                    initialized = start
                }
            }
            rawInitialized = rawCount
        }
        return failed
    }

    /// Enters the names into a new table. Returns the first that is there already.
    private mutating func enter(
        _ entries: [Entry], _ hashes: UnsafeMutableBufferPointer<UInt64>
    ) -> (index: Int, conflict: Conflict)? {
        let ahead = 16
        var found: (index: Int, conflict: Conflict)?
        var filled = [UInt64](repeating: TokenNames.emptySlot, count: TokenNames.slotCount(for: entries.count))
        withView { view in
            filled.withUnsafeMutableBufferPointer { slots in
                guard let base = slots.baseAddress else { return }
                let mask = slots.count - 1
                for (index, entry) in entries.enumerated() {
                    let next = index &+ ahead
                    if next < hashes.count { shardmill_prefetch(base + (Int(truncatingIfNeeded: hashes[next]) & mask)) }
                    let hash = hashes[index]
                    var slot = Int(truncatingIfNeeded: hash) & mask
                    while base[slot] != TokenNames.emptySlot {
                        let known = UInt32(truncatingIfNeeded: base[slot])
                        if base[slot] &>> 32 == hash &>> 32, view.isWritten(known, entry.name) {
                            found = (index, .sameName(known))
                            return
                        }
                        slot = (slot &+ 1) & mask
                    }
                    base[slot] = (hash & ~0xFFFF_FFFF) | UInt64(entry.id)
                }
            }
        }
        slots = filled
        return found
    }

    /// The hash that tokens are found by: its low bits choose the slot, its high ones tell most others from it.
    @inline(__always)
    static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        let count = name.count
        guard let base = name.baseAddress, count > 0 else { return 0 }
        // Calling the library takes longer than hashing what most tokens are.
        if count > 16 { return XXHash3.hash64(name) }
        var first: UInt64
        var second: UInt64 = 0
        if count >= 8 {
            first = base.loadUnaligned(as: UInt64.self)
            second = base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            first = UInt64(base.loadUnaligned(as: UInt32.self))
            second = UInt64(base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else {
            first = UInt64(name[0]) | UInt64(name[count &>> 1]) &<< 8 | UInt64(name[count &- 1]) &<< 16
        }
        first ^= 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: count)
        let product = first.multipliedFullWidth(by: second ^ 0xC2B2_AE3D_27D4_EB4F)
        let mixed = (product.high ^ product.low ^ first) &* 0xD6E8_FEB8_6659_FD93
        return mixed ^ (mixed &>> 32)
    }

    /// What searching reads, without a check for each array that is gone through. Valid inside the call of `withView`.
    struct View {
        fileprivate let slots: UnsafePointer<UInt64>
        fileprivate let mask: Int
        fileprivate let places: UnsafeBufferPointer<Place>
        fileprivate let written: UnsafePointer<UInt8>
        fileprivate let raw: UnsafePointer<UInt8>

        /// The id of the token written so; `hole` where there is none.
        @inline(__always)
        func id(of name: UnsafeRawBufferPointer, hash: UInt64) -> UInt32 {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != TokenNames.emptySlot {
                let id = UInt32(truncatingIfNeeded: slots[slot])
                if slots[slot] &>> 32 == hash &>> 32, isWritten(id, name) { return id }
                slot = (slot &+ 1) & mask
            }
            return TokenNames.hole
        }

        /// Whether a token is written so.
        @inline(__always)
        func isWritten(_ id: UInt32, _ name: UnsafeRawBufferPointer) -> Bool {
            let place = places[Int(id)]
            return Int(place.count) == name.count && View.areEqual(written + Int(place.start), name)
        }

        /// Whether a token is written as two parts one after the other.
        @inline(__always)
        func isWritten(_ id: UInt32, _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
            guard Int(id) < places.count else { return false }
            let place = places[Int(id)]
            // A hole is longer than anything.
            guard Int(place.count) == left.count &+ right.count else { return false }
            let start = written + Int(place.start)
            return View.areEqual(start, left) && View.areEqual(start + left.count, right)
        }

        /// The bytes of a token in the byte alphabet, empty where no token has the id.
        @inline(__always)
        func bytes(of id: UInt32) -> UnsafeBufferPointer<UInt8> {
            guard Int(id) < places.count, places[Int(id)].count != TokenNames.hole else {
                return UnsafeBufferPointer(start: raw, count: 0)
            }
            return UnsafeBufferPointer(start: raw + Int(places[Int(id)].rawStart), count: Int(places[Int(id)].rawCount))
        }

        /// The written form of a token, empty where no token has the id.
        @inline(__always)
        func writtenForm(of id: UInt32) -> UnsafeBufferPointer<UInt8> {
            guard Int(id) < places.count, places[Int(id)].count != TokenNames.hole else {
                return UnsafeBufferPointer(start: written, count: 0)
            }
            return UnsafeBufferPointer(start: written + Int(places[Int(id)].start), count: Int(places[Int(id)].count))
        }

        /// Whether a form of a token is these bytes.
        @inline(__always)
        func isEqual(_ form: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeRawBufferPointer) -> Bool {
            guard form.count == bytes.count, let start = form.baseAddress else { return false }
            return View.areEqual(start, bytes)
        }

        /// The ids of many names, `hole` where there is none, in `ids`. What is read for each is fetched for all before it is used.
        func findAll(
            _ names: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ ids: UnsafeMutableBufferPointer<UInt32>
        ) {
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, names.count)) { hashes in
                for index in names.indices {
                    hashes[index] = TokenNames.hash(names[index])
                    shardmill_prefetch(slots + (Int(truncatingIfNeeded: hashes[index]) & mask))
                }
                for index in names.indices {
                    if let id = likely(hashes[index]) { shardmill_prefetch(places.baseAddress.unsafelyUnwrapped + id) }
                }
                for index in names.indices {
                    if let id = likely(hashes[index]) { shardmill_prefetch(written + Int(places[id].start)) }
                }
                for index in names.indices { ids[index] = id(of: names[index], hash: hashes[index]) }
            }
        }

        @inline(__always)
        private func likely(_ hash: UInt64) -> Int? {
            let slot = slots[Int(truncatingIfNeeded: hash) & mask]
            let id = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF)
            return slot &>> 32 == hash &>> 32 && id < places.count ? id : nil
        }

        @inline(__always)
        private static func areEqual(_ start: UnsafePointer<UInt8>, _ bytes: UnsafeRawBufferPointer) -> Bool {
            guard let base = bytes.baseAddress else { return true }
            return memcmp(start, base, bytes.count) == 0
        }
    }

    /// Calls `body` with a view of the tokens.
    func withView<Result>(_ body: (View) throws -> Result) rethrows -> Result {
        try slots.withUnsafeBufferPointer { slots in
            try places.withUnsafeBufferPointer { places in
                try written.withUnsafeBufferPointer { written in
                    try raw.withUnsafeBufferPointer { raw in
                        // An empty array has an address that nothing is read at.
                        let none = UnsafePointer<UInt8>(bitPattern: 1).unsafelyUnwrapped
                        return try body(
                            View(
                                slots: slots.baseAddress.unsafelyUnwrapped, mask: slots.count - 1, places: places,
                                written: written.baseAddress ?? none, raw: raw.baseAddress ?? none))
                    }
                }
            }
        }
    }

    /// The id of the token written so.
    func id(of name: UnsafeRawBufferPointer) -> UInt32? {
        let id = withView { $0.id(of: name, hash: TokenNames.hash(name)) }
        return id == TokenNames.hole ? nil : id
    }

    /// The id of the token written so.
    func id(of name: String) -> UInt32? {
        var name = name
        return name.withUTF8 { id(of: UnsafeRawBufferPointer($0)) }
    }

    /// Whether some token has the id.
    func contains(_ id: UInt32) -> Bool {
        Int(id) < places.count && places[Int(id)].count != TokenNames.hole
    }

    /// The written form of a token.
    func writtenForm(of id: UInt32) -> ArraySlice<UInt8>? {
        guard contains(id) else { return nil }
        let place = places[Int(id)]
        return written[Int(place.start)..<Int(place.start) + Int(place.count)]
    }

    /// Calls `body` with the written forms of tokens with neighbouring ids that stand one behind the other, in the order of their
    /// ids: all forms are a few long stretches where ids follow the file.
    func forEachWrittenStretch(_ body: (UnsafeRawBufferPointer) -> Void) {
        written.withUnsafeBytes { written in
            var start = 0
            var end = 0
            for place in places where place.count != TokenNames.hole {
                if Int(place.start) != end {
                    body(UnsafeRawBufferPointer(rebasing: written[start..<end]))
                    start = Int(place.start)
                }
                end = Int(place.start) + Int(place.count)
            }
            body(UnsafeRawBufferPointer(rebasing: written[start..<end]))
        }
    }

    /// Appends the id of every token and how many bytes it is written as, in the order of the ids.
    func appendLengths(to numbers: inout [UInt32]) {
        for (id, place) in places.enumerated() where place.count != TokenNames.hole {
            numbers.append(UInt32(truncatingIfNeeded: id))
            numbers.append(place.count)
        }
    }

    /// The bytes that a token stands for; for a token that is not written in the byte alphabet, its UTF-8 form.
    func bytes(of id: UInt32) -> ArraySlice<UInt8>? {
        guard contains(id) else { return nil }
        let place = places[Int(id)]
        return raw[Int(place.rawStart)..<Int(place.rawStart) + Int(place.rawCount)]
    }

    private mutating func grow() {
        let old = slots
        var larger = [UInt64](repeating: TokenNames.emptySlot, count: old.count * 2)
        withView { view in
            for entry in old where entry != TokenNames.emptySlot {
                let name = UnsafeRawBufferPointer(view.writtenForm(of: UInt32(truncatingIfNeeded: entry)))
                var slot = Int(truncatingIfNeeded: TokenNames.hash(name)) & (larger.count - 1)
                while larger[slot] != TokenNames.emptySlot { slot = (slot + 1) & (larger.count - 1) }
                larger[slot] = entry
            }
        }
        slots = larger
    }

    /// Five eighths are taken.
    private static func isCrowded(_ count: Int, _ slots: Int) -> Bool { count * 8 > slots * 5 }

    private static func slotCount(for capacity: Int) -> Int {
        var count = 64
        while isCrowded(capacity, count) { count *= 2 }
        return count
    }
}
