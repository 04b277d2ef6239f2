import Glibc

/// Counts the repeated n-grams of a document's words as Gopher's rules define them.
///
/// Exact: what a hash finds is compared. Memory: about 60 bytes a word of the largest document, kept between documents.
struct NGramCounter: ~Copyable {
    // Open addressing; 0 is empty.
    private var small = Scratch<UInt32>()
    private var large = Scratch<UInt64>()
    // Of the n-grams of 2, 3 and 4 words, how often each hash was met: never less than the n-gram itself.
    private var bounds = Scratch<UInt32>()
    // Places of n-grams that may be the most frequent; by number of n-gram: its count, its first place.
    private var likely = Scratch<UInt32>()
    private var counts = Scratch<UInt32>()
    private var firsts = Scratch<UInt32>()
    // Which words are still to be looked at.
    private var places = Scratch<UInt32>()
    // Of these words: a hash of the bytes from there on; and of every word how many of the lengths in `beginnings` of the bytes there
    // stand more than once, perhaps.
    private var hashes = Scratch<UInt64>()
    private var met = Scratch<UInt64>()
    private var metAgain = Scratch<UInt64>()
    private var repeats = Scratch<UInt8>()

    /// The words of a document: their numbers; where each begins in their bytes and in their characters (one entry more than
    /// words); and their bytes without anything between them, with 64 readable bytes behind.
    struct Words {
        var count: Int
        var numbers: UnsafePointer<UInt32>
        var bytes: UnsafePointer<UInt32>
        var characters: UnsafePointer<UInt32>
        var text: UnsafePointer<UInt8>
    }

    // MARK: the most frequent n-gram

    // A factor for every word of an n-gram; the upper bits of their sum are its hash.
    private static let factors: (UInt64, UInt64, UInt64, UInt64) = (
        0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x9FB2_1C65_1E98_DF25
    )

    /// Characters of the most frequent 2-, 3- and 4-gram, its words joined by spaces, times its count; of equals, the first.
    ///
    /// First every n-gram raises the number of its hash; the n-gram that reaches the highest is counted, and only n-grams whose hash was met
    /// as often as this one is there are looked at.
    mutating func top(_ words: Words) -> [Int] {
        let count = words.count
        if count < 2 { return [0, 0, 0] }
        var bits = 6
        while bits < 14, 1 << bits < count * 2 { bits += 1 }
        let size = 1 << bits
        bounds.reserve(size * 3)
        memset(bounds.base, 0, size * 12)
        let shift = UInt64(64 - bits)
        let ids = words.numbers
        let (bounds2, bounds3, bounds4) = (bounds.base, bounds.base + size, bounds.base + size * 2)
        var (most2, most3, most4) = (UInt32(0), UInt32(0), UInt32(0))
        var (place2, place3, place4) = (0, 0, 0)
        let (factor0, factor1, factor2, factor3) = NGramCounter.factors
        for index in 0..<(count &- 1) {
            let hash2 = UInt64(ids[index]) &* factor0 &+ UInt64(ids[index &+ 1]) &* factor1
            NGramCounter.raise(bounds2 + Int(hash2 &>> shift), index, &most2, &place2)
            if index &+ 2 >= count { continue }
            let hash3 = hash2 &+ UInt64(ids[index &+ 2]) &* factor2
            NGramCounter.raise(bounds3 + Int(hash3 &>> shift), index, &most3, &place3)
            if index &+ 3 >= count { continue }
            let hash4 = hash3 &+ UInt64(ids[index &+ 3]) &* factor3
            NGramCounter.raise(bounds4 + Int(hash4 &>> shift), index, &most4, &place4)
        }
        return [
            best(words, 2, bounds2, shift, most2, place2), best(words, 3, bounds3, shift, most3, place3),
            best(words, 4, bounds4, shift, most4, place4),
        ]
    }

    @inline(__always)
    private static func raise(
        _ bound: UnsafeMutablePointer<UInt32>, _ index: Int, _ most: inout UInt32, _ place: inout Int
    ) {
        let raised = bound.pointee &+ 1
        bound.pointee = raised
        if raised > most {
            most = raised
            place = index
        }
    }

    /// The characters of the most frequent n-gram times its count, where `place` has one whose hash was met most, `most` times.
    private mutating func best(
        _ words: Words, _ length: Int, _ bounds: UnsafePointer<UInt32>, _ shift: UInt64, _ most: UInt32, _ place: Int
    ) -> Int {
        if words.count < length { return 0 }
        let last = words.count &- length
        let ids = words.numbers
        var count = UInt32(1)
        var first = 0
        if most > 1 {
            var least: UInt32 = 0
            for index in 0...last where NGramCounter.isSame(ids + index, ids + place, length) { least &+= 1 }
            least = max(least, 2)
            likely.reserve(last + 1)
            let likely = likely.base
            var found = 0
            let (factor0, factor1, factor2, factor3) = NGramCounter.factors
            for index in 0...last {
                var hash = UInt64(ids[index]) &* factor0 &+ UInt64(ids[index &+ 1]) &* factor1
                if length > 2 { hash &+= UInt64(ids[index &+ 2]) &* factor2 }
                if length > 3 { hash &+= UInt64(ids[index &+ 3]) &* factor3 }
                likely[found] = UInt32(truncatingIfNeeded: index)
                found &+= bounds[Int(hash &>> shift)] >= least ? 1 : 0
            }
            (count, first) = mostFrequent(words, length, found)
        }
        return (Int(words.characters[first + length] &- words.characters[first]) + length - 1) * Int(count)
    }

    @inline(__always)
    private static func isSame(_ left: UnsafePointer<UInt32>, _ right: UnsafePointer<UInt32>, _ length: Int) -> Bool {
        if left[0] != right[0] || left[1] != right[1] { return false }
        return (length < 3 || left[2] == right[2]) && (length < 4 || left[3] == right[3])
    }

    /// Counts the n-grams at the likely places: how often the most frequent is there, the first of equals, and where it is first; once and
    /// the first of the text where none is there twice.
    private mutating func mostFrequent(_ words: Words, _ length: Int, _ found: Int) -> (UInt32, Int) {
        counts.reserve(found)
        firsts.reserve(found)
        var capacity = 64
        while capacity < found * 2 { capacity *= 2 }
        small.reserve(capacity)
        memset(small.base, 0, capacity * 4)
        let mask = capacity - 1
        var number = 0
        for place in 0..<found {
            let index = Int(likely.base[place])
            let gram = words.numbers + index
            var hash = UInt64(0)
            for word in 0..<length { hash = (hash ^ UInt64(gram[word])) &* 0x9E37_79B9_7F4A_7C15 }
            var slot = Int(truncatingIfNeeded: hash &>> 32) & mask
            while true {
                let known = small.base[slot]
                if known == 0 {
                    number &+= 1
                    small.base[slot] = UInt32(truncatingIfNeeded: number)
                    counts.base[number &- 1] = 1
                    firsts.base[number &- 1] = UInt32(truncatingIfNeeded: index)
                    break
                }
                if NGramCounter.isSame(words.numbers + Int(firsts.base[Int(known &- 1)]), gram, length) {
                    counts.base[Int(known &- 1)] &+= 1
                    break
                }
                slot = (slot &+ 1) & mask
            }
        }
        var most: UInt32 = 1
        var first = 0
        for index in 0..<number where counts.base[index] > most {
            most = counts.base[index]
            first = Int(firsts.base[index])
        }
        return (most, first)
    }

    // MARK: repeated n-grams

    /// Characters in n-grams of 5 to 10 words whose letters, joined without spaces, stood before in the document; behind a
    /// repeated one the search goes on after it.
    mutating func repeated(_ words: Words) -> [Int] {
        if words.count < 6 { return [0, 0, 0, 0, 0, 0] }
        var listed = findRepeats(words)
        return (5...10).map { length in
            listed = keepRepeats(words, length, listed)
            return repeated(words, length, listed)
        }
    }

    // Beginnings of an n-gram, 8 bytes longer each; an n-gram cannot stand twice where one that is no longer than itself does not.
    private static let shortest = 16
    private static let beginnings: UInt8 = 5

    /// Keeps the places whose n-gram may stand twice, as their beginnings say: what a shorter one cannot, a longer one cannot.
    private mutating func keepRepeats(_ words: Words, _ length: Int, _ listed: Int) -> Int {
        let last = UInt32(truncatingIfNeeded: max(0, words.count &- length &+ 1))
        let places = places.base
        let repeats = repeats.base
        let bytes = words.bytes
        var kept = 0
        var place = 0
        while place < listed, places[place] < last {
            let index = Int(places[place])
            places[kept] = UInt32(truncatingIfNeeded: index)
            let size = bytes[index &+ length] &- bytes[index]
            // So many of the beginnings are no longer than the n-gram.
            let asked = min(max(size >> 3, 1) &- 1, UInt32(NGramCounter.beginnings))
            kept &+= repeats[index] >= UInt8(truncatingIfNeeded: asked) ? 1 : 0
            place &+= 1
        }
        return kept
    }

    /// Finds for every word how many beginnings stand twice there, perhaps, and lists the places at which an n-gram of 5 words may.
    private mutating func findRepeats(_ words: Words) -> Int {
        let count = words.count
        hashes.reserve(count)
        repeats.reserve(count)
        places.reserve(count)
        let hashes = hashes.base
        let repeats = repeats.base
        let places = places.base
        memset(repeats, 0, count)
        let total = Int(words.bytes[count])
        var listed = count
        for level in UInt8(0)..<NGramCounter.beginnings {
            let length = NGramCounter.shortest &+ 8 &* Int(level)
            var bits = UInt64(10)
            while 1 << Int(bits) < listed * 16 { bits += 1 }
            met.reserve(1 << Int(bits) / 64)
            metAgain.reserve(1 << Int(bits) / 64)
            memset(met.base, 0, 1 << Int(bits) / 8)
            memset(metAgain.base, 0, 1 << Int(bits) / 8)
            let met = met.base
            let again = metAgain.base
            var asked = 0
            for place in 0..<listed {
                let index = level == 0 ? place : Int(places[place])
                let start = Int(words.bytes[index])
                if start &+ length > total { break }
                let raw = UnsafeRawPointer(words.text + start)
                var hash: UInt64
                if level == 0 {
                    hash = raw.loadUnaligned(as: UInt64.self) &* 0x9E37_79B9_7F4A_7C15
                    hash ^= hash &>> 32
                    hash ^= raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) &* 0xC2B2_AE3D_27D4_EB4F
                } else {
                    hash = hashes[place] &+ raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
                }
                hash = (hash ^ hash &>> 32) &* 0x9FB2_1C65_1E98_DF25
                hashes[place] = hash
                let bit = hash &>> (64 &- bits)
                let one = UInt64(1) &<< (bit & 63)
                let word = Int(bit &>> 6)
                let before = met[word]
                again[word] |= before & one
                met[word] = before | one
                asked &+= 1
            }
            listed = 0
            for place in 0..<asked {
                let hash = hashes[place]
                let index = level == 0 ? UInt32(truncatingIfNeeded: place) : places[place]
                let bit = hash &>> (64 &- bits)
                let isMetAgain = again[Int(bit &>> 6)] &>> (bit & 63) & 1
                repeats[Int(index)] &+= UInt8(truncatingIfNeeded: isMetAgain)
                places[listed] = index
                hashes[listed] = hash
                listed &+= Int(truncatingIfNeeded: isMetAgain)
            }
        }
        for index in 0..<count { places[index] = UInt32(truncatingIfNeeded: index) }
        return count
    }

    private mutating func repeated(_ words: Words, _ length: Int, _ listed: Int) -> Int {
        var capacity = 256
        while capacity < listed * 2 { capacity *= 2 }
        large.reserve(capacity)
        memset(large.base, 0, capacity * 8)
        var mask = capacity - 1
        var filled = 0
        var characters = 0
        var next = 0
        let bytes = words.bytes
        let places = places.base
        for place in 0..<listed {
            let index = Int(places[place])
            if index < next { continue }
            let start = Int(bytes[index])
            let size = Int(bytes[index &+ length]) &- start
            let tag = NGramCounter.hash(words.text + start, size)
            var slot = Int(tag) & mask
            var isRepeated = false
            while true {
                let entry = large.base[slot]
                if entry == 0 { break }
                if UInt32(truncatingIfNeeded: entry &>> 32) == tag {
                    let other = Int(entry & 0xFFFF_FFFF) &- 1
                    let place = Int(bytes[other])
                    if Int(bytes[other &+ length]) &- place == size,
                        NGramCounter.areEqual(words.text + place, words.text + start, size)
                    {
                        isRepeated = true
                        break
                    }
                }
                slot = (slot &+ 1) & mask
            }
            if isRepeated {
                characters &+= Int(words.characters[index &+ length] &- words.characters[index])
                next = index &+ length
                continue
            }
            large.base[slot] = UInt64(tag) &<< 32 | UInt64(index &+ 1)
            filled &+= 1
            if filled &* 2 > mask { mask = grow(mask) }
        }
        return characters
    }

    private mutating func grow(_ mask: Int) -> Int {
        let capacity = mask + 1
        var wider = Scratch<UInt64>(capacity: capacity * 4)
        memset(wider.base, 0, capacity * 32)
        let newMask = capacity * 4 - 1
        for index in 0..<capacity where large.base[index] != 0 {
            var slot = Int(large.base[index] >> 32) & newMask
            while wider.base[slot] != 0 { slot = (slot + 1) & newMask }
            wider.base[slot] = large.base[index]
        }
        swap(&large, &wider)
        return newMask
    }

    /// Whether `count` bytes are the same; 8 bytes behind them may be read.
    @inline(__always)
    private static func areEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let left = UnsafeRawPointer(left)
        let right = UnsafeRawPointer(right)
        var offset = 0
        while offset &+ 8 <= count {
            let one = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if one != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset &+= 8
        }
        if offset == count { return true }
        let difference =
            left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            ^ right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return difference & UInt64.max &>> UInt64(64 &- 8 &* (count &- offset)) == 0
    }

    /// 32 bits of a hash of the bytes. 8 bytes behind them may be read.
    @inline(__always)
    private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        let raw = UnsafeRawPointer(bytes)
        var left = UInt64(truncatingIfNeeded: count) &* 0x9FB2_1C65_1E98_DF25
        var right: UInt64 = 0x27D4_EB2F_1656_67C5
        var offset = 0
        while offset &+ 16 <= count {
            left = (left ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            right = (right ^ raw.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)) &* 0xC2B2_AE3D_27D4_EB4F
            left ^= left &>> 31
            right ^= right &>> 29
            offset &+= 16
        }
        if offset &+ 8 <= count {
            left = (left ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            left ^= left &>> 31
            offset &+= 8
        }
        if offset < count {
            let rest = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            right = (right ^ (rest & UInt64.max &>> UInt64(64 &- 8 &* (count &- offset)))) &* 0xC2B2_AE3D_27D4_EB4F
            right ^= right &>> 29
        }
        let mixed = (left ^ right) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: mixed &>> 32)
    }
}
