import Files

/// Encodes texts with scratch and a cache of its own: one for each thread, reused from text to text.
public final class TokenEncoder {
    /// The tokenizer whose ids these are.
    public let tokenizer: Tokenizer
    /// Control tokens that were written in texts and became ordinary text, under `SpecialTokenPolicy.ordinary`.
    public private(set) var specialTokensAsText = 0
    private let pieces: PieceEncoder

    init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
        pieces = PieceEncoder(tokenizer.model, tokenizer.splitting)
    }

    /// Bytes that the vocabulary has no token for: they were left out or, where the file has an unknown token, became it.
    public var missingBytes: Int { pieces.missingBytes }

    /// Appends the ids of a text, without anything around it. Bytes that are not UTF-8 are encoded as the bytes they are.
    ///
    /// Throws `TokenizerFailure.specialTokenInText` under `reject`, `FileFailure.tooLarge` for texts of 4 GB and more.
    /// Cost: linear but for pieces without a split (runs of one character), which take O(n log n).
    public func encode(
        _ text: UnsafeRawBufferPointer, specials: SpecialTokenPolicy = .ordinary, into ids: inout [UInt32]
    ) throws {
        guard let start = text.baseAddress, text.count > 0 else { return }
        if text.count >= Int(UInt32.max) {
            throw FileFailure.tooLarge(path: "text", limit: Int(UInt32.max), hint: "cut the text into documents")
        }
        let base = start.assumingMemoryBound(to: UInt8.self)
        if specials != .recognise, !tokenizer.matchers.controls.isEmpty {
            try tokenizer.matchers.controls.forEachMatch(base, 0..<text.count) { match in
                if specials == .reject {
                    throw TokenizerFailure.specialTokenInText(token: match.token.content, offset: match.start)
                }
                specialTokensAsText += 1
            }
        }
        let matchers = tokenizer.matchers
        let matcher = specials == .recognise ? matchers.raw : matchers.rawTextual
        split(base, 0..<text.count, matcher, into: &ids, token: { pieces.addToken($0, base, into: &$1) }) { piece, start, ids in
            if let spaces = tokenizer.plainSpaces, spaces.accepts(piece) {
                let range = start..<start + piece.count
                return pieces.addSpaced(base, range, of: text.count, prefix: spaces.prefix, into: &ids)
            }
            pieces.finish(base, into: &ids)
            tokenizer.normalizers.withNormalized(piece) {
                encodePieces($0, beginsText: start == 0, specials, into: &ids)
            }
        }
        pieces.finish(base, into: &ids)
    }

    /// The ids of a text, without anything around it.
    public func encode(_ text: String, specials: SpecialTokenPolicy = .ordinary) throws -> [UInt32] {
        var text = text
        var ids: [UInt32] = []
        try text.withUTF8 { try encode(UnsafeRawBufferPointer($0), specials: specials, into: &ids) }
        return ids
    }

    /// Appends the ids of a text with what the file's post-processor puts around it (`add_special_tokens`).
    public func encodeWithTemplate(
        _ text: UnsafeRawBufferPointer, specials: SpecialTokenPolicy = .recognise, into ids: inout [UInt32]
    ) throws {
        ids += tokenizer.templatePrefix
        try encode(text, specials: specials, into: &ids)
        ids += tokenizer.templateSuffix
    }

    /// The ids of a text with what the file's post-processor puts around it (`add_special_tokens`).
    public func encodeWithTemplate(_ text: String, specials: SpecialTokenPolicy = .recognise) throws -> [UInt32] {
        var text = text
        var ids: [UInt32] = []
        try text.withUTF8 { try encodeWithTemplate(UnsafeRawBufferPointer($0), specials: specials, into: &ids) }
        return ids
    }

    private func encodePieces(
        _ piece: UnsafeBufferPointer<UInt8>, beginsText: Bool, _ specials: SpecialTokenPolicy, into ids: inout [UInt32]
    ) {
        let matchers = tokenizer.matchers
        let matcher = specials == .recognise ? matchers.normalized : matchers.normalizedTextual
        guard let base = piece.baseAddress else { return }
        split(base, 0..<piece.count, matcher, into: &ids, token: { $1.append($0) }) { text, start, ids in
            pieces.encode(text, beginsText: beginsText && start == 0, into: &ids)
        }
    }

    /// Calls `token` with the ids of the matches and `body` with the stretches between them.
    private func split(
        _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ matcher: AddedTokenMatcher, into ids: inout [UInt32],
        token: (UInt32, inout [UInt32]) -> Void, _ body: (UnsafeBufferPointer<UInt8>, _ start: Int, inout [UInt32]) -> Void
    ) {
        var start = range.lowerBound
        if !matcher.isEmpty {
            matcher.forEachMatch(bytes, range) { match in
                if match.start > start {
                    body(UnsafeBufferPointer(start: bytes + start, count: match.start - start), start, &ids)
                }
                token(match.token.id, &ids)
                start = match.end
            }
        }
        if start < range.upperBound {
            body(UnsafeBufferPointer(start: bytes + start, count: range.upperBound - start), start, &ids)
        }
    }
}
