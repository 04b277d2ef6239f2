import Parallel

/// The words of a document as hashes, and what two documents share of their runs of five.
///
/// A word is a run of letters, digits and underscores in lower case: `\w+` for text whose letters are all ASCII. Bytes beyond
/// ASCII end a word, so the text must not have letters there.
struct WordSequence: ~Copyable {
    /// How many words a shingle has.
    static let shingleLength = 5

    private var hashes: [UInt64] = []

    var count: Int { hashes.count }

    mutating func removeAll() { hashes.removeAll(keepingCapacity: true) }

    @inline(__always)
    static func isWordByte(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5F
    }

    /// Adds the words of a block; no word reaches over its end.
    mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        var hash: UInt64 = 0
        var length = 0
        for byte in text {
            if WordSequence.isWordByte(byte) {
                let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
                hash = (hash ^ UInt64(lower)) &* 0x0000_0100_0000_01B3
                length += 1
            } else if length > 0 {
                hashes.append(KeyedHash.mix(hash, seed: UInt64(length)))
                hash = 0
                length = 0
            }
        }
        if length > 0 { hashes.append(KeyedHash.mix(hash, seed: UInt64(length))) }
    }

    /// The different shingles, sorted. A text of fewer than five words is one shingle.
    func shingles() -> [UInt64] {
        var all: [UInt64] = []
        let length = min(WordSequence.shingleLength, hashes.count)
        all.reserveCapacity(hashes.count)
        for start in 0..<max(1, hashes.count - length + 1) {
            var hash: UInt64 = 0
            for offset in 0..<length { hash = KeyedHash.mix(hash &* 31 &+ hashes[start + offset]) }
            all.append(hash)
        }
        all.sort()
        var kept = 0
        for index in all.indices where index == 0 || all[index] != all[kept - 1] {
            all[kept] = all[index]
            kept += 1
        }
        all.removeSubrange(kept...)
        return all
    }

    /// How many shingles two sorted lists share, and how many they have together. Exact but for collisions of 64-bit hashes.
    static func overlap(_ left: [UInt64], _ right: [UInt64]) -> (shared: Int, all: Int) {
        var shared = 0
        var first = 0
        var second = 0
        while first < left.count, second < right.count {
            if left[first] == right[second] {
                shared += 1
                first += 1
                second += 1
            } else if left[first] < right[second] {
                first += 1
            } else {
                second += 1
            }
        }
        return (shared, left.count + right.count - shared)
    }
}
