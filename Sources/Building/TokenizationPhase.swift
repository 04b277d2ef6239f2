import Documents
import Files
import Tokenization

/// Phase 3 for one partition: the ids of every document, in order.
struct TokenizationPhase {
    let plan: BuildPlan
    let output: OutputFolder

    func run(extractKey: String, tokenKey: String, encoder: TokenEncoder) throws {
        var ids: [UInt32] = []
        var counts: [Int] = []
        var specials: [Int] = []
        let droppedBefore = encoder.missingBytes
        let policy: SpecialTokenPolicy = plan.recipe.specials == .recognise ? .recognise : .ordinary
        let path = ExtractArtefact.documentsPath(output.extracted, extractKey)
        try ExtractArtefact.forEachDocument(at: path) { document in
            let start = ids.count
            let specialsBefore = encoder.specialTokensAsText
            try document.text.withUnsafeBytes { try encoder.encode($0, specials: policy, into: &ids) }
            counts.append(ids.count - start)
            specials.append(encoder.specialTokensAsText - specialsBefore)
            return true
        }
        let width = plan.tokenizer.vocabularySize <= 1 << 16 ? 2 : 4
        try TokenArtefact.write(
            to: TokenArtefact.path(output.tokens, tokenKey), ids: ids, counts: counts, specials: specials,
            droppedBytes: encoder.missingBytes - droppedBefore, width: width)
    }
}
