import Files
import Packing
import Shards
import TestSupport
import Testing

@testable import Building

@Suite struct CorpusRepackingTests {
    /// From every strategy to every other one: every document keeps its tokens, the ledgers close, and the corpus can be repaired.
    @Test(arguments: [", strategy: concatenate", ", strategy: best-fit", ", strategy: structure", ", tail: drop"])
    func everyDocumentKeepsItsTokens(pack: String) throws {
        let fixture = try SealedFixture(pack: pack, source: ", weight: 2")
        let source = try Manifest(folder: fixture.output)
        let before = try fixture.tokens("out")
        for (strategy, length) in [(PackingStrategy.concatenate, 300), (.bestFit, 96), (.structure, 200)] {
            var options = RepackOptions()
            options.length = length
            options.strategy = strategy
            options.tail = .pad
            let name = "packed-\(strategy.rawValue)"
            let manifest = try CorpusRepacking(
                folder: fixture.output, output: fixture.folder(name), options: options, tool: "test"
            ).run(fixture.pool)
            let after = try fixture.tokens(name)
            // A dropped tail comes back: only what the first corpus holds can be compared with it.
            for (row, tokens) in before { #expect(after[row]?.starts(with: tokens) == true, "\(name) row \(row)") }
            if !pack.contains("drop") { #expect(after == before, "\(name)") }
            #expect(manifest.blockLength == length && manifest.layers.count == 2)
            for split in Split.allCases {
                let (old, new) = (source.splits[split.rawValue]?.ledger, manifest.splits[split.rawValue]?.ledger)
                #expect(new?.isClosed == true && old?.documentTokens == new?.documentTokens)
            }
            #expect(try Manifest(folder: fixture.folder(name)).rootDigest == manifest.rootDigest)
            let corpus = try SealedCorpus(folder: fixture.folder(name))
            let records = try SealedTexts(corpus: corpus).records(fixture.pool) { _ in }
            #expect(records.problems.isEmpty)
            let sound = try fixture.digests(name)
            try Folder.remove(fixture.folder(name) + "/train/shard.00000.mds.zstd")
            #expect(try CorpusRepair(folder: fixture.folder(name)).run(fixture.pool).shards.count == 1)
            #expect(try fixture.digests(name) == sound)
        }
    }

    /// Back to the options of the build: the same shards.
    @Test(arguments: [", strategy: concatenate", ", strategy: best-fit", ", strategy: structure", ", no_loss: heading"])
    func thereAndBackAreTheSameShards(pack: String) throws {
        let fixture = try SealedFixture(pack: pack)
        let source = try Manifest(folder: fixture.output)
        var options = RepackOptions()
        options.length = 333
        options.strategy = .concatenate
        options.separator = SeparatorPolicy.none
        _ = try CorpusRepacking(
            folder: fixture.output, output: fixture.folder("other"), options: options, tool: "test"
        ).run(fixture.pool)
        options.length = 128
        options.separator = .eos
        options.blocksPerShard = 8
        options.strategy = PackingStrategy(rawValue: String(pack.dropFirst(12)))
        let back = try CorpusRepacking(
            folder: fixture.folder("other"), output: fixture.folder("back"), options: options, tool: "test"
        ).run(fixture.pool)
        #expect(back.rootDigest == source.rootDigest)
        let (old, new) = try (fixture.digests(), fixture.digests("back"))
        for (path, digest) in old where path.contains("train/") || path.contains("validation/") {
            #expect(new[path] == digest, "\(path)")
        }
        for (path, digest) in old where path.contains("documents/") { #expect(new[path] == digest, "\(path)") }
    }

    @Test func whatCannotBePackedIsRefused() throws {
        let fixture = try SealedFixture(pack: "")
        var options = RepackOptions()
        options.strategy = .bestFit
        options.tail = .drop
        #expect(throws: PackingFailure.self) {
            try CorpusRepacking(folder: fixture.output, output: fixture.folder("x"), options: options, tool: "test")
        }
        options = RepackOptions()
        options.length = 0
        #expect(throws: PackingFailure.self) {
            try CorpusRepacking(folder: fixture.output, output: fixture.folder("x"), options: options, tool: "test")
        }
        let repacking = try CorpusRepacking(
            folder: fixture.output, output: fixture.folder("x"), options: RepackOptions(), tool: "test")
        try fixture.flip(try fixture.shards()[0], bit: 55)
        #expect(throws: ShardFailure.self) { try repacking.run(fixture.pool) }
        try Folder.remove(fixture.output + "/documents/part-00000.jsonl.zst")
        #expect(throws: (any Error).self) { try repacking.run(fixture.pool) }
        #expect(!Folder.exists(fixture.folder("x")))
    }
}
