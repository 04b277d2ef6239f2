import Files
public import Parallel

/// Finds near duplicates among the documents of a `BandTable`: documents that share a band are candidates, candidates are compared by the
/// exact similarity of their shingle sets, pairs at or above the threshold belong together.
///
/// *Cost.* A bucket of documents that are all alike costs one comparison a document, for a pair inside a cluster is not looked at again.
/// A bucket of documents that all differ would cost one for each pair. Sets of one size and content are taken as one, a pair whose sizes
/// alone keep it below the threshold is not compared, and a document of a bucket of m is compared with at most
/// max(`leastComparisons`, `bucketComparisons` / m) others, those next to it in the order of size and content: linear for large buckets
/// and independent of the order of the documents. Pairs left out so are counted (`NearDuplicates.skipped`).
///
/// *Memory.* A quarter of the bound for shingle sets, a quarter for sorting a band, an eighth for buckets, and what does not fit stands in
/// temporary files; beside the bound 5 bytes a document, 24 a candidate, and the table with its own bound.
public final class NearDuplicateFinder {
    private let options: MinHashOptions
    private let memory: Int
    private let folder: String?
    private let sets: ShingleSetStore
    /// Pairs below the threshold, so that no other band compares them again.
    private var failed: Set<UInt64> = []

    static let leastComparisons = 32
    static let bucketComparisons = 1 << 22

    /// A finder for options that have no `problem`, within about `memory` bytes.
    public init(_ options: MinHashOptions, memory: Int = 1 << 29, temporaryFolder: String? = nil) {
        self.options = options
        self.memory = memory
        folder = temporaryFolder
        sets = ShingleSetStore(memory: memory / 4, temporaryFolder: temporaryFolder)
    }

    /// Finds the near duplicates. Called once. `shingleSet` gives the set of a document as `Shingler.set` makes it, on any worker, once for
    /// each candidate, candidates in ascending order; it is not called where candidates are not verified. Throws what it throws, and
    /// what temporary files throw.
    public func find(
        in table: BandTable, pool: WorkerPool,
        shingleSet: @Sendable (_ document: Int, _ worker: Int) throws -> [UInt64]
    ) throws -> NearDuplicates {
        var found = NearDuplicates()
        var joined = DisjointSets(count: table.count)
        let buckets = BucketList(memory: memory / 8, temporaryFolder: folder)
        var isCandidate = [Bool](repeating: false, count: table.count)
        do {
            let column = BandColumn(capacity: min(memory / 4 / 40, table.count + 1))
            for band in 0..<table.bands {
                try column.forEachBucket(table, band) { bucket in
                    for document in bucket { isCandidate[Int(document)] = true }
                    found.buckets += 1
                    if options.verifies {
                        try buckets.add(bucket)
                    } else {
                        for document in bucket.dropFirst() where joined.join(bucket[0], document) {
                            found.pairs.append(.init(first: Int(bucket[0]), second: Int(document), jaccard: 0))
                        }
                    }
                }
            }
        }
        let candidates = (0..<UInt32(table.count)).filter { isCandidate[Int($0)] }
        isCandidate = []
        found.candidates = candidates.count
        if options.verifies {
            try gather(candidates, pool, shingleSet)
            try verify(buckets, pool, &joined, &found)
        }
        found.clusters = joined.clusters()
        return found
    }

    /// The exact similarity of two documents of clusters that were found; nil where candidates were not verified.
    public func jaccard(_ first: Int, _ second: Int) throws -> Double? {
        guard let left = sets.index(of: UInt32(first)), let right = sets.index(of: UInt32(second)) else { return nil }
        var scratch = ShingleSetStore.Scratch()
        return try sets.jaccard(left, right, &scratch)
    }

    private func gather(
        _ candidates: [UInt32], _ pool: WorkerPool, _ shingleSet: @Sendable (Int, Int) throws -> [UInt64]
    ) throws {
        // A few at a time, so that a worker is not woken for each.
        let width = 16
        let sets = self.sets
        try pool.orderedForEach((candidates.count + width - 1) / width) { index, worker in
            try candidates[index * width..<min(candidates.count, (index + 1) * width)].map {
                (document: $0, set: try shingleSet(Int($0), worker))
            }
        } consume: { _, members in
            for member in members { try sets.add(member.set, of: member.document) }
        }
    }

    // MARK: Verifying

    /// What came of a stretch of buckets.
    struct Verdict {
        var pairs: [NearDuplicates.Pair] = []
        var failed: [UInt64] = []
        var comparisons = 0
        var skipped = 0
    }

    private func verify(
        _ buckets: BucketList, _ pool: WorkerPool, _ joined: inout DisjointSets, _ found: inout NearDuplicates
    ) throws {
        let mostFailed = memory / 16 / 32
        // The size of a batch does not depend on threads, so neither do the pairs.
        try buckets.forEachBatch(of: 1 << 13) { words in
            let tasks = self.tasks(words, &joined)
            if tasks.isEmpty { return }
            let known = Array(words)
            let (sets, threshold) = (self.sets, options.threshold)
            let verdicts = try withCurrentFailures { failed in
                try pool.map(tasks.count) { index, _ in
                    try NearDuplicateFinder.verdict(
                        known[tasks[index].members], tasks[index].roots, sets, threshold, failed)
                }
            }
            for verdict in verdicts {
                found.comparisons += verdict.comparisons
                found.skipped += verdict.skipped
                found.rejected += verdict.failed.count
                for pair in verdict.pairs where joined.join(UInt32(pair.first), UInt32(pair.second)) {
                    found.pairs.append(pair)
                }
                for pair in verdict.failed where self.failed.count < mostFailed { self.failed.insert(pair) }
            }
        }
    }

    /// Ends before more are inserted, so that the set is never copied.
    private func withCurrentFailures<Result>(_ body: (Set<UInt64>) throws -> Result) rethrows -> Result {
        try body(failed)
    }

    /// A bucket whose members are not all of one cluster, with the cluster of each.
    struct Task: Sendable {
        var members: Range<Int>
        var roots: [UInt32]
    }

    private func tasks(_ words: UnsafeBufferPointer<UInt32>, _ joined: inout DisjointSets) -> [Task] {
        var tasks: [Task] = []
        var at = 0
        while at < words.count {
            let members = at + 1..<at + 1 + Int(words[at])
            at = members.upperBound
            let root = joined.root(words[members.lowerBound])
            if members.allSatisfy({ joined.root(words[$0]) == root }) { continue }
            tasks.append(Task(members: members, roots: members.map { joined.root(words[$0]) }))
        }
        return tasks
    }

    private static func verdict(
        _ bucket: ArraySlice<UInt32>, _ roots: [UInt32], _ sets: ShingleSetStore, _ threshold: Double,
        _ failed: Set<UInt64>
    ) throws -> Verdict {
        var verdict = Verdict()
        var scratch = ShingleSetStore.Scratch()
        // Clusters as they were before the batch, by small numbers.
        let places = Dictionary(
            roots.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var local = DisjointSets(count: roots.count)
        for (index, root) in roots.enumerated() { local.join(UInt32(index), UInt32(places[root]!)) }
        var members = bucket.enumerated().map { (local: UInt32($0.offset), set: sets.index(of: $0.element)!) }
        let facts = sets.facts
        members.sort {
            let (one, other) = (facts[$0.set], facts[$1.set])
            return (one.count, one.digest, one.document) < (other.count, other.digest, other.document)
        }
        func pair(_ one: Int, _ other: Int, _ jaccard: Double) -> NearDuplicates.Pair {
            let (one, other) = (Int(facts[one].document), Int(facts[other].document))
            return .init(first: min(one, other), second: max(one, other), jaccard: jaccard)
        }
        // Equal sets are one.
        var kept = 0
        for index in members.indices {
            if index > 0 {
                let (one, other) = (facts[members[kept - 1].set], facts[members[index].set])
                if one.count == other.count, one.digest == other.digest {
                    if local.join(members[kept - 1].local, members[index].local) {
                        verdict.pairs.append(pair(members[kept - 1].set, members[index].set, 1))
                    }
                    continue
                }
            }
            members[kept] = members[index]
            kept += 1
        }
        members.removeLast(members.count - kept)
        let most = max(NearDuplicateFinder.leastComparisons, NearDuplicateFinder.bucketComparisons / max(kept, 1))
        for index in members.indices {
            let one = facts[members[index].set]
            var looked = 0
            for next in members.indices[(index + 1)...] {
                let other = facts[members[next].set]
                // Sets ascend in size: no later one can reach the threshold either.
                if Double(one.count) < threshold * Double(other.count) { break }
                if looked == most {
                    verdict.skipped += members.count - next
                    break
                }
                looked += 1
                if local.root(members[index].local) == local.root(members[next].local) { continue }
                let key = UInt64(min(one.document, other.document)) << 32 | UInt64(max(one.document, other.document))
                if failed.contains(key) { continue }
                verdict.comparisons += 1
                let jaccard = try sets.jaccard(members[index].set, members[next].set, &scratch)
                if jaccard >= threshold {
                    local.join(members[index].local, members[next].local)
                    verdict.pairs.append(pair(members[index].set, members[next].set, jaccard))
                } else {
                    verdict.failed.append(key)
                }
            }
        }
        return verdict
    }
}
