import Files
public import Parallel

/// Finds, for new documents, what an index already has of them.
public struct IndexMatcher {
    /// A new document and the document of the index that is most like it.
    public struct Match: Sendable, Hashable {
        /// The new document.
        public var document: Int
        /// The document of the index.
        public var known: Int
        /// Their exact similarity; nil where candidates are not verified.
        public var jaccard: Double?
    }

    /// A new document is compared with at most so many documents of the index, those that come first in it.
    public static let mostCandidates = 4096

    private let index: DuplicateIndex
    private let options: MinHashOptions

    /// A matcher for an index, with the threshold and the verification of `options`, which agree with the index in all else.
    public init(_ index: DuplicateIndex, _ options: MinHashOptions) {
        self.index = index
        self.options = options
    }

    /// The matches of the documents of a table, in the order of the documents: the most similar document of the index at or above the
    /// threshold, of equals the first. `shingleSet` gives the set of a new document. Memory: 18 bytes a new document, about 100 a new document
    /// that has candidates and 8 a candidate pair; the columns of the index pass by.
    public func matches(
        of table: BandTable, pool: WorkerPool,
        shingleSet: @Sendable (_ document: Int, _ worker: Int) throws -> [UInt64]
    ) throws -> [Match] {
        var candidates: [Int: Set<UInt32>] = [:]
        for band in 0..<table.bands {
            var entries: [BandColumn.Entry] = []
            entries.reserveCapacity(table.count)
            try table.forEachStretch(of: band) { keys in
                for key in keys { entries.append(.init(key: key, document: UInt32(entries.count))) }
            }
            entries.sort { ($0.key, $0.document) < ($1.key, $1.document) }
            let filter = KeyFilter(entries)
            var known: UInt32 = 0
            try index.forEachStretch(of: band) { keys in
                for key in keys {
                    if filter.mayContain(key) {
                        var place = IndexMatcher.place(of: key, in: entries)
                        while place < entries.count, entries[place].key == key {
                            let document = Int(entries[place].document)
                            if candidates[document, default: []].count < IndexMatcher.mostCandidates {
                                candidates[document, default: []].insert(known)
                            }
                            place += 1
                        }
                    }
                    known &+= 1
                }
            }
        }
        let work = candidates.keys.sorted()
        let sorted = work.map { candidates[$0]!.sorted() }
        let (index, options) = (index, options)
        return try pool.map(work.count) { number, worker -> Match? in
            let document = work[number]
            if !options.verifies { return Match(document: document, known: Int(sorted[number][0]), jaccard: nil) }
            let set = SegmentLayout.shortened(try shingleSet(document, worker))
            var best: Match?
            for known in sorted[number] {
                let count = index.setCount(Int(known))
                let (small, large) = (Double(min(count, set.count)), Double(max(count, set.count)))
                if small < max(options.threshold, best?.jaccard ?? 0) * large { continue }
                let jaccard = HashSet.jaccard(set, try index.set(Int(known)))
                if jaccard >= options.threshold, jaccard > best?.jaccard ?? 0 {
                    best = Match(document: document, known: Int(known), jaccard: jaccard)
                }
            }
            return best
        }.compactMap { $0 }
    }
}

extension IndexMatcher {
    /// Where the entries of a key begin or would.
    private static func place(of key: UInt64, in entries: [BandColumn.Entry]) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One bit for the hash of each key: most keys that are not there are told without a look into the table.
struct KeyFilter {
    private var bits: [UInt64]
    private let shift: UInt64

    init(_ entries: [BandColumn.Entry]) {
        var width: UInt64 = 6
        while 1 << width < entries.count * 16 { width += 1 }
        bits = [UInt64](repeating: 0, count: 1 << (width - 6))
        shift = 64 - width
        for entry in entries { bits[Int((entry.key >> shift) >> 6)] |= 1 << ((entry.key >> shift) & 63) }
    }

    func mayContain(_ key: UInt64) -> Bool { (bits[Int((key >> shift) >> 6)] >> ((key >> shift) & 63)) & 1 != 0 }
}
