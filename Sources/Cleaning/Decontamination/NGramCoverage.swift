/// Which n-grams of an index were found: a bit a word.
public struct NGramCoverage: Sendable {
    private let index: NGramIndex
    private var found: [UInt64]

    /// Nothing found.
    public init(_ index: NGramIndex) {
        self.index = index
        found = [UInt64](repeating: 0, count: index.words.count / 64 + 1)
    }

    @inline(__always)
    mutating func mark(_ place: Int) { found[place >> 6] |= 1 << UInt64(place & 63) }

    /// Marks the n-grams of a hit.
    public mutating func mark(_ hit: NGramHit) { for place in hit.grams { mark(place) } }

    /// Adds what another scanner of the same index found.
    public mutating func merge(_ other: NGramCoverage) {
        for word in found.indices { found[word] |= other.found[word] }
    }

    /// Marks n-grams equal to marked ones, too. Once, after `NGramScanner.mark` and before `foundGrams`: scanners mark the first of equal ones.
    public mutating func spread() { index.spread(&found) }

    /// How many n-grams of an item were found.
    public func foundGrams(of item: Int) -> Int {
        index.parts(of: item).reduce(0) { $0 + foundGrams(ofPart: $1) }
    }

    private func foundGrams(ofPart part: Int) -> Int {
        index.grams(ofPart: part).reduce(0) { $0 + Int(found[$1 >> 6] >> UInt64($1 & 63) & 1) }
    }

    /// The share of an item's n-grams that were found; 0 for an item that cannot be checked.
    public func share(of item: Int) -> Double {
        let all = index.gramCount(of: item)
        return all == 0 ? 0 : Double(foundGrams(of: item)) / Double(all)
    }
}
