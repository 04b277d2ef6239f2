import Building
import Files
import Tokenization

/// How the samples of a corpus are drawn, and the corpus's own tokenizer.
struct SamplePlan: Sendable {
    /// The tokenizer of the corpus; nil where its folder does not hold it.
    let tokenizer: Tokenizer?
    /// Why there is none.
    let missing: String?
    let specials: SpecialTokenPolicy
    /// Bytes that each id stands for; 0 where it has no token.
    let tokenBytes: [UInt32]
    let documentShare: Double
    let blockShare: Double

    init(_ corpus: BuiltCorpus, options: StatisticsOptions) {
        let manifest = corpus.manifest
        var tokenizer: Tokenizer?
        var missing: String?
        do {
            let loaded = try Tokenizer.load(corpus.folder.tokenizer)
            if let digest = manifest.tokenizer["digest"]?.string, digest != loaded.digest {
                missing = "\(corpus.folder.tokenizer): not the tokenizer of the corpus"
            } else {
                tokenizer = loaded
            }
        } catch { missing = "\(error)" }
        self.tokenizer = tokenizer
        self.missing = missing
        specials = manifest.recipe["tokenize"]?["specials"]?.string == "recognise" ? .recognise : .ordinary
        tokenBytes = tokenizer.map(SamplePlan.tokenBytes) ?? []
        let bytes = manifest.sources.reduce(0) { $0 + $1.textBytes }
        let tokens = manifest.splits.values.reduce(0) { $0 + $1.blocks } * manifest.blockLength
        documentShare = bytes <= options.encodedBytes ? 1 : Double(options.encodedBytes) / Double(bytes)
        blockShare = tokens <= options.ngramTokens ? 1 : Double(options.ngramTokens) / Double(tokens)
    }

    /// Bytes that each id stands for; 0 where it has no token.
    static func tokenBytes(_ tokenizer: Tokenizer) -> [UInt32] {
        (0..<UInt32(tokenizer.vocabularySize)).map { UInt32(tokenizer.bytes(of: $0)?.count ?? 0) }
    }
}
