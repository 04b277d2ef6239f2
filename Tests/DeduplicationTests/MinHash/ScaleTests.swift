import Deduplication
import Files
import Glibc
import Parallel
import TestSupport
import Testing

/// Runs of a size that says something about memory and speed; asked for by `SHARDMILL_DEDUP_SCALE`, the number of documents.
@Suite(.enabled(if: ExternalProgram.environment("SHARDMILL_DEDUP_SCALE") != nil)) struct ScaleTests {
    /// Invented signatures: every twentieth document is a copy of an earlier one but for a part of its set.
    @Test func signaturesStayWithinTheBound() throws {
        let count = Int(ExternalProgram.environment("SHARDMILL_DEDUP_SCALE") ?? "") ?? 1_000_000
        let options = MinHashOptions()
        let table = BandTable(bands: options.bands, memory: 256_000_000)
        @Sendable func source(_ document: Int) -> Int {
            let isCopy = document > 0 && KeyedHash.mix(UInt64(document)) % 20 == 0
            return isCopy ? Int(KeyedHash.mix(UInt64(document), seed: 1) % UInt64(document)) : document
        }
        var keys: [UInt64] = []
        for document in 0..<count {
            let origin = source(document)
            for band in 0..<UInt64(options.bands) {
                // A copy shares all bands but those that its own number changes.
                let isChanged = origin != document && KeyedHash.mix(UInt64(document), seed: band + 9) % 3 == 0
                keys.append(KeyedHash.mix(UInt64(isChanged ? document : origin), seed: band))
            }
            if keys.count > 1 << 16 {
                try table.append(keys)
                keys.removeAll(keepingCapacity: true)
            }
        }
        try table.append(keys)
        keys = []
        let finder = NearDuplicateFinder(options, memory: 500_000_000)
        let found = try finder.find(in: table, pool: WorkerPool(threads: 1)) { document, _ in
            let origin = UInt64(source(document))
            return (0..<100).map { origin << 10 | $0 }
        }
        let removed = found.clusters.reduce(0) { $0 + $1.count - 1 }
        print(
            "\(count) signatures: \(found.candidates) candidates, \(found.comparisons) comparisons, \(removed) copies, "
                + "peak \(ProcessMemory.peakBytes / 1_000_000) MB")
        #expect(removed > count / 25)
        if count >= 10_000_000 { #expect(ProcessMemory.peakBytes < 1_000_000_000 * (count / 10_000_000)) }
    }

    /// Words that are hashed already to band keys: texts of 1,300 words.
    @Test func theCoreSignsSoManyShingles() {
        let signer = MinHashSigner(MinHashOptions())
        let shingler = Shingler(.tokens(5))
        var words = (0..<1300 as Range<UInt64>).map { KeyedHash.mix($0) }
        var keys: [UInt64] = []
        let rounds = 50_000
        let start = clock()
        for round in 0..<rounds {
            keys.removeAll(keepingCapacity: true)
            // Another text each time at no cost.
            words[round % 1300] &+= 1
            words.withUnsafeBufferPointer {
                signer.appendBandKeys(of: shingler.hashes(ofItemHashes: $0), to: &keys)
            }
        }
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        let shingles = Double(rounds * 1296)
        print("core: \(Int(shingles / seconds / 1e6)) million shingles a second, \(keys.count) keys a document")
        #expect(keys.count == 14)
    }
}
