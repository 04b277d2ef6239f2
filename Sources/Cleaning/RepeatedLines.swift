import Documents
import Files
import Glibc

/// Which lines of a document stood in it before: a set of 64-bit hashes in open addressing.
///
/// Two different lines of equal hash would count as a repetition: for a million lines the chance is below 1 in 10^7.
struct RepeatedLines {
    private(set) var lines = 0
    private(set) var characters = 0
    private(set) var repeatedCharacters = 0
    private var slots: [UInt64]

    /// Room for the lines that a text of `textLength` bytes is likely to have; it grows where there are more.
    init(textLength: Int) {
        var capacity = 64
        while capacity < textLength / 16, capacity < 1 << 20 { capacity *= 2 }
        slots = [UInt64](repeating: 0, count: capacity)
    }

    /// Takes the lines of a stretch; white space at their ends does not count, blank lines are passed over.
    mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        guard let base = text.baseAddress else { return }
        var start = 0
        while start < text.count {
            let left = text.count - start
            let length =
                memchr(base + start, 0x0A, left).map { UnsafeRawPointer(base + start).distance(to: $0) } ?? left
            addLine(base + start, length)
            start += length + 1
        }
    }

    private mutating func addLine(_ base: UnsafePointer<UInt8>, _ length: Int) {
        var first = 0
        var last = length
        while first < last, base[first] <= 0x20 { first += 1 }
        while last > first, base[last - 1] <= 0x20 { last -= 1 }
        if first == last { return }
        let line = UnsafeRawBufferPointer(start: base + first, count: last - first)
        let count = unicodeScalarCount(line)
        lines += 1
        characters += count
        if !insert(XXHash3.hash64(line)) { repeatedCharacters += count }
        if lines * 2 > slots.count { grow() }
    }

    /// Whether the hash is new. 0 marks an empty slot, so the hash 0 stands as 1.
    private mutating func insert(_ hash: UInt64) -> Bool {
        let value = max(hash, 1)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: value) & mask
        while slots[slot] != 0 {
            if slots[slot] == value { return false }
            slot = (slot &+ 1) & mask
        }
        slots[slot] = value
        return true
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for value in old where value != 0 { _ = insert(value) }
    }
}
