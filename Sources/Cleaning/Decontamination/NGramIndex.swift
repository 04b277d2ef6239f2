import Documents

/// The n-grams of items (questions of evaluation sets, documents of another split) in flat arrays: 18 to 26 bytes a word. It never changes,
/// and any number of scanners reads it.
public final class NGramIndex: Sendable {
    /// The options it was made with.
    public let options: NGramOptions
    /// The words of all texts, one text behind the other.
    let words: [UInt64]
    /// Where each text begins among the words; one more at the end.
    let partStarts: [Int]
    /// The item of each text.
    let partItems: [UInt32]
    /// The first text of each item; one more at the end.
    let itemParts: [Int]
    /// The lengths of n-grams there are, in ascending order.
    let lengths: [Int]
    /// Where the entries of each bucket begin; one more at the end.
    private let buckets: [UInt32]
    /// 32 bits of the n-gram's hash and the place of its first word; in a bucket in the order of places.
    private let entries: [UInt64]
    private let bucketShift: UInt64
    /// A bit for the hashes of n-grams there are, so that most others are turned away by one look at little memory.
    private let filter: [UInt64]
    private let filterShift: UInt64
    /// The same for words.
    private let wordFilter: [UInt64]
    private let wordFilterShift: UInt64

    /// The index of what a builder gathered.
    init(options: NGramOptions, words: [UInt64], partStarts: [Int], partItems: [UInt32], itemParts: [Int]) {
        self.options = options
        self.words = words
        self.partStarts = partStarts
        self.partItems = partItems
        self.itemParts = itemParts
        var count = 0
        var isPresent = [Bool](repeating: false, count: options.length + 1)
        NGramIndex.forEachGram(words, partStarts, options) { _, length, _ in
            count += 1
            isPresent[length] = true
        }
        lengths = isPresent.indices.filter { isPresent[$0] }
        var bits: UInt64 = 1
        while 1 << bits < count { bits += 1 }
        let bucketShift = 64 - bits
        // Sixteen bits a gram keep nine of ten strangers out of the buckets, 32 MiB is the most a cache can help with.
        let filterBits = min(28, max(6, bits + 4))
        let filterShift = 64 - filterBits
        var filter = [UInt64](repeating: 0, count: 1 << Int(filterBits - 6))
        var wordFilterBits: UInt64 = 10
        while wordFilterBits < 28, 1 << wordFilterBits < words.count * 16 { wordFilterBits += 1 }
        let wordFilterShift = 64 - wordFilterBits
        var wordFilter = [UInt64](repeating: 0, count: 1 << Int(wordFilterBits - 6))
        for word in words {
            let bit = NGramIndex.filterBit(word, wordFilterShift)
            wordFilter[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        self.wordFilter = wordFilter
        self.wordFilterShift = wordFilterShift
        var buckets = [UInt32](repeating: 0, count: 1 << Int(bits) + 1)
        NGramIndex.forEachGram(words, partStarts, options) { _, _, hash in
            buckets[Int(hash >> bucketShift)] += 1
            let bit = NGramIndex.filterBit(hash, filterShift)
            filter[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        var total: UInt32 = 0
        for bucket in buckets.indices {
            let size = buckets[bucket]
            buckets[bucket] = total
            total += size
        }
        // Filling moves every beginning to its end, which is where the next one began.
        var entries = [UInt64](repeating: 0, count: count)
        NGramIndex.forEachGram(words, partStarts, options) { place, _, hash in
            let bucket = Int(hash >> bucketShift)
            entries[Int(buckets[bucket])] = NGramIndex.tag(hash) | UInt64(place)
            buckets[bucket] += 1
        }
        buckets.insert(0, at: 0)
        buckets.removeLast()
        self.bucketShift = bucketShift
        self.filterShift = filterShift
        self.filter = filter
        self.buckets = buckets
        self.entries = entries
    }

    /// How many items there are.
    public var itemCount: Int { itemParts.count - 1 }

    /// How many n-grams.
    public var gramCount: Int { entries.count }

    /// The n-grams of one text, as places of their first words.
    public func grams(ofPart part: Int) -> Range<Int> {
        let start = partStarts[part]
        return start..<start + NGramIndex.gramCount(partStarts[part + 1] - start, options)
    }

    /// The texts of an item.
    public func parts(of item: Int) -> Range<Int> { itemParts[item]..<itemParts[item + 1] }

    /// How many n-grams an item has; 0 for one that cannot be checked.
    public func gramCount(of item: Int) -> Int { parts(of: item).reduce(0) { $0 + grams(ofPart: $1).count } }

    /// The text that a word belongs to.
    func part(ofWord place: Int) -> Int {
        var low = 0
        var high = partItems.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if partStarts[middle] <= place { low = middle } else { high = middle - 1 }
        }
        // Of texts without words, which begin where the next one does, the last is meant.
        return low
    }

    private static func gramCount(_ words: Int, _ options: NGramOptions) -> Int {
        words >= options.length ? words - options.length + 1 : words >= options.minimumWords ? 1 : 0
    }

    // MARK: Hashes

    /// The factor of the rolling hash.
    static let factor: UInt64 = 0x9FB2_1C65_1E98_DF25

    /// The factor to the power of a length.
    static func power(_ length: Int) -> UInt64 { (0..<length).reduce(1) { power, _ in power &* factor } }

    /// The hash of an n-gram from the rolling hash of its words.
    @inline(__always)
    static func finish(_ rolling: UInt64, _ length: Int) -> UInt64 {
        var hash = (rolling ^ UInt64(truncatingIfNeeded: length) &* 0xC2B2_AE3D_27D4_EB4F) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 33
        return hash &* 0xC4CE_B9FE_1A85_EC53
    }

    @inline(__always)
    private static func filterBit(_ hash: UInt64, _ shift: UInt64) -> Int {
        Int((hash &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt64 { hash << 32 }

    private static func forEachGram(
        _ words: [UInt64], _ partStarts: [Int], _ options: NGramOptions, _ body: (Int, Int, UInt64) -> Void
    ) {
        let power = power(options.length)
        for part in 0..<partStarts.count - 1 {
            let start = partStarts[part]
            let end = partStarts[part + 1]
            let grams = gramCount(end - start, options)
            if grams == 0 { continue }
            let length = min(options.length, end - start)
            var rolling: UInt64 = 0
            for place in start..<start + length { rolling = rolling &* factor &+ words[place] }
            body(start, length, finish(rolling, length))
            for place in start + 1..<start + grams {
                rolling = rolling &* factor &+ words[place + length - 1] &- words[place - 1] &* power
                body(place, length, finish(rolling, length))
            }
        }
    }

    /// Whether a word is in one of the texts; in one of thousands it says so of another.
    func knows(_ word: UInt64) -> Bool {
        let bit = NGramIndex.filterBit(word, wordFilterShift)
        return wordFilter[bit >> 6] >> UInt64(bit & 63) & 1 != 0
    }

    /// Whether an n-gram of that hash may be there.
    @inline(__always)
    func mayHold(_ hash: UInt64) -> Bool {
        let bit = NGramIndex.filterBit(hash, filterShift)
        return filter.withUnsafeBufferPointer { $0[bit >> 6] >> UInt64(bit & 63) & 1 != 0 }
    }

    /// Calls `body` with the place of each n-gram that equals the words at `gram`, in ascending order, until it says that this is enough.
    func forEachEqual(_ hash: UInt64, _ gram: UnsafePointer<UInt64>, _ length: Int, _ body: (Int) -> Bool) {
        let bucket = Int(hash >> bucketShift)
        for index in Int(buckets[bucket])..<Int(buckets[bucket + 1]) {
            if (entries[index] ^ NGramIndex.tag(hash)) >> 32 != 0 { continue }
            let place = Int(entries[index] & 0xFFFF_FFFF)
            if place + length > words.count || !(0..<length).allSatisfy({ words[place + $0] == gram[$0] }) { continue }
            // A shorter n-gram is a whole text.
            if length < options.length {
                let part = part(ofWord: place)
                if partStarts[part + 1] - partStarts[part] != length { continue }
            }
            if !body(place) { return }
        }
    }

    /// Gives every n-gram that equals one that `found` holds to `found`, which holds the first of equal ones only.
    func spread(_ found: inout [UInt64]) {
        let firsts = found
        for bucket in 0..<buckets.count - 1 {
            let range = Int(buckets[bucket])..<Int(buckets[bucket + 1])
            for index in range {
                let place = Int(entries[index] & 0xFFFF_FFFF)
                if firsts[place >> 6] >> UInt64(place & 63) & 1 == 0 { continue }
                let length = gramLength(place)
                for other in index + 1..<max(index + 1, range.upperBound)
                where entries[other] >> 32 == entries[index] >> 32 {
                    let twin = Int(entries[other] & 0xFFFF_FFFF)
                    guard gramLength(twin) == length, (0..<length).allSatisfy({ words[place + $0] == words[twin + $0] })
                    else { continue }
                    found[twin >> 6] |= 1 << UInt64(twin & 63)
                }
            }
        }
    }

    private func gramLength(_ place: Int) -> Int {
        let part = part(ofWord: place)
        return min(options.length, partStarts[part + 1] - partStarts[part])
    }
}
