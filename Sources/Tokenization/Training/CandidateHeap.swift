/// A heap of pairs: the highest count first, of equal counts the smallest ids.
struct CandidateHeap: ~Copyable {
    struct Entry: BitwiseCopyable {
        var count: Int
        /// Left and right id.
        var key: UInt64
        /// The list of the pieces that the pair was found in.
        var list: UInt32
        var listed: UInt32

        @inline(__always)
        func precedes(_ other: Entry) -> Bool { count != other.count ? count > other.count : key < other.key }
    }

    private var entries = FlatMemory<Entry>()

    mutating func insert(_ entry: Entry) {
        var place = entries.count
        entries.append(entry)
        let entries = entries.start
        while place > 0 {
            let parent = (place - 1) / 2
            if !entry.precedes(entries[parent]) { break }
            entries[place] = entries[parent]
            place = parent
        }
        entries[place] = entry
    }

    var first: Entry? { entries.count == 0 ? nil : entries.start[0] }

    mutating func removeFirst() {
        let last = entries.removeLast()
        if entries.count > 0 { sink(last) }
    }

    /// Puts `entry` in the place of the first.
    mutating func replaceFirst(_ entry: Entry) { sink(entry) }

    private func sink(_ entry: Entry) {
        let count = entries.count
        let entries = entries.start
        var place = 0
        while true {
            var child = 2 * place + 1
            if child >= count { break }
            if child + 1 < count, entries[child + 1].precedes(entries[child]) { child += 1 }
            if !entries[child].precedes(entry) { break }
            entries[place] = entries[child]
            place = child
        }
        entries[place] = entry
    }
}
