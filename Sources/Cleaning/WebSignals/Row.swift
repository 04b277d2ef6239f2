/// A line of a text as it is read: what its chunks are together.
struct Row {
    var start = 0
    var chunks = 0
    var sentences = 0
    /// Of all chunks together, of the first, of the last.
    var flags: UInt16 = 0
    var flagsOfFirst: UInt16 = 0
    var flagsOfLast: UInt16 = 0
    /// From the first chunk to the last.
    var firstByte = 0
    var endByte = 0
    private var hasEndedSentence = false

    /// Takes the next chunk; `lastByte` stands before it.
    @inline(__always)
    mutating func add(_ chunk: UnsafePointer<ChunkFacts>, start: Int, end: Int, lastByte: UInt8) {
        let chunkFlags = chunk.pointee.flags
        if chunks == 0 {
            flagsOfFirst = chunkFlags
            firstByte = start
            sentences = 1
            hasEndedSentence = false
        } else if hasEndedSentence, start != endByte &+ 1 || lastByte != 0x20 {
            // White space other than one space is a word of its own, and a sentence may begin with it.
            sentences &+= 1
            hasEndedSentence = false
        }
        let inside = chunk.pointee.sentences(afterEnd: hasEndedSentence)
        sentences &+= Int(inside.starts)
        hasEndedSentence = inside.ended
        flags |= chunkFlags
        flagsOfLast = chunkFlags
        chunks &+= 1
        endByte = end
    }

    /// The sentences of the line. A line without words is one.
    var allSentences: Int { max(sentences, 1) }

    /// Takes over where sentences begin, of the same line read again.
    mutating func takeSentences(of other: Row) {
        sentences = other.sentences
        hasEndedSentence = other.hasEndedSentence
    }

    /// Takes white space behind the last chunk, up to `end`: more than a space is a word, with which a sentence may begin.
    mutating func endInWhiteSpace(at end: Int, lastByte: UInt8) {
        flagsOfLast = 0
        if chunks > 0, hasEndedSentence, end != endByte + 1 || lastByte != 0x20 { sentences += 1 }
    }

    /// Forgets everything: the next line begins at `start`.
    @inline(__always)
    mutating func restart(at start: Int) {
        self = Row()
        self.start = start
    }
}

/// The phrases of a line that C4 looks for.
struct LinePhrases {
    var lorem = false
    var policy = false

    static let none = LinePhrases()
}

/// Counts rows for Gopher and C4.
struct RowTally: ~Copyable {
    private(set) var gopher = GopherSignals()
    private let kinds = UnsafeMutablePointer<C4Signals.Lines>.allocate(capacity: C4Signals.kinds)
    private var rows = 0

    init() {
        kinds.initialize(repeating: C4Signals.Lines(), count: C4Signals.kinds)
    }

    deinit { kinds.deallocate() }

    /// Begins a document.
    mutating func clear() {
        gopher = GopherSignals()
        rows = 0
        kinds.update(repeating: C4Signals.Lines(), count: C4Signals.kinds)
    }

    /// The kinds of lines that there were.
    var c4: C4Signals {
        var signals = C4Signals()
        for kind in 0..<C4Signals.kinds where kinds[kind].lines > 0 {
            var lines = kinds[kind]
            lines.kind = kind
            signals.kinds.append(lines)
        }
        return signals
    }

    /// Takes a row; `cited` is the same row without its citations.
    mutating func add(_ row: Row, _ cited: Row, _ phrases: LinePhrases) {
        rows &+= 1
        gopher.lines &+= 1
        if row.chunks > 0 {
            if row.flagsOfFirst & ChunkFacts.bullet != 0 { gopher.bulletLines &+= 1 }
            if row.flagsOfLast & ChunkFacts.ellipsisEnd != 0 { gopher.ellipsisLines &+= 1 }
        }
        var kind = min(row.chunks, C4Signals.countedWords) &<< 4
        if row.flags & ChunkFacts.long != 0 { kind |= C4Signals.long }
        if cited.flagsOfLast & ChunkFacts.sentenceMarkEnd == 0 { kind |= C4Signals.unterminated }
        if cited.flags & ChunkFacts.javascript != 0 { kind |= C4Signals.javascript }
        if phrases.policy { kind |= C4Signals.policy }
        kinds[kind].lines &+= 1
        kinds[kind].sentences &+= cited.allSentences
        if cited.flags & ChunkFacts.openBrace != 0, kinds[kind].firstCurly == 0 { kinds[kind].firstCurly = rows }
        if phrases.lorem, kinds[kind].firstLorem == 0 { kinds[kind].firstLorem = rows }
    }
}
