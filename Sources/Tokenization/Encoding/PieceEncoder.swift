import CKernels
import Files

/// Splits text and turns the pieces into ids, with the cache and the scratch of one encoder. One thread.
///
/// A batch of pieces is found first and the places of all of them in the cache are fetched; only then they are looked up. So
/// neither the misses of the branch predictor in the one part nor those of the memory in the other wait for each other.
final class PieceEncoder {
    /// A piece of a batch.
    private struct Entry {
        /// The key of a short piece; the hash of a longer one.
        var key0: UInt64
        /// The key of a short piece; `long` and the number of bytes for a longer one.
        var key1: UInt64
        var start: UInt32
        /// The line of a short piece in the cache.
        var line: UInt32

        @inline(__always) var isLong: Bool { key1 >= PieceEncoder.long }
        @inline(__always) var isPart: Bool { key1 & PieceEncoder.part != 0 }
        /// Neither a short nor a long piece.
        @inline(__always) var isOther: Bool { key1 & PieceEncoder.others == PieceEncoder.long | PieceEncoder.other }
        /// The number of bytes.
        @inline(__always) var count: Int {
            Int(truncatingIfNeeded: isLong ? key1 & (PieceEncoder.part &- 1) : key1 &>> 56 & 0x3F)
        }
    }

    /// A piece of a batch that is not in the cache.
    private struct Missed {
        var entry: UInt32
        /// It goes into the cache: not where some byte has no token; then it is merged each time, so that they are counted each time.
        var isNew = true
        /// It is no piece but where a line begins or ends.
        var isLine = false
        /// How many ids of the output stand before it.
        var place: Int
        /// What the cache has in the line beside its own.
        var known = PretokenCache.Slot()
    }

    private let model: MergeModel
    private let splitting: Splitting
    private let cache = PretokenCache()
    private let merger: PairMerger
    private let lanes: MergeLanes
    private let entries: UnsafeMutablePointer<Entry>
    private let output: UnsafeMutablePointer<UInt32>
    @exclusivity(unchecked) private var scratch: [UInt8] = []
    /// A piece with ▁ for its spaces.
    @exclusivity(unchecked) private var spaced: [UInt8] = []
    private static let keptScratch = 1 << 20
    private static let batch = 256
    /// The most pieces that a block of text gives.
    private static let block = 64
    private static let outputCapacity = 4096
    /// Marks the keys of parts of pieces, which are not looked for among the tokens that are taken whole.
    private static let part: UInt64 = 0x40 << 56
    private static let long: UInt64 = 0x80 << 56
    /// Marks entries that are no pieces, beside `long`: `key0` is an id, the address of ids (as many as the lowest bits say), nothing,
    /// or the hash of a line.
    private static let other: UInt64 = 0x20 << 56
    private static let others: UInt64 = 0xA0 << 56
    private static let token = long | other | 0x01 << 56
    private static let knownLine = long | other | 0x02 << 56
    private static let beginsLine = long | other | 0x03 << 56
    private static let endsLine = long | other | 0x04 << 56
    private static let kinds: UInt64 = 0xFF << 56
    /// The fewest and the most bytes of lines that are kept; shorter ones are taken together.
    private static let shortestLine = 1024
    private static let longestLine = 8192
    /// Lines that are kept or not as one; `end` is 0 where none was found.
    private struct Line {
        var start = -1
        var end = 0
        var hash: UInt64 = 0
    }
    private enum LineState {
        case unseen
        case new
        case known
    }
    /// A line that was merged, with its ids.
    private struct EndedLine {
        var hash: UInt64
        var start: Int
        var count: Int
        var ids: Range<Int>
        var missing: Int
    }
    /// Lines seen before.
    private let lines = SpanTable(bits: 16, storeSize: 32 << 20)
    @exclusivity(unchecked) private var endedLines: [EndedLine] = []
    /// The first id of the line that is being merged, and `missingBytes` before it.
    @exclusivity(unchecked) private var lineStart = 0
    @exclusivity(unchecked) private var missingBeforeLine = 0
    /// Entries of `encodeSpaced` that wait.
    @exclusivity(unchecked) private var spacedWaiting = 0
    /// Where the pieces of a batch begin.
    private let places: UnsafeMutablePointer<UInt32>
    private let missed: UnsafeMutablePointer<Missed>
    @exclusivity(unchecked) private var missedCount = 0

    init(_ model: MergeModel, _ splitting: Splitting) {
        self.model = model
        self.splitting = splitting
        merger = PairMerger(model)
        lanes = MergeLanes(model.merges)
        entries = .allocate(capacity: PieceEncoder.batch)
        places = .allocate(capacity: PieceEncoder.batch)
        missed = .allocate(capacity: PieceEncoder.batch)
        output = .allocate(capacity: PieceEncoder.outputCapacity)
    }

    deinit {
        entries.deallocate()
        places.deallocate()
        missed.deallocate()
        output.deallocate()
    }

    /// Lines whose ids came from the table.
    var knownLines: Int { lines.found }
    /// Bytes without a token so far.
    var missingBytes: Int { merger.missingBytes }

    /// Appends the ids of `bytes`, a text of its own to the pattern. `beginsText`: nothing stands before it.
    func encode(_ bytes: UnsafeBufferPointer<UInt8>, beginsText: Bool, into ids: inout [UInt32]) {
        if bytes.isEmpty { return }
        switch splitting {
        case .scanned(let scan):
            if scan.addsPrefixSpace, bytes.first != 0x20 {
                ([0x20] + bytes).withUnsafeBufferPointer { encode($0, scan, into: &ids) }
            } else {
                encode(bytes, scan, into: &ids)
            }
        case .stepwise(let steps):
            if steps.isEmpty { return encode(bytes, Pretokenization(pattern: .whole), into: &ids) }
            var pieces = TextPieces(bytes, beginsText: beginsText)
            for step in steps { step.apply(to: &pieces) }
            pieces.bytes.withUnsafeBufferPointer { bytes in
                for piece in pieces.pieces {
                    encode(
                        UnsafeBufferPointer(rebasing: bytes[piece.range]), Pretokenization(pattern: .whole), into: &ids)
                }
            }
        }
    }

    private func encode(_ bytes: UnsafeBufferPointer<UInt8>, _ scan: Pretokenization, into ids: inout [UInt32]) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        let cursor = CharacterCursor(bytes: base, end: bytes.count, classes: scan.classes)
        switch scan.pattern {
        case .gpt2 where scan.isolatesDigits: run(GPT2DigitsScanner.self, cursor, into: &ids)
        case .gpt2: run(GPT2Scanner.self, cursor, into: &ids)
        case .qwen2: run(LetterScanner<QwenRules>.self, cursor, into: &ids)
        case .llama3: run(LetterScanner<LlamaRules>.self, cursor, into: &ids)
        case .cl100k: run(LetterScanner<CL100kRules>.self, cursor, into: &ids)
        case .o200k: run(CaseScanner.self, cursor, into: &ids)
        case .whole where model.canCutAtMarkers: run(MarkerScanner.self, cursor, into: &ids)
        case .whole: run(WholeScanner.self, cursor, into: &ids)
        }
    }

    @inline(__always)
    private func run<Scanner: PretokenScanner>(
        _ scanner: Scanner.Type, _ cursor: CharacterCursor, into ids: inout [UInt32]
    ) {
        // The cuts of character models are for texts with plain spaces.
        let source = PatternSource<Scanner>(
            cursor: cursor, cuts: model.characters == nil ? model.cuts : nil,
            wholePieces: model.cutsWholePieces ? model.wholePieces : nil)
        let waiting = add(source, from: 0, waiting: 0, into: &ids)
        lookUp(cursor.bytes, waiting, spaces: false, into: &ids)
        // No entry has an address in there now.
        if lines.isFull { lines.empty() }
    }

    /// Puts the pieces of a text into the batch, after the `waiting` entries that are there; returns how many wait then.
    @inline(__always)
    private func add<Source: PieceSource>(_ source: Source, from start: Int, waiting: Int, into ids: inout [UInt32])
        -> Int
    {
        let bytes = source.bytes
        let end = source.end
        let masks = cache.masks
        var waiting = waiting
        var start = start
        var next = Line()
        /// Leaves room for `count` entries.
        @inline(__always) func makeRoom(_ count: Int, _ waiting: inout Int, _ ids: inout [UInt32]) {
            if waiting &+ count <= PieceEncoder.batch { return }
            lookUp(bytes, waiting, spaces: Source.spacesAreMarkers, into: &ids)
            waiting = 0
        }
        while start < end {
            let line = next.start == start ? next : line(source, from: start)
            if line.end > 0 { next = self.line(source, from: line.end) }
            makeRoom(1, &waiting, &ids)
            let state = line.end > 0 ? begin(line, bytes, &waiting) : .unseen
            if state == .known {
                start = line.end
                continue
            }
            let limit = line.end > 0 ? line.end : min(end, start &+ PieceEncoder.longestLine)
            while start < limit {
                if bytes[start] < 0x80 {
                    makeRoom(PieceEncoder.block, &waiting, &ids)
                    let found = source.split(
                        from: start, limit: limit, places, capacity: PieceEncoder.batch &- waiting)
                    if found > 0 {
                        start = addFound(found, bytes, start, &waiting, masks)
                        continue
                    }
                }
                let pieceEnd = source.endOfPiece(from: start)
                if let cuts = source.cuts(of: start..<pieceEnd) {
                    waiting = addParts(
                        bytes, start..<pieceEnd, readable: source.readable, cuts, waiting, masks, into: &ids)
                } else {
                    makeRoom(1, &waiting, &ids)
                    add(
                        bytes, start, pieceEnd &- start, readable: source.readable &- start, isPart: false, waiting,
                        masks)
                    waiting &+= 1
                }
                start = pieceEnd
            }
            if state == .new {
                makeRoom(1, &waiting, &ids)
                finish(line, at: start, &waiting)
            }
        }
        return waiting
    }

    /// Cuts a piece between its characters of three bytes, adds the parts and returns how many entries wait then.
    private func addParts(
        _ bytes: UnsafePointer<UInt8>, _ piece: Range<Int>, readable: Int, _ cuts: CharacterCuts, _ waiting: Int,
        _ masks: UnsafeMutablePointer<(UInt64, UInt64)>, into ids: inout [UInt32]
    ) -> Int {
        var waiting = waiting
        var start = piece.lowerBound
        var index = start
        var left: UInt32 = 0
        let isPart = model.wholePieces != nil
        while index < piece.upperBound {
            let first = bytes[index]
            guard first & 0xF0 == 0xE0, index &+ 2 < piece.upperBound, bytes[index &+ 1] & 0xC0 == 0x80,
                bytes[index &+ 2] & 0xC0 == 0x80
            else {
                left = 0
                index &+= 1
                continue
            }
            let right =
                UInt32(first) &<< 16 | UInt32(bytes[index &+ 1]) &<< 8 | UInt32(bytes[index &+ 2])
            if left != 0, cuts.allows(UInt8(truncatingIfNeeded: left), first), cuts.allows(left, right) {
                if waiting == PieceEncoder.batch {
                    lookUp(bytes, waiting, spaces: false, into: &ids)
                    waiting = 0
                }
                add(bytes, start, index &- start, readable: readable &- start, isPart: isPart, waiting, masks)
                waiting &+= 1
                start = index
            }
            left = right
            index &+= 3
        }
        if waiting == PieceEncoder.batch {
            lookUp(bytes, waiting, spaces: false, into: &ids)
            waiting = 0
        }
        add(
            bytes, start, piece.upperBound &- start, readable: readable &- start,
            isPart: isPart && start > piece.lowerBound, waiting, masks)
        return waiting &+ 1
    }

    /// Takes a stretch of the `count` bytes of `text` whose spaces stand for ▁, with one more before it where `prefix` says so; `finish`
    /// must follow before the text goes away or anything else is encoded. The tokenizer must be one that `PlainSpaces` accepts, the
    /// stretch one that it accepts.
    func addSpaced(
        _ text: UnsafePointer<UInt8>, _ range: Range<Int>, of count: Int, prefix: Bool, into ids: inout [UInt32]
    ) {
        let scanner = SpacedScanner(bytes: text, end: range.upperBound, readable: count, cuts: model.cuts)
        var start = range.lowerBound
        if range.isEmpty { return }
        if prefix {
            finish(text, into: &ids)
            let next = scanner.endOfPiece(from: start, followsSpace: true)
            // The first piece with the space before it, in memory of its own.
            scratch.removeAll(keepingCapacity: true)
            scratch.append(0x20)
            scratch.append(contentsOf: UnsafeBufferPointer(start: text + start, count: next - start))
            let piece = scratch
            piece.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return }
                add(base, 0, piece.count, readable: piece.count, isPart: false, 0, cache.masks)
                lookUp(base, 1, spaces: true, into: &ids)
            }
            start = next
        }
        spacedWaiting = add(scanner, from: start, waiting: spacedWaiting, into: &ids)
    }

    /// Takes a token that stands behind what `addSpaced` took of `text`.
    func addToken(_ id: UInt32, _ text: UnsafePointer<UInt8>, into ids: inout [UInt32]) {
        if spacedWaiting == 0 { return ids.append(id) }
        if spacedWaiting == PieceEncoder.batch { finish(text, into: &ids) }
        entries[spacedWaiting] = Entry(key0: UInt64(id), key1: PieceEncoder.token, start: 0, line: 0)
        spacedWaiting += 1
    }

    /// Appends the ids of what `addSpaced` took.
    func finish(_ text: UnsafePointer<UInt8>, into ids: inout [UInt32]) {
        if spacedWaiting > 0 { lookUp(text, spacedWaiting, spaces: true, into: &ids) }
        spacedWaiting = 0
        // No entry has an address in there now.
        if lines.isFull { lines.empty() }
    }

    /// The line that begins at `start`: what the table will be asked for it is fetched.
    @inline(__always)
    private func line(_ source: some PieceSource, from start: Int) -> Line {
        let limit = min(source.end, start &+ PieceEncoder.longestLine)
        let end = source.endOfLine(from: start, shortest: PieceEncoder.shortestLine, limit: limit)
        if end == 0 { return Line(start: start) }
        let hash = XXHash3.hash64(UnsafeRawBufferPointer(start: source.bytes + start, count: end &- start)) | 1
        lines.prefetchMark(hash)
        return Line(start: start, end: end, hash: hash)
    }

    /// Looks for a line in the table. Where it is there, puts its ids into the batch; where it was seen before, puts in that it begins.
    /// Room for one entry must be left.
    @inline(__always)
    private func begin(_ line: Line, _ text: UnsafePointer<UInt8>, _ waiting: inout Int) -> LineState {
        // What is seen once is only noted: keeping it costs more than most of it will ever save.
        if !lines.wasSeen(line.hash) { return .unseen }
        if let known = lines.ids(line.hash, text + line.start, line.end &- line.start), let base = known.baseAddress {
            entries[waiting] = Entry(
                key0: UInt64(UInt(bitPattern: base)),
                key1: PieceEncoder.knownLine | UInt64(truncatingIfNeeded: known.count), start: 0, line: 0)
            waiting &+= 1
            return .known
        }
        entries[waiting] = Entry(key0: 0, key1: PieceEncoder.beginsLine, start: 0, line: 0)
        waiting &+= 1
        return .new
    }

    /// Puts into the batch that a line ends, to keep its ids; not where it ended elsewhere than was foreseen.
    private func finish(_ line: Line, at end: Int, _ waiting: inout Int) {
        if line.end != end { return }
        entries[waiting] = Entry(
            key0: line.hash, key1: PieceEncoder.endsLine | UInt64(truncatingIfNeeded: line.end &- line.start),
            start: UInt32(truncatingIfNeeded: line.start), line: 0)
        waiting &+= 1
    }

    /// Puts the pieces that end at the first `found` places behind `start` into the batch; returns where the last ends.
    @inline(__always)
    private func addFound(
        _ found: Int, _ bytes: UnsafePointer<UInt8>, _ start: Int, _ waiting: inout Int,
        _ masks: UnsafeMutablePointer<(UInt64, UInt64)>
    ) -> Int {
        var first = 0
        for index in 0..<found {
            let next = Int(places[index])
            let count = next &- first
            if count <= PretokenCache.longestShort {
                addShort(bytes, start &+ first, count, waiting, masks)
            } else {
                add(bytes, start &+ first, count, readable: 16, isPart: false, waiting, masks)
            }
            waiting &+= 1
            first = next
        }
        return start &+ first
    }

    /// Puts a piece of at most 15 bytes, behind whose start 16 may be read, into the batch.
    @inline(__always)
    private func addShort(
        _ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int, _ index: Int,
        _ masks: UnsafeMutablePointer<(UInt64, UInt64)>
    ) {
        let (key0, key1) = PretokenCache.key(bytes + start, count, readable: 16, masks)
        let line = PretokenCache.line(key0, key1)
        shardmill_prefetch(cache.slots + line)
        entries[index] = Entry(
            key0: key0, key1: key1, start: UInt32(truncatingIfNeeded: start), line: UInt32(truncatingIfNeeded: line))
    }

    /// Puts a piece into the batch and has its place in the cache fetched.
    @inline(__always)
    private func add(
        _ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int, readable: Int, isPart: Bool, _ index: Int,
        _ masks: UnsafeMutablePointer<(UInt64, UInt64)>
    ) {
        let place = UnsafeRawPointer(bytes + start)
        let part = isPart ? PieceEncoder.part : 0
        if count <= PretokenCache.longestShort {
            var (key0, key1) = PretokenCache.key(place, count, readable: readable, masks)
            key1 |= part
            let line = PretokenCache.line(key0, key1)
            shardmill_prefetch(cache.slots + line)
            entries[index] = Entry(
                key0: key0, key1: key1, start: UInt32(truncatingIfNeeded: start),
                line: UInt32(truncatingIfNeeded: line))
        } else {
            var hash: UInt64 = 0
            if count <= PretokenCache.longest {
                hash = PretokenCache.longHash(place, count, isPart: isPart)
                cache.long.prefetch(hash)
            }
            entries[index] = Entry(
                key0: hash, key1: PieceEncoder.long | part | UInt64(truncatingIfNeeded: count),
                start: UInt32(truncatingIfNeeded: start), line: 0)
        }
    }

    /// Appends the ids of the first `count` entries. `spaces`: spaces of the pieces stand for ▁.
    @inline(never)
    private func lookUp(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, spaces: Bool, into ids: inout [UInt32]
    ) {
        let slots = cache.slots
        let entries = entries
        let output = output
        var written = 0
        for index in 0..<count {
            let entry = entries[index]
            var isKnownLong = false
            if !entry.isLong {
                var slot = slots + Int(entry.line)
                // Without a branch: which of the two places it is cannot be foreseen.
                let difference = slot.pointee.key0 ^ entry.key0 | slot.pointee.key1 ^ entry.key1
                slot += Int(truncatingIfNeeded: (difference | (0 &- difference)) &>> 63)
                if slot.pointee.key0 == entry.key0, slot.pointee.key1 == entry.key1 {
                    let target = UnsafeMutableRawPointer(output + written)
                    target.storeBytes(of: slot.pointee.firstIDs, as: UInt64.self)
                    let last = slot.pointee.lastID
                    output[written &+ 2] = UInt32(truncatingIfNeeded: last)
                    written &+= Int(truncatingIfNeeded: last &>> 32)
                    if last &>> 32 > 0 { continue }
                    isKnownLong = true
                }
            }
            written = lookUpLong(index, isKnownLong: isKnownLong, bytes, written, spaces, into: &ids)
        }
        flush(bytes, written, spaces, into: &ids)
        // Not before: what was found in there is copied when all that stands before it is.
        if cache.long.isFull { cache.long.empty() }
    }

    /// Writes the ids of an entry that is not in its line of the cache, or notes that it is missed; returns how many ids the output
    /// holds then.
    @inline(never)
    private func lookUpLong(
        _ index: Int, isKnownLong: Bool, _ bytes: UnsafePointer<UInt8>, _ written: Int, _ spaces: Bool,
        into ids: inout [UInt32]
    ) -> Int {
        let entry = entries[index]
        var found: UnsafeBufferPointer<UInt32>?
        if entry.isOther {
            switch entry.key1 & PieceEncoder.kinds {
            case PieceEncoder.token:
                output[written] = UInt32(truncatingIfNeeded: entry.key0)
                return written &+ 1
            case PieceEncoder.knownLine:
                found = UnsafeBufferPointer(
                    start: UnsafePointer(bitPattern: UInt(entry.key0)),
                    count: Int(truncatingIfNeeded: entry.key1 & ~PieceEncoder.kinds))
            default:
                missed[missedCount] = Missed(entry: UInt32(truncatingIfNeeded: index), isLine: true, place: written)
                missedCount &+= 1
                return written
            }
        } else if isKnownLong || entry.isLong {
            found = longIDs(of: entry, bytes)
        }
        guard let found else {
            missed[missedCount] = Missed(entry: UInt32(truncatingIfNeeded: index), place: written)
            missedCount &+= 1
            shardmill_prefetch(cache.slots + (Int(entry.line) ^ 2))
            if let wholePieces = model.wholePieces { wholePieces.prefetch(bytes + Int(entry.start), entry.count) }
            return written
        }
        if written &+ found.count &+ 3 * PieceEncoder.batch < PieceEncoder.outputCapacity {
            if let base = found.baseAddress { (output + written).update(from: base, count: found.count) }
            return written &+ found.count
        }
        flush(bytes, written, spaces, into: &ids)
        ids.append(contentsOf: found)
        return 0
    }

    /// Appends the first `count` ids of the output, with those of the pieces that were missed between them.
    private func flush(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ spaces: Bool, into ids: inout [UInt32]) {
        let missedCount = missedCount
        if missedCount == 0 { return ids.append(contentsOf: UnsafeBufferPointer(start: output, count: count)) }
        self.missedCount = 0
        let missed = missed
        let merger = merger
        let lanes = lanes
        let missingBefore = merger.missingBytes
        var appended = 0
        var first = 0
        /// Appends what stands before the next missed piece, and its ids; and the same for those behind it that are known.
        func append(_ found: UnsafeBufferPointer<UInt32>, _ ids: inout [UInt32]) {
            appendKnown(&ids)
            appendOutput(&ids)
            ids.append(contentsOf: found)
            if missed[first].isNew { keep(entries[Int(missed[first].entry)], bytes, found) }
            first += 1
        }
        func appendKnown(_ ids: inout [UInt32]) {
            while first < missedCount, missed[first].isLine || missed[first].known.count > 0 {
                appendOutput(&ids)
                if missed[first].isLine {
                    note(entries[Int(missed[first].entry)], ids.count, missingBefore)
                } else {
                    missed[first].known.withIDs { ids.append(contentsOf: $0) }
                }
                first += 1
            }
        }
        func appendOutput(_ ids: inout [UInt32]) {
            let place = missed[first].place
            ids.append(contentsOf: UnsafeBufferPointer(start: output + appended, count: place - appended))
            appended = place
        }
        for index in 0..<missedCount {
            if missed[index].isLine { continue }
            let entry = entries[Int(missed[index].entry)]
            if !entry.isLong,
                let slot = cache.fetchFromNeighbour(Int(entry.line), entry.key0, entry.key1), slot.pointee.count > 0
            {
                missed[index].known = slot.pointee
                continue
            }
            let missing = merger.missingBytes
            let length = begin(entry, bytes, spaces)
            missed[index].isNew = merger.missingBytes == missing
            let isShort = lanes.takes(length)
            if isShort { lanes.add(merger.symbols, merger.pairs, length) }
            if lanes.isFull || !isShort { lanes.merge { append($0, &ids) } }
            if !isShort {
                let got = merger.finish(length)
                append(UnsafeBufferPointer(start: UnsafePointer(merger.symbols), count: got), &ids)
            }
        }
        lanes.merge { append($0, &ids) }
        appendKnown(&ids)
        ids.append(contentsOf: UnsafeBufferPointer(start: output + appended, count: count - appended))
        if !endedLines.isEmpty { keepLines(bytes, ids) }
    }

    /// Notes where the ids of a line begin or end. `missing`: the bytes without a token before this batch.
    private func note(_ entry: Entry, _ count: Int, _ missing: Int) {
        if entry.key1 & PieceEncoder.kinds == PieceEncoder.beginsLine {
            lineStart = count
            missingBeforeLine = missing
        } else {
            endedLines.append(
                EndedLine(
                    hash: entry.key0, start: Int(entry.start),
                    count: Int(truncatingIfNeeded: entry.key1 & ~PieceEncoder.kinds), ids: lineStart..<count,
                    missing: missingBeforeLine))
        }
    }

    /// Keeps the lines that ended in this batch, but for those that may have bytes without a token, which are counted each time.
    private func keepLines(_ bytes: UnsafePointer<UInt8>, _ ids: [UInt32]) {
        ids.withUnsafeBufferPointer { ids in
            for line in endedLines where line.missing == merger.missingBytes {
                lines.insert(line.hash, bytes + line.start, line.count, UnsafeBufferPointer(rebasing: ids[line.ids]))
            }
        }
        endedLines.removeAll(keepingCapacity: true)
    }

    /// The ids of a piece that are in the table of longer ones, valid until the next insertion.
    private func longIDs(of entry: Entry, _ bytes: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt32>? {
        let start = bytes + Int(entry.start)
        let count = entry.count
        if entry.isLong { return entry.key0 == 0 ? nil : cache.long.ids(entry.key0, start, count) }
        return cache.long.ids(PretokenCache.longHash(start, count, isPart: entry.isPart), start, count)
    }

    /// Keeps the ids of a piece.
    private func keep(_ entry: Entry, _ bytes: UnsafePointer<UInt8>, _ found: UnsafeBufferPointer<UInt32>) {
        guard let ids = found.baseAddress, !found.isEmpty, !entry.isLong || entry.key0 != 0 else { return }
        let start = bytes + Int(entry.start)
        let count = entry.count
        if !entry.isLong, found.count <= PretokenCache.mostShortIDs {
            cache.insert(entry.key0, entry.key1, ids, found.count)
        } else {
            if !entry.isLong { cache.insert(entry.key0, entry.key1, ids, 0) }
            let hash = entry.isLong ? entry.key0 : PretokenCache.longHash(start, count, isPart: entry.isPart)
            cache.long.insert(hash, start, count, found)
        }
    }

    /// What the merges of a piece start from.
    private func begin(_ entry: Entry, _ bytes: UnsafePointer<UInt8>, _ spaces: Bool) -> Int {
        let start = bytes + Int(entry.start)
        if !spaces { return merger.begin(start, entry.count, isPart: entry.isPart) }
        return beginSpaced(UnsafeBufferPointer(start: start, count: entry.count))
    }

    private func beginSpaced(_ piece: UnsafeBufferPointer<UInt8>) -> Int {
        spaced.removeAll(keepingCapacity: true)
        for byte in piece {
            if byte == 0x20 {
                spaced.append(0xE2)
                spaced.append(0x96)
                spaced.append(0x81)
            } else {
                spaced.append(byte)
            }
        }
        let count = spaced.count
        let got = spaced.withUnsafeBufferPointer { $0.baseAddress.map { merger.begin($0, count, isPart: false) } ?? 0 }
        if count > PieceEncoder.keptScratch { spaced = [] }
        return got
    }
}
