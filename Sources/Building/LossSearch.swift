import Documents
import Packing
import Parallel
import Tokenization

/// Finds which tokens of the rows carry loss: the answers of conversations, and in other documents all but the kinds of text that the recipe
/// names. Reads every document of those once.
struct LossSearch {
    let plan: BuildPlan
    let tokens: TokenShelf
    let output: OutputFolder
    let extractKeys: [String]

    /// What carries loss in each row of which not all does. Memory: the ranges, and one document a worker.
    func run(_ kept: [KeptDocument], _ pool: WorkerPool) throws -> [Int: LossRanges] {
        let kinds = plan.recipe.kindsWithoutLoss
        let isConversation = plan.recipe.sources.map { $0.instructions != nil }
        let asked = kept.indices.filter { isConversation[kept[$0].facts.source] || !kinds.isEmpty }
        let work = KeptDocuments.runs(of: asked, kept)
        let byteCounts =
            kinds.isEmpty
            ? [] : (0..<UInt32(plan.tokenizer.vocabularySize)).map { plan.tokenizer.bytes(of: $0)?.count ?? 0 }
        let encoders = PerWorker(pool) { plan.tokenizer.makeEncoder() }
        let found = try pool.map(work.count) { index, worker in
            let documents = try KeptDocuments(
                partition: work[index].partition, extractKeys: extractKeys, tokens: tokens, output: output)
            return try work[index].rows.compactMap { row -> (Int, LossRanges)? in
                let document = try documents.document(kept[row])
                let ranges =
                    isConversation[kept[row].facts.source]
                    ? try answers(of: document, kept[row], encoders[worker])
                    : without(kinds, in: document, kept[row], byteCounts)
                return ranges.map { (row, $0) }
            }
        }
        return Dictionary(uniqueKeysWithValues: found.joined())
    }

    /// What of a conversation is learnt, by encoding it again: borders of bytes are borders of tokens there.
    private func answers(
        of document: Document, _ kept: KeptDocument, _ encoder: TokenEncoder
    ) throws -> LossRanges? {
        var ids: [UInt32] = []
        guard let rendered = InstructionForm.rendered(document),
            case let learnt = try encoder.encode(rendered, into: &ids), ids.count == kept.tokens
        else {
            throw BuildFailure.damagedArtefact(
                path: ExtractArtefact.documentsPath(output.extracted, extractKeys[kept.partition]),
                problem: "\(document.id) is not the conversation that its tokens are of")
        }
        // An answer alone is learnt whole, but for the begin token.
        return LossRanges(carrying: learnt, count: kept.tokens)
    }

    private func without(
        _ kinds: [LossKind], in document: Document, _ kept: KeptDocument, _ byteCounts: [Int]
    ) -> LossRanges? {
        let bytes = LossKind.bytes(of: kinds, in: document.text, spans: document.spans)
        if bytes.isEmpty { return nil }
        let ids = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: kept.tokens)
        defer { ids.deallocate() }
        tokens.copy(kept, range: 0..<kept.tokens, into: ids)
        let silent = LossRanges.tokens(overlapping: bytes, tokenBytes: ids.lazy.map { byteCounts[Int($0)] })
        let ranges = LossRanges(without: silent, count: kept.tokens)
        return ranges.isComplete ? nil : ranges
    }
}
