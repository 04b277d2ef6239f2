import CKernels
import Files
import Glibc

/// Tokens and their ids: the written form and the raw bytes of each id, and the id of a written form.
///
/// Flat: one array of bytes and places by id, one open-addressing table of ids keyed by XXH3 of the written form.
struct TokenNames: Sendable {
    /// Where the two forms of a token are; `count` is `hole` where no token has the id.
    private struct Place {
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

    /// Adds a token. The caller has checked that `id` is of a sensible size. Returns what stands in the way, if anything.
    mutating func insert(_ name: UnsafeRawBufferPointer, id: UInt32) -> Conflict? {
        insert(name, id: id, hash: TokenNames.hash(name))
    }

    /// The same for a name whose hash is known.
    mutating func insert(_ name: UnsafeRawBufferPointer, id: UInt32, hash: UInt64) -> Conflict? {
        if (count + 1) * 2 > slots.count { grow() }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != TokenNames.emptySlot {
            let known = UInt32(truncatingIfNeeded: slots[slot])
            if slots[slot] >> 32 == hash >> 32, isWritten(known, name) { return .sameName(known) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = Int(id)
        while places.count <= index { places.append(Place()) }
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

    /// The hash that tokens are found by.
    static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 { XXHash3.hash64(name) }

    /// Has the processor fetch what an insertion or a search will read first.
    func prefetch(hash: UInt64) {
        slots.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else { return }
            shardmill_prefetch(base + (Int(truncatingIfNeeded: hash) & ($0.count - 1)))
        }
    }

    /// The id of the token written so.
    func id(of name: UnsafeRawBufferPointer) -> UInt32? {
        let id = id(of: name, hash: TokenNames.hash(name))
        return id == TokenNames.hole ? nil : id
    }

    /// The same for a name whose hash is known; `hole` where there is none.
    func id(of name: UnsafeRawBufferPointer, hash: UInt64) -> UInt32 {
        slots.withUnsafeBufferPointer { slots in
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != TokenNames.emptySlot {
                let id = UInt32(truncatingIfNeeded: slots[slot])
                if slots[slot] >> 32 == hash >> 32, isWritten(id, name) { return id }
                slot = (slot + 1) & (slots.count - 1)
            }
            return TokenNames.hole
        }
    }

    /// The ids of many names, `hole` where there is none, in `ids`. What is read for each is fetched for all before it is used.
    func findAll(_ names: [UnsafeRawBufferPointer], _ ids: inout [UInt32]) {
        ids.removeAll(keepingCapacity: true)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, names.count)) { hashes in
            slots.withUnsafeBufferPointer { slots in
                places.withUnsafeBufferPointer { places in
                    written.withUnsafeBufferPointer { written in
                        guard let slotBase = slots.baseAddress, let placeBase = places.baseAddress,
                            let writtenBase = written.baseAddress
                        else { return }
                        let mask = slots.count - 1
                        for index in names.indices {
                            hashes[index] = TokenNames.hash(names[index])
                            shardmill_prefetch(slotBase + (Int(truncatingIfNeeded: hashes[index]) & mask))
                        }
                        func likely(_ hash: UInt64) -> Int? {
                            let slot = slotBase[Int(truncatingIfNeeded: hash) & mask]
                            return slot >> 32 == hash >> 32 ? Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) : nil
                        }
                        for index in names.indices {
                            if let id = likely(hashes[index]), id < places.count { shardmill_prefetch(placeBase + id) }
                        }
                        for index in names.indices {
                            if let id = likely(hashes[index]), id < places.count {
                                shardmill_prefetch(writtenBase + Int(placeBase[id].start))
                            }
                        }
                    }
                }
            }
            for index in names.indices { ids.append(id(of: names[index], hash: hashes[index])) }
        }
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

    /// Calls `body` with the written form of a token, nothing where there is none.
    func withWrittenForm(of id: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard contains(id) else { return }
        let place = places[Int(id)]
        written.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[Int(place.start)..<Int(place.start) + Int(place.count)]))
        }
    }

    /// The bytes that a token stands for; for a token that is not written in the byte alphabet, its UTF-8 form.
    func bytes(of id: UInt32) -> ArraySlice<UInt8>? {
        guard contains(id) else { return nil }
        let place = places[Int(id)]
        return raw[Int(place.rawStart)..<Int(place.rawStart) + Int(place.rawCount)]
    }

    /// Whether a token is written as two parts one after the other.
    func isWritten(_ id: UInt32, _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard contains(id) else { return false }
        let place = places[Int(id)]
        guard Int(place.count) == left.count + right.count else { return false }
        return written.withUnsafeBytes { written in
            guard let start = written.baseAddress.map({ $0 + Int(place.start) }) else { return false }
            return TokenNames.areEqual(start, left) && TokenNames.areEqual(start + left.count, right)
        }
    }

    private static func areEqual(_ start: UnsafeRawPointer, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        return memcmp(start, base, bytes.count) == 0
    }

    private func isWritten(_ id: UInt32, _ name: UnsafeRawBufferPointer) -> Bool {
        let place = places[Int(id)]
        if Int(place.count) != name.count { return false }
        return written.withUnsafeBytes { written in
            guard let base = written.baseAddress else { return name.isEmpty }
            return TokenNames.areEqual(base + Int(place.start), name)
        }
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: TokenNames.emptySlot, count: old.count * 2)
        for entry in old where entry != TokenNames.emptySlot {
            let place = places[Int(truncatingIfNeeded: entry & 0xFFFF_FFFF)]
            let hash = written.withUnsafeBytes {
                TokenNames.hash(
                    UnsafeRawBufferPointer(rebasing: $0[Int(place.start)..<Int(place.start) + Int(place.count)]))
            }
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != TokenNames.emptySlot { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = entry
        }
    }

    private static func slotCount(for capacity: Int) -> Int {
        var count = 64
        while count < capacity * 2 { count *= 2 }
        return count
    }
}
