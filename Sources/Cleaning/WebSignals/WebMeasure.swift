import CKernels
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
    private var listed = Listed()
    // The same where the row began.
    private var listedBeforeRow = Listed()
    private var letters = Scratch<UInt8>()
    private var chunkStarts = Scratch<UInt32>()
    private var chunkEnds = Scratch<UInt32>()
    private let upcoming = Scratch<WordCache.Upcoming>(capacity: WebMeasure.distance)
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

    /// How much of the words has been listed: words, their bytes, their characters.
    private struct Listed: BitwiseCopyable {
        var words = 0
        var byte: UInt32 = 0
        var character: UInt32 = 0
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
        chunkStarts.reserve((count + 1) / 2 + 8)
        chunkEnds.reserve((count + 1) / 2 + 8)
        let chunks = shardmill_find_chunks(base, count, chunkStarts.base, chunkEnds.base)
        listed = Listed()
        listedBeforeRow = Listed()
        var row = Row()
        var gap = Gap()
        var first = 0
        while first < chunks {
            // The memory is asked for what is known of some chunks before the first of them is looked at.
            let behind = min(first &+ WebMeasure.distance, chunks)
            for chunk in first..<behind {
                let start = Int(chunkStarts.base[chunk])
                let key = TextKey(base + start, Int(chunkEnds.base[chunk]) &- start, room: count &- start)
                upcoming.base[chunk &- first] = cache.upcoming(key)
            }
            for chunk in 0..<(behind &- first) { cache.guess(&upcoming.base[chunk]) }
            for chunk in 0..<(behind &- first) { cache.fetchWords(upcoming.base[chunk]) }
            for chunk in first..<behind {
                let start = Int(chunkStarts.base[chunk])
                let end = Int(chunkEnds.base[chunk])
                if start == gap.index &+ 1, base[gap.index] == 0x20 {
                    gap.characters &+= 1
                } else if start > gap.index {
                    pass(&gap, to: start, base, &row, &scan)
                }
                let facts = cache.chunk(
                    upcoming.base[chunk &- first], base + start, end &- start, room: count &- start)
                copyLetters(base + start, end &- start, room: count &- start, &scan)
                addWords(facts)
                scan.sums &+= facts.pointee.sums
                scan.stopWords |= facts.pointee.stopWords
                if scan.endByte == 0 {
                    scan.firstByte = start
                    scan.firstCharacter = gap.characters
                }
                row.add(facts, start: start, end: end, lastByte: start > 0 ? base[start &- 1] : 0)
                gap.characters &+= Int(facts.pointee.sums[ChunkFacts.characterLane])
                gap.line.hasWords = true
                gap.line.endsTerminal = facts.pointee.flags & ChunkFacts.terminalEnd != 0
                scan.endByte = end
                scan.endCharacter = gap.characters
                gap.index = end
            }
            first = behind
        }
        if gap.index < count { pass(&gap, to: count, base, &row, &scan) }
        gap.line.end = count
        gap.line.endCharacter = gap.characters
        gap.line.endsTerminal = gap.line.endsTerminal && scan.endByte == count
        add(line: gap.line)
        if row.start < count { end(&row, base, &scan) }
        scan.characters = gap.characters
        return scan
    }

    /// Where the pass stands between two chunks.
    private struct Gap {
        var index = 0
        var characters = 0
        var line = Line(start: 0, end: 0, firstCharacter: 0, endCharacter: 0, hasWords: false, endsTerminal: false)
    }

    /// Takes the white space up to a place.
    private mutating func pass(
        _ gap: inout Gap, to place: Int, _ base: UnsafePointer<UInt8>, _ row: inout Row, _ scan: inout Scan
    ) {
        var index = gap.index
        var lastWasReturn = false
        while index < place {
            let byte = base[index]
            if byte == 0x20 {
                index &+= 1
                gap.characters &+= 1
                lastWasReturn = false
                continue
            }
            let size = byte < 0x80 ? 1 : byte == 0xC2 ? 2 : 3
            if byte == 0x0A {
                gap.line.end = index
                gap.line.endCharacter = gap.characters
                gap.line.endsTerminal = gap.line.endsTerminal && scan.endByte == index
                add(line: gap.line)
                gap.line = Line(
                    start: index &+ 1, end: 0, firstCharacter: gap.characters &+ 1, endCharacter: 0, hasWords: false,
                    endsTerminal: false)
            }
            if WhiteSpace.breaksLine(base, index) {
                if !(byte == 0x0A && lastWasReturn) { end(&row, base, &scan) } else { row.restart(at: index + 1) }
                row.restart(at: index &+ size)
            }
            lastWasReturn = byte == 0x0D
            index &+= size
            gap.characters &+= 1
        }
        gap.index = index
    }

    /// Lists the words of a chunk for the n-grams.
    @inline(__always)
    private mutating func addWords(_ facts: UnsafePointer<ChunkFacts>) {
        let words = Int(facts.pointee.sums[ChunkFacts.wordLane])
        var at = listed
        if at.words &+ words >= wordNumbers.capacity { growWords(words) }
        if words == 1 {
            wordNumbers.base[at.words] = facts.pointee.firstWord
            byteStarts.base[at.words] = at.byte
            characterStarts.base[at.words] = at.character
            at.byte &+= facts.pointee.sums[ChunkFacts.byteLane]
            at.character &+= facts.pointee.sums[ChunkFacts.characterLane]
            at.words &+= 1
            listed = at
            return
        }
        let all = cache.wordsOfChunks.base + Int(facts.pointee.firstWord)
        for place in 0..<words {
            wordNumbers.base[at.words] = all[place].number
            byteStarts.base[at.words] = at.byte
            characterStarts.base[at.words] = at.character
            at.byte &+= all[place].bytes
            at.character &+= all[place].characters
            at.words &+= 1
        }
        listed = at
    }

    private mutating func growWords(_ words: Int) {
        let room = max(listed.words + words + 1, wordNumbers.capacity * 2)
        wordNumbers.reserve(room, keeping: listed.words)
        byteStarts.reserve(room, keeping: listed.words)
        characterStarts.reserve(room, keeping: listed.words)
    }

    private static let distance = 32

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
        listedBeforeRow = listed
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
        if listing { listed = listedBeforeRow }
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
        byteStarts.base[listed.words] = listed.byte
        characterStarts.base[listed.words] = listed.character
        return NGramCounter.Words(
            count: listed.words, numbers: wordNumbers.base, bytes: byteStarts.base, characters: characterStarts.base,
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
