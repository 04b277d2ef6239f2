import Files

/// Tokens and their ids: the written form and the raw bytes of each id, and the id of a written form.
///
/// Flat: one array of bytes and offsets by id, one open-addressing table of ids keyed by XXH3 of the written form.
struct TokenNames: Sendable {
    private var written: [UInt8] = []
    private var writtenStarts: [UInt32] = []
    private var writtenCounts: [UInt32] = []
    private var raw: [UInt8] = []
    private var rawStarts: [UInt32] = []
    private var rawCounts: [UInt32] = []
    private var slots: [UInt32]
    /// How many tokens there are.
    private(set) var count = 0

    private static let hole = UInt32.max

    /// Room for `capacity` tokens.
    init(capacity: Int) {
        slots = Array(repeating: TokenNames.hole, count: TokenNames.slotCount(for: capacity))
        writtenStarts.reserveCapacity(capacity)
        writtenCounts.reserveCapacity(capacity)
        written.reserveCapacity(capacity * 7)
        raw.reserveCapacity(capacity * 6)
    }

    /// One more than the largest id.
    var idLimit: Int { writtenStarts.count }

    /// What `insert` found in the way.
    enum Conflict: Equatable {
        case sameName(UInt32)
        case sameID
    }

    /// Adds a token. The caller has checked that `id` is of a sensible size. Returns what stands in the way, if anything.
    mutating func insert(_ name: UnsafeRawBufferPointer, id: UInt32) -> Conflict? {
        if (count + 1) * 2 > slots.count { grow() }
        var slot = Int(truncatingIfNeeded: XXHash3.hash64(name)) & (slots.count - 1)
        while slots[slot] != TokenNames.hole {
            if isWritten(slots[slot], name) { return .sameName(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = Int(id)
        while writtenStarts.count <= index {
            writtenStarts.append(0)
            writtenCounts.append(TokenNames.hole)
            rawStarts.append(0)
            rawCounts.append(0)
        }
        if writtenCounts[index] != TokenNames.hole { return .sameID }
        slots[slot] = id
        count += 1
        writtenStarts[index] = UInt32(written.count)
        writtenCounts[index] = UInt32(name.count)
        written.append(contentsOf: name)
        let start = raw.count
        if !ByteAlphabet.appendBytes(of: name, to: &raw) { raw.append(contentsOf: name) }
        rawStarts[index] = UInt32(start)
        rawCounts[index] = UInt32(raw.count - start)
        return nil
    }

    /// The id of the token written so.
    func id(of name: UnsafeRawBufferPointer) -> UInt32? {
        var slot = Int(truncatingIfNeeded: XXHash3.hash64(name)) & (slots.count - 1)
        while slots[slot] != TokenNames.hole {
            if isWritten(slots[slot], name) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The id of the token written so.
    func id(of name: String) -> UInt32? {
        var name = name
        return name.withUTF8 { id(of: UnsafeRawBufferPointer($0)) }
    }

    /// Whether some token has the id.
    func contains(_ id: UInt32) -> Bool {
        Int(id) < writtenCounts.count && writtenCounts[Int(id)] != TokenNames.hole
    }

    /// The written form of a token.
    func writtenForm(of id: UInt32) -> ArraySlice<UInt8>? {
        guard contains(id) else { return nil }
        let start = Int(writtenStarts[Int(id)])
        return written[start..<start + Int(writtenCounts[Int(id)])]
    }

    /// The bytes that a token stands for; for a token that is not written in the byte alphabet, its UTF-8 form.
    func bytes(of id: UInt32) -> ArraySlice<UInt8>? {
        guard contains(id) else { return nil }
        let start = Int(rawStarts[Int(id)])
        return raw[start..<start + Int(rawCounts[Int(id)])]
    }

    private func isWritten(_ id: UInt32, _ name: UnsafeRawBufferPointer) -> Bool {
        let count = Int(writtenCounts[Int(id)])
        if count != name.count { return false }
        let start = Int(writtenStarts[Int(id)])
        return written.withUnsafeBytes { $0[start..<start + count].elementsEqual(name) }
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: TokenNames.hole, count: old.count * 2)
        for id in old where id != TokenNames.hole {
            let start = Int(writtenStarts[Int(id)])
            let hash = written.withUnsafeBytes {
                XXHash3.hash64(UnsafeRawBufferPointer(rebasing: $0[start..<start + Int(writtenCounts[Int(id)])]))
            }
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != TokenNames.hole { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = id
        }
    }

    private static func slotCount(for capacity: Int) -> Int {
        var count = 64
        while count < capacity * 2 { count *= 2 }
        return count
    }
}
