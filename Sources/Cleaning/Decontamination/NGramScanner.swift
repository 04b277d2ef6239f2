/// Looks for the n-grams of an index in documents. Reused from document to document; one thread at a time.
public final class NGramScanner {
    /// The index.
    public let index: NGramIndex
    private let scanner = NormalizedWordScanner()
    private let powers: [UInt64]
    /// Hits that may go on with the next word: the place of their last n-gram, ascending, and their number among the hits.
    @exclusivity(unchecked) private var open: [(place: Int, hit: Int)] = []
    @exclusivity(unchecked) private var opening: [(place: Int, hit: Int)] = []

    /// A scanner for an index.
    public init(_ index: NGramIndex) {
        self.index = index
        powers = index.lengths.map(NGramIndex.power)
    }

    /// Words that the document scanned last has.
    public var wordCount: Int { scanner.hashes.count }

    /// The stretches of a document that agree with texts of the index, in the order in which they begin, of one beginning in the order of
    /// items. What goes on word by word in both is one stretch.
    public func scan(_ document: UnsafeRawBufferPointer) -> [NGramHit] {
        var hits: [NGramHit] = []
        var previous = -1
        open.removeAll(keepingCapacity: true)
        forEachCandidate(document) { first, length, hash, gram in
            if length < index.options.length {
                index.forEachEqual(hash, gram, length) { place in
                    hits.append(hit(place, first, length))
                    return true
                }
                return
            }
            if first != previous + 1 { open.removeAll(keepingCapacity: true) }
            previous = first
            opening.removeAll(keepingCapacity: true)
            // Both lists ascend: each n-gram that goes on a hit is found by walking along.
            var known = 0
            index.forEachEqual(hash, gram, length) { place in
                while known < open.count, open[known].place < place - 1 { known += 1 }
                if known < open.count, open[known].place == place - 1,
                    place < index.partStarts[hits[open[known].hit].part + 1]
                {
                    let number = open[known].hit
                    hits[number].bytes = hits[number].bytes.lowerBound..<Int(scanner.ends[first + length - 1])
                    hits[number].grams = hits[number].grams.lowerBound..<place + 1
                    opening.append((place, number))
                } else {
                    opening.append((place, hits.count))
                    hits.append(hit(place, first, length))
                }
                return true
            }
            swap(&open, &opening)
        }
        let minimum = index.options.minimumGrams
        hits.removeAll { $0.grams.count < min(minimum, index.grams(ofPart: $0.part).count) }
        for number in hits.indices { hits[number].part -= index.itemParts[hits[number].item] }
        hits.sort {
            ($0.bytes.lowerBound, $0.item, $0.part, $0.grams.lowerBound)
                < ($1.bytes.lowerBound, $1.item, $1.part, $1.grams.lowerBound)
        }
        return hits
    }

    /// Marks the n-grams of the index that stand in a document: the fast way to measure how much of each item is anywhere.
    public func mark(_ document: UnsafeRawBufferPointer, in coverage: inout NGramCoverage) {
        forEachCandidate(document) { _, length, hash, gram in
            index.forEachEqual(hash, gram, length) { place in
                coverage.mark(place)
                return false
            }
        }
    }

    private func hit(_ place: Int, _ first: Int, _ length: Int) -> NGramHit {
        let part = index.part(ofWord: place)
        return NGramHit(
            item: Int(index.partItems[part]), part: part,
            bytes: Int(scanner.starts[first])..<Int(scanner.ends[first + length - 1]), grams: place..<place + 1)
    }

    /// Calls `body` with the n-grams of the document that the filter lets through: the number of the first word, the length, the hash.
    private func forEachCandidate(
        _ document: UnsafeRawBufferPointer, _ body: (Int, Int, UInt64, UnsafePointer<UInt64>) -> Void
    ) {
        scanner.scan(document) { index.knows($0) }
        let count = scanner.hashes.count
        scanner.hashes.withUnsafeBufferPointer { hashes in
            guard let base = hashes.baseAddress else { return }
            for kind in index.lengths.indices {
                let length = index.lengths[kind]
                if length > count { continue }
                let power = powers[kind]
                var rolling: UInt64 = 0
                for place in 0..<count {
                    rolling = rolling &* NGramIndex.factor &+ hashes[place]
                    if place >= length { rolling = rolling &- hashes[place &- length] &* power }
                    if place &+ 1 < length { continue }
                    let hash = NGramIndex.finish(rolling, length)
                    if index.mayHold(hash) { body(place &+ 1 &- length, length, hash, base + (place &+ 1 &- length)) }
                }
            }
        }
    }
}
