import Documents
import Packing
import Parallel
import Tokenization

/// Finds which tokens of the rows carry loss. Reads every document once of which not all may.
struct LossSearch {
    let plan: BuildPlan
    let tokens: TokenShelf
    let output: OutputFolder
    let extractKeys: [String]

    /// What carries loss in each row of which not all does. Memory: the ranges, and one document a worker.
    func run(_ kept: [KeptDocument], _ pool: WorkerPool) throws -> [Int: LossRanges] {
        let rule = LossRule(recipe: plan.recipe)
        let isConversation = plan.recipe.sources.map { $0.instructions != nil }
        let asked = kept.indices.filter { isConversation[kept[$0].facts.source] || !rule.kinds.isEmpty }
        let work = KeptDocuments.runs(of: asked, kept)
        let locator = rule.locator(plan.tokenizer)
        let encoders = PerWorker(pool) { plan.tokenizer.makeEncoder() }
        let found = try pool.map(work.count) { index, worker in
            let documents = try KeptDocuments(
                partition: work[index].partition, extractKeys: extractKeys, tokens: tokens, output: output)
            return try work[index].rows.compactMap { row -> (Int, LossRanges)? in
                let document = try documents.document(kept[row])
                if isConversation[kept[row].facts.source] {
                    return (row, try answers(of: document, kept[row], rule, encoders[worker]))
                }
                let ids = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: kept[row].tokens)
                defer { ids.deallocate() }
                tokens.copy(kept[row], range: 0..<kept[row].tokens, into: ids)
                return try rule.ranges(
                    of: document, ids: ids, locator: locator, tokenizerPath: plan.recipe.tokenizerPath
                ).map { (row, $0) }
            }
        }
        return Dictionary(uniqueKeysWithValues: found.joined())
    }

    /// What of a conversation is learnt, by encoding it again: borders of bytes are borders of tokens there.
    private func answers(
        of document: Document, _ kept: KeptDocument, _ rule: LossRule, _ encoder: TokenEncoder
    ) throws -> LossRanges {
        var ids: [UInt32] = []
        guard let learnt = try rule.encode(document, encoder, specials: .ordinary, into: &ids), ids.count == kept.tokens
        else {
            throw BuildFailure.damagedArtefact(
                path: ExtractArtefact.documentsPath(output.extracted, extractKeys[kept.partition]),
                problem: "\(document.id) is not the conversation that its tokens are of")
        }
        return LossRanges(carrying: learnt, count: kept.tokens)
    }
}
