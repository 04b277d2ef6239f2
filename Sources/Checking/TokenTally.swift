/// How often each id stands in blocks, padding left out. One worker's own.
final class TokenTally {
    private var counts: [Int]

    /// No vocabulary has more ids; a manifest may say anything.
    private static let largest = 1 << 24

    init(size: Int) { counts = [Int](repeating: 0, count: min(size, TokenTally.largest)) }

    func add(_ ids: ArraySlice<UInt32>) {
        counts.withUnsafeMutableBufferPointer { counts in
            for id in ids where Int(id) < counts.count { counts[Int(id)] &+= 1 }
        }
    }

    /// The sum of several tallies of one size.
    static func sum(_ tallies: [TokenTally]) -> [Int] {
        var sum = tallies.first?.counts ?? []
        for tally in tallies.dropFirst() { for id in sum.indices { sum[id] &+= tally.counts[id] } }
        return sum
    }

    /// The most frequent ids, the most frequent first, of equals the smaller.
    static func mostFrequent(_ counts: [Int], _ most: Int) -> [Int] {
        Array(
            counts.indices.filter { counts[$0] > 0 }.sorted { (-counts[$0], $0) < (-counts[$1], $1) }.prefix(most))
    }

    /// The distribution over `ids`, all others as one.
    static func distribution(_ counts: [Int], ids: [Int]) -> Distribution {
        var distribution = Distribution()
        var rest = counts.reduce(0, &+)
        for id in Set(ids) where counts.indices.contains(id) {
            distribution.counts[String(id)] = counts[id]
            rest &-= counts[id]
        }
        distribution.counts["other"] = rest
        return distribution
    }
}
