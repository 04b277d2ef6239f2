import Files

/// Goes on learning where a tokenizer stopped: its ids keep their meaning, and what is learnt from new texts comes behind them.
///
/// The texts are encoded by the base; merging goes on over its ids, within the base's own pieces. Old merges keep their order and come
/// before all new ones, so a text in which no new token occurs has the ids it had. Where the base has no token for a character and writes
/// it as bytes or as unknown, the character may become a token too.
public struct VocabularyExtender: ~Copyable, Sendable {
    /// What is learnt.
    public struct Options: Sendable {
        /// How many tokens to add.
        public var newTokens: Int
        /// Pairs seen less often are not merged, characters seen less often get no token.
        public var minimumFrequency = 2
        /// New tokens have fewer characters, as the file writes them, than this; nil: any length.
        public var maximumTokenLength: Int?
        /// New characters come to at most this share of the new tokens.
        public var characterShare = 0.5

        /// Options for so many tokens.
        public init(newTokens: Int) { self.newTokens = newTokens }
    }

    /// What is extended.
    public let base: Tokenizer
    private let options: Options
    private let spill: PieceSpill
    private let expressionMemory: ExpressionMemory
    private let normalizers: NormalizerChain
    private let splitting: Splitting
    private var counts: PieceCounts
    /// Bytes added so far.
    public private(set) var bytesSeen = 0
    /// Added tokens of the base that were written in the texts.
    private var addedTokensSeen = 0

    /// An extender that has seen nothing. `memory`: bytes that counting may take. Throws `TokenizerFailure.impossibleTraining` for options
    /// that make no sense and for models that cannot go on: those with marks inside or at the end of words.
    public init(_ base: Tokenizer, _ options: Options, memory: Int = 1 << 30) throws {
        func fail(_ option: String, _ expected: String, _ found: String) -> TokenizerFailure {
            .impossibleTraining(option: option, expected: expected, found: found)
        }
        if options.newTokens < 1 || options.newTokens > 1 << 24 {
            throw fail("new tokens", "1 to \(1 << 24)", "\(options.newTokens)")
        }
        if options.minimumFrequency < 0 { throw fail("minimum frequency", "0 or more", "\(options.minimumFrequency)") }
        if let length = options.maximumTokenLength, length < 2 {
            throw fail("maximum token length", "2 or more", "\(length)")
        }
        if let rules = base.model.characters?.rules, !rules.continuingPrefix.isEmpty || !rules.endSuffix.isEmpty {
            throw fail("base", "a model without marks inside or behind words", base.description.model)
        }
        self.init(base, options, memory, PieceSpill())
    }

    private init(_ base: Tokenizer, _ options: Options, _ memory: Int, _ spill: PieceSpill) {
        self.base = base
        self.options = options
        self.spill = spill
        let patterns = ExpressionMemory()
        expressionMemory = patterns
        normalizers = base.normalizers.within(patterns)
        splitting = base.splitting.within(patterns)
        counts = PieceCounts(memory: memory, spill: spill)
    }

    /// An extender for another thread, of the same kind, that has seen nothing.
    public func sibling() -> VocabularyExtender { VocabularyExtender(base, options, counts.memory, spill) }

    /// Counts the pieces of a text, each `times` times. Throws `FileFailure` where temporary files cannot be written,
    /// `TokenizerFailure.expressionTooLarge` as `TokenEncoder.encode` does.
    public mutating func add(_ text: UnsafeRawBufferPointer, times: Int = 1) throws {
        guard times > 0, let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        if text.count >= Int(UInt32.max) {
            throw FileFailure.tooLarge(path: "text", limit: Int(UInt32.max), hint: "cut the text into documents")
        }
        bytesSeen += text.count * times
        let base = base
        let normalizers = normalizers
        split(UnsafeBufferPointer(start: start, count: text.count), base.matchers.raw, times) { part, isFirst, this in
            normalizers.withNormalized(part) { normalized in
                this.split(normalized, base.matchers.normalized, times) { piece, isFirstPart, this in
                    this.addPieces(piece, beginsText: isFirst && isFirstPart, times)
                }
            }
        }
        try expressionMemory.check()
        if let failure = counts.failure { throw failure }
    }

    /// Adds what another one counted.
    public mutating func absorb(_ other: consuming VocabularyExtender) throws {
        bytesSeen += other.bytesSeen
        addedTokensSeen += other.addedTokensSeen
        try counts.absorb(other.counts)
    }

    /// Learns the new tokens. `progress` is told how many there are now and then.
    public consuming func extend(progress: ((Int) -> Void)? = nil) throws -> ExtendedVocabulary {
        let first = base.vocabularySize
        let merger = PairMerger(base.model)
        let characters = try newCharacters()
        var entries: [ExtendedVocabulary.Entry] = []
        var newIDs: [UInt32: UInt32] = [:]
        for (codePoint, count) in characters {
            var written: [UInt8] = []
            UTF8Decoding.append(codePoint, to: &written)
            let old = VocabularyExtender.encode(written, merger)
            newIDs[codePoint] = UInt32(first + entries.count)
            entries.append(
                .init(written: written, constituents: old, gain: (max(1, old.count) - 1) * count))
        }
        var learner = MergeLearner(start(entries))
        let isFixed = fixedTokens()
        var symbols: [UInt32] = []
        var tokens = addedTokensSeen
        try counts.forEachPiece { piece, count in
            symbols.removeAll(keepingCapacity: true)
            var newCharacters = 0
            VocabularyExtender.forEachRun(piece, newIDs) { run, id in
                if let id {
                    symbols.append(id)
                    newCharacters += entries[Int(id) - first].constituents.count
                } else if let start = run.baseAddress {
                    let got = merger.merge(start, run.count)
                    symbols.append(contentsOf: UnsafeBufferPointer(start: merger.symbols, count: got))
                    tokens += got * count
                }
            }
            tokens += newCharacters * count
            // Tokens of bytes and the like are no text to join: what stands between them is merged.
            var begin = 0
            for index in 0...symbols.count where index == symbols.count || isFixed[Int(symbols[index])] {
                symbols.withUnsafeBufferPointer {
                    learner.add(UnsafeBufferPointer(rebasing: $0[begin..<index]), count: count)
                }
                begin = index + 1
            }
        }
        if learner.isFull {
            throw TokenizerFailure.impossibleTraining(
                option: "texts", expected: "less than 2.6 billion tokens in different pieces", found: "more")
        }
        counts = PieceCounts(memory: 0, spill: PieceSpill())
        let result = learner.learn { progress?($0 - first) }
        for (index, merge) in result.merges.enumerated() {
            func old(_ id: UInt32) -> [UInt32] { Int(id) < first ? [id] : entries[Int(id) - first].constituents }
            entries.append(
                .init(
                    written: result.tokens[first + entries.count], constituents: old(merge.left) + old(merge.right),
                    gain: result.gains[index], merge: merge))
        }
        return ExtendedVocabulary(base: base, entries: entries, bytes: bytesSeen, baseTokens: tokens)
    }

    static func encode(_ bytes: [UInt8], _ merger: PairMerger) -> [UInt32] {
        bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return [] }
            let got = merger.merge(start, bytes.count)
            return Array(UnsafeBufferPointer(start: merger.symbols, count: got))
        }
    }

    /// The characters without a token that get one, the most frequent first.
    ///
    /// A line feed or tab that is a token of a byte stays one: it joins no word, and nearly every text would lose an id that the model has
    /// learnt.
    private mutating func newCharacters() throws -> [(codePoint: UInt32, count: Int)] {
        guard let known = base.model.characters else { return [] }
        var members = MemberCounts(.characters)
        try counts.forEachPiece { members.add($0, times: $1) }
        let most = Int(Double(options.newTokens) * options.characterShare)
        return Array(
            members.seen(atLeast: max(1, options.minimumFrequency)).filter {
                if known.id($0.codePoint, isFirst: true, isLast: true) != TokenizerDefinition.noToken { return false }
                return $0.codePoint >= 0x20 || known.byteIDs[Int($0.codePoint)] == TokenizerDefinition.noToken
            }.prefix(most))
    }

    /// Calls `body` with every new character and with what stands between them.
    private static func forEachRun(
        _ piece: UnsafeBufferPointer<UInt8>, _ newIDs: [UInt32: UInt32],
        _ body: (UnsafeBufferPointer<UInt8>, UInt32?) -> Void
    ) {
        guard !newIDs.isEmpty, let base = piece.baseAddress else { return body(piece, nil) }
        var begin = 0
        var index = 0
        func finish() {
            if index > begin { body(UnsafeBufferPointer(rebasing: piece[begin..<index]), nil) }
        }
        while index < piece.count {
            let (codePoint, count) = UTF8Decoding.character(base, index, piece.count)
            if codePoint != UTF8Decoding.broken, let id = newIDs[codePoint] {
                finish()
                body(UnsafeBufferPointer(rebasing: piece[index..<index + count]), id)
                begin = index + count
            }
            index += count
        }
        finish()
    }

    /// Ids that nothing is merged with.
    private func fixedTokens() -> [Bool] {
        var isFixed = [Bool](repeating: false, count: base.vocabularySize + options.newTokens)
        for token in base.addedTokens { isFixed[Int(token.id)] = true }
        if let unknown = base.model.unknownToken == TokenizerDefinition.noToken ? nil : base.model.unknownToken {
            isFixed[Int(unknown)] = true
        }
        guard let characters = base.model.characters else { return isFixed }
        for id in characters.byteIDs where id != TokenizerDefinition.noToken { isFixed[Int(id)] = true }
        for symbol in characters.rules.userSymbols.strings {
            if let id = symbol.withUnsafeBytes({ base.names.id(of: $0) }) { isFixed[Int(id)] = true }
        }
        return isFixed
    }

    private func start(_ characters: [ExtendedVocabulary.Entry]) -> MergeLearner.Start {
        var tokens: [[UInt8]] = (0..<UInt32(base.vocabularySize)).map {
            base.names.writtenForm(of: $0).map(Array.init) ?? []
        }
        tokens += characters.map(\.written)
        return MergeLearner.Start(
            tokens: tokens, lengths: tokens.map { Int32(clamping: $0.count { $0 & 0xC0 != 0x80 }) },
            vocabularySize: base.vocabularySize + options.newTokens, minimumFrequency: options.minimumFrequency,
            maximumTokenLength: options.maximumTokenLength, makesKnownTokens: false)
    }

    /// Calls `body` with what stands between the matches.
    private mutating func split(
        _ bytes: UnsafeBufferPointer<UInt8>, _ matcher: AddedTokenMatcher, _ times: Int,
        _ body: (UnsafeBufferPointer<UInt8>, _ isFirst: Bool, inout VocabularyExtender) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        if !matcher.isEmpty {
            matcher.forEachMatch(base, 0..<bytes.count) { match in
                if match.start > start {
                    body(UnsafeBufferPointer(rebasing: bytes[start..<match.start]), start == 0, &self)
                }
                addedTokensSeen += times
                start = match.end
            }
        }
        if start < bytes.count { body(UnsafeBufferPointer(rebasing: bytes[start...]), start == 0, &self) }
    }

    private mutating func addPieces(_ bytes: UnsafeBufferPointer<UInt8>, beginsText: Bool, _ times: Int) {
        switch splitting {
        case .scanned(let scan) where !scan.addsPrefixSpace || bytes.first == 0x20: count(bytes, scan, times)
        case .scanned(let scan): ([0x20] + bytes).withUnsafeBufferPointer { count($0, scan, times) }
        case .stepwise(let steps):
            if steps.isEmpty { return countWords(bytes, times) }
            var pieces = TextPieces(bytes, beginsText: beginsText)
            for step in steps { step.apply(to: &pieces) }
            pieces.bytes.withUnsafeBufferPointer { bytes in
                for piece in pieces.pieces { count(bytes, piece.range, times) }
            }
        }
    }

    private mutating func count(_ bytes: UnsafeBufferPointer<UInt8>, _ scan: Pretokenization, _ times: Int) {
        if scan.pattern == .whole { return countWords(bytes, times) }
        scan.forEachRange(bytes) { count(bytes, $0, times) }
    }

    private mutating func count(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ times: Int) {
        guard let base = bytes.baseAddress else { return }
        counts.add(base + range.lowerBound, range.count, readable: bytes.count - range.lowerBound, times: times)
    }

    /// A base that does not split its texts learns within words all the same: a piece begins at every row of ▁.
    private mutating func countWords(_ bytes: UnsafeBufferPointer<UInt8>, _ times: Int) {
        guard let base = bytes.baseAddress else { return }
        let cursor = CharacterCursor(bytes: base, end: bytes.count, classes: CharacterClass.ofPatterns)
        var start = 0
        while start < bytes.count {
            let end = MarkerScanner.endOfPiece(cursor, from: start)
            count(bytes, start..<end, times)
            start = end
        }
    }
}
