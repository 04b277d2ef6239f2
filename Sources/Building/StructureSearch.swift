import Documents
import Packing
import Parallel
import Tokenization

/// Finds where documents that are longer than a block are cut: at the ends of clauses, paragraphs and rows. Reads every such document once.
struct StructureSearch {
    let plan: BuildPlan
    let packing: PackingOptions
    let tokens: TokenShelf
    let output: OutputFolder
    let extractKeys: [String]

    /// The cuts of each row of `kept` that has any. Memory: what is cut, and one document a worker.
    ///
    /// - Returns: Also how many documents were not looked at, because their tokens cannot be found again in the text: they are cut anywhere.
    func run(
        _ kept: [KeptDocument], _ pool: WorkerPool
    ) throws -> (cuts: [Int: [StructureCut]], unplaced: Int) {
        let frame = packing.separator.tokensPerDocument
        let work = KeptDocuments.runs(of: kept.indices.filter { kept[$0].tokens + frame > packing.length }, kept)
        if work.isEmpty { return ([:], 0) }
        let locator = TokenLocator(plan.tokenizer)
        let found = try pool.map(work.count) { index, _ in
            let documents = try KeptDocuments(
                partition: work[index].partition, extractKeys: extractKeys, tokens: tokens, output: output)
            return try work[index].rows.map { row in
                try (row, cuts(of: kept[row], row, try documents.document(kept[row]), locator))
            }
        }
        var placed: [Int: [StructureCut]] = [:]
        var unplaced = 0
        for (row, own) in found.joined() {
            if let own { placed[row] = own.isEmpty ? nil : own } else { unplaced += 1 }
        }
        return (placed, unplaced)
    }

    /// All places where a document may be cut, by its tokens; nil where these cannot be found in its text.
    static func offered(
        _ document: Document, _ ids: some Collection<UInt32>, _ locator: TokenLocator
    ) -> [StructureCut]? {
        locator.places(of: ids, in: document.text).map {
            StructureCut.cuts(
                places: StructureCut.places(in: document.text, spans: document.spans), tokenEnds: $0.ends)
        }
    }

    private func cuts(
        of kept: KeptDocument, _ row: Int, _ document: Document, _ locator: TokenLocator
    ) throws -> [StructureCut]? {
        let ids = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: kept.tokens)
        defer { ids.deallocate() }
        tokens.copy(kept, range: 0..<kept.tokens, into: ids)
        return try StructureSearch.offered(document, ids, locator).map {
            try StructureCut.chosen(of: $0, tokens: kept.tokens, document: row, options: packing)
        }
    }
}
