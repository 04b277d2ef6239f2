/// The training itself: the pair seen most often is merged, and again, until the vocabulary is full.
///
/// The rule is that of `BpeTrainer` to the letter, so that merges are equal. Pairs wait in a heap, each entry with the pieces
/// it was found in; an entry whose count has changed is put back with the new count. A pair that was merged keeps its count:
/// that decides only where a token is made in two ways (runs of one character), and there too the merges are the same.
struct MergeLearner {
    /// The pieces as tokens, one after the other; a piece shrinks in its place.
    private var symbols: [UInt32] = []
    private var starts: [Int] = []
    private var lengths: [Int] = []
    private let pieceCounts: [Int]

    /// What is known of each pair, found through `slots`.
    private var pairs: [PairCount] = []
    private var slots = [UInt32](repeating: MergeLearner.nothing, count: 1 << 16)
    /// The pairs of which the current merge made new ones.
    private var touched: [UInt32] = []
    /// Lists of pieces, for the entries of the heap; used-up nodes are used again.
    private var nodes: [(piece: UInt32, next: UInt32)] = []
    private var freeNode = MergeLearner.nothing

    private var heap = CandidateHeap()
    private var tokens: [[UInt8]] = []
    private var tokenIDs: [[UInt8]: UInt32] = [:]
    private let options: BPETrainer.Options

    private static let nothing = UInt32.max

    private struct PairCount {
        var left: UInt32
        var right: UInt32
        var count = 0
        var pieces = MergeLearner.nothing
        var lastPiece = MergeLearner.nothing
    }

    /// What was learnt: the bytes of each token by its id, and the merges as ids.
    struct Result {
        var tokens: [[UInt8]]
        var merges: [(left: UInt32, right: UInt32)]
    }

    init(_ counts: PieceCounts, _ options: BPETrainer.Options) {
        self.options = options
        pieceCounts = counts.counts
        for token in options.specialTokens {
            // A special token that is written like a learnt one is that one, as in the vocabulary of the file.
            var bytes: [UInt8] = []
            let isWritten = Array(token.utf8).withUnsafeBytes { ByteAlphabet.appendBytes(of: $0, to: &bytes) }
            if isWritten { tokenIDs[bytes] = UInt32(tokens.count) }
            tokens.append(bytes)
        }
        var idOfByte = [UInt32](repeating: 0, count: 256)
        for byte in ByteAlphabet.bytesByCodePoint {
            idOfByte[Int(byte)] = UInt32(tokens.count)
            tokenIDs[[byte]] = UInt32(tokens.count)
            tokens.append([byte])
        }
        for index in 0..<counts.count {
            starts.append(symbols.count)
            counts.withPiece(index) { piece in
                lengths.append(piece.count)
                for byte in piece { symbols.append(idOfByte[Int(byte)]) }
            }
        }
    }

    mutating func learn(_ progress: ((Int) -> Void)?) -> Result {
        countAll()
        var merges: [(left: UInt32, right: UInt32)] = []
        while tokens.count < options.vocabularySize, var best = heap.removeFirst() {
            let index = pairIndex(best.left, best.right)
            if best.count != pairs[index].count {
                best.count = pairs[index].count
                heap.insert(best)
                continue
            }
            if best.count < max(1, options.minimumFrequency) { break }
            let joined = tokens[Int(best.left)] + tokens[Int(best.right)]
            let id = tokenIDs[joined] ?? UInt32(tokens.count)
            if tokenIDs[joined] == nil {
                tokenIDs[joined] = id
                tokens.append(joined)
                if tokens.count % 256 == 0 { progress?(tokens.count) }
            }
            merges.append((best.left, best.right))
            apply(best, id)
        }
        return Result(tokens: tokens, merges: merges)
    }

    private mutating func countAll() {
        for piece in starts.indices {
            guard lengths[piece] > 1 else { continue }
            let start = starts[piece]
            for place in start..<start + lengths[piece] - 1 {
                change(symbols[place], symbols[place + 1], by: 1, in: piece)
            }
        }
        offerTouched()
    }

    /// Replaces the pair in all pieces of the entry, left to right, and counts what that makes and unmakes.
    private mutating func apply(_ entry: CandidateHeap.Entry, _ id: UInt32) {
        let limit = options.maximumTokenLength ?? Int.max
        let newLength = length(id)
        var node = entry.pieces
        while node != MergeLearner.nothing {
            let (piece, next) = nodes[Int(node)]
            nodes[Int(node)].next = freeNode
            freeNode = node
            node = next
            merge(entry, id, Int(piece), newLength, limit)
        }
        offerTouched()
    }

    private mutating func merge(
        _ entry: CandidateHeap.Entry, _ id: UInt32, _ piece: Int, _ newLength: Int, _ limit: Int
    ) {
        let start = starts[piece]
        let end = start + lengths[piece]
        var read = start
        var write = start
        while read < end {
            guard symbols[read] == entry.left, read + 1 < end, symbols[read + 1] == entry.right else {
                symbols[write] = symbols[read]
                read += 1
                write += 1
                continue
            }
            if write > start {
                let before = symbols[write - 1]
                change(before, entry.left, by: -1, in: piece)
                if length(before) + newLength < limit { change(before, id, by: 1, in: piece) }
            }
            symbols[write] = id
            read += 2
            write += 1
            if read < end {
                let after = symbols[read]
                change(entry.right, after, by: -1, in: piece)
                if length(after) + newLength < limit { change(id, after, by: 1, in: piece) }
            }
        }
        lengths[piece] = write - start
    }

    private func length(_ id: UInt32) -> Int { tokens[Int(id)].count }

    /// Counts one more or one fewer of a pair in a piece.
    private mutating func change(_ left: UInt32, _ right: UInt32, by sign: Int, in piece: Int) {
        let index = pairIndex(left, right)
        pairs[index].count += sign * pieceCounts[piece]
        if sign < 0 || pairs[index].lastPiece == UInt32(piece) { return }
        if pairs[index].pieces == MergeLearner.nothing { touched.append(UInt32(index)) }
        pairs[index].lastPiece = UInt32(piece)
        let head = pairs[index].pieces
        if freeNode == MergeLearner.nothing {
            pairs[index].pieces = UInt32(nodes.count)
            nodes.append((UInt32(piece), head))
        } else {
            let node = freeNode
            freeNode = nodes[Int(node)].next
            nodes[Int(node)] = (UInt32(piece), head)
            pairs[index].pieces = node
        }
    }

    /// Puts the pairs that were made into the heap, each with the pieces it was made in.
    private mutating func offerTouched() {
        for index in touched {
            let pair = pairs[Int(index)]
            pairs[Int(index)].pieces = MergeLearner.nothing
            pairs[Int(index)].lastPiece = MergeLearner.nothing
            if pair.count > 0 {
                heap.insert(.init(count: pair.count, left: pair.left, right: pair.right, pieces: pair.pieces))
            }
        }
        touched.removeAll(keepingCapacity: true)
    }

    private mutating func pairIndex(_ left: UInt32, _ right: UInt32) -> Int {
        if (pairs.count + 1) * 2 > slots.count { growSlots() }
        var slot = MergeLearner.home(left, right, slots.count)
        while slots[slot] != MergeLearner.nothing {
            let index = Int(slots[slot])
            if pairs[index].left == left, pairs[index].right == right { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = UInt32(pairs.count)
        pairs.append(PairCount(left: left, right: right))
        return pairs.count - 1
    }

    private mutating func growSlots() {
        slots = [UInt32](repeating: MergeLearner.nothing, count: slots.count * 2)
        for index in pairs.indices {
            var slot = MergeLearner.home(pairs[index].left, pairs[index].right, slots.count)
            while slots[slot] != MergeLearner.nothing { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index)
        }
    }

    private static func home(_ left: UInt32, _ right: UInt32, _ count: Int) -> Int {
        let key = (UInt64(left) << 32 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: ((key ^ (key >> 32)) &* 0xD6E8_FEB8_6659_FD93) >> 20) & (count - 1)
    }
}

/// A heap of pairs: the highest count first, of equal counts the smallest ids.
struct CandidateHeap {
    struct Entry {
        var count: Int
        var left: UInt32
        var right: UInt32
        /// The list of the pieces that the pair was found in.
        var pieces: UInt32

        func precedes(_ other: Entry) -> Bool {
            if count != other.count { return count > other.count }
            return left != other.left ? left < other.left : right < other.right
        }
    }

    private var entries: [Entry] = []

    mutating func insert(_ entry: Entry) {
        var place = entries.count
        entries.append(entry)
        while place > 0 {
            let parent = (place - 1) / 2
            if !entry.precedes(entries[parent]) { break }
            entries[place] = entries[parent]
            place = parent
        }
        entries[place] = entry
    }

    mutating func removeFirst() -> Entry? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if entries.isEmpty { return first }
        var place = 0
        while true {
            var child = 2 * place + 1
            if child >= entries.count { break }
            if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
            if !entries[child].precedes(last) { break }
            entries[place] = entries[child]
            place = child
        }
        entries[place] = last
        return first
    }
}
