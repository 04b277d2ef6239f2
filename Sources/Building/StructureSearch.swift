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
    func run(_ kept: [KeptDocument], _ pool: WorkerPool) throws -> [Int: [StructureCut]] {
        let frame = packing.separator.tokensPerDocument
        let work = KeptDocuments.runs(of: kept.indices.filter { kept[$0].tokens + frame > packing.length }, kept)
        let byteCounts = (0..<UInt32(plan.tokenizer.vocabularySize)).map { plan.tokenizer.bytes(of: $0)?.count ?? 0 }
        let found = try pool.map(work.count) { index, _ in
            let documents = try KeptDocuments(
                partition: work[index].partition, extractKeys: extractKeys, tokens: tokens, output: output)
            return try work[index].rows.map { row in
                try (row, cuts(of: kept[row], row, try documents.document(kept[row]), byteCounts))
            }
        }
        return Dictionary(uniqueKeysWithValues: found.joined().filter { !$0.1.isEmpty })
    }

    private func cuts(
        of kept: KeptDocument, _ row: Int, _ document: Document, _ byteCounts: [Int]
    ) throws -> [StructureCut] {
        let ids = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: kept.tokens)
        defer { ids.deallocate() }
        tokens.copy(kept, range: 0..<kept.tokens, into: ids)
        let offered = StructureCut.cuts(
            places: StructureCut.places(in: document.text, spans: document.spans),
            tokenBytes: ids.lazy.map { byteCounts[Int($0)] })
        return try StructureCut.chosen(of: offered, tokens: kept.tokens, document: row, options: packing)
    }
}
