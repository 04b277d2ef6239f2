package import Documents
package import Files
import Packing
package import Tokenization

/// What of the documents of a corpus carries loss, by its recipe: of conversations the answers, of other documents all but some kinds of text.
package struct LossRule: Sendable {
    let kinds: [LossKind]
    private let conversations: Set<String>

    init(recipe: Recipe) {
        kinds = recipe.kindsWithoutLoss
        conversations = Set(recipe.sources.filter { $0.instructions != nil }.map(\.name))
    }

    /// By a recipe's meaning, as a manifest has it.
    package init(meaning: JSONValue) {
        let names = (meaning["pack"]?["no_loss"]?.items ?? []).compactMap(\.string)
        kinds = LossKind.allCases.filter { names.contains($0.rawValue) }
        let sources = meaning["sources"]?.items ?? []
        conversations = Set(sources.filter { $0["instructions"] != nil }.compactMap { $0["name"]?.string })
    }

    /// Whether everything carries loss.
    var isEmpty: Bool { kinds.isEmpty && conversations.isEmpty }

    /// Whether the documents of a source are conversations.
    package func isConversation(source: String) -> Bool { conversations.contains(source) }

    /// Appends the ids of a document as a build takes them. Returns of a conversation the ranges of its tokens that are learnt, and nil for
    /// other documents and for one that says nothing of itself, whose text is encoded.
    @discardableResult
    package func encode(
        _ document: Document, _ encoder: TokenEncoder, specials: SpecialTokenPolicy, into ids: inout [UInt32]
    ) throws -> [Range<Int>]? {
        if isConversation(source: document.source), let rendered = InstructionForm.rendered(document) {
            return try encoder.encode(rendered, into: &ids)
        }
        try document.text.withUnsafeBytes { try encoder.encode($0, specials: specials, into: &ids) }
        return nil
    }

    /// What carries loss in a document that is no conversation; nil: all of it. Throws `BuildFailure.unplacedTokens` where a part of it does
    /// not and which tokens that are cannot be told.
    ///
    /// - Parameters:
    ///   - locator: That of the tokenizer, as `locator` gives it.
    ///   - tokenizerPath: For the message.
    func ranges(
        of document: Document, ids: some Collection<UInt32>, locator: TokenLocator?, tokenizerPath: String
    ) throws -> LossRanges? {
        let bytes = LossKind.bytes(of: kinds, in: document.text, spans: document.spans)
        if bytes.isEmpty { return nil }
        guard let places = locator?.places(of: ids, in: document.text) else {
            throw BuildFailure.unplacedTokens(id: document.id, source: document.source, tokenizer: tokenizerPath)
        }
        let silent = LossRanges.tokens(overlapping: bytes, starts: places.starts, ends: places.ends)
        let ranges = LossRanges(without: silent, count: ids.count)
        return ranges.isComplete ? nil : ranges
    }

    /// What finds the tokens of documents in their texts, where a kind of text is named.
    func locator(_ tokenizer: Tokenizer) -> TokenLocator? { kinds.isEmpty ? nil : TokenLocator(tokenizer) }
}
