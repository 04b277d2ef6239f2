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
    var normalizers = NormalizerChain()
    var splitting = Splitting.scanned(Pretokenization())
    /// Pieces are merged from characters, under these rules; nil: from bytes.
    var characters: CharacterSymbols.Rules?
    var decoding = TextDecoding.byteLevel
    /// Whether special tokens in a text are recognised where nobody says so.
    var recognisesSpecials = true
    /// What the files were, for people.
    var form = "tokenizer.json"
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

    /// Whether merging does not see a token: it is only added.
    func isHidden(_ id: UInt32) -> Bool { addedBeyondModel.contains(id) }
}

/// How a scanner splits a text into the pieces that merges work in.
struct Pretokenization: Sendable, Equatable {
    /// The regular expressions that are known, each with a scanner of its own.
    enum Pattern: String, Sendable, CaseIterable { case gpt2, qwen2, llama3, cl100k, o200k, whole }
    var pattern = Pattern.gpt2
    /// Every digit is a piece of its own, and no other piece reaches over it.
    var isolatesDigits = false
    /// A space is put before a text that does not begin with one.
    var addsPrefixSpace = false
}
