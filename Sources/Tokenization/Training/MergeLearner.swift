import CKernels

/// The training itself: the pair seen most often is merged, and again, until the vocabulary is full.
///
/// The rule is that of `BpeTrainer` to the letter, so that merges are equal. Pairs wait in a heap, each entry with the pieces
/// it was found in; an entry whose count has changed is put back with the new count. A pair that was merged keeps its count:
/// that decides only where a token is made in two ways (runs of one character), and there too the merges are the same.
///
/// Pairs that are too rare to be merged are not kept at all, which is most of the memory. Where a token is made a second time, such a pair
/// may grow: then all pieces are searched for it.
///
/// Cost: time is linear in how often tokens are joined in different pieces; memory some 4 bytes for each symbol of each different piece
/// and as much for where pairs are.
struct MergeLearner: ~Copyable {
    /// What merging starts from and where it ends.
    struct Start {
        /// The tokens that are there, by id: what is compared where a merge makes a token. Empty where nothing can make it.
        var tokens: [[UInt8]]
        /// How many characters each token counts for under `maximumTokenLength`.
        var lengths: [Int32]
        /// Tokens in the end.
        var vocabularySize: Int
        var minimumFrequency: Int
        var maximumTokenLength: Int?
        /// Whether a merge may make a token that is there already.
        var makesKnownTokens = true
    }

    /// What was learnt.
    struct Result {
        /// The bytes of each token by its id.
        var tokens: [[UInt8]]
        /// The merges in their order, as ids.
        var merges: [(left: UInt32, right: UInt32)]
        /// By how many tokens each merge made all texts shorter.
        var gains: [Int]
    }

    /// A symbol beside the pair that is being merged: what that does to the pair with it.
    struct Neighbour: BitwiseCopyable {
        /// Count of the pair with the old symbol that goes.
        var lost = 0
        /// Count of the pair with the new symbol that comes.
        var made = 0
        /// Pieces in which it comes.
        var listed: UInt32 = 0
        /// The last of them, then where their list is written.
        var last = MergeLearner.nothing
        var isTouched = false
    }

    /// All symbols as neighbours on one side, and those of them that the merge at hand has met.
    private struct Side: ~Copyable {
        var neighbours = FlatMemory<Neighbour>()
        private(set) var touched = FlatMemory<UInt32>()

        @inline(__always)
        mutating func touch(_ symbol: UInt32) -> UnsafeMutablePointer<Neighbour> {
            let neighbour = neighbours.start + Int(symbol)
            if !neighbour.pointee.isTouched {
                neighbour.pointee.isTouched = true
                touched.append(symbol)
            }
            return neighbour
        }

        /// The pair with the new symbol comes in a piece; whether that is the first time in this piece.
        @inline(__always)
        mutating func come(_ symbol: UInt32, _ piece: UInt32, _ weight: Int) -> Bool {
            let neighbour = touch(symbol)
            neighbour.pointee.made &+= weight
            if neighbour.pointee.last == piece { return false }
            neighbour.pointee.last = piece
            neighbour.pointee.listed &+= 1
            return true
        }

        mutating func forget() {
            for index in 0..<touched.count { neighbours.start[Int(touched.start[index])] = Neighbour() }
            touched.removeAll()
        }
    }

    /// Each piece: its count in two words, the low 31 bits first (so that they are never `nothing`), its symbols, and `nothing`. A piece
    /// shrinks in its place and leaves further `nothing`s behind it.
    private var words = FlatMemory<UInt32>(capacity: 1 << 12)
    private var wordCount = 0
    /// Whether there are more symbols than fit.
    private(set) var isFull = false

    private var tokens: [[UInt8]]
    private var lengths = FlatMemory<Int32>()
    private var tokenIDs: [[UInt8]: UInt32] = [:]
    private let start: Start
    private let threshold: Int

    private var pairs = PairTable()
    private var heap = CandidateHeap()
    private var lists = OccurrenceLists()
    private var before = Side()
    private var after = Side()
    /// What came, in order: the neighbour, then the piece.
    private var events = FlatMemory<UInt64>()
    /// Tokens of which some pair was too rare to be kept.
    private var hasRarePairs = FlatMemory<Bool>()

    static let nothing = UInt32.max
    private static let ahead = 8
    private static let sideBit: UInt64 = 1 << 63
    /// Pieces are told by where they stand, in 32 bits, and lists of them may grow somewhat longer than all pieces.
    private static let mostWords = 5 << 29

    init(_ start: Start) {
        self.start = start
        threshold = max(1, start.minimumFrequency)
        tokens = []
        for (token, length) in zip(start.tokens, start.lengths) { enter(token, length) }
    }

    /// Adds a piece of these symbols.
    mutating func add(_ symbols: UnsafeBufferPointer<UInt32>, count: Int) {
        guard symbols.count > 1, let base = symbols.baseAddress else { return }
        if words.count + symbols.count + 3 >= MergeLearner.mostWords { isFull = true }
        if isFull { return }
        words.append(UInt32(truncatingIfNeeded: count & 0x7FFF_FFFF))
        words.append(UInt32(truncatingIfNeeded: count >> 31))
        words.append(base, symbols.count)
        words.append(MergeLearner.nothing)
        wordCount += 1
    }

    /// Merges until the vocabulary is full or nothing is seen often enough. `progress` is told the size of the vocabulary now and then.
    mutating func learn(_ progress: ((Int) -> Void)?) -> Result {
        countAll()
        var merges: [(left: UInt32, right: UInt32)] = []
        var gains: [Int] = []
        var merged: Set<UInt64> = []
        var repeated = false
        while tokens.count < start.vocabularySize, var best = heap.first {
            let count = pairs.find(best.key)?.pointee ?? 0
            if best.count != count {
                best.count = count
                heap.replaceFirst(best)
                continue
            }
            if count < threshold { break }
            heap.removeFirst()
            let left = UInt32(truncatingIfNeeded: best.key >> 32)
            let right = UInt32(truncatingIfNeeded: best.key)
            let joined = tokens[Int(left)] + tokens[Int(right)]
            let known = tokenIDs[joined]
            if known != nil, !start.makesKnownTokens {
                lists.giveBack(best.list, Int(best.listed))
                continue
            }
            let id = known ?? UInt32(tokens.count)
            if known == nil {
                enter(joined, lengths.start[Int(left)] + lengths.start[Int(right)])
                if tokens.count % 64 == 0 { progress?(tokens.count) }
            }
            repeated = !merged.insert(best.key).inserted || repeated
            merges.append((left, right))
            gains.append(merge(left, right, id, isNew: known == nil, best))
        }
        if repeated { (merges, gains) = MergeLearner.lastOfEach(merges, gains) }
        return Result(tokens: tokens, merges: merges, gains: gains)
    }

    /// A pair that was merged twice stands where it was merged last, as in the file of `BpeTrainer`.
    private static func lastOfEach(_ merges: [(left: UInt32, right: UInt32)], _ gains: [Int]) -> (
        [(left: UInt32, right: UInt32)], [Int]
    ) {
        var seen: [UInt64: Int] = [:]
        var kept: [(left: UInt32, right: UInt32)] = []
        var keptGains: [Int] = []
        for index in merges.indices.reversed() {
            let key = PairTable.key(merges[index].left, merges[index].right)
            if let place = seen[key] {
                keptGains[place] += gains[index]
            } else {
                seen[key] = kept.count
                kept.append(merges[index])
                keptGains.append(gains[index])
            }
        }
        return (kept.reversed(), keptGains.reversed())
    }

    private mutating func enter(_ token: [UInt8], _ length: Int32) {
        if !token.isEmpty, tokenIDs[token] == nil { tokenIDs[token] = UInt32(tokens.count) }
        tokens.append(token)
        lengths.append(length)
        before.neighbours.append(Neighbour())
        after.neighbours.append(Neighbour())
        hasRarePairs.append(false)
    }

    /// Counts the pairs of all pieces and puts those that are seen often enough into the heap.
    private mutating func countAll() {
        var all = FirstPairs(symbols: tokens.count)
        forEachPair { all.add($0, $1, piece: $2, weight: $3) }
        all.finishCounts()
        let records = all.records
        for index in 0..<records.count {
            let record = records[index]
            if record.count <= 0 { continue }
            if record.count < threshold {
                hasRarePairs.start[Int(record.key >> 32)] = true
                hasRarePairs.start[Int(record.key & 0xFFFF_FFFF)] = true
                records[index].last = MergeLearner.nothing
                continue
            }
            pairs.insert(record.key, record.count)
            let list = lists.allocate(Int(record.listed))
            records[index].last = list
            heap.insert(.init(count: record.count, key: record.key, list: list, listed: record.listed))
        }
        let memory = lists.start
        forEachPair { left, right, piece, _ in all.list(left, right, piece: piece, in: memory) }
        all.finishLists(in: memory)
    }

    @inline(__always)
    private func forEachPair(_ body: (_ left: UInt32, _ right: UInt32, _ piece: UInt32, _ weight: Int) -> Void) {
        let words = words.start
        var place = 0
        for _ in 0..<wordCount {
            let piece = UInt32(truncatingIfNeeded: place)
            let weight = Int(words[place]) | Int(words[place &+ 1]) << 31
            place &+= 2
            var left = words[place]
            place &+= 1
            while left != MergeLearner.nothing {
                let right = words[place]
                place &+= 1
                if right != MergeLearner.nothing { body(left, right, piece, weight) }
                left = right
            }
            while place < self.words.count, words[place] == MergeLearner.nothing { place &+= 1 }
        }
    }

    /// Replaces the pair in all pieces of the entry, left to right, and counts what that makes and unmakes. Returns how often it did.
    private mutating func merge(
        _ left: UInt32, _ right: UInt32, _ id: UInt32, isNew: Bool, _ entry: CandidateHeap.Entry
    ) -> Int {
        events.removeAll()
        var gain = 0
        // Nothing is entered into the lists before `settle`. Most pieces are far apart in memory and are fetched some time before.
        let pieces = lists.start + Int(entry.list)
        let count = Int(entry.listed)
        for index in 0..<count {
            if index &+ MergeLearner.ahead < count {
                let next = words.start + Int(pieces[index &+ MergeLearner.ahead])
                shardmill_prefetch(next)
                shardmill_prefetch(next + 16)
            }
            gain += merge(left, right, id, piece: pieces[index])
        }
        lists.giveBack(entry.list, Int(entry.listed))
        settle(left, right, id, isNew: isNew)
        return gain
    }

    private mutating func merge(_ left: UInt32, _ right: UInt32, _ id: UInt32, piece: UInt32) -> Int {
        let word = words.start + Int(piece)
        // The end of a long piece, once it is known: from there on whole stretches are searched and moved.
        var end = 0
        var read = 2
        while word[read] != left || word[read &+ 1] != right {
            if word[read] == MergeLearner.nothing { return 0 }
            read &+= 1
            if read == MergeLearner.shortPiece {
                end = endOfPiece(piece, from: read)
                read = MergeLearner.nextPair(word, read..<end, left, right)
                if read == end { return 0 }
                break
            }
        }
        let weight = Int(word[0]) | Int(word[1]) << 31
        let lengths = lengths.start
        let limit = start.maximumTokenLength ?? Int.max
        let newLength = Int(lengths[Int(id)])
        var write = read
        var gain = 0
        var steps = 0
        while word[read] != MergeLearner.nothing {
            if word[read] != left || word[read &+ 1] != right {
                steps &+= 1
                if steps == MergeLearner.shortPiece, end == 0 { end = endOfPiece(piece, from: read) }
                if end > 0 {
                    let next = MergeLearner.nextPair(word, read..<end, left, right)
                    (word + write).update(from: word + read, count: next &- read)
                    write &+= next &- read
                    read = next
                    continue
                }
                word[write] = word[read]
                read &+= 1
                write &+= 1
                continue
            }
            gain &+= weight
            if write > 2 {
                let symbol = word[write &- 1]
                if symbol == id {
                    // The pair (new, left) came a moment ago and goes again.
                    after.touch(left).pointee.made &-= weight
                } else {
                    before.touch(symbol).pointee.lost &+= weight
                }
                if Int(lengths[Int(symbol)]) &+ newLength < limit { comeBefore(symbol, piece, weight) }
            }
            word[write] = id
            read &+= 2
            write &+= 1
            let symbol = word[read]
            if symbol != MergeLearner.nothing {
                after.touch(symbol).pointee.lost &+= weight
                if Int(lengths[Int(symbol)]) &+ newLength < limit {
                    // The pair of the new symbol with itself is counted in one place only.
                    if symbol == id { comeBefore(symbol, piece, weight) } else { comeAfter(symbol, piece, weight) }
                }
            }
        }
        while write < read {
            word[write] = MergeLearner.nothing
            write &+= 1
        }
        return gain
    }

    /// Up to so many symbols are looked at one by one.
    private static let shortPiece = 40

    /// Where the piece ends: every piece has `nothing` behind it.
    private func endOfPiece(_ piece: UInt32, from start: Int) -> Int {
        let word = words.start + Int(piece)
        return MergeLearner.find(MergeLearner.nothing, word, start..<words.count - Int(piece)) ?? start
    }

    /// Where the next such pair begins; the end of the range where there is none. Behind the range stands `nothing`.
    private static func nextPair(
        _ word: UnsafeMutablePointer<UInt32>, _ range: Range<Int>, _ left: UInt32, _ right: UInt32
    ) -> Int {
        var index = range.lowerBound
        while let found = find(left, word, index..<range.upperBound) {
            if word[found &+ 1] == right { return found }
            index = found &+ 1
        }
        return range.upperBound
    }

    private static func find(_ symbol: UInt32, _ word: UnsafeMutablePointer<UInt32>, _ range: Range<Int>) -> Int? {
        let raw = UnsafeRawPointer(word)
        let wanted = SIMD8<UInt32>(repeating: symbol)
        var index = range.lowerBound
        while index &+ 8 <= range.upperBound {
            let eight = raw.loadUnaligned(fromByteOffset: index &* 4, as: SIMD8<UInt32>.self)
            if any(eight .== wanted) { break }
            index &+= 8
        }
        while index < range.upperBound {
            if word[index] == symbol { return index }
            index &+= 1
        }
        return nil
    }

    @inline(__always)
    private mutating func comeBefore(_ symbol: UInt32, _ piece: UInt32, _ weight: Int) {
        if before.come(symbol, piece, weight) { events.append(UInt64(symbol) << 32 | UInt64(piece)) }
    }

    @inline(__always)
    private mutating func comeAfter(_ symbol: UInt32, _ piece: UInt32, _ weight: Int) {
        if after.come(symbol, piece, weight) {
            events.append(MergeLearner.sideBit | UInt64(symbol) << 32 | UInt64(piece))
        }
    }

    /// Enters what the merge did to pairs, and puts those that came into the heap.
    private mutating func settle(_ left: UInt32, _ right: UInt32, _ id: UInt32, isNew: Bool) {
        var recovered: RarePairs?
        if !isNew, hasRarePairs.start[Int(id)] { recovered = rarePairs(of: id) }
        for index in 0..<before.touched.count {
            let symbol = before.touched.start[index]
            settle(
                before.neighbours.start + Int(symbol), old: PairTable.key(symbol, left),
                new: PairTable.key(symbol, id), recovered)
        }
        for index in 0..<after.touched.count {
            let symbol = after.touched.start[index]
            settle(
                after.neighbours.start + Int(symbol), old: PairTable.key(right, symbol),
                new: PairTable.key(id, symbol), recovered)
        }
        let memory = lists.start
        let sides = (before: before.neighbours.start, after: after.neighbours.start)
        for index in 0..<events.count {
            let event = events.start[index]
            let symbol = Int((event & ~MergeLearner.sideBit) >> 32)
            let neighbour = (event & MergeLearner.sideBit == 0 ? sides.before : sides.after) + symbol
            if neighbour.pointee.last == MergeLearner.nothing { continue }
            memory[Int(neighbour.pointee.last)] = UInt32(truncatingIfNeeded: event)
            neighbour.pointee.last &+= 1
        }
        before.forget()
        after.forget()
    }

    private mutating func settle(
        _ neighbour: UnsafeMutablePointer<Neighbour>, old: UInt64, new: UInt64, _ recovered: RarePairs?
    ) {
        if neighbour.pointee.lost != 0 { pairs.find(old)?.pointee -= neighbour.pointee.lost }
        neighbour.pointee.last = come(new, neighbour.pointee, recovered)
    }

    /// Enters the pair with the new symbol. Returns where the list of its pieces is to be written, `nothing` where none is.
    private mutating func come(_ key: UInt64, _ neighbour: Neighbour, _ recovered: RarePairs?) -> UInt32 {
        var total = neighbour.made
        if let count = pairs.find(key) {
            count.pointee += neighbour.made
            total = count.pointee
            if neighbour.listed == 0 || total <= 0 { return MergeLearner.nothing }
        } else {
            if neighbour.listed == 0 { return MergeLearner.nothing }
            let old = recovered?.found[key]
            let oldCount = old.map { $0.count - neighbour.made } ?? 0
            if oldCount > 0 { total += oldCount }
            if total < threshold {
                if total > 0 {
                    hasRarePairs.start[Int(key >> 32)] = true
                    hasRarePairs.start[Int(key & 0xFFFF_FFFF)] = true
                }
                return MergeLearner.nothing
            }
            pairs.insert(key, total)
            if let old, oldCount > 0 {
                // As `BpeTrainer` has it: an entry of its own, with the count of its time.
                let list = lists.allocate(old.pieces.count)
                for (index, piece) in old.pieces.enumerated() { lists.start[Int(list) + index] = piece }
                heap.insert(.init(count: oldCount, key: key, list: list, listed: UInt32(old.pieces.count)))
            }
        }
        let list = lists.allocate(Int(neighbour.listed))
        heap.insert(.init(count: total, key: key, list: list, listed: neighbour.listed))
        return list
    }

    /// Pairs that were too rare to be kept, as the pieces have them now.
    struct RarePairs {
        var found: [UInt64: (count: Int, pieces: [UInt32])] = [:]
    }

    /// Searches all pieces for pairs of `id` that are not known.
    private func rarePairs(of id: UInt32) -> RarePairs {
        var rare = RarePairs()
        forEachPair { left, right, piece, weight in
            if left != id, right != id { return }
            let key = PairTable.key(left, right)
            if pairs.find(key) != nil { return }
            var entry = rare.found[key] ?? (0, [])
            entry.count += weight
            if entry.pieces.last != piece { entry.pieces.append(piece) }
            rare.found[key] = entry
        }
        return rare
    }
}
