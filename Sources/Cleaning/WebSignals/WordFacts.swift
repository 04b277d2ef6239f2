import Glibc

/// What the web filters ask of a word.
struct WordFacts: BitwiseCopyable {
    /// Equal for equal words, until the cache is emptied.
    var number: UInt32
    /// Bytes and Unicode scalars.
    var bytes: UInt32
    var characters: UInt32
    var flags: UInt8

    /// Has a scalar that is no symbol.
    static let counts: UInt8 = 1
    /// Has a letter.
    static let letter: UInt8 = 2
    /// Ends a sentence.
    static let sentenceEnd: UInt8 = 4
    /// Nothing but punctuation.
    static let punctuation: UInt8 = 8
    /// One of Gopher's words; which one stands in the upper four bits.
    static let stopWordShift: UInt8 = 4

    /// Gopher's eight words of ordinary English, in the order of their bits.
    static let stopWords = ["the", "be", "to", "of", "and", "that", "have", "with"].map { Array($0.utf8) }

    /// 1...8 for one of Gopher's words, else 0.
    static func stopWord(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt8 {
        if count < 2 || count > 4 { return 0 }
        for (index, word) in stopWords.enumerated() where word.count == count && memcmp(word, bytes, count) == 0 {
            return UInt8(index + 1)
        }
        return 0
    }
}

/// A word of a chunk that has several.
struct ChunkWord: BitwiseCopyable {
    var number: UInt32
    var bytes: UInt32
    var characters: UInt32
}

/// What the web filters ask of a text without white space, all its words taken together. With its key it fills a line of the cache.
struct ChunkFacts: BitwiseCopyable {
    /// Sums over words: words, words that count, their characters, words with a letter; hashes, ellipses, characters, bytes.
    var sums: SIMD8<UInt32> = .zero
    /// The number of its word where it is one; else where its words stand in the list of all chunks' words.
    var firstWord: UInt32 = 0
    /// Sentences that begin in it where none has ended before.
    var startsFresh: UInt32 = 0
    var flags: UInt16 = 0
    /// Which of Gopher's words it holds, as bits.
    var stopWords: UInt8 = 0
    /// Whether a sentence has ended and none begun at its end: bit 0 where none had ended before it, bit 1 where one had. Bit 2: one
    /// more sentence begins in it where one had ended.
    var sentences: UInt8 = 0

    /// Sentences that begin in it, and whether one has ended and none begun behind it.
    @inline(__always)
    func sentences(afterEnd: Bool) -> (starts: UInt32, ended: Bool) {
        afterEnd
            ? (startsFresh &+ UInt32(sentences &>> 2), sentences & 2 != 0) : (startsFresh, sentences & 1 != 0)
    }

    static let wordLane = 0
    static let countingLane = 1
    static let countingCharactersLane = 2
    static let letterLane = 3
    static let hashLane = 4
    static let ellipsisLane = 5
    static let characterLane = 6
    static let byteLane = 7

    static let bullet: UInt16 = 1
    static let ellipsisEnd: UInt16 = 2
    static let terminalEnd: UInt16 = 4
    /// Ends with one of C4's marks and not with three full stops.
    static let sentenceMarkEnd: UInt16 = 8
    static let openBrace: UInt16 = 0x10
    static let openBracket: UInt16 = 0x20
    static let long: UInt16 = 0x40
    static let javascript: UInt16 = 0x80
    /// May be part of one of C4's phrases.
    static let phrase: UInt16 = 0x100
    /// Known forms were joined in it: what stands beside it may forbid that.
    static let joined: UInt16 = 0x200
}
