extension BPETrainer {
    /// How texts are cut before anything is counted.
    public enum Pattern: String, Sendable, CaseIterable {
        /// GPT-2's pattern.
        case gpt2
        /// GPT-2's pattern with every digit apart (SmolLM2, StarCoder).
        case gpt2Digits = "gpt2-digits"
        /// Qwen2's pattern: a sign may lead a word, every digit apart.
        case qwen2
        /// Llama 3's pattern: as Qwen2's, with up to three digits together.
        case llama3
        /// As SentencePiece does: spaces become ▁, one is put before the text, and a piece begins at each. Merges start from characters.
        case metaspace
    }

    /// A change of every text before it is cut, here and by the tokenizer that is written.
    public enum Normalization: String, Sendable, CaseIterable { case none, nfc, nfkc }

    /// What is learnt. The names are those of `BpeTrainer` and of SentencePiece.
    public struct Options: Sendable {
        /// Tokens in the end, special ones, the alphabet and the tokens of bytes included.
        public var vocabularySize: Int
        /// Pairs seen less often are not merged.
        public var minimumFrequency = 0
        /// Tokens have fewer characters (bytes, for patterns of bytes) than this; nil: any length.
        public var maximumTokenLength: Int?
        /// Tokens with the first ids, found in texts as a whole and never learnt from.
        public var specialTokens = ["<|endoftext|>"]
        /// How texts are cut.
        public var pattern = Pattern.gpt2
        /// How texts are normalised first.
        public var normalization = Normalization.none
        /// Whether each line with its line feed is a text of its own, so that no piece reaches over it.
        public var splitsLines = false
        /// Whether all 256 bytes are in the vocabulary, seen or not. Patterns of bytes only: a `metaspace` vocabulary has them with
        /// `fallsBackToBytes`.
        public var hasAllBytes = true
        /// Characters that are in the vocabulary, seen or not. `metaspace` only.
        public var initialAlphabet = ""
        /// At most so many characters, or bytes, are in the alphabet; the rarest are left out.
        public var limitAlphabet: Int?
        /// Characters are in the alphabet until this share of the text is theirs. `metaspace` only.
        public var characterCoverage = 1.0
        /// Whether characters without a token are written as the tokens of their bytes, `<0x00>` to `<0xFF>`. `metaspace` only.
        public var fallsBackToBytes = true
        /// What else has no token becomes; one of `specialTokens`. `metaspace` only.
        public var unknownToken = "<unk>"
        /// The special token that ends a text; it must be one of `specialTokens`.
        public var endOfText: String? = "<|endoftext|>"
        /// The special token that begins a text; it must be one of `specialTokens`.
        public var beginningOfText: String?

        /// The options for a vocabulary of that size, everything else as `BpeTrainer` has it.
        public init(vocabularySize: Int) { self.vocabularySize = vocabularySize }

        /// The options for a vocabulary as SentencePiece makes it: `<unk>`, `<s>`, `</s>`, tokens of bytes, characters, merges.
        public static func sentencePiece(vocabularySize: Int) -> Options {
            var options = Options(vocabularySize: vocabularySize)
            options.pattern = .metaspace
            options.specialTokens = ["<unk>", "<s>", "</s>"]
            options.beginningOfText = "<s>"
            options.endOfText = "</s>"
            return options
        }

        var unit: TrainingAlphabet.Unit { pattern == .metaspace ? .characters : .bytes }
        var hasByteTokens: Bool { pattern == .metaspace && fallsBackToBytes }

        /// Throws `TokenizerFailure.impossibleTraining` for what makes no sense.
        func check() throws {
            func fail(_ option: String, _ expected: String, _ found: String) -> TokenizerFailure {
                .impossibleTraining(option: option, expected: expected, found: found)
            }
            let bytes = unit == .bytes ? hasAllBytes : fallsBackToBytes
            let least = specialTokens.count + (bytes ? 256 : 1)
            if vocabularySize < least || vocabularySize > 1 << 24 {
                let parts = "\(bytes ? "256 bytes" : "one token") and \(specialTokens.count) special tokens"
                throw fail("vocabulary size", "\(least) (\(parts)) to \(1 << 24)", "\(vocabularySize)")
            }
            if minimumFrequency < 0 { throw fail("minimum frequency", "0 or more", "\(minimumFrequency)") }
            if let length = maximumTokenLength, length < 2 {
                throw fail("maximum token length", "2 or more", "\(length)")
            }
            if let limit = limitAlphabet, limit < 1 || unit == .bytes && hasAllBytes && limit < 256 {
                throw fail(
                    "limit of the alphabet", unit == .bytes ? "256 or more with all bytes" : "1 or more", "\(limit)")
            }
            if !(characterCoverage > 0 && characterCoverage <= 1) {
                throw fail("character coverage", "more than 0, at most 1", "\(characterCoverage)")
            }
            if unit == .bytes, characterCoverage != 1 || !initialAlphabet.isEmpty {
                throw fail(
                    "character coverage and initial alphabet", "the pattern metaspace with them", pattern.rawValue)
            }
            if Set(specialTokens).count < specialTokens.count {
                throw fail("special tokens", "each once", specialTokens.joined(separator: " "))
            }
            for token in specialTokens where token.unicodeScalars.count < 2 {
                throw fail("special tokens", "two characters at least each", "\"\(token)\"")
            }
            let named = [endOfText, beginningOfText, pattern == .metaspace ? unknownToken : nil].compactMap(\.self)
            for token in named where !specialTokens.contains(token) {
                throw fail("special tokens", "\(token) among them", specialTokens.joined(separator: " "))
            }
        }
    }
}
