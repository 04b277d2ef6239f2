import Parallel
import Testing

@testable import Tokenization

/// The fast learner against the algorithm of `BpeTrainer` written down plainly: everything in dictionaries, every entry of the queue with
/// the pieces of its time, nothing left out.
@Suite struct MergeLearnerTests {
    private struct Pair: Hashable {
        var left: UInt32
        var right: UInt32
    }

    private struct Entry {
        var pair: Pair
        var count: Int
        var pieces: Set<Int>
    }

    private func plainMerges(
        _ pieces: [(symbols: [UInt32], count: Int)], _ start: MergeLearner.Start
    ) -> [[UInt32]] {
        var tokens = start.tokens
        var lengths = start.lengths.map { Int($0) }
        var ids: [[UInt8]: UInt32] = [:]
        for (id, token) in tokens.enumerated() { ids[token] = UInt32(id) }
        var words = pieces.map(\.symbols)
        var counts: [Pair: Int] = [:]
        var places: [Pair: Set<Int>] = [:]
        for (index, word) in words.enumerated() {
            for (left, right) in zip(word, word.dropFirst()) {
                counts[Pair(left: left, right: right), default: 0] += pieces[index].count
                places[Pair(left: left, right: right), default: []].insert(index)
            }
        }
        var queue = places.map { Entry(pair: $0.key, count: counts[$0.key]!, pieces: $0.value) }
        var merges: [Pair] = []
        while tokens.count < start.vocabularySize {
            guard
                let best = queue.indices.min(by: {
                    (-queue[$0].count, queue[$0].pair.left, queue[$0].pair.right)
                        < (-queue[$1].count, queue[$1].pair.left, queue[$1].pair.right)
                })
            else { break }
            let entry = queue[best]
            if entry.count != counts[entry.pair]! {
                queue[best].count = counts[entry.pair]!
                continue
            }
            if entry.count < max(1, start.minimumFrequency) { break }
            queue.remove(at: best)
            let (left, right) = (entry.pair.left, entry.pair.right)
            let joined = tokens[Int(left)] + tokens[Int(right)]
            let id = ids[joined] ?? UInt32(tokens.count)
            if ids[joined] == nil {
                ids[joined] = id
                tokens.append(joined)
                lengths.append(lengths[Int(left)] + lengths[Int(right)])
            }
            merges.removeAll { $0 == entry.pair }
            merges.append(entry.pair)
            let limit = start.maximumTokenLength ?? Int.max
            var made: [Pair: Set<Int>] = [:]
            for index in entry.pieces {
                var place = 0
                while place + 1 < words[index].count {
                    guard words[index][place] == left, words[index][place + 1] == right else {
                        place += 1
                        continue
                    }
                    func change(_ pair: Pair, _ sign: Int) {
                        counts[pair, default: 0] += sign * pieces[index].count
                        if sign > 0 { made[pair, default: []].insert(index) }
                    }
                    words[index].replaceSubrange(place...place + 1, with: [id])
                    if place > 0 {
                        let before = words[index][place - 1]
                        change(Pair(left: before, right: left), -1)
                        if lengths[Int(before)] + lengths[Int(id)] < limit { change(Pair(left: before, right: id), 1) }
                    }
                    if place + 1 < words[index].count {
                        let after = words[index][place + 1]
                        change(Pair(left: right, right: after), -1)
                        if lengths[Int(after)] + lengths[Int(id)] < limit { change(Pair(left: id, right: after), 1) }
                    }
                    place += 1
                }
            }
            for (pair, pieces) in made where counts[pair]! > 0 {
                queue.append(Entry(pair: pair, count: counts[pair]!, pieces: pieces))
            }
        }
        return merges.map { [$0.left, $0.right] }
    }

    /// Few letters and long runs, so that tokens are made in several ways, ties are everywhere and rare pairs grow again.
    @Test(arguments: 0..<120) func mergesAreThoseOfThePlainAlgorithm(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let letters = 1 + random.nextInt(below: 4)
        var pieces: [(symbols: [UInt32], count: Int)] = []
        for _ in 0..<(5 + random.nextInt(below: 60)) {
            var symbols: [UInt32] = []
            // Long pieces are searched and moved another way.
            let length = 2 + random.nextInt(below: seed % 5 == 0 ? 200 : 14)
            while symbols.count < length {
                let letter = UInt32(random.nextInt(below: letters))
                for _ in 0...random.nextInt(below: 5) { symbols.append(letter) }
            }
            pieces.append((symbols, 1 + random.nextInt(below: seed % 3 == 0 ? 2 : 9)))
        }
        let start = MergeLearner.Start(
            tokens: (0..<UInt8(letters)).map { [$0] }, lengths: Array(repeating: 1, count: letters),
            vocabularySize: letters + 10 + random.nextInt(below: 60), minimumFrequency: random.nextInt(below: 6),
            maximumTokenLength: seed % 4 == 1 ? 3 + random.nextInt(below: 9) : nil)
        var learner = MergeLearner(start)
        for piece in pieces { piece.symbols.withUnsafeBufferPointer { learner.add($0, count: piece.count) } }
        let result = learner.learn(nil)
        #expect(result.merges.map { [$0.left, $0.right] } == plainMerges(pieces, start), "seed \(seed)")
        #expect(result.tokens.count <= start.vocabularySize && result.gains.allSatisfy { $0 >= 0 })
    }
}
