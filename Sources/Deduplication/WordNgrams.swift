/// The n-grams of a sequence of word hashes, as 64-bit hashes.
public struct WordNgrams: Sendable, Equatable {
    /// Words in an n-gram.
    public let length: Int
    /// Of the n-grams one in so many is looked at; which ones depends on the n-gram alone. 1: all.
    public let rate: UInt64
    private let removal: UInt64

    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// N-grams of `length` words, of which one in `rate` counts.
    public init(length: Int, rate: Int = 1) {
        precondition(length > 0 && rate > 0)
        self.length = length
        self.rate = UInt64(rate)
        removal = (0..<length).reduce(1) { power, _ in power &* WordNgrams.base }
    }

    /// Appends the hashes of the n-grams in `words`, in order; none where there are fewer words than one has.
    ///
    /// A rolling polynomial over the hashes of words, mixed at the end: two n-grams of equal hash are equal but for about one in 2⁶⁴.
    public func append(_ words: UnsafeBufferPointer<UInt64>, to hashes: inout [UInt64]) {
        var sum: UInt64 = 0
        for index in words.indices {
            sum = sum &* WordNgrams.base &+ words[index]
            if index >= length { sum = sum &- removal &* words[index &- length] }
            if index < length &- 1 { continue }
            var hash = sum ^ (sum >> 32)
            hash = hash &* 0xD6E8_FEB8_6659_FD93
            hash ^= hash >> 32
            if rate == 1 || (hash >> 32) % rate == 0 { hashes.append(hash) }
        }
    }
}
