/// Learns a byte-level BPE vocabulary from texts: the merges that Hugging Face's `BpeTrainer` learns from them.
///
/// Texts are added in any order; threads may each fill a trainer of their own and `absorb` them: the result is the same.
/// Memory grows with the number of different pieces, not with the text.
public struct BPETrainer: Sendable {
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
    }

    /// What is learnt.
    public struct Options: Sendable {
        /// Tokens in the end, special ones and the 256 bytes included.
        public var vocabularySize: Int
        /// Pairs seen less often are not merged.
        public var minimumFrequency = 0
        /// Tokens have fewer bytes than this; nil: any length.
        public var maximumTokenLength: Int?
        /// Tokens with the first ids, found in texts as a whole and never learnt from.
        public var specialTokens = ["<|endoftext|>"]
        /// How texts are cut.
        public var pattern = Pattern.gpt2
        /// Whether texts are normalised to NFC first, here and by the tokenizer that is written.
        public var normalizes = false
        /// Whether each line with its line feed is a text of its own, so that no piece reaches over it.
        public var splitsLines = false
        /// The special token that ends a text; it must be one of `specialTokens`.
        public var endOfText: String? = "<|endoftext|>"
        /// The special token that begins a text; it must be one of `specialTokens`.
        public var beginningOfText: String?

        /// The options for a vocabulary of that size, everything else as `BpeTrainer` has it.
        public init(vocabularySize: Int) { self.vocabularySize = vocabularySize }
    }

    /// What is learnt.
    public let options: Options
    private let pretokenization: Pretokenization
    private var counts = PieceCounts()
    /// Bytes added so far.
    public private(set) var bytesSeen = 0

    /// An empty trainer. Throws `TokenizerFailure.impossibleTraining` for options that make no sense.
    public init(_ options: Options) throws {
        self.options = options
        func fail(_ option: String, _ expected: String, _ found: String) -> TokenizerFailure {
            .impossibleTraining(option: option, expected: expected, found: found)
        }
        let least = options.specialTokens.count + 256
        if options.vocabularySize < least || options.vocabularySize > 1 << 24 {
            throw fail("vocabulary size", "\(least) to \(1 << 24)", "\(options.vocabularySize)")
        }
        if options.minimumFrequency < 0 { throw fail("minimum frequency", "0 or more", "\(options.minimumFrequency)") }
        if let length = options.maximumTokenLength, length < 2 {
            throw fail("maximum token length", "2 or more", "\(length)")
        }
        if Set(options.specialTokens).count < options.specialTokens.count {
            throw fail("special tokens", "each once", options.specialTokens.joined(separator: " "))
        }
        for token in options.specialTokens where token.unicodeScalars.count < 2 {
            throw fail("special tokens", "two characters at least each", "\"\(token)\"")
        }
        for token in [options.endOfText, options.beginningOfText].compactMap(\.self)
        where !options.specialTokens.contains(token) {
            throw fail("special tokens", "\(token) among them", options.specialTokens.joined(separator: " "))
        }
        switch options.pattern {
        case .gpt2: pretokenization = Pretokenization(pattern: .gpt2)
        case .gpt2Digits: pretokenization = Pretokenization(pattern: .gpt2, isolatesDigits: true)
        case .qwen2: pretokenization = Pretokenization(pattern: .qwen2)
        case .llama3: pretokenization = Pretokenization(pattern: .llama3)
        }
    }

    /// How many different pieces were seen.
    public var pieceCount: Int { counts.count }

    /// Counts the pieces of a text.
    public mutating func add(_ text: UnsafeRawBufferPointer) {
        bytesSeen += text.count
        let bytes = UnsafeBufferPointer(start: text.baseAddress?.assumingMemoryBound(to: UInt8.self), count: text.count)
        if options.normalizes, NormalForm.c.mayChange(bytes) {
            var normalized: [UInt8] = []
            NormalForm.c.append(bytes, to: &normalized)
            normalized.withUnsafeBufferPointer { addLines($0) }
        } else {
            addLines(bytes)
        }
    }

    /// Counts the pieces of a text.
    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Adds what another trainer with the same options counted.
    public mutating func absorb(_ other: BPETrainer) {
        bytesSeen += other.bytesSeen
        for index in 0..<other.counts.count {
            other.counts.withPiece(index) { counts.add($0, times: other.counts.counts[index]) }
        }
    }

    /// Learns the merges. `progress` is told the size of the vocabulary now and then.
    /// Cost: some tens of seconds for 32,000 tokens from a few gigabytes; it depends on the number of different pieces.
    public func train(progress: ((Int) -> Void)? = nil) -> TrainedTokenizer {
        var learner = MergeLearner(counts, options)
        return TrainedTokenizer(options, pretokenization, learner.learn(progress))
    }

    private mutating func addLines(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard options.splitsLines else { return addPieces(bytes) }
        var start = 0
        while start < bytes.count {
            let rest = bytes[start...]
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            addPieces(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            start = end
        }
    }

    private mutating func addPieces(_ bytes: UnsafeBufferPointer<UInt8>) {
        pretokenization.forEachPiece(bytes) { counts.add($0, times: 1) }
    }
}
