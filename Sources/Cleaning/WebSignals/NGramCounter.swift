import Glibc

/// Counts the repeated n-grams of a document's words as Gopher's rules define them.
///
/// Exact: what a hash finds is compared. Memory: about 60 bytes a word of the largest document, kept between documents.
struct NGramCounter: ~Copyable {
    // Open addressing; 0 is empty.
    private var small = Scratch<UInt32>()
    private var large = Scratch<UInt64>()
    // Of the n-grams of one length: number at every word, and by number: key, count, first place.
    private var numbers = Scratch<UInt32>()
    private var keys = Scratch<UInt64>()
    private var counts = Scratch<UInt32>()
    private var nextCounts = Scratch<UInt32>()
    private var firsts = Scratch<UInt32>()
    // Which words are still to be looked at.
    private var places = Scratch<UInt32>()
    // Which words begin 16, and 32, bytes that stand more than once, perhaps.
    private var hashes = Scratch<UInt32>()
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

    /// Characters of the most frequent 2-, 3- and 4-gram, its words joined by spaces, times its count; of equals, the first.
    mutating func top(_ words: Words) -> [Int] {
        let count = words.count
        if count < 2 { return [0, 0, 0] }
        numbers.reserve(count)
        keys.reserve(count)
        counts.reserve(count)
        nextCounts.reserve(count)
        firsts.reserve(count)
        let ids = words.numbers
        let at = numbers.base
        var found = 0
        let mask = clearSmall(count)
        for index in 0..<(count &- 1) {
            let key = UInt64(ids[index]) &<< 32 | UInt64(ids[index &+ 1])
            at[index] = number(key, index, mask, counts.base, &found)
        }
        var top = [best(words, 2, counts.base, found)]
        // An n-gram that stands twice has both its shorter ones twice: only those are looked at.
        places.reserve(count + 1)
        let places = places.base
        var listed = count &- 1
        for index in 0..<listed { places[index] = UInt32(truncatingIfNeeded: index) }
        for length in 3...4 {
            let shorter = counts.base
            var kept = 0
            for place in 0..<listed {
                let index = places[place]
                places[kept] = index
                kept &+= shorter[Int(at[Int(index)])] > 1 ? 1 : 0
            }
            places[kept] = .max
            listed = 0
            let mask = clearSmall(kept)
            found = 0
            for place in 0..<kept {
                let index = Int(places[place])
                if places[place &+ 1] != UInt32(truncatingIfNeeded: index &+ 1) { continue }
                let key = UInt64(at[index]) &<< 32 | UInt64(at[index &+ 1])
                // The number of the next place is still that of the shorter n-gram.
                at[index] = number(key, index, mask, nextCounts.base, &found)
                places[listed] = UInt32(truncatingIfNeeded: index)
                listed &+= 1
            }
            top.append(best(words, length, nextCounts.base, found))
            swap(&counts, &nextCounts)
        }
        return top
    }

    private func best(_ words: Words, _ length: Int, _ counts: UnsafePointer<UInt32>, _ found: Int) -> Int {
        if words.count < length { return 0 }
        var most: UInt32 = 1
        var place = 0
        for number in 0..<found where counts[number] > most {
            most = counts[number]
            place = Int(firsts.base[number])
        }
        return (Int(words.characters[place + length] &- words.characters[place]) + length - 1) * Int(most)
    }

    private mutating func clearSmall(_ count: Int) -> Int {
        var capacity = 64
        while capacity < count * 2 { capacity *= 2 }
        small.reserve(capacity)
        memset(small.base, 0, capacity * 4)
        return capacity - 1
    }

    @inline(__always)
    private func number(
        _ key: UInt64, _ index: Int, _ mask: Int, _ counts: UnsafeMutablePointer<UInt32>, _ found: inout Int
    ) -> UInt32 {
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        var slot = Int(truncatingIfNeeded: mixed &>> 32 ^ mixed &>> 15) & mask
        while true {
            let entry = small.base[slot]
            if entry == 0 {
                small.base[slot] = UInt32(truncatingIfNeeded: found &+ 1)
                keys.base[found] = key
                counts[found] = 1
                firsts.base[found] = UInt32(truncatingIfNeeded: index)
                found &+= 1
                return UInt32(truncatingIfNeeded: found &- 1)
            }
            if keys.base[Int(entry &- 1)] == key {
                counts[Int(entry &- 1)] &+= 1
                return entry &- 1
            }
            slot = (slot &+ 1) & mask
        }
    }

    // MARK: repeated n-grams

    /// Characters in n-grams of 5 to 10 words whose letters, joined without spaces, stood before in the document; behind a
    /// repeated one the search goes on after it.
    mutating func repeated(_ words: Words) -> [Int] {
        if words.count < 6 { return [0, 0, 0, 0, 0, 0] }
        findRepeats(words)
        places.reserve(words.count)
        let places = places.base
        for index in 0..<words.count { places[index] = UInt32(truncatingIfNeeded: index) }
        var listed = words.count
        return (5...10).map { length in
            listed = keepRepeats(words, length, listed)
            return repeated(words, length, listed)
        }
    }

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
            // 16 bytes need a beginning of 16 that stands twice, 32 one of 32.
            let asked = (size >= 16 ? UInt8(1) : 0) &+ (size >= 32 ? UInt8(1) : 0)
            kept &+= repeats[index] >= asked ? 1 : 0
            place &+= 1
        }
        return kept
    }

    private mutating func findRepeats(_ words: Words) {
        let count = words.count
        hashes.reserve(count)
        repeats.reserve(count)
        memset(repeats.base, 0, count)
        var bits = 1 << 10
        while bits < count * 16 { bits *= 2 }
        met.reserve(bits / 64)
        metAgain.reserve(bits / 64)
        for level in UInt8(0)..<2 {
            let length = level == 0 ? 16 : 32
            memset(met.base, 0, bits / 8)
            memset(metAgain.base, 0, bits / 8)
            let total = Int(words.bytes[count])
            let mask = UInt32(truncatingIfNeeded: bits &- 1)
            let met = met.base
            let again = metAgain.base
            let hashes = hashes.base
            let repeats = repeats.base
            for index in 0..<count {
                let start = Int(words.bytes[index])
                if start &+ length > total { break }
                if repeats[index] != level { continue }
                let raw = UnsafeRawPointer(words.text + start)
                var hash =
                    raw.loadUnaligned(as: UInt64.self) &* 0x9E37_79B9_7F4A_7C15
                    ^ raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) &* 0xC2B2_AE3D_27D4_EB4F
                if level == 1 {
                    hash ^= hash &>> 29
                    hash &+= raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self) &* 0x1656_67B1_9E37_79F9
                    hash ^= raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self) &* 0x27D4_EB2F_1656_67C5
                }
                hash = (hash ^ hash &>> 32) &* 0x9FB2_1C65_1E98_DF25
                let bit = UInt32(truncatingIfNeeded: hash &>> 32) & mask
                hashes[index] = bit
                let one = UInt64(1) &<< UInt64(bit & 63)
                let word = Int(bit &>> 6)
                again[word] |= met[word] & one
                met[word] |= one
            }
            for index in 0..<count {
                if Int(words.bytes[index]) &+ length > total { break }
                if repeats[index] != level { continue }
                let bit = hashes[index]
                repeats[index] = level &+ UInt8(truncatingIfNeeded: again[Int(bit &>> 6)] &>> UInt64(bit & 63) & 1)
            }
        }
    }

    private mutating func repeated(_ words: Words, _ length: Int, _ listed: Int) -> Int {
        var capacity = 256
        while capacity < listed { capacity *= 2 }
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
