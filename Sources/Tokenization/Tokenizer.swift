import Files

/// A byte-level BPE tokenizer, read from its files; immutable and shared by all threads.
///
/// Encoding needs scratch: take a `TokenEncoder` for each thread with `makeEncoder()`.
public final class Tokenizer: Sendable {
    /// One more than the largest id, added tokens included. Some ids below it may have no token.
    public let vocabularySize: Int
    /// SHA-256 of what decides about ids: tokens, merges, splitting, normalising, added tokens and the template, in hexadecimal.
    /// The same tokenizer has the same digest whatever files it comes from.
    public let digest: String
    /// The token that begins a text, where the files name one or a well-known one is there.
    public let beginningOfText: UInt32?
    /// The token that ends a text, where the files name one or a well-known one is there.
    public let endOfText: UInt32?

    let names: TokenNames
    let model: ByteModel
    let addedTokens: [AddedToken]
    let normalization: Normalization
    let pretokenization: Pretokenization
    let templatePrefix: [UInt32]
    let templateSuffix: [UInt32]
    let matchers: AddedTokenMatchers
    private let specialIDs: Set<UInt32>

    init(_ definition: TokenizerDefinition, wholePieces: WholePieceTable?) {
        names = definition.names
        vocabularySize = definition.names.idLimit
        model = ByteModel(definition, wholePieces: wholePieces)
        addedTokens = definition.addedTokens
        normalization = definition.normalization
        pretokenization = definition.pretokenization
        templatePrefix = definition.templatePrefix
        templateSuffix = definition.templateSuffix
        beginningOfText = definition.beginningOfText
        endOfText = definition.endOfText
        matchers = AddedTokenMatchers(definition.addedTokens, definition.normalization)
        specialIDs = Set(definition.addedTokens.filter(\.isSpecial).map(\.id))
        digest = definition.digest()
    }

    /// Reads a tokenizer: a `tokenizer.json`, a folder with one, or `vocab.json` with `merges.txt` (the folder of both, or
    /// either file). In a folder `tokenizer.json` wins. Files are recognised by their content.
    ///
    /// Throws `TokenizerFailure` for what is broken or not supported, `FileFailure` for what cannot be read. Cost: 0.1 to 0.5
    /// seconds and some 60 bytes of memory for each token and merge.
    public static func load(_ path: String) throws -> Tokenizer {
        try TokenizerFiles.load(path)
    }

    /// An encoder with its own scratch and cache (4 MB), for one thread at a time.
    public func makeEncoder() -> TokenEncoder { TokenEncoder(self) }

    /// The id of a token by its written form in the file (`Ġthe`, `<|endoftext|>`).
    public func id(of token: String) -> UInt32? { names.id(of: token) }

    /// The bytes that a token stands for (` the`); nil where no token has the id.
    public func bytes(of id: UInt32) -> [UInt8]? { names.bytes(of: id).map(Array.init) }

    /// The tokens marked special, by id.
    public var specialTokens: [(text: String, id: UInt32)] {
        addedTokens.filter(\.isSpecial).map { ($0.content, $0.id) }
    }

    /// Whether the token is marked special.
    public func isSpecial(_ id: UInt32) -> Bool { specialIDs.contains(id) }

    /// Whether some byte has no token, so that texts may not come back whole: `TokenEncoder.missingBytes` counts them.
    public var hasByteGaps: Bool { model.hasGaps }

    /// The bytes that have no token.
    public var bytesWithoutToken: [UInt8] {
        (UInt8.min...UInt8.max).filter { model.byteTokens[Int($0)] == TokenizerDefinition.noToken }
    }

    /// The bytes that `ids` stand for, special tokens written out; ids without a token are passed over.
    public func decode(_ ids: some Collection<UInt32>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(ids.count * 4)
        for id in ids {
            if let bytes = names.bytes(of: id) { out.append(contentsOf: bytes) }
        }
        return out
    }

    /// The text that `ids` stand for, as `tokenizers` decodes it: bytes that are not UTF-8 become U+FFFD.
    public func decodeText(_ ids: [UInt32], skippingSpecial: Bool = false) -> String {
        String(decoding: decode(skippingSpecial ? ids.filter { !specialIDs.contains($0) } : ids), as: UTF8.self)
    }

    /// The text after the tokenizer's own normaliser (NFC for Qwen): what decoding the ids of `text` gives back.
    public func normalized(_ text: [UInt8]) -> [UInt8] {
        guard normalization == .nfc else { return text }
        return text.withUnsafeBufferPointer {
            guard CanonicalComposition.shared.mayChange($0) else { return text }
            var out: [UInt8] = []
            CanonicalComposition.shared.append($0, to: &out)
            return out
        }
    }
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

    init(_ tokens: [AddedToken], _ normalization: Normalization) {
        func written(_ token: AddedToken) -> [UInt8] {
            let bytes = Array(token.content.utf8)
            guard token.isNormalized, normalization == .nfc else { return bytes }
            var out: [UInt8] = []
            bytes.withUnsafeBufferPointer { CanonicalComposition.shared.append($0, to: &out) }
            return out
        }
        raw = AddedTokenMatcher(tokens.filter { !$0.isNormalized }, written: written)
        normalized = AddedTokenMatcher(tokens.filter(\.isNormalized), written: written)
        rawTextual = AddedTokenMatcher(tokens.filter { !$0.isNormalized && !$0.isControl }, written: written)
        normalizedTextual = AddedTokenMatcher(tokens.filter { $0.isNormalized && !$0.isControl }, written: written)
        controls = AddedTokenMatcher(tokens.filter(\.isControl)) { Array($0.content.utf8) }
    }
}
