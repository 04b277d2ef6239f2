import Files

/// A BPE tokenizer, read from its files; immutable and shared by all threads.
///
/// Encoding needs scratch: take a `TokenEncoder` for each thread with `makeEncoder()`.
public final class Tokenizer: Sendable {
    /// One more than the largest id, added tokens included. Some ids below it may have no token.
    public let vocabularySize: Int
    /// SHA-256 of what decides about ids: tokens, merges, splitting, normalising, added tokens and the template, in hexadecimal.
    /// The same tokenizer has the same digest whatever files it comes from.
    /// Made when it is first asked for.
    public var digest: String { lazyDigest.text }
    /// The token that begins a text, where the files name one or a well-known one is there.
    public let beginningOfText: UInt32?
    /// The token that ends a text, where the files name one or a well-known one is there.
    public let endOfText: UInt32?

    /// What the files do about special tokens in a text where nobody asks for anything else: `tokenizer.json` recognises them,
    /// tiktoken ranks and SentencePiece models take them for text.
    public let ownSpecialPolicy: SpecialTokenPolicy
    /// What was understood of the files.
    public let description: TokenizerDescription

    let names: TokenNames
    let model: MergeModel
    let addedTokens: [AddedToken]
    let normalizers: NormalizerChain
    let splitting: Splitting
    let decoding: TextDecoding
    let templatePrefix: [UInt32]
    let templateSuffix: [UInt32]
    let matchers: AddedTokenMatchers
    let plainSpaces: PlainSpaces?
    private let lazyDigest: TokenizerDigest
    private let specialIDs: Set<UInt32>
    /// What decoding without special tokens leaves out: those whose form, once decoded, is that of a special token.
    let skippedIDs: Set<UInt32>
    /// Added tokens that are looked for in normalised text and are written otherwise there: they decode to that.
    private let normalizedForms: [UInt32: [UInt8]]

    init(_ definition: TokenizerDefinition) {
        names = definition.names
        vocabularySize = definition.names.idLimit
        model = MergeModel(definition)
        addedTokens = definition.addedTokens
        normalizers = definition.normalizers
        splitting = definition.splitting
        decoding = definition.decoding
        ownSpecialPolicy = definition.recognisesSpecials ? .recognise : .ordinary
        description = TokenizerDescription(definition)
        templatePrefix = definition.templatePrefix
        templateSuffix = definition.templateSuffix
        beginningOfText = definition.beginningOfText
        endOfText = definition.endOfText
        matchers = AddedTokenMatchers(definition.addedTokens, definition.normalizers)
        plainSpaces = PlainSpaces(definition, model, matchers)
        var forms: [UInt32: [UInt8]] = [:]
        for token in definition.addedTokens where token.isNormalized {
            let content = Array(token.content.utf8)
            let normalized = definition.normalizers.normalized(content)
            if normalized != content { forms[token.id] = normalized }
        }
        normalizedForms = forms
        let specialContents = Set(definition.addedTokens.filter(\.isSpecial).map { Array($0.content.utf8) })
        skippedIDs = Set(
            definition.addedTokens.filter { token in
                guard token.isSpecial else { return false }
                return forms[token.id].map(specialContents.contains) ?? true
            }.map(\.id))
        specialIDs = Set(definition.addedTokens.filter(\.isSpecial).map(\.id))
        lazyDigest = TokenizerDigest(definition)
    }

    /// Reads a tokenizer: a `tokenizer.json`, `vocab.json` with `merges.txt`, tiktoken ranks (with `encoding.json` beside them, or
    /// of a well-known encoding) or a SentencePiece BPE model; a folder of these or one of the files. In a folder they are looked
    /// for in this order. Files are recognised by their content.
    ///
    /// Throws `TokenizerFailure` for what is broken or not supported, `FileFailure` for what cannot be read. Cost: 0.01 to 0.4
    /// seconds and some 60 bytes of memory for each token and merge.
    public static func load(_ path: String) throws -> Tokenizer {
        try TokenizerFiles.load(path)
    }

    /// An encoder with its own scratch and cache (50 MB where it is full), for one thread at a time.
    public func makeEncoder() -> TokenEncoder { TokenEncoder(self) }

    /// An encoder for texts that come in parts, in memory that does not grow with them, for one thread at a time.
    ///
    /// `withTemplate`: with what the file's post-processor puts around a text (`add_special_tokens`). About `window` bytes of a text
    /// wait, more where it has no place to cut it. Cost: that of `makeEncoder`, some ms to look at the tokenizer.
    public func makeStreamingEncoder(
        specials: SpecialTokenPolicy = .ordinary, withTemplate: Bool = false, window: Int = 1 << 20
    ) -> StreamingEncoder {
        StreamingEncoder(self, specials: specials, withTemplate: withTemplate, window: window)
    }

    /// The id of a token by its written form in the file (`Ġthe`, `<|endoftext|>`).
    public func id(of token: String) -> UInt32? { names.id(of: token) }

    /// The bytes that a token stands for (` the`) inside a text; nil where no token has the id.
    public func bytes(of id: UInt32) -> [UInt8]? {
        guard let written = writtenForm(of: id) else { return nil }
        guard case .stepwise(let steps) = decoding else { return byteLevelForm(of: id).map(Array.init) }
        if let byte = ByteTokens.byte(of: written), model.characters?.byteIDs[Int(byte)] == id { return [byte] }
        if model.characters?.rules.isSentencePiece == true { return SentencePieceDecoding.bytes(of: Array(written)) }
        // Between two tokens that no step touches, so that nothing happens to it for being the first or the last.
        let other = DecodedText(bytes: [0x78])
        var texts = [other, DecodedText(bytes: Array(written), id: id), other]
        for var step in steps {
            var next: [DecodedText] = []
            for text in texts { step.take(text, into: &next) }
            step.finish(into: &next)
            texts = next
        }
        return Array(texts.flatMap(\.bytes).dropFirst().dropLast())
    }

    /// Whether some token has the id.
    public func contains(_ id: UInt32) -> Bool { names.contains(id) }

    /// The tokens marked special, by id.
    public var specialTokens: [(text: String, id: UInt32)] {
        addedTokens.filter(\.isSpecial).map { ($0.content, $0.id) }
    }

    /// Whether the token is marked special.
    public func isSpecial(_ id: UInt32) -> Bool { specialIDs.contains(id) }

    /// Whether some byte has no token, so that texts may not come back whole: `TokenEncoder.missingBytes` counts them.
    public var hasByteGaps: Bool { model.hasGaps }

    /// The bytes that have no token, neither of their own nor to fall back to.
    public var bytesWithoutToken: [UInt8] {
        (UInt8.min...UInt8.max).filter {
            model.byteTokens[Int($0)] == TokenizerDefinition.noToken
                && model.characters?.byteIDs[Int($0)] ?? TokenizerDefinition.noToken == TokenizerDefinition.noToken
        }
    }

    /// The bytes that `ids` stand for, special tokens written out; ids without a token are passed over. Where the file decodes to
    /// text (SentencePiece, byte fallback), the UTF-8 of that text.
    public func decode(_ ids: some Collection<UInt32>) -> [UInt8] {
        guard case .byteLevel = decoding else { return Array(decodeText(Array(ids)).utf8) }
        var out: [UInt8] = []
        out.reserveCapacity(ids.count * 4)
        for id in ids {
            if let bytes = byteLevelForm(of: id) { out.append(contentsOf: bytes) }
        }
        return out
    }

    /// The text that `ids` stand for, as the file's own library decodes it: bytes that are not UTF-8 become U+FFFD.
    public func decodeText(_ ids: [UInt32], skippingSpecial: Bool = false) -> String {
        guard case .byteLevel = decoding else {
            var decoder = makeIncrementalDecoder(skippingSpecial: skippingSpecial)
            var text = ""
            for id in ids { text += decoder.append(id) }
            return text + decoder.finish()
        }
        return String(decoding: decode(skippingSpecial ? ids.filter { !skippedIDs.contains($0) } : ids), as: UTF8.self)
    }

    /// What decoders start from.
    func writtenForm(of id: UInt32) -> ArraySlice<UInt8>? {
        if !normalizedForms.isEmpty, let form = normalizedForms[id] { return form[...] }
        return names.writtenForm(of: id)
    }

    private func byteLevelForm(of id: UInt32) -> ArraySlice<UInt8>? {
        guard !normalizedForms.isEmpty, let form = normalizedForms[id] else { return names.bytes(of: id) }
        var bytes: [UInt8] = []
        return form.withUnsafeBytes { ByteAlphabet.appendBytes(of: $0, to: &bytes) } ? bytes[...] : form[...]
    }

    /// A decoder for ids that come one by one.
    public func makeIncrementalDecoder(skippingSpecial: Bool = false) -> IncrementalDecoder {
        IncrementalDecoder(self, skippingSpecial: skippingSpecial)
    }

    /// The text after the tokenizer's own normaliser (NFC for Qwen): what decoding the ids of `text` gives back.
    public func normalized(_ text: [UInt8]) -> [UInt8] { normalizers.normalized(text) }
}

/// The searches for added tokens that encoding needs, each in the order of `tokenizers`: first those of the raw text, then,
/// in what is left after normalising, those of the normalised text.
struct AddedTokenMatchers: Sendable {
    /// All tokens that are looked for in the raw text, and in the normalised.
    let raw: AddedTokenMatcher
    let normalized: AddedTokenMatcher
    /// The same without control tokens.
    let rawTextual: AddedTokenMatcher
    let normalizedTextual: AddedTokenMatcher
    /// Control tokens alone, to count or to refuse.
    let controls: AddedTokenMatcher

    init(_ tokens: [AddedToken], _ normalizers: NormalizerChain) {
        func written(_ token: AddedToken) -> [UInt8] {
            let bytes = Array(token.content.utf8)
            return token.isNormalized ? normalizers.normalized(bytes) : bytes
        }
        raw = AddedTokenMatcher(tokens.filter { !$0.isNormalized }, written: written)
        normalized = AddedTokenMatcher(tokens.filter(\.isNormalized), written: written)
        rawTextual = AddedTokenMatcher(tokens.filter { !$0.isNormalized && !$0.isControl }, written: written)
        normalizedTextual = AddedTokenMatcher(tokens.filter { $0.isNormalized && !$0.isControl }, written: written)
        controls = AddedTokenMatcher(tokens.filter(\.isControl)) { Array($0.content.utf8) }
    }
}
