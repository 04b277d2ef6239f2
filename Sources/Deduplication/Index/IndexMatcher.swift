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
    /// threshold, of equals the first. `shingleSet` gives the set of a new document. Memory: 16 bytes a new document and a key, 8 a candidate
    /// pair; the columns of the index pass by.
    public func matches(
        of table: BandTable, pool: WorkerPool,
        shingleSet: @Sendable (_ document: Int, _ worker: Int) throws -> [UInt64]
    ) throws -> [Match] {
        var candidates: [Int: Set<UInt32>] = [:]
        for band in 0..<table.bands {
            var documents: [UInt64: [UInt32]] = [:]
            var next: UInt32 = 0
            try table.forEachStretch(of: band) { keys in
                for key in keys {
                    documents[key, default: []].append(next)
                    next += 1
                }
            }
            let filter = KeyFilter(documents.keys)
            var known: UInt32 = 0
            try index.forEachStretch(of: band) { keys in
                for key in keys {
                    if filter.mayContain(key), let sharing = documents[key] {
                        for document in sharing
                        where candidates[Int(document), default: []].count < IndexMatcher.mostCandidates {
                            candidates[Int(document), default: []].insert(known)
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

/// One bit for the hash of each key: most keys that are not there are told without a look into the table.
struct KeyFilter {
    private var bits: [UInt64]
    private let shift: UInt64

    init(_ keys: some Collection<UInt64>) {
        var width: UInt64 = 6
        while 1 << width < keys.count * 16 { width += 1 }
        bits = [UInt64](repeating: 0, count: 1 << (width - 6))
        shift = 64 - width
        for key in keys { bits[Int((key >> shift) >> 6)] |= 1 << ((key >> shift) & 63) }
    }

    func mayContain(_ key: UInt64) -> Bool { (bits[Int((key >> shift) >> 6)] >> ((key >> shift) & 63)) & 1 != 0 }
}
