/// Merges the bytes or characters of one piece into tokens: always the earliest merge of all pairs, of equal ones the leftmost.
///
/// Short pieces are merged in a lane, long ones keep a heap: O(n log n) whatever the text is. One thread.
final class PairMerger {
    private let model: MergeModel
    /// The tokens after `merge`, then dead until the next call.
    private(set) var symbols: UnsafeMutablePointer<UInt32>
    /// The merges of neighbours, as `MergeTable` packs them.
    private(set) var pairs: UnsafeMutablePointer<UInt64>
    private var nexts: UnsafeMutablePointer<UInt32>
    private var previous: UnsafeMutablePointer<UInt32>
    private var capacity: Int
    private var heap = MergeHeap()
    /// Bytes without a token that were left out, and bytes that became the unknown token.
    private(set) var missingBytes = 0

    private let lanes: MergeLanes
    /// Scratch beyond this many symbols is given back after its piece.
    private static let keptCapacity = 1 << 20
    private static let nothing = UInt32.max

    init(_ model: MergeModel) {
        self.model = model
        lanes = MergeLanes(model.merges)
        capacity = 256
        symbols = .allocate(capacity: capacity)
        pairs = .allocate(capacity: capacity)
        nexts = .allocate(capacity: capacity)
        previous = .allocate(capacity: capacity)
    }

    deinit { deallocate() }

    /// Merges a piece of `count` bytes; the tokens are in `symbols[0..<result]` until the next call. `count` is below 2^32.
    /// `isPart`: it was cut from a piece that no token stands for as a whole.
    func merge(_ bytes: UnsafePointer<UInt8>, _ count: Int, isPart: Bool = false) -> Int {
        finish(begin(bytes, count, isPart: isPart))
    }

    /// Puts what the merges of a piece start from into `symbols` and `pairs`, and returns the number of symbols; 1 where a token is the
    /// whole piece. `finish` does the rest.
    func begin(_ bytes: UnsafePointer<UInt8>, _ count: Int, isPart: Bool) -> Int {
        let room = model.characters?.mostSymbols(count) ?? count
        if room > capacity || capacity > PairMerger.keptCapacity { reserve(room) }
        if !isPart, let whole = model.wholePieces?.id(of: UnsafeRawBufferPointer(start: bytes, count: count)) {
            symbols[0] = whole
            return 1
        }
        if let characters = model.characters { return startWithCharacters(bytes, count, characters) }
        return model.hasGaps ? startWithGaps(bytes, count) : start(bytes, count)
    }

    /// Merges the `count` symbols that `begin` left.
    func finish(_ count: Int) -> Int {
        if count < 2 { return count }
        if !lanes.takes(count) { return mergeByHeap(count) }
        lanes.add(symbols, pairs, count)
        var merged = 0
        lanes.merge { tokens in
            merged = tokens.count
            if let base = tokens.baseAddress { symbols.update(from: base, count: merged) }
        }
        return merged
    }

    private func start(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let symbols = symbols
        let pairs = pairs
        for index in 0..<count { symbols[index] = model.byteTokens[Int(bytes[index])] }
        for index in 0..<count &- 1 {
            pairs[index] = model.bytePairs[Int(bytes[index]) << 8 | Int(bytes[index &+ 1])]
        }
        return count
    }

    /// Bytes without a token vanish, or become the unknown token where the file has one.
    private func startWithGaps(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var length = 0
        var followsUnknown = false
        for index in 0..<count {
            let token = model.byteTokens[Int(bytes[index])]
            if token == TokenizerDefinition.noToken {
                missingBytes += 1
                if model.unknownToken == TokenizerDefinition.noToken || (followsUnknown && model.fusesUnknown) {
                    continue
                }
                symbols[length] = model.unknownToken
                followsUnknown = true
            } else {
                symbols[length] = token
                followsUnknown = false
            }
            length += 1
        }
        findPairs(length)
        return length
    }

    private func findPairs(_ length: Int) {
        let merges = model.merges
        let ahead = 8
        for index in 0..<max(0, min(ahead, length - 1)) { merges.prefetch(symbols[index], symbols[index + 1]) }
        for index in 0..<max(0, length - 1) {
            let next = index &+ ahead
            if next &+ 1 < length { merges.prefetch(symbols[next], symbols[next &+ 1]) }
            pairs[index] = merges.merge(symbols[index], symbols[index &+ 1])
        }
    }

    /// Characters, as `tokenizers` starts a word: an unknown one becomes its bytes, else the unknown token, which waits for the
    /// next known character to join those behind it, and so comes after bytes that are between.
    private func startWithCharacters(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ characters: CharacterSymbols) -> Int
    {
        let symbols = symbols
        let unknown = model.unknownToken
        var length = 0
        var isUnknownWaiting = false
        var index = 0
        func add(_ symbol: UInt32) {
            symbols[length] = symbol
            length += 1
        }
        func addWaiting() {
            if isUnknownWaiting { add(unknown) }
            isUnknownWaiting = false
        }
        while index < count {
            if let symbol = characters.rules.userSymbols.longest(bytes, index..<count) {
                addWaiting()
                add(UInt32(symbol.value))
                index += symbol.length
                continue
            }
            let (codePoint, size) = UTF8Decoding.character(bytes, index, count)
            let start = index
            index += size
            let (isFirst, isLast) = (start == 0, index == count)
            let id = characters.id(codePoint, isFirst: isFirst, isLast: isLast)
            if id != TokenizerDefinition.noToken {
                addWaiting()
                add(id)
                continue
            }
            let character = UnsafeBufferPointer(start: bytes + start, count: size)
            if characters.appendBytes(character, isFirst: isFirst, isLast: isLast, add) { continue }
            missingBytes += size
            if unknown == TokenizerDefinition.noToken { continue }
            if isUnknownWaiting, !model.fusesUnknown { add(unknown) }
            isUnknownWaiting = true
        }
        addWaiting()
        findPairs(length)
        return length
    }

    private func mergeByHeap(_ count: Int) -> Int {
        precondition(count > 0)
        let symbols = symbols
        let pairs = pairs
        let nexts = nexts
        let previous = previous
        let merges = model.merges
        heap.removeAll()
        pairs[count - 1] = MergeTable.none
        for index in 0..<count {
            nexts[index] = index + 1 < count ? UInt32(index + 1) : PairMerger.nothing
            previous[index] = index > 0 ? UInt32(index - 1) : PairMerger.nothing
            if pairs[index] != MergeTable.none { heap.add(PairMerger.entry(pairs[index], index)) }
        }
        heap.order()
        while let entry = heap.removeFirst() {
            let place = Int(entry & 0xFFFF_FFFF)
            // An entry is stale where another merge took the pair: the rank that stands there now is another one.
            guard pairs[place] != MergeTable.none, pairs[place] >> 32 == entry >> 32 else { continue }
            let right = Int(nexts[place])
            symbols[place] = UInt32(truncatingIfNeeded: pairs[place])
            pairs[right] = MergeTable.none
            let next = nexts[right]
            nexts[place] = next
            if next != PairMerger.nothing {
                previous[Int(next)] = UInt32(place)
                pairs[place] = merges.merge(symbols[place], symbols[Int(next)])
                if pairs[place] != MergeTable.none { heap.insert(PairMerger.entry(pairs[place], place)) }
            } else {
                pairs[place] = MergeTable.none
            }
            let left = previous[place]
            if left != PairMerger.nothing {
                pairs[Int(left)] = merges.merge(symbols[Int(left)], symbols[place])
                if pairs[Int(left)] != MergeTable.none { heap.insert(PairMerger.entry(pairs[Int(left)], Int(left))) }
            }
        }
        var kept = 0
        var index: UInt32 = 0
        while index != PairMerger.nothing {
            symbols[kept] = symbols[Int(index)]
            kept += 1
            index = nexts[Int(index)]
        }
        if count > PairMerger.keptCapacity { heap = MergeHeap() }
        return kept
    }

    /// The rank above, the place below: the order of merging.
    @inline(__always)
    private static func entry(_ merge: UInt64, _ place: Int) -> UInt64 {
        merge & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: place)
    }

    private func reserve(_ count: Int) {
        deallocate()
        capacity = max(256, count > PairMerger.keptCapacity ? count : min(count * 2, PairMerger.keptCapacity))
        symbols = .allocate(capacity: capacity)
        pairs = .allocate(capacity: capacity)
        nexts = .allocate(capacity: capacity)
        previous = .allocate(capacity: capacity)
    }

    private func deallocate() {
        symbols.deallocate()
        pairs.deallocate()
        nexts.deallocate()
        previous.deallocate()
    }
}

/// A binary heap of numbers, the smallest first.
struct MergeHeap {
    private var entries: [UInt64] = []

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Adds a number without keeping the order; `order` must follow.
    mutating func add(_ entry: UInt64) { entries.append(entry) }

    /// Makes a heap of what was added. O(n).
    mutating func order() {
        let count = entries.count
        entries.withUnsafeMutableBufferPointer {
            var place = count / 2
            while place > 0 {
                place -= 1
                MergeHeap.sink($0, place, count)
            }
        }
    }

    mutating func insert(_ entry: UInt64) {
        entries.append(entry)
        entries.withUnsafeMutableBufferPointer {
            var place = $0.count - 1
            while place > 0 {
                let parent = (place - 1) / 2
                if $0[parent] <= entry { break }
                $0[place] = $0[parent]
                place = parent
            }
            $0[place] = entry
        }
    }

    mutating func removeFirst() -> UInt64? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if !entries.isEmpty {
            entries.withUnsafeMutableBufferPointer {
                $0[0] = last
                MergeHeap.sink($0, 0, $0.count)
            }
        }
        return first
    }

    private static func sink(_ entries: UnsafeMutableBufferPointer<UInt64>, _ start: Int, _ count: Int) {
        let entry = entries[start]
        var place = start
        while true {
            var child = 2 * place + 1
            if child >= count { break }
            if child + 1 < count, entries[child + 1] < entries[child] { child += 1 }
            if entries[child] >= entry { break }
            entries[place] = entries[child]
            place = child
        }
        entries[place] = entry
    }
}
