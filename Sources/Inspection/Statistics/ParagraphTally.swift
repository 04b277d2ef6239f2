import Files
import Glibc

/// Counts equal paragraphs by their hashes, within a bound of memory: where more than `most` different ones are met, those whose hash ends
/// in a zero bit stay, then those with two, and so on. What stays was counted from the first one on, and the same stay whatever the order
/// was and however the texts were shared out. (Adaptive sampling: Flajolet 1990.)
struct ParagraphTally {
    struct Entry {
        var hash: UInt64
        var count: UInt32
        var bytes: UInt32
        /// Row and offset of the first one in the corpus.
        var place: Place
    }

    struct Place: Comparable {
        var row: UInt32
        var offset: UInt32
        static func < (first: Place, second: Place) -> Bool {
            first.row != second.row ? first.row < second.row : first.offset < second.offset
        }
    }

    /// Paragraphs that are shorter do not count: page furniture and headings repeat in every text.
    static let leastBytes = 40

    private let most: Int
    /// Paragraphs met, and their bytes.
    private(set) var paragraphs = 0
    private(set) var bytes = 0
    /// One in 2^level different paragraphs is remembered.
    private(set) var level = 0
    private(set) var distinct = 0
    /// Open addressing with linear probing; a count of 0 is a free slot. At most half of the slots are taken.
    private var slots: [Entry]

    private static let free = Entry(hash: 0, count: 0, bytes: 0, place: Place(row: 0, offset: 0))

    init(most: Int) {
        self.most = max(1, most)
        slots = [Entry](repeating: ParagraphTally.free, count: 1 << 10)
    }

    /// Counts the paragraphs of a text: what stands between blank lines. `each` gets every one of them.
    mutating func add(_ text: UnsafeRawBufferPointer, row: Int, each: ((Entry) -> Void)? = nil) {
        ParagraphTally.forEachParagraph(text) { range in
            let piece = UnsafeRawBufferPointer(rebasing: text[range])
            paragraphs += 1
            bytes += piece.count
            let entry = Entry(
                hash: XXHash3.hash64(piece), count: 1, bytes: UInt32(clamping: piece.count),
                place: Place(row: UInt32(clamping: row), offset: UInt32(clamping: range.lowerBound)))
            each?(entry)
            if entry.hash.trailingZeroBitCount >= level { insert(entry) }
        }
    }

    /// The paragraphs that count, in order.
    static func forEachParagraph(_ text: UnsafeRawBufferPointer, _ body: (Range<Int>) -> Void) {
        guard let base = text.baseAddress else { return }
        var start = 0
        while start < text.count {
            var end = start
            // Up to a line feed behind which there is another, or the end.
            while end < text.count {
                guard let feed = memchr(base + end, 0x0A, text.count - end) else {
                    end = text.count
                    break
                }
                end = base.distance(to: feed)
                if end + 1 >= text.count || text[end + 1] == 0x0A { break }
                end += 1
            }
            if end - start >= leastBytes { body(start..<end) }
            start = end
            while start < text.count, text[start] == 0x0A { start += 1 }
        }
    }

    mutating func merge(_ other: ParagraphTally) {
        paragraphs += other.paragraphs
        bytes += other.bytes
        raise(to: other.level)
        for entry in other.slots where entry.count > 0 && entry.hash.trailingZeroBitCount >= level { insert(entry) }
    }

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
        paragraphs = 0
        bytes = 0
        level = 0
        distinct = 0
        for slot in slots.indices { slots[slot] = ParagraphTally.free }
    }

    /// The entries whose second and further ones take most bytes.
    func heaviest(_ most: Int) -> [Entry] {
        Array(entries.filter { $0.count > 1 }.sorted(by: ParagraphTally.costsMore).prefix(most))
    }

    static func costsMore(_ first: Entry, _ second: Entry) -> Bool {
        let costs = (Int(first.count) - 1) * Int(first.bytes)
        let others = (Int(second.count) - 1) * Int(second.bytes)
        return costs != others ? costs > others : first.place < second.place
    }

    /// All that is remembered, in no order that means anything.
    var entries: [Entry] { slots.filter { $0.count > 0 } }

    /// Counts what was counted elsewhere.
    mutating func insert(_ entry: Entry) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: entry.hash >> 24) & mask
        while slots[slot].count > 0 {
            if slots[slot].hash == entry.hash {
                slots[slot].count = slots[slot].count.addingReportingOverflow(entry.count).partialValue
                if entry.place < slots[slot].place { slots[slot].place = entry.place }
                return
            }
            slot = (slot + 1) & mask
        }
        slots[slot] = entry
        distinct += 1
        if distinct > most { return raise(to: level + 1) }
        if distinct * 2 > slots.count { rebuild(slots.count * 2) }
    }

    private mutating func raise(to level: Int) {
        if level <= self.level { return }
        self.level = level
        rebuild(slots.count)
        // All hashes of one level more are a set of measure zero, or one paragraph: it ends.
        if distinct > most { raise(to: level + 1) }
    }

    private mutating func rebuild(_ size: Int) {
        let old = slots
        slots = [Entry](repeating: ParagraphTally.free, count: size)
        distinct = 0
        let mask = size - 1
        for entry in old where entry.count > 0 && entry.hash.trailingZeroBitCount >= level {
            var slot = Int(truncatingIfNeeded: entry.hash >> 24) & mask
            while slots[slot].count > 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
            distinct += 1
        }
    }
}
