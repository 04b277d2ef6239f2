/// Finds the documents that share a key of one band.
///
/// Documents are taken in slices of keys, so that a slice has `capacity` documents on average however many there are; each slice is
/// distributed by the high bits of what is left of its keys and sorted where few meet. Time is linear for keys that are hashes.
final class BandColumn {
    struct Entry {
        var key: UInt64
        var document: UInt32
    }

    private let capacity: Int
    private var entries: [Entry] = []
    private var sorted: [Entry] = []
    private var places: [Int] = []

    /// 32 bytes of memory a document of `capacity`.
    init(capacity: Int) { self.capacity = max(capacity, 1 << 10) }

    /// Calls `body` with the documents of every bucket of two and more, ascending. Buckets come in the order of their keys.
    func forEachBucket(
        _ table: BandTable, _ band: Int, _ body: (UnsafeBufferPointer<UInt32>) throws -> Void
    ) throws {
        let slices = UInt64((table.count + capacity - 1) / capacity)
        var bucket: [UInt32] = []
        for slice in 0..<max(slices, 1) {
            entries.removeAll(keepingCapacity: true)
            var document: UInt32 = 0
            try table.forEachStretch(of: band) { keys in
                for key in keys {
                    if slices < 2 || key.multipliedFullWidth(by: slices).high == slice {
                        entries.append(Entry(key: key, document: document))
                    }
                    document &+= 1
                }
            }
            sort(slices: max(slices, 1))
            var start = 0
            while start < sorted.count {
                var end = start + 1
                while end < sorted.count, sorted[end].key == sorted[start].key { end += 1 }
                if end - start > 1 {
                    bucket.removeAll(keepingCapacity: true)
                    for index in start..<end { bucket.append(sorted[index].document) }
                    try bucket.withUnsafeBufferPointer { try body($0) }
                }
                start = end
            }
        }
    }

    /// Stable, so that documents of equal keys stay in order.
    private func sort(slices: UInt64) {
        // Two entries a place on average.
        let count = max(entries.count / 2, 1)
        let scale = UInt64(count)
        places = [Int](repeating: 0, count: count + 1)
        @inline(__always) func place(_ key: UInt64) -> Int {
            // The part of the key that the slice does not fix, as a fraction of 2^64.
            let rest = slices < 2 ? key : key &* slices
            return Int(rest.multipliedFullWidth(by: scale).high)
        }
        for entry in entries { places[place(entry.key) &+ 1] &+= 1 }
        for index in 1...count { places[index] &+= places[index &- 1] }
        let empty = Entry(key: 0, document: 0)
        sorted.removeAll(keepingCapacity: true)
        sorted.append(contentsOf: repeatElement(empty, count: entries.count))
        for entry in entries {
            let target = place(entry.key)
            sorted[places[target]] = entry
            places[target] &+= 1
        }
        // The end of a place is now the start of the next.
        var start = 0
        for index in 0..<count {
            let end = places[index]
            if end &- start > 32 {
                sorted[start..<end].sort { ($0.key, $0.document) < ($1.key, $1.document) }
            } else {
                insertionSort(start, end)
            }
            start = end
        }
    }

    private func insertionSort(_ start: Int, _ end: Int) {
        if end &- start < 2 { return }
        for index in start &+ 1..<end {
            let entry = sorted[index]
            var place = index
            while place > start, sorted[place &- 1].key > entry.key {
                sorted[place] = sorted[place &- 1]
                place &-= 1
            }
            sorted[place] = entry
        }
    }
}
