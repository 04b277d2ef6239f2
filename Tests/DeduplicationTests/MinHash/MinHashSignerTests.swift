import Deduplication
import Glibc
import Parallel
import Testing

@Suite struct MinHashSignerTests {
    private static func signature(_ set: [UInt64], _ signer: MinHashSigner) -> [UInt64] {
        set.withUnsafeBufferPointer { Array(signer.signature(of: $0)) }
    }

    /// Fast similarity sketching, word for word: round after round, every hash a bin and a value.
    private static func plain(_ set: [UInt64], bins: Int, seed: UInt64) -> [UInt64] {
        var filled: [UInt64?] = Array(repeating: nil, count: bins)
        for round in 0..<2 * bins where filled.contains(nil) {
            let key = KeyedHash.mix(UInt64(round), seed: seed)
            var now: [UInt64?] = Array(repeating: nil, count: bins)
            for hash in set {
                let mixed = (hash ^ key)
                let stafford: (UInt64) -> UInt64 = { value in
                    var z = value
                    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                    return z ^ (z >> 31)
                }
                let value = round == 0 ? hash &* (key | 1) : round < bins ? stafford(mixed) : KeyedHash.mix(mixed)
                let bin = round < bins ? Int(value.multipliedFullWidth(by: UInt64(bins)).high) : round - bins
                now[bin] = min(now[bin] ?? .max, value)
            }
            for bin in 0..<bins where filled[bin] == nil { filled[bin] = now[bin] }
        }
        return filled.map { $0! }
    }

    @Test(arguments: [1, 2, 7, 30, 100, 600, 5000])
    func theKernelAgreesWithThePlainSketch(_ count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        for (bands, rows, seed) in [(14, 8, 0), (1, 1, 3), (3, 5, 7), (20, 13, 1)] as [(Int, Int, UInt64)] {
            let signer = MinHashSigner(MinHashOptions(bands: bands, rows: rows, seed: seed))
            let set = (0..<count).map { _ in random.next() }
            let expected = MinHashSignerTests.plain(set, bins: bands * rows, seed: seed)
            #expect(MinHashSignerTests.signature(set, signer) == expected)
            // Order and repetition do not count.
            #expect(MinHashSignerTests.signature(set.reversed() + set, signer) == expected)
        }
    }

    /// Sets of `union` hashes of which the first `common` are in both, the others in one of them.
    private static func sets(_ union: Int, common: Int, _ random: inout SeededRandom) -> ([UInt64], [UInt64]) {
        let shared = (0..<common).map { _ in random.next() }
        var left = shared
        var right = shared
        for index in common..<union {
            if index % 3 == 0 { left.append(random.next()) } else { right.append(random.next()) }
        }
        return (left, right)
    }

    @Test(arguments: [(10, 8), (40, 20), (40, 36), (300, 240), (1000, 500), (3000, 2850)])
    func theShareOfEqualHashesIsTheSimilarity(_ union: Int, _ common: Int) {
        var random = SeededRandom(seed: 11)
        let signer = MinHashSigner(MinHashOptions())
        let rounds = 2000
        var equal = 0
        for _ in 0..<rounds {
            let (left, right) = MinHashSignerTests.sets(union, common: common, &random)
            let one = MinHashSignerTests.signature(left, signer)
            equal += zip(one, MinHashSignerTests.signature(right, signer)).count { $0 == $1 }
        }
        let similarity = Double(common) / Double(union)
        // Independent hashes would deviate by this much; five times that is never seen.
        let deviation = (similarity * (1 - similarity) / Double(rounds * 112)).squareRoot()
        // Sets of few members fill many bins with the same member: their estimates vary as those of few hashes.
        let few = max(1, 112 / Double(union)).squareRoot() * 1.5
        #expect(abs(Double(equal) / Double(rounds * 112) - similarity) < 5 * deviation * few)
    }

    @Test(arguments: [0.5, 0.6, 0.7, 0.8, 0.85, 0.9])
    func candidatesFollowTheCurve(_ similarity: Double) {
        var random = SeededRandom(seed: 21)
        let options = MinHashOptions()
        let signer = MinHashSigner(options)
        let rounds = 4000
        var found = 0
        var keys: [UInt64] = []
        for _ in 0..<rounds {
            let (left, right) = MinHashSignerTests.sets(1000, common: Int(similarity * 1000), &random)
            keys.removeAll()
            left.withUnsafeBufferPointer { signer.appendBandKeys(of: $0, to: &keys) }
            right.withUnsafeBufferPointer { signer.appendBandKeys(of: $0, to: &keys) }
            if (0..<options.bands).contains(where: { keys[$0] == keys[options.bands + $0] }) { found += 1 }
        }
        let expected = options.probability(ofCandidateAt: similarity)
        let deviation = (expected * (1 - expected) / Double(rounds)).squareRoot()
        // MinHashes of a sketch are not quite independent, so allow a little beside chance.
        #expect(abs(Double(found) / Double(rounds) - expected) < 5 * deviation + 0.01)
    }

    @Test func theCurveHasKnownValues() {
        let options = MinHashOptions()
        #expect(options.probability(ofCandidateAt: 0) == 0)
        #expect(options.probability(ofCandidateAt: 1) == 1)
        #expect(abs(options.probability(ofCandidateAt: 0.8) - (1 - pow(1 - pow(0.8, 8), 14))) < 1e-12)
        #expect(options.expectedMissRate > 0 && options.expectedMissRate < 0.02)
        #expect(MinHashOptions(bands: 40).expectedMissRate < options.expectedMissRate)
        #expect(MinHashOptions(threshold: 1).expectedMissRate == 0)
    }

    @Test func wrongOptionsAreNamed() {
        #expect(MinHashOptions().problem() == nil)
        #expect(MinHashOptions(bands: 0).problem() == "bands: expected 1 to 1024, found 0")
        #expect(MinHashOptions(rows: 2000).problem { "--" + $0 } == "--rows: expected 1 to 1024, found 2000")
        #expect(MinHashOptions(threshold: .nan).problem() != nil)
        #expect(MinHashOptions(threshold: 0).problem() != nil)
    }
}
