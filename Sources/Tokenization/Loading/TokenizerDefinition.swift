/// Everything that defines a tokenizer, as read from whichever files it came in.
struct TokenizerDefinition {
    /// The tokens of the model and the added tokens.
    var names: TokenNames
    var merges: MergeTable
    /// The merges in their order: left, right, left, right, …
    var mergePairs: [UInt32]
    /// Ids of single bytes, `noToken` where the vocabulary has none.
    var byteTokens: [UInt32]
    /// A piece that is a token of the model is taken whole, without merging.
    var ignoresMerges = false
    var unknownToken: UInt32?
    /// Runs of unknown bytes become one unknown token.
    var fusesUnknown = false
    var addedTokens: [AddedToken] = []
    var normalization = Normalization.none
    var pretokenization = Pretokenization()
    /// Ids before and after a text under `add_special_tokens`.
    var templatePrefix: [UInt32] = []
    var templateSuffix: [UInt32] = []
    var beginningOfText: UInt32?
    var endOfText: UInt32?
    /// One more than the largest id of the model itself, without added tokens.
    var modelIDLimit: Int
    /// Added tokens that the model does not have.
    var addedBeyondModel: Set<UInt32> = []

    static let noToken = UInt32.max
}

/// What is done to a text before it is split.
enum Normalization: String, Sendable { case none, nfc }

/// How a text is split into the pieces that merges work in.
struct Pretokenization: Sendable, Equatable {
    /// The regular expressions that are known, each with a scanner of its own.
    enum Pattern: String, Sendable, CaseIterable { case gpt2, qwen2, llama3, whole }
    var pattern = Pattern.gpt2
    /// Every digit is a piece of its own, and no other piece reaches over it.
    var isolatesDigits = false
    /// A space is put before a text that does not begin with one.
    var addsPrefixSpace = false
}
