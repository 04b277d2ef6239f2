import Parallel
import Testing

@testable import Deduplication

@Suite struct NearDuplicateFinderTests {
    private static func search(
        _ texts: [String], _ options: MinHashOptions, threads: Int = 1, memory: Int = 1 << 26
    ) throws -> NearDuplicates {
        let table = BandTable(bands: options.bands, memory: memory / 4)
        let shingler = Shingler(options.shingles)
        let signer = MinHashSigner(options)
        let sets = texts.map { shingler.set(of: Array($0.utf8)) }
        for set in sets {
            var keys: [UInt64] = []
            set.withUnsafeBufferPointer { signer.appendBandKeys(of: $0, to: &keys) }
            try table.append(keys)
        }
        let finder = NearDuplicateFinder(options, memory: memory)
        let found = try finder.find(in: table, pool: WorkerPool(threads: threads)) { document, _ in sets[document] }
        for cluster in found.clusters {
            let known = try finder.jaccard(cluster[0], cluster[1])
            #expect(known == (options.verifies ? HashSet.jaccard(sets[cluster[0]], sets[cluster[1]]) : nil))
        }
        return found
    }

    @Test(arguments: [0.5, 0.8, 0.95])
    func clustersAreThoseOfAllPairs(_ threshold: Double) throws {
        let texts = PlantedTexts.make(300, length: 150, seed: 8) + ["", "", "one", "one", "two words", "Two, words!"]
        // So many bands that no pair at the threshold is missed.
        let options = MinHashOptions(bands: 100, rows: 3, threshold: threshold)
        let similar = SlowDuplicates.similarities(
            texts.map { $0.lowercased().filter { $0 != "," && $0 != "!" } }, size: 5)
        let expected = SlowDuplicates.clusters(texts.count) { similar[$0][$1] >= threshold }
        let found = try NearDuplicateFinderTests.search(texts, options)
        #expect(found.clusters == expected)
        #expect(expected.count > 10)
        for pair in found.pairs {
            #expect(pair.jaccard == similar[pair.first][pair.second])
            #expect(pair.jaccard >= threshold && pair.first < pair.second)
        }
        #expect(found.pairs.count == expected.reduce(0) { $0 + $1.count - 1 })
    }

    @Test func everyPairAtTheThresholdIsFoundAsOftenAsTheCurveSays() throws {
        var pairs = 0
        var found = 0
        for seed in 0..<6 as Range<UInt64> {
            let texts = PlantedTexts.make(200, length: 400, seed: seed)
            let similar = SlowDuplicates.similarities(texts, size: 5)
            let clusters = try NearDuplicateFinderTests.search(texts, MinHashOptions()).clusters
            var cluster = [Int](repeating: -1, count: texts.count)
            for (number, members) in clusters.enumerated() { for member in members { cluster[member] = number } }
            for one in texts.indices {
                for other in 0..<one {
                    if similar[one][other] >= 0.85 {
                        pairs += 1
                        found += cluster[one] >= 0 && cluster[one] == cluster[other] ? 1 : 0
                    }
                }
            }
        }
        #expect(pairs > 200)
        #expect(Double(found) >= 0.99 * Double(pairs))
    }

    @Test func threadsAndMemoryDoNotChangeTheResult() throws {
        let texts = PlantedTexts.make(20_000, length: 20, seed: 2)
        let options = MinHashOptions(bands: 12, rows: 3, threshold: 0.7)
        let one = try NearDuplicateFinderTests.search(texts, options)
        let four = try NearDuplicateFinderTests.search(texts, options, threads: 4)
        #expect(one.pairs == four.pairs)
        #expect(one.clusters == four.clusters)
        #expect(one.comparisons == four.comparisons)
        // A bound so small that the table, the buckets and the sets go into files.
        let little = try NearDuplicateFinderTests.search(texts, options, memory: 1 << 12)
        #expect(little.clusters == one.clusters)
        #expect(one.clusters.count > 100)
    }

    @Test func theOrderOfDocumentsDoesNotChangeClusters() throws {
        let texts = PlantedTexts.make(2000, length: 60, seed: 6)
        let options = MinHashOptions(bands: 10, rows: 4, threshold: 0.6)
        let order = KeyedPermutation(count: texts.count, seed: 3)
        let places = texts.indices.map { order[$0] }
        var shuffled = texts
        for (index, place) in places.enumerated() { shuffled[place] = texts[index] }
        let found = try NearDuplicateFinderTests.search(texts, options).clusters
        let other = try NearDuplicateFinderTests.search(shuffled, options).clusters
        #expect(Set(found.map { Set($0.map { places[$0] }) }) == Set(other.map { Set($0) }))
    }

    @Test func withoutVerificationEveryBucketIsOneCluster() throws {
        let texts = PlantedTexts.make(400, length: 60, seed: 1)
        var options = MinHashOptions(bands: 6, rows: 1, threshold: 0.9)
        let verified = try NearDuplicateFinderTests.search(texts, options)
        options.verifies = false
        let taken = try NearDuplicateFinderTests.search(texts, options)
        #expect(taken.comparisons == 0)
        #expect(taken.clusters.joined().count > verified.clusters.joined().count)
        #expect(verified.rejected > 0)
    }

    @Test func aLargeBucketOfDocumentsThatDifferIsBounded() throws {
        // All share one band by force; every set is unlike every other, and of one size.
        let count = 6000
        let options = MinHashOptions(bands: 1, rows: 1, threshold: 0.8)
        let table = BandTable(bands: 1)
        try table.append([UInt64](repeating: 7, count: count))
        let finder = NearDuplicateFinder(options)
        let found = try finder.find(in: table, pool: WorkerPool(threads: 2)) { document, _ in
            [UInt64(document), UInt64(document) + 1_000_000]
        }
        #expect(found.clusters.isEmpty)
        #expect(found.comparisons <= count * max(32, (1 << 22) / count))
        #expect(found.comparisons + found.skipped == count * (count - 1) / 2)
        #expect(found.skipped > 0)
        // Of different sizes none needs to be compared.
        let sizes = try NearDuplicateFinder(options).find(in: table, pool: WorkerPool(threads: 1)) { document, _ in
            Array(0..<UInt64(min(1 << (document % 12), 4000)))
        }
        #expect(sizes.clusters.count == 12)
    }

    @Test func nothingIsFoundAmongNothing() throws {
        #expect(try NearDuplicateFinderTests.search([], MinHashOptions()).clusters.isEmpty)
        #expect(try NearDuplicateFinderTests.search(["alone"], MinHashOptions()).clusters.isEmpty)
        #expect(try NearDuplicateFinderTests.search(["", ""], MinHashOptions()).clusters == [[0, 1]])
    }

    @Test func bucketsAreThoseOfADictionary() throws {
        var random = SeededRandom(seed: 14)
        for (count, capacity) in [(0, 1), (1, 1), (50, 1), (70_000, 2000), (70_000, 1 << 20)] {
            let table = BandTable(bands: 2, memory: 1)
            var columns: [[UInt64]] = [[], []]
            for _ in 0..<count {
                let keys = [(random.next() >> 50) << 50, KeyedHash.mix(UInt64(random.nextInt(below: 60_000)))]
                for band in 0..<2 { columns[band].append(keys[band]) }
                try table.append(keys)
            }
            #expect(table.isSpilled == (count > 1 << 14))
            for band in 0..<2 {
                var expected: [UInt64: [UInt32]] = [:]
                for (document, key) in columns[band].enumerated() {
                    expected[key, default: []].append(UInt32(document))
                }
                expected = expected.filter { $0.value.count > 1 }
                var found: [[UInt32]] = []
                try BandColumn(capacity: capacity).forEachBucket(table, band) { found.append(Array($0)) }
                #expect(found == expected.sorted { $0.key < $1.key }.map(\.value))
            }
        }
    }
}
