/// What was understood of a tokenizer's files, in words for a person.
public struct TokenizerDescription: Sendable, Equatable {
    /// The kind of the files: `tokenizer.json`, `tiktoken ranks`, ….
    public let form: String
    /// What merges join, and what becomes of what has no token.
    public let model: String
    /// The changes before splitting, in order.
    public let normalizer: String
    /// The steps of splitting, in order.
    public let preTokenizer: String
    /// Whether the pattern has a scanner of its own; a general engine runs it otherwise.
    public let hasKnownPattern: Bool
    /// The steps of decoding, in order.
    public let decoder: String
    /// Added tokens, special ones among them.
    public let addedTokens: Int

    init(_ definition: TokenizerDefinition) {
        form = definition.form
        var words = ["BPE on \(definition.characters == nil ? "bytes" : "characters")"]
        if definition.characters?.fallsBackToBytes == true { words.append("byte fallback") }
        if definition.ignoresMerges { words.append("whole tokens first") }
        words.append("\(definition.mergePairs.count / 2) merges")
        model = words.joined(separator: ", ")
        let changes = definition.normalizers.steps.map(\.summary).joined(separator: ", ")
        normalizer = changes.isEmpty ? "none" : changes
        preTokenizer = definition.splitting.summary
        switch definition.splitting {
        case .scanned: hasKnownPattern = true
        case .stepwise(let steps):
            hasKnownPattern = steps.allSatisfy {
                if let split = $0 as? SplitPreTokenizer, case .expression = split.pattern { return false }
                return true
            }
        }
        decoder = definition.decoding.summary
        addedTokens = definition.addedTokens.count
    }
}
