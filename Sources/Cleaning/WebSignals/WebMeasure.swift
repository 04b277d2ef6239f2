import Files
import Glibc

/// Measures the signals of the web filters: one pass over the text that looks every chunk up, one over its lines, and the n-grams of
/// its words.
///
/// Cost: about 20 ns a byte of English. Keeps its tables between documents; nothing measured depends on what was measured before.
struct WebMeasure: ~Copyable {
    private var cache = WordCache()
    private var ngrams = NGramCounter()
    private var rows = RowTally()
    private var lines = Scratch<Line>()
    private var lineCount = 0
    // The words of the document, for the n-grams.
    private var wordNumbers = Scratch<UInt32>()
    private var byteStarts = Scratch<UInt32>()
    private var characterStarts = Scratch<UInt32>()
    private var wordCount = 0
    private var wordByte: UInt32 = 0
    private var wordCharacter: UInt32 = 0
    // The three of them where the row began.
    private var rowWords: (count: Int, byte: UInt32, character: UInt32) = (0, 0, 0)
    private var letters = Scratch<UInt8>()
    private var upcoming = Scratch<Upcoming>()
    private var repetitions = RepetitionCounter()

    /// A piece of the text between two line feeds, in bytes and in characters.
    struct Line: BitwiseCopyable {
        var start: Int
        var end: Int
        var firstCharacter: Int
        var endCharacter: Int
        var hasWords: Bool
        var endsTerminal: Bool
    }

    init() {}

    /// The signals of a text. Bytes that are no UTF-8 count as one symbol each.
    mutating func measure(_ text: UnsafeBufferPointer<UInt8>) -> WebSignals {
        var signals = WebSignals()
        // Places are kept in 32 bits.
        guard let base = text.baseAddress, text.count > 0, text.count < 1 << 31 else {
            signals.repetition.lines = 1
            signals.repetition.paragraphs = 1
            return signals
        }
        cache.trim()
        lineCount = 0
        rows.clear()
        let scan = scan(base, text.count)
        signals.characters = scan.characters
        signals.newlines = lineCount - 1
        signals.words = Int(scan.sums[ChunkFacts.wordLane])
        signals.gopher = rows.gopher
        signals.gopher.plainWords = Int(scan.sums[ChunkFacts.countingLane])
        signals.gopher.plainWordCharacters = Int(scan.sums[ChunkFacts.countingCharactersLane])
        signals.gopher.letterWords = Int(scan.sums[ChunkFacts.letterLane])
        signals.gopher.stopWords = scan.stopWords.nonzeroBitCount
        signals.gopher.hashes = Int(scan.sums[ChunkFacts.hashLane])
        signals.gopher.ellipses = Int(scan.sums[ChunkFacts.ellipsisLane])
        signals.c4 = rows.c4
        takeLines(base, text.count, scan, &signals)
        let words = listWords()
        signals.repetition.topNGramCharacters = ngrams.top(words)
        signals.repetition.repeatedNGramCharacters = ngrams.repeated(words)
        return signals
    }

    // MARK: one pass over the text

    /// What the pass gathers beside the lists.
    struct Scan {
        var characters = 0
        var sums = SIMD8<UInt32>.zero
        var stopWords: UInt8 = 0
        /// Bytes and characters before the first chunk, up to the end of the last; the same where there is none.
        var firstByte = 0
        var firstCharacter = 0
        var endByte = 0
        var endCharacter = 0
        /// Bytes of all chunks.
        var letters = 0
    }

    private mutating func scan(_ base: UnsafePointer<UInt8>, _ count: Int) -> Scan {
        var scan = Scan()
        letters.reserve(count + 96)
        wordCount = 0
        wordByte = 0
        wordCharacter = 0
        rowWords = (0, 0, 0)
        var row = Row()
        var line = Line(start: 0, end: 0, firstCharacter: 0, endCharacter: 0, hasWords: false, endsTerminal: false)
        var characters = 0
        var index = 0
        var lastWasReturn = false
        var ahead = 0
        var taken = 0
        while index < count {
            let byte = base[index]
            if WhiteSpace.isChunk(base, index, count) {
                if taken == ahead {
                    ahead = lookAhead(base, index, count)
                    taken = 0
                }
                let chunk = upcoming.base + taken
                taken &+= 1
                let start = index
                index = chunk.pointee.end
                let length = index &- start
                let facts = cache.chunk(chunk.pointee.key, base + start, length, room: count &- start)
                copyLetters(base + start, length, room: count &- start, &scan)
                addWords(facts)
                scan.sums &+= facts.pointee.sums
                scan.stopWords |= facts.pointee.stopWords
                if scan.endByte == 0 {
                    scan.firstByte = start
                    scan.firstCharacter = characters
                }
                row.add(facts, start: start, end: index, lastByte: start > 0 ? base[start &- 1] : 0)
                characters &+= Int(facts.pointee.sums[ChunkFacts.characterLane])
                line.hasWords = true
                line.endsTerminal = facts.pointee.flags & ChunkFacts.terminalEnd != 0
                scan.endByte = index
                scan.endCharacter = characters
                lastWasReturn = false
                continue
            }
            if byte == 0x20 {
                index &+= 1
                characters &+= 1
                lastWasReturn = false
                continue
            }
            let size = byte < 0x80 ? 1 : byte == 0xC2 ? 2 : 3
            if byte == 0x0A {
                line.end = index
                line.endCharacter = characters
                line.endsTerminal = line.endsTerminal && scan.endByte == index
                add(line: line)
                line = Line(
                    start: index &+ 1, end: 0, firstCharacter: characters &+ 1, endCharacter: 0, hasWords: false,
                    endsTerminal: false)
            }
            if WhiteSpace.breaksLine(base, index) {
                if !(byte == 0x0A && lastWasReturn) { end(&row, base, &scan) } else { row.restart(at: index + 1) }
                row.restart(at: index &+ size)
            }
            lastWasReturn = byte == 0x0D
            index &+= size
            characters &+= 1
        }
        line.end = count
        line.endCharacter = characters
        line.endsTerminal = line.endsTerminal && scan.endByte == count
        add(line: line)
        if row.start < count { end(&row, base, &scan) }
        scan.characters = characters
        return scan
    }

    /// Lists the words of a chunk for the n-grams.
    @inline(__always)
    private mutating func addWords(_ facts: UnsafePointer<ChunkFacts>) {
        let words = Int(facts.pointee.sums[ChunkFacts.wordLane])
        if wordCount &+ words >= wordNumbers.capacity { growWords(words) }
        if words == 1 {
            wordNumbers.base[wordCount] = facts.pointee.firstWord
            byteStarts.base[wordCount] = wordByte
            characterStarts.base[wordCount] = wordCharacter
            wordByte &+= facts.pointee.sums[ChunkFacts.byteLane]
            wordCharacter &+= facts.pointee.sums[ChunkFacts.characterLane]
            wordCount &+= 1
            return
        }
        let all = cache.wordsOfChunks.base + Int(facts.pointee.firstWord)
        for place in 0..<words {
            wordNumbers.base[wordCount] = all[place].number
            byteStarts.base[wordCount] = wordByte
            characterStarts.base[wordCount] = wordCharacter
            wordByte &+= all[place].bytes
            wordCharacter &+= all[place].characters
            wordCount &+= 1
        }
    }

    private mutating func growWords(_ words: Int) {
        let room = max(wordCount + words + 1, wordNumbers.capacity * 2)
        wordNumbers.reserve(room, keeping: wordCount)
        byteStarts.reserve(room, keeping: wordCount)
        characterStarts.reserve(room, keeping: wordCount)
    }

    /// A chunk that is about to come.
    struct Upcoming: BitwiseCopyable {
        var key: TextKey
        var end: Int
    }

    private static let distance = 32

    /// Finds the chunks from `index` on, where one begins, and asks the memory for what is known of them; how many.
    private mutating func lookAhead(_ base: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Int {
        upcoming.reserve(WebMeasure.distance)
        var index = index
        var found = 0
        while index < count {
            if WhiteSpace.isChunk(base, index, count) {
                let start = index
                index = WhiteSpace.chunkEnd(base, start &+ 1, count)
                let key = TextKey(base + start, index &- start, room: count &- start)
                cache.prefetch(key)
                upcoming.base[found] = Upcoming(key: key, end: index)
                found &+= 1
                if found == WebMeasure.distance { break }
            } else {
                index &+= base[index] < 0x80 ? 1 : base[index] == 0xC2 ? 2 : 3
            }
        }
        return found
    }

    private mutating func add(line: Line) {
        lines.reserve(lineCount + 1, keeping: lineCount)
        lines.base[lineCount] = line
        lineCount += 1
    }

    @inline(__always)
    private mutating func copyLetters(_ bytes: UnsafePointer<UInt8>, _ length: Int, room: Int, _ scan: inout Scan) {
        let target = UnsafeMutableRawPointer(letters.base + scan.letters)
        if length <= 16, room >= 16 {
            let raw = UnsafeRawPointer(bytes)
            target.storeBytes(of: raw.loadUnaligned(as: UInt64.self), as: UInt64.self)
            target.storeBytes(
                of: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self), toByteOffset: 8, as: UInt64.self)
        } else {
            memcpy(target, bytes, length)
        }
        scan.letters &+= length
    }

    // MARK: rows, as every line break of Unicode cuts them

    private mutating func end(_ row: inout Row, _ base: UnsafePointer<UInt8>, _ scan: inout Scan) {
        if row.flags & ChunkFacts.joined != 0 { separate(&row, base, &scan, listing: true) }
        rowWords = (wordCount, wordByte, wordCharacter)
        let isCited = row.flags & ChunkFacts.openBracket != 0
        if isCited || row.flags & ChunkFacts.phrase != 0 {
            let text = base + row.firstByte
            let length = row.endByte - row.firstByte
            if isCited, let rest = C4Line.withoutCitations(text, length) {
                rest.withUnsafeBufferPointer { rest in
                    // An empty array may have no address.
                    guard let address = rest.baseAddress, rest.count > 0 else { return rows.add(row, Row(), .none) }
                    rows.add(row, self.row(of: address, rest.count), C4Line.phrases(address, rest.count))
                }
                return
            }
            let phrases = row.flags & ChunkFacts.phrase != 0 ? C4Line.phrases(text, length) : .none
            return rows.add(row, row, phrases)
        }
        rows.add(row, row, .none)
    }

    /// A text of one line by itself: its chunks are looked up again.
    private mutating func row(of base: UnsafePointer<UInt8>, _ count: Int) -> Row {
        var row = Row()
        var scan = Scan()
        var index = 0
        while index < count {
            let start = index
            while index < count, WhiteSpace.isChunk(base, index, count) { index += 1 }
            if index > start {
                let facts = cache.chunk(base + start, index - start, room: count - start)
                row.add(facts, start: start, end: index, lastByte: start > 0 ? base[start - 1] : 0)
            } else {
                index += base[index] < 0x80 ? 1 : base[index] == 0xC2 ? 2 : 3
            }
        }
        if row.flags & ChunkFacts.joined != 0 { separate(&row, base, &scan, listing: false) }
        if row.endByte < count { row.endInWhiteSpace(at: count, lastByte: base[count - 1]) }
        return row
    }

    /// Undoes the joining of known forms that a word of a neighbouring chunk forbids, and counts the row's sentences and, when listing,
    /// lists its words anew.
    private mutating func separate(_ row: inout Row, _ base: UnsafePointer<UInt8>, _ scan: inout Scan, listing: Bool) {
        var pieces: [(start: Int, end: Int)] = []
        var index = row.firstByte
        while index < row.endByte {
            if WhiteSpace.isChunk(base, index, row.endByte) {
                let start = index
                index = WhiteSpace.chunkEnd(base, index, row.endByte)
                pieces.append((start, index))
            } else {
                index += base[index] < 0x80 ? 1 : base[index] == 0xC2 ? 2 : 3
            }
        }
        var changes: [Int: [Int32]] = [:]
        var first = 0
        while first < pieces.count {
            // Chunks with a space between them, and nothing else.
            var end = first + 1
            while end < pieces.count, pieces[end].start == pieces[end - 1].end + 1, base[pieces[end].start - 1] == 0x20
            {
                end += 1
            }
            if (first..<end).contains(where: { isJoined(base, pieces[$0]) }) {
                let words = cache.words(of: pieces[first..<end].map { (base + $0.start, $0.end - $0.start) })
                for (place, ends) in words.changes { changes[first + place] = ends }
            }
            first = end
        }
        if changes.isEmpty { return }
        if listing { (wordCount, wordByte, wordCharacter) = rowWords }
        var again = Row()
        for (place, piece) in pieces.enumerated() {
            let length = piece.end - piece.start
            var facts = cache.chunk(base + piece.start, length, room: length).pointee
            if let ends = changes[place] {
                scan.sums &-= facts.sums
                facts = cache.variant(base + piece.start, length, ends: ends)
                scan.sums &+= facts.sums
            }
            withUnsafePointer(to: facts) { facts in
                again.add(
                    facts, start: piece.start, end: piece.end, lastByte: piece.start > 0 ? base[piece.start - 1] : 0)
                if listing { addWords(facts) }
            }
        }
        row.takeSentences(of: again)
    }

    private mutating func isJoined(_ base: UnsafePointer<UInt8>, _ piece: (start: Int, end: Int)) -> Bool {
        let length = piece.end - piece.start
        return cache.chunk(base + piece.start, length, room: length).pointee.flags & ChunkFacts.joined != 0
    }

    // MARK: lines and paragraphs

    private mutating func takeLines(
        _ base: UnsafePointer<UInt8>, _ count: Int, _ scan: Scan, _ signals: inout WebSignals
    ) {
        repetitions.begin(lineCount)
        // Pieces between runs of line feeds: nothing between two of them, but a text may begin and end with one.
        let outer =
            lineCount > 1 ? (lines.base[0].end == 0 ? 1 : 0) + (lines.base[lineCount - 1].start == count ? 1 : 0) : 0
        signals.repetition.lines = outer
        if outer == 2 { signals.repetition.repeatedLines = 1 }
        for index in 0..<lineCount {
            let line = lines.base[index]
            if line.end == line.start { continue }
            let characters = line.endCharacter - line.firstCharacter
            let isRepeated = repetitions.isRepeated(base + line.start, line.end - line.start)
            signals.repetition.lines += 1
            if isRepeated {
                signals.repetition.repeatedLines += 1
                signals.repetition.repeatedLineCharacters += characters
            }
            if !line.hasWords { continue }
            signals.fineweb.lines += 1
            if line.endsTerminal { signals.fineweb.terminalLines += 1 }
            if characters <= FineWebSignals.shortLineLength { signals.fineweb.shortLines += 1 }
            if isRepeated { signals.fineweb.repeatedLineCharacters += characters }
        }
        takeParagraphs(base, scan, &signals.repetition)
    }

    /// Paragraphs of the text without white space at its ends: lines without an empty one between them.
    private mutating func takeParagraphs(
        _ base: UnsafePointer<UInt8>, _ scan: Scan, _ signals: inout GopherRepetitionSignals
    ) {
        if scan.endByte == 0 {
            signals.paragraphs = 1
            return
        }
        repetitions.begin(lineCount)
        var index = 0
        while index < lineCount {
            let first = lines.base[index]
            if first.end <= scan.firstByte || first.end == first.start {
                index += 1
                continue
            }
            if first.start >= scan.endByte { break }
            var last = first
            while index + 1 < lineCount, lines.base[index + 1].end > lines.base[index + 1].start {
                index += 1
                last = lines.base[index]
            }
            index += 1
            let start = max(first.start, scan.firstByte)
            let end = min(last.end, scan.endByte)
            signals.paragraphs += 1
            if repetitions.isRepeated(base + start, end - start) {
                signals.repeatedParagraphs += 1
                signals.repeatedParagraphCharacters +=
                    min(last.endCharacter, scan.endCharacter) - max(first.firstCharacter, scan.firstCharacter)
            }
        }
    }

    // MARK: words

    private mutating func listWords() -> NGramCounter.Words {
        byteStarts.base[wordCount] = wordByte
        characterStarts.base[wordCount] = wordCharacter
        return NGramCounter.Words(
            count: wordCount, numbers: wordNumbers.base, bytes: byteStarts.base, characters: characterStarts.base,
            text: letters.base)
    }

    /// The words of a text, one after the other, as the signals count them.
    mutating func words(_ text: UnsafeBufferPointer<UInt8>) -> [String] {
        guard text.count > 0 else { return [] }
        _ = measure(text)
        let words = listWords()
        return (0..<words.count).map { index in
            String(
                decoding: UnsafeBufferPointer(
                    start: words.text + Int(words.bytes[index]), count: Int(words.bytes[index + 1] - words.bytes[index])
                ),
                as: UTF8.self)
        }
    }
}
