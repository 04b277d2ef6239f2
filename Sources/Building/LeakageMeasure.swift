import Deduplication
import Documents
import Files
import Parallel

/// Measures how much of validation stands in training, for the split of a decision and for one that draws documents at random.
struct LeakageMeasure {
    /// What was measured.
    struct Outcome: Sendable, Equatable {
        /// Words in an n-gram.
        var ngram = LeakageMeasure.ngram
        /// One n-gram in so many was looked at.
        var rate = 1
        /// The split of the corpus.
        var split = Leakage()
        /// A split with as many documents in validation, drawn one by one.
        var random = Leakage()
    }

    let plan: BuildPlan
    let decision: Decision
    let extractKeys: [String]
    let tokens: TokenShelf
    let output: OutputFolder

    /// Words in an n-gram: as long as those that evaluation sets are held against a corpus with.
    static let ngram = 13
    /// N-grams of validation that are looked at; of more only a part, which depends on the n-gram alone.
    private static let mostNgrams = 4_000_000

    func run(_ pool: WorkerPool) throws -> Outcome {
        let kept = decision.kept
        let inSplit = kept.map { $0.split == .validation }
        let inRandom = randomValidation(count: inSplit.count { $0 })
        var outcome = Outcome()
        // A token is about three quarters of a word of English; the exact number does not matter.
        let words = kept.indices.reduce(0) { $0 + (inSplit[$1] || inRandom[$1] ? kept[$1].tokens : 0) }
        outcome.rate = max(1, words / LeakageMeasure.mostNgrams)
        let ngrams = WordNgrams(length: LeakageMeasure.ngram, rate: outcome.rate)
        let runs = KeptDocuments.runs(of: Array(kept.indices), kept).map(\.rows)
        let scanners = PerWorker(pool) { WordScanner() }
        let validation = try pool.map(runs.count) { index, worker in
            var documents: [(row: Int, hashes: [UInt64])] = []
            if !runs[index].contains(where: { inSplit[$0] || inRandom[$0] }) { return documents }
            try forEachText(runs[index], scanners[worker], where: { inSplit[$0] || inRandom[$0] }) {
                row, text, scanner in
                var hashes: [UInt64] = []
                ngrams.append(text.withUnsafeBytes { scanner.scan($0).hashes }, to: &hashes)
                documents.append((row, hashes))
            }
            return documents
        }.joined()
        let splitIndex = LeakageIndex(validation.filter { inSplit[$0.row] }.map(\.hashes))
        let randomIndex = LeakageIndex(validation.filter { inRandom[$0.row] }.map(\.hashes))
        let marks = PerWorker(pool) { Marks(split: splitIndex.count, random: randomIndex.count) }
        try pool.forEach(runs.count) { index, worker in
            let found = marks[worker]
            var hashes: [UInt64] = []
            try forEachText(runs[index], scanners[worker], where: { !inSplit[$0] || !inRandom[$0] }) {
                row, text, scanner in
                hashes.removeAll(keepingCapacity: true)
                ngrams.append(text.withUnsafeBytes { scanner.scan($0).hashes }, to: &hashes)
                if !inSplit[row] { splitIndex.mark(hashes, in: &found.split) }
                if !inRandom[row] { randomIndex.mark(hashes, in: &found.random) }
            }
        }
        let all = Marks(split: splitIndex.count, random: randomIndex.count)
        for worker in 0..<pool.threads { all.merge(marks[worker]) }
        outcome.split = splitIndex.leakage(found: all.split)
        outcome.random = randomIndex.leakage(found: all.random)
        outcome.split.nearDuplicates = nearDuplicates(inSplit)
        outcome.random.nearDuplicates = nearDuplicates(inRandom)
        return outcome
    }

    /// As many documents as the split has in validation, those with the smallest hashes of their ids.
    private func randomValidation(count: Int) -> [Bool] {
        let keys = decision.kept.map {
            KeyedHash.mix(XXHash3.hash64($0.facts.id), seed: plan.recipe.seed ^ 0x5241_4E44_4F4D)
        }
        var isDrawn = [Bool](repeating: false, count: keys.count)
        for row in keys.indices.sorted(by: { (keys[$0], $0) < (keys[$1], $1) }).prefix(count) { isDrawn[row] = true }
        return isDrawn
    }

    private func nearDuplicates(_ isValidation: [Bool]) -> Int {
        decision.clusters.reduce(0) { count, cluster in
            let validation = cluster.count { isValidation[$0] }
            return count + (validation < cluster.count ? validation : 0)
        }
    }

    /// Calls `body` with the text of every wanted row of one partition.
    private func forEachText(
        _ rows: [Int], _ scanner: WordScanner, where isWanted: (Int) -> Bool,
        _ body: (Int, [UInt8], WordScanner) throws -> Void
    ) throws {
        let documents = try KeptDocuments(
            partition: decision.kept[rows[0]].partition, extractKeys: extractKeys, tokens: tokens,
            output: output)
        for row in rows where isWanted(row) {
            try body(row, try documents.document(decision.kept[row]).text, scanner)
        }
    }
}

/// The n-grams of validation that one worker met in training.
private final class Marks {
    var split: [Bool]
    var random: [Bool]

    init(split: Int, random: Int) {
        self.split = [Bool](repeating: false, count: split)
        self.random = [Bool](repeating: false, count: random)
    }

    func merge(_ other: Marks) {
        for index in split.indices where other.split[index] { split[index] = true }
        for index in random.indices where other.random[index] { random[index] = true }
    }
}
