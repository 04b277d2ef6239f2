import Cleaning
import Documents
import Files
import Parallel

/// Looks for the items of evaluation sets in the documents that stay.
struct ContaminationSearch {
    let plan: BuildPlan
    let options: DecontaminationOptions
    let output: OutputFolder
    let extractKeys: [String]

    /// What was found.
    struct Found {
        /// Item by item.
        let report: ContaminationReport
        /// The items in each document that has any, by the place of the candidate: their number and the first of them.
        let hits: [Int: (count: Int, first: String)]
        /// What is to go from each document, by the place of the candidate.
        let stretches: [Int: [Range<Int>]]
    }

    /// The sets; those that changed since the plan was made stop the build.
    private func sets() throws -> [EvaluationSet] {
        try zip(options.against, plan.evaluationDigests).map { path, digest in
            let path = PathText.join(plan.recipe.folder, path)
            let set = try EvaluationSet(path)
            if try SHA256Digest.hexadecimal(ofFile: path) != digest { throw BuildFailure.changedInput(path: path) }
            return set
        }
    }

    func run(_ candidates: [Candidate], _ pool: WorkerPool) throws -> Found {
        let sets = try sets()
        let items = sets.flatMap { set in set.items.map { "\($0.id) of \(PathText.name(of: set.path))" } }
        let index = try ContaminationReport.index(sets, scope: options.scope, options: options.ngrams)
        let runs = Dictionary(grouping: candidates.indices.filter { candidates[$0].staying != nil }) {
            candidates[$0].partition
        }.sorted { $0.key < $1.key }.map(\.value)
        let gathered = Gathered(ContaminationTally(index))
        let decontamination = options.decontamination
        let scanners = PerWorker(pool) { NGramScanner(index) }
        try pool.orderedForEach(runs.count) { number, worker in
            let scanner = scanners[worker]
            let places = runs[number]
            let cursor = try DocumentCursor(
                ExtractArtefact.documentsPath(output.extracted, extractKeys[candidates[places[0]].partition]))
            return try places.map { place -> (place: Int, hits: [NGramHit], stretches: [Range<Int>]) in
                let document = try cursor.document(at: candidates[place].index)
                let hits = document.text.withUnsafeBytes { scanner.scan($0) }
                let isMasked = !hits.isEmpty && decontamination.action == .mask
                let stretches =
                    isMasked ? document.text.withUnsafeBufferPointer { decontamination.stretches(hits, in: $0) } : []
                return (place, hits, stretches)
            }
        } consume: { _, documents in
            for (place, hits, stretches) in documents {
                gathered.tally.add(document: hits.isEmpty ? "" : candidates[place].facts?.path ?? "", hits: hits)
                if let first = hits.first {
                    gathered.hits[place] = (Set(hits.map(\.item)).count, items[first.item])
                    gathered.stretches[place] = stretches
                }
            }
        }
        return Found(
            report: ContaminationReport(sets, scope: options.scope, index: index, tally: gathered.tally),
            hits: gathered.hits, stretches: gathered.stretches)
    }
}

/// `@unchecked Sendable`: one result at a time is taken in, in order.
private final class Gathered: @unchecked Sendable {
    var tally: ContaminationTally
    var hits: [Int: (count: Int, first: String)] = [:]
    var stretches: [Int: [Range<Int>]] = [:]

    init(_ tally: ContaminationTally) { self.tally = tally }
}
