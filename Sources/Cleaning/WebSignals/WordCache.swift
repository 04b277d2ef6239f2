import CKernels
import Files
import Glibc

/// The words of every text without white space that was met lately: most of a document costs one look into it.
///
/// Numbers of words and chunks are valid until `trim`.
struct WordCache: ~Copyable {
    private var chunks = TextTable<ChunkFacts>()
    private var words = TextTable<WordFacts>()
    /// The words of the chunks that have several, one after the other.
    private(set) var wordsOfChunks = Scratch<ChunkWord>(capacity: 1 << 12)
    private var wordOfChunkCount = 0
    private(set) var splitter = EnglishSplitter()
    private let limit: Int

    /// A cache that `trim` empties when it holds more than `limit` chunks or words.
    init(limit: Int = 1 << 18) { self.limit = limit }

    /// Empties the cache where it has grown large. Between documents only.
    mutating func trim() {
        if chunks.count <= limit, words.count <= limit, wordOfChunkCount <= 8 * limit { return }
        chunks.removeAll()
        words.removeAll()
        wordOfChunkCount = 0
    }

    /// What is known of a chunk, valid until `trim`. `room` bytes may be read.
    @inline(__always)
    mutating func chunk(_ bytes: UnsafePointer<UInt8>, _ length: Int, room: Int) -> UnsafePointer<ChunkFacts> {
        let key = TextKey(bytes, length, room: room)
        if let known = chunks.find(key) { return known }
        return learn(bytes, length, room, key)
    }

    /// A chunk that is about to come: the memory is asked for what is known of it in two steps.
    struct Upcoming: BitwiseCopyable {
        let key: TextKey
        let place: Int
        var guess: UInt64 = 0
    }

    /// The first step.
    @inline(__always)
    func upcoming(_ key: TextKey) -> Upcoming {
        let place = key.place
        chunks.prefetch(place)
        return Upcoming(key: key, place: place)
    }

    /// The second step.
    @inline(__always)
    func guess(_ chunk: inout Upcoming) { chunk.guess = chunks.guess(chunk.place) }

    /// The third step: asks the memory for the words of a chunk that has several.
    @inline(__always)
    func fetchWords(_ chunk: Upcoming) {
        guard let known = TextTable<ChunkFacts>.value(chunk.guess, of: chunk.key) else { return }
        if known.pointee.sums[ChunkFacts.wordLane] == 1 { return }
        shardmill_prefetch(wordsOfChunks.base + Int(known.pointee.firstWord))
    }

    /// What is known of the chunk, when it has come.
    @inline(__always)
    mutating func chunk(
        _ chunk: Upcoming, _ bytes: UnsafePointer<UInt8>, _ length: Int, room: Int
    ) -> UnsafePointer<ChunkFacts> {
        if let known = TextTable<ChunkFacts>.value(chunk.guess, of: chunk.key) { return known }
        if let known = chunks.find(chunk.key) { return known }
        return learn(bytes, length, room, chunk.key)
    }

    private mutating func learn(
        _ bytes: UnsafePointer<UInt8>, _ length: Int, _ room: Int, _ key: TextKey
    ) -> UnsafePointer<ChunkFacts> {
        // Most chunks are a word, or one and a mark: their places in the memory are asked for while the chunk is split.
        let whole = key.place
        let front = TextKey(bytes, max(length &- 1, 0), room: room).place
        words.prefetch(whole)
        words.prefetch(front)
        splitter.load(bytes, length)
        _ = words.guess(whole)
        _ = words.guess(front)
        splitter.cut()
        var facts = ChunkFacts()
        addWords(&facts, bytes, room, splitter.ends.base, splitter.words)
        if !splitter.isPlain { facts.flags |= ChunkFacts.joined }
        describe(&facts, bytes, length)
        chunks.insert(key, facts)
        return chunks.find(key)!
    }

    /// The chunk with its words ending as said: one that its neighbours have kept from being joined.
    mutating func variant(_ bytes: UnsafePointer<UInt8>, _ length: Int, ends: [Int32]) -> ChunkFacts {
        splitter.load(bytes, length)
        var facts = ChunkFacts()
        ends.withUnsafeBufferPointer { addWords(&facts, bytes, length, $0.baseAddress!, ends.count) }
        describe(&facts, bytes, length)
        return facts
    }

    /// How the words of chunks with single spaces between them end where that differs from each chunk alone.
    struct Neighbours {
        /// Whether a known form stands across two chunks.
        var hasCrossing = false
        /// Chunks and the ends of their words, in scalars.
        var changes: [(chunk: Int, ends: [Int32])] = []
    }

    /// Looks at chunks that stand side by side.
    mutating func words(of chunks: [(bytes: UnsafePointer<UInt8>, length: Int)]) -> Neighbours {
        var scalars: [UInt32] = []
        var ends: [Int32] = []
        var chunkOfWord: [Int] = []
        var starts: [Int] = []
        for (number, chunk) in chunks.enumerated() {
            splitter.load(chunk.bytes, chunk.length)
            splitter.cut()
            let start = scalars.count
            starts.append(start)
            scalars += UnsafeBufferPointer(start: splitter.scalars.base, count: splitter.count)
            let isOne = splitter.words == 1 && splitter.isPlain
            let count = isOne ? 1 : splitter.plainWords
            for word in 0..<count {
                ends.append(
                    Int32(truncatingIfNeeded: start) + (isOne ? splitter.ends.base[0] : splitter.plainEnds.base[word]))
                chunkOfWord.append(number)
            }
        }
        var result = Neighbours()
        let all = FormMatches.all(scalars, ends, ends.count, splitter.exceptions)
        result.hasCrossing = all.contains { chunkOfWord[$0.first] != chunkOfWord[$0.end - 1] }
        if !result.hasCrossing { return result }
        let inside = all.filter { chunkOfWord[$0.first] == chunkOfWord[$0.end - 1] }
        func formsByChunk(_ matches: [FormMatches.Match]) -> [Int: [Int]] {
            var forms: [Int: [Int]] = [:]
            for match in matches where chunkOfWord[match.first] == chunkOfWord[match.end - 1] {
                forms[chunkOfWord[match.first], default: []].append(match.first)
            }
            return forms
        }
        let chosen = FormMatches.choose(all, ends.count)
        let together = formsByChunk(chosen)
        let alone = formsByChunk(FormMatches.choose(inside, ends.count))
        for number in chunks.indices where together[number] != alone[number] {
            var words: [Int32] = []
            var word = chunkOfWord.firstIndex(of: number)!
            let start = Int32(truncatingIfNeeded: starts[number])
            while word < ends.count, chunkOfWord[word] == number {
                if let match = chosen.first(where: { $0.first == word && chunkOfWord[$0.end - 1] == number }) {
                    let first = word == 0 || chunkOfWord[word - 1] != number ? 0 : ends[word - 1] - start
                    words += splitter.exceptions.forms[match.form].ends.map { first + Int32($0) }
                    word = match.end
                } else {
                    words.append(ends[word] - start)
                    word += 1
                }
            }
            result.changes.append((number, words))
        }
        return result
    }

    private mutating func addWords(
        _ facts: inout ChunkFacts, _ bytes: UnsafePointer<UInt8>, _ room: Int, _ ends: UnsafePointer<Int32>,
        _ count: Int
    ) {
        facts.firstWord = UInt32(truncatingIfNeeded: wordOfChunkCount)
        if count > 1 { wordsOfChunks.reserve(wordOfChunkCount + count, keeping: wordOfChunkCount) }
        var startsAfterEnd: UInt32 = 0
        var start = 0
        var fresh = false
        var after = true
        for index in 0..<count {
            let end = Int(ends[index])
            let known = word(bytes, room, start, end)
            if count == 1 {
                facts.firstWord = known.number
            } else {
                wordsOfChunks.base[wordOfChunkCount] = ChunkWord(
                    number: known.number, bytes: known.bytes, characters: known.characters)
                wordOfChunkCount += 1
            }
            start = end
            facts.sums[ChunkFacts.wordLane] += 1
            if known.flags & WordFacts.counts != 0 {
                facts.sums[ChunkFacts.countingLane] += 1
                facts.sums[ChunkFacts.countingCharactersLane] += known.characters
            }
            if known.flags & WordFacts.letter != 0 { facts.sums[ChunkFacts.letterLane] += 1 }
            if known.flags >> WordFacts.stopWordShift != 0 {
                facts.stopWords |= 1 << (known.flags >> WordFacts.stopWordShift - 1)
            }
            let ends = known.flags & WordFacts.sentenceEnd != 0
            let begins = !ends && known.flags & WordFacts.punctuation == 0
            facts.startsFresh += SentenceState.step(&fresh, ends: ends, begins: begins)
            startsAfterEnd += SentenceState.step(&after, ends: ends, begins: begins)
        }
        facts.sentences = (fresh ? 1 : 0) | (after ? 2 : 0) | (startsAfterEnd > facts.startsFresh ? 4 : 0)
    }

    /// What is known of the loaded text's word of scalars `start..<end`.
    private mutating func word(_ bytes: UnsafePointer<UInt8>, _ room: Int, _ start: Int, _ end: Int) -> WordFacts {
        let first = Int(splitter.offsets.base[start])
        let length = Int(splitter.offsets.base[end]) - first
        let key = TextKey(bytes + first, length, room: room - first)
        if let known = words.find(key) { return known.pointee }
        var any: UInt16 = 0
        var symbols = true
        var punctuation = true
        for index in start..<end {
            let bits = splitter.bits.base[index]
            any |= bits
            if bits & EnglishScalars.symbol == 0 { symbols = false }
            if bits & EnglishScalars.punctuation == 0 { punctuation = false }
        }
        var flags = WordFacts.stopWord(bytes + first, length) << WordFacts.stopWordShift
        if !symbols { flags |= WordFacts.counts }
        if any & EnglishScalars.letter != 0 { flags |= WordFacts.letter }
        if punctuation { flags |= WordFacts.punctuation }
        if end == start + 1, any & EnglishScalars.sentenceEnd != 0 { flags |= WordFacts.sentenceEnd }
        let facts = WordFacts(
            number: UInt32(truncatingIfNeeded: words.count), bytes: UInt32(truncatingIfNeeded: length),
            characters: UInt32(truncatingIfNeeded: end - start), flags: flags)
        words.insert(key, facts)
        return facts
    }

    /// What does not depend on where words end.
    private func describe(_ facts: inout ChunkFacts, _ bytes: UnsafePointer<UInt8>, _ length: Int) {
        let scalars = splitter.scalars.base
        let count = splitter.count
        facts.sums[ChunkFacts.byteLane] = UInt32(truncatingIfNeeded: length)
        var stops = 0
        var letters: UInt32 = 0
        for index in 0..<count {
            let scalar = scalars[index]
            letters |= scalar < 0x80 ? 1 &<< (scalar & 31) : 1
            if scalar == 0x2E {
                stops += 1
                if stops == 3 {
                    facts.sums[ChunkFacts.ellipsisLane] += 1
                    stops = 0
                }
                continue
            }
            stops = 0
            switch scalar {
            case 0x23: facts.sums[ChunkFacts.hashLane] += 1
            case 0x2026: facts.sums[ChunkFacts.ellipsisLane] += 1
            case 0x7B: facts.flags |= ChunkFacts.openBrace
            case 0x5B: facts.flags |= ChunkFacts.openBracket
            default: break
            }
        }
        facts.sums[ChunkFacts.characterLane] = UInt32(truncatingIfNeeded: count)
        if count == 0 { return }
        if scalars[0] == 0x2022 || scalars[0] == 0x2D { facts.flags |= ChunkFacts.bullet }
        let last = scalars[count - 1]
        let threeStops = count >= 3 && last == 0x2E && scalars[count - 2] == 0x2E && scalars[count - 3] == 0x2E
        if threeStops || last == 0x2026 { facts.flags |= ChunkFacts.ellipsisEnd }
        if splitter.bits.base[count - 1] & EnglishScalars.terminal != 0 { facts.flags |= ChunkFacts.terminalEnd }
        if !threeStops, C4Line.isSentenceMark(last) { facts.flags |= ChunkFacts.sentenceMarkEnd }
        if count > C4Line.longWordLength { facts.flags |= ChunkFacts.long }
        if C4Line.mayHoldJavaScript(letters), C4Line.contains(bytes, length, C4Line.javascript) {
            facts.flags |= ChunkFacts.javascript
        }
        if C4Line.mayHoldPhrase(bytes, length, letters) { facts.flags |= ChunkFacts.phrase }
    }
}

/// The rule by which sentences begin: at the first word that is no punctuation behind one that ends a sentence.
enum SentenceState {
    /// Takes a word; 1 where a sentence begins with it.
    @inline(__always)
    static func step(_ hasEnded: inout Bool, ends: Bool, begins: Bool) -> UInt32 {
        if hasEnded, begins {
            hasEnded = false
            return 1
        }
        if ends { hasEnded = true }
        return 0
    }
}
