import Documents
import Files
import Tokenization

/// Phase 3 for one partition: the ids of every document, in order.
struct TokenizationPhase {
    let plan: BuildPlan
    let output: OutputFolder

    func run(_ partition: Partition, extractKey: String, tokenKey: String, encoder: TokenEncoder) throws {
        let isConversations = plan.form(ofPartition: partition) != nil
        let width = plan.tokenizer.vocabularySize <= 1 << 16 ? 2 : 4
        var writer = try TokenArtefactWriter(TokenArtefact.path(output.tokens, tokenKey), width: width)
        var ids: [UInt32] = []
        let droppedBefore = encoder.missingBytes
        let policy: SpecialTokenPolicy = plan.recipe.specials == .recognise ? .recognise : .ordinary
        let path = ExtractArtefact.documentsPath(output.extracted, extractKey)
        try ExtractArtefact.forEachDocument(at: path) { document in
            ids.removeAll(keepingCapacity: true)
            let specialsBefore = encoder.specialTokensAsText
            if isConversations {
                guard let rendered = InstructionForm.rendered(document) else {
                    throw BuildFailure.damagedArtefact(path: path, problem: "\(document.id) is no conversation")
                }
                _ = try encoder.encode(rendered, into: &ids)
            } else {
                try document.text.withUnsafeBytes { try encoder.encode($0, specials: policy, into: &ids) }
            }
            try writer.append(ids, specials: encoder.specialTokensAsText - specialsBefore)
            return true
        }
        try writer.commit(droppedBytes: encoder.missingBytes - droppedBefore)
    }
}
