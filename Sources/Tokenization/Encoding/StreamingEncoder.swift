import Files

/// Encodes texts that come in parts, in memory that does not grow with them: one text at a time, on one thread at a time.
///
/// The ids are exactly those of `TokenEncoder.encode` for the whole text, wherever the parts end. Text waits until a place is found where
/// it can be cut without a change of any id, which texts of words, lines and sentences have everywhere, in all known families: before a
/// space between words; where a pattern is known also behind any other run of letters or digits; in SentencePiece models between
/// characters that no merge joins. Where a tokenizer looks at a text in a way that nothing is known about (`hasCuts`), and in texts that
/// have no such place (gigabytes of one letter), all of it waits for `finish`.
public final class StreamingEncoder {
    /// The tokenizer whose ids these are.
    public var tokenizer: Tokenizer { encoder.tokenizer }
    /// Control tokens that were written in texts and became ordinary text, under `SpecialTokenPolicy.ordinary`.
    public var specialTokensAsText: Int { encoder.specialTokensAsText }
    /// Bytes that the vocabulary has no token for: they were left out or, where the file has an unknown token, became it.
    public var missingBytes: Int { encoder.missingBytes }
    /// Bytes of the text that are not UTF-8, and where the first of them is. They are encoded as the bytes they are. Exact after
    /// `finish`, up to the last text's.
    public private(set) var brokenBytes: (count: Int, first: Int?) = (0, nil)
    /// Bytes that wait for a place to cut.
    public var waitingBytes: Int { waiting.count }
    /// Whether texts can be cut at all: false where all of a text waits for `finish`.
    public var hasCuts: Bool { !cuts.isEmpty }

    private let encoder: TokenEncoder
    private let cuts: TextCuts
    private let specials: SpecialTokenPolicy
    private let hasTemplate: Bool
    private let window: Int
    private let limit: Int

    private var waiting: [UInt8] = []
    /// How many bytes must wait before the next search for a cut, and up to where there is none.
    private var wanted: Int
    private var searched = 0
    /// Bytes of the text before those that wait.
    private var offset = 0
    private var hasBegun = false
    private var broken = BrokenBytes()

    init(
        _ tokenizer: Tokenizer, specials: SpecialTokenPolicy, withTemplate: Bool, window: Int,
        limit: Int = Int(UInt32.max) - 1
    ) {
        encoder = tokenizer.makeEncoder()
        cuts = TextCuts(tokenizer)
        self.specials = specials
        hasTemplate = withTemplate
        self.window = max(window, 1)
        self.limit = limit
        wanted = max(window, 1)
    }

    /// Takes the next bytes of the text, which may end anywhere, and appends the ids that are certain by now.
    ///
    /// Throws `TokenizerFailure.specialTokenInText` under `reject`, with the offset in the whole text, and `FileFailure.tooLarge` where
    /// 4 GB wait for a place to cut. The text ends there; the next bytes begin another one.
    public func append(_ bytes: UnsafeRawBufferPointer, into ids: inout [UInt32]) throws {
        if bytes.isEmpty { return }
        begin(&ids)
        broken.append(bytes)
        do {
            var rest = bytes
            while !rest.isEmpty {
                let count = min(rest.count, max(1, wanted - waiting.count))
                if count > limit - waiting.count {
                    throw FileFailure.tooLarge(
                        path: "text", limit: limit,
                        hint: "no place was found where the text can be cut; cut it into documents")
                }
                waiting.append(contentsOf: rest[..<(rest.startIndex + count)])
                rest = UnsafeRawBufferPointer(rebasing: rest[(rest.startIndex + count)...])
                if waiting.count >= wanted { try encodeUpToCut(into: &ids) }
            }
        } catch {
            reset()
            throw error
        }
    }

    /// Appends the ids of all that waits: the text ends here, and the next bytes begin another one. Throws as `append` does.
    public func finish(into ids: inout [UInt32]) throws {
        begin(&ids)
        broken.finish()
        brokenBytes = (broken.count, broken.first)
        defer { reset() }
        try encode(waiting.count, into: &ids)
        if hasTemplate { ids += tokenizer.templateSuffix }
    }

    private func begin(_ ids: inout [UInt32]) {
        if hasBegun { return }
        hasBegun = true
        if hasTemplate { ids += tokenizer.templatePrefix }
    }

    private func reset() {
        waiting = []
        wanted = window
        searched = 0
        offset = 0
        hasBegun = false
        broken = BrokenBytes()
    }

    /// Encodes up to the last cut. Where there is none, as much again must come before the next search: no byte is looked at twice.
    private func encodeUpToCut(into ids: inout [UInt32]) throws {
        let end = waiting.count - cuts.margin
        if !cuts.isEmpty, end > searched {
            let range = searched..<end
            let cut = waiting.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.flatMap { cuts.last($0, in: range, count: bytes.count) }
            }
            searched = end
            if let cut {
                try encode(cut, into: &ids)
                waiting.removeSubrange(..<cut)
                offset += cut
                searched -= cut
            }
        }
        wanted = min(max(window, waiting.count * 2), limit)
    }

    private func encode(_ count: Int, into ids: inout [UInt32]) throws {
        try waiting.withUnsafeBytes {
            try encoder.encode(
                UnsafeRawBufferPointer(rebasing: $0[..<count]), specials: specials,
                continuing: offset > 0 ? (cuts.continuing, offset) : nil, into: &ids)
        }
    }
}
