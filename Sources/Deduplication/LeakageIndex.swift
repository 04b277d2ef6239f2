/// The n-grams of the documents of validation, and which of them stand in training.
///
/// Immutable: threads mark what they find each in an array of their own. Memory: 24 bytes for each different n-gram.
public struct LeakageIndex: Sendable {
    /// Different n-grams.
    public let count: Int
    /// Slots of the n-grams of each document, each once, back to back.
    private let slots: [UInt32]
    private let ends: [Int]
    /// Open addressing: hashes, and the number of each; a hash of 0 marks an empty slot.
    private let keys: [UInt64]
    private let numbers: [UInt32]
    /// One bit for each of many small ranges of hashes: most of what is asked for is not there, and a bit is nearer than a slot.
    private let filter: [UInt64]
    private let filterShift: UInt64

    /// The index of documents with these n-grams, repeated ones among them.
    public init(_ documents: [[UInt64]]) {
        let total = documents.reduce(0) { $0 + $1.count }
        var bits = 4
        while 1 << bits < total * 2 { bits += 1 }
        var keys = [UInt64](repeating: 0, count: 1 << bits)
        var numbers = [UInt32](repeating: 0, count: 1 << bits)
        var filter = [UInt64](repeating: 0, count: max(1, (1 << (bits + 3)) / 64))
        filterShift = 64 - UInt64(bits + 3)
        var slots: [UInt32] = []
        var ends: [Int] = []
        var count: UInt32 = 0
        // The document that saw an n-gram last, so that each counts once a document.
        var last: [Int] = []
        for (document, hashes) in documents.enumerated() {
            for hash in hashes {
                let key = max(hash, 1)
                var slot = Int(truncatingIfNeeded: key) & (keys.count - 1)
                while keys[slot] != 0, keys[slot] != key { slot = (slot &+ 1) & (keys.count - 1) }
                if keys[slot] == 0 {
                    keys[slot] = key
                    numbers[slot] = count
                    let bit = key >> filterShift
                    filter[Int(bit >> 6)] |= 1 << (bit & 63)
                    count += 1
                    last.append(-1)
                }
                let number = numbers[slot]
                if last[Int(number)] == document { continue }
                last[Int(number)] = document
                slots.append(number)
            }
            ends.append(slots.count)
        }
        self.keys = keys
        self.numbers = numbers
        self.filter = filter
        self.slots = slots
        self.ends = ends
        self.count = Int(count)
    }

    /// Sets the entry of every n-gram in `hashes` that a document of the index has; `found` has `count` entries.
    public func mark(_ hashes: [UInt64], in found: inout [Bool]) {
        let mask = keys.count - 1
        for hash in hashes {
            let key = max(hash, 1)
            let bit = key >> filterShift
            if filter[Int(bit >> 6)] & 1 << (bit & 63) == 0 { continue }
            var slot = Int(truncatingIfNeeded: key) & mask
            while keys[slot] != 0, keys[slot] != key { slot = (slot &+ 1) & mask }
            if keys[slot] == key { found[Int(numbers[slot])] = true }
        }
    }

    /// What of each document was found, all but near duplicates.
    public func leakage(found: [Bool]) -> Leakage {
        var leakage = Leakage()
        var start = 0
        for end in ends {
            defer { start = end }
            if start == end { continue }
            let hits = slots[start..<end].count { found[Int($0)] }
            leakage.documents += 1
            leakage.ngrams += end - start
            leakage.found += hits
            if hits * 2 >= end - start { leakage.halfFound += 1 }
            if hits * 5 >= (end - start) * 4 { leakage.mostlyFound += 1 }
        }
        return leakage
    }
}
