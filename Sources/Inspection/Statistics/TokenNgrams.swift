public import Files
import Parallel
import Tokenization

/// The sequences of tokens that occur most in a sample of blocks. None goes over the end of a document's piece.
public struct TokenNgrams: Sendable, Equatable {
    /// A sequence.
    public struct Ngram: Sendable, Equatable {
        /// Its ids.
        public let ids: [UInt32]
        /// What they stand for.
        public let text: String
        /// How often it occurs in the sample.
        public let count: Int
    }

    /// Tokens in a sequence.
    public let length: Int
    /// Sequences in the sample.
    public let total: Int
    /// Different ones.
    public let distinct: Int
    /// The share of sequences that occur more than once.
    public let repeatedShare: Double
    /// The most frequent ones.
    public let top: [Ngram]

    static let lengths = [2, 4, 8]
    static let shown = 10

    /// Counts the sequences of `length` tokens. Memory: 32 bytes for each token. Sequences of one hash of 64 bits are taken for equal.
    init(_ blocks: [BlockTally.Sampled], length: Int, tokenizer: Tokenizer?) {
        self.length = length
        var slots = 1 << 10
        let most = blocks.reduce(0) { $0 + $1.ids.count }
        while slots < 2 * most { slots *= 2 }
        var hashes = [UInt64](repeating: 0, count: slots)
        var counts = [UInt32](repeating: 0, count: slots)
        // The block and position of the first one.
        var places = [(block: UInt32, position: UInt32)](repeating: (0, 0), count: slots)
        var total = 0
        var distinct = 0
        let mask = slots - 1
        for (number, block) in blocks.enumerated() {
            var start = 0
            for end in block.ends {
                if Int(end) - start >= length {
                    for position in start...(Int(end) - length) {
                        var hash = UInt64(length)
                        for offset in 0..<length {
                            hash = KeyedHash.mix(hash ^ UInt64(block.ids[position &+ offset]))
                        }
                        var slot = Int(truncatingIfNeeded: hash >> 8) & mask
                        while counts[slot] > 0, hashes[slot] != hash { slot = (slot + 1) & mask }
                        if counts[slot] == 0 {
                            hashes[slot] = hash
                            places[slot] = (UInt32(number), UInt32(position))
                            distinct += 1
                        }
                        counts[slot] += 1
                        total += 1
                    }
                }
                start = Int(end)
            }
        }
        self.total = total
        self.distinct = distinct
        var repeated = 0
        var best: [Int] = []
        func precedes(_ first: Int, _ second: Int) -> Bool {
            if counts[first] != counts[second] { return counts[first] > counts[second] }
            return places[first] < places[second]
        }
        for slot in 0..<slots where counts[slot] > 1 {
            repeated += Int(counts[slot])
            if best.count == TokenNgrams.shown, let last = best.last, !precedes(slot, last) { continue }
            best.insert(slot, at: best.firstIndex { precedes(slot, $0) } ?? best.count)
            if best.count > TokenNgrams.shown { best.removeLast() }
        }
        repeatedShare = total == 0 ? 0 : Double(repeated) / Double(total)
        top = best.map { slot in
            let place = places[slot]
            let ids = Array(blocks[Int(place.block)].ids[Int(place.position)..<Int(place.position) + length])
            return Ngram(ids: ids, text: tokenizer?.decodeText(ids) ?? "", count: Int(counts[slot]))
        }
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "length": .integer(length), "total": .integer(total), "distinct": .integer(distinct),
            "repeated_share": .double(repeatedShare),
            "top": .array(
                top.map {
                    .object([
                        "ids": .array($0.ids.map { .integer(Int($0)) }), "text": .string($0.text),
                        "count": .integer($0.count),
                    ])
                }),
        ])
    }
}
