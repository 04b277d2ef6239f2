import Files

/// Encodes texts with scratch and a cache of its own: one for each thread, reused from text to text.
public final class TokenEncoder {
    /// The tokenizer whose ids these are.
    public let tokenizer: Tokenizer
    /// Control tokens that were written in texts and became ordinary text, under `SpecialTokenPolicy.ordinary`.
    public private(set) var specialTokensAsText = 0
    private let pieces: PieceEncoder
    private let normalizers: NormalizerChain
    private let expressionMemory: ExpressionMemory

    init(_ tokenizer: Tokenizer, expressionMemory: Int = ExpressionMemory.usualLimit) {
        self.tokenizer = tokenizer
        let memory = ExpressionMemory(limit: expressionMemory)
        self.expressionMemory = memory
        normalizers = tokenizer.normalizers.within(memory)
        pieces = PieceEncoder(tokenizer.model, tokenizer.splitting.within(memory))
    }

    /// Bytes that the vocabulary has no token for: they were left out or, where the file has an unknown token, became it.
    public var missingBytes: Int { pieces.missingBytes }

    /// Appends the ids of a text, without anything around it. Bytes that are not UTF-8 are encoded as the bytes they are.
    ///
    /// Throws `TokenizerFailure.specialTokenInText` under `reject`, `FileFailure.tooLarge` for texts of 4 GB and more, and
    /// `TokenizerFailure.expressionTooLarge` where a pattern of the file that has no scanner of its own goes back so far in a text that
    /// it would take more than 1 GB of scratch. What a call that throws has appended is taken away again.
    /// Cost: linear but for pieces without a split (runs of one character), which take O(n log n).
    public func encode(
        _ text: UnsafeRawBufferPointer, specials: SpecialTokenPolicy = .ordinary, into ids: inout [UInt32]
    ) throws {
        try encode(text, specials: specials, continuing: nil, into: &ids)
    }

    /// The same for a part of a text. `continuing`: it stands behind so many bytes, cut at a place that `TextCuts` found, and what
    /// normalising does at its beginning.
    func encode(
        _ text: UnsafeRawBufferPointer, specials: SpecialTokenPolicy,
        continuing: (normalizers: NormalizerChain, offset: Int)?, into ids: inout [UInt32]
    ) throws {
        guard let start = text.baseAddress, text.count > 0 else { return }
        if text.count >= Int(UInt32.max) {
            throw FileFailure.tooLarge(path: "text", limit: Int(UInt32.max), hint: "cut the text into documents")
        }
        let base = start.assumingMemoryBound(to: UInt8.self)
        if specials != .recognise, !tokenizer.matchers.controls.isEmpty {
            try tokenizer.matchers.controls.forEachMatch(base, 0..<text.count) { match in
                if specials == .reject {
                    let offset = match.start + (continuing?.offset ?? 0)
                    throw TokenizerFailure.specialTokenInText(token: match.token.content, offset: offset)
                }
                specialTokensAsText += 1
            }
        }
        let matchers = tokenizer.matchers
        let matcher = specials == .recognise ? matchers.raw : matchers.rawTextual
        let count = ids.count
        let addToken = { (id: UInt32, ids: inout [UInt32]) in self.pieces.addToken(id, base, into: &ids) }
        split(base, 0..<text.count, matcher, into: &ids, token: addToken) { piece, start, ids in
            let goesOn = start == 0 && continuing != nil
            if let spaces = tokenizer.plainSpaces, spaces.accepts(piece) {
                let range = start..<start + piece.count
                return pieces.addSpaced(base, range, of: text.count, prefix: spaces.prefix && !goesOn, into: &ids)
            }
            pieces.finish(base, into: &ids)
            let changes = goesOn ? continuing?.normalizers : nil
            (changes ?? normalizers).withNormalized(piece) {
                encodePieces($0, beginsText: start == 0 && !goesOn, specials, into: &ids)
            }
        }
        pieces.finish(base, into: &ids)
        do { try expressionMemory.check() } catch {
            ids.removeLast(ids.count - count)
            throw error
        }
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
        token: (UInt32, inout [UInt32]) -> Void,
        _ body: (UnsafeBufferPointer<UInt8>, _ start: Int, inout [UInt32]) -> Void
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
