import Files
import Packing
import Parallel
import Shards
import TestSupport
import Testing

@testable import Building

/// Updates that add to a corpus without writing its shards again.
@Suite struct CorpusLayerTests {
    let folder = TemporaryFolder()

    /// Documents of invented words; many of them are longer than a block.
    private func write(_ numbers: Range<Int>) throws {
        try Folder.create(folder("in"))
        for number in numbers {
            var random = SeededRandom(seed: UInt64(number))
            let words = (0..<(40 + random.nextInt(below: 400))).map { _ in
                "word\(random.nextInt(below: 5000))" + (random.nextInt(below: 12) == 0 ? ".\n\n" : "")
            }
            folder.write(words.joined(separator: " "), to: "in/\(number).txt")
        }
    }

    private func recipe(_ more: String = "", strategy: String = "concatenate") throws -> Recipe {
        let yaml = """
            sources: [{name: a, path: in}\(more)]
            tokenizer: \(TestData.repository)/tokenizers/standards-4k
            pack: {length: 128, strategy: \(strategy)}
            shards: {blocks: 8}
            split: {validation: 20%}
            clean: {profile: none}
            build: {partition_bytes: 2kB}
            """
        return try Recipe(yaml: yaml, file: folder("recipe.yaml"))
    }

    private func build(_ recipe: Recipe, _ name: String = "out", threads: Int = 2) throws -> BuildSummary {
        var options = BuildOptions()
        options.threads = threads
        options.update = true
        return try BuildRun(recipe: recipe, folder: folder(name), options: options, tool: "test").run()
    }

    private func digests(_ name: String) throws -> [String: String] {
        var digests: [String: String] = [:]
        for path in try Folder.filesBelow(folder(name)) where !path.contains("work/") {
            digests[path] = try SHA256Digest.hexadecimal(ofFile: PathText.join(folder(name), path))
        }
        return digests
    }

    /// The tokens of every document as its blocks hold them, by row; checks that records say where they begin.
    private func tokensOfRows(_ name: String) throws -> [Int: [UInt32]] {
        var tokens: [Int: [UInt32]] = [:]
        for split in Split.allCases {
            let dataset = try ShardDataset(OutputFolder(folder(name)).split(split))
            for number in 0..<dataset.blockCount {
                let block = try dataset.block(number)
                for segment in block.segmentEnds.indices {
                    let row = Int(block.segmentDocuments[segment])
                    tokens[row, default: []] += block.tokens[block.range(ofSegment: segment)]
                }
            }
        }
        return tokens
    }

    @Test(arguments: ["concatenate", "best-fit", "structure"])
    func newDocumentsStandBehindTheOthers(strategy: String) throws {
        try write(0..<20)
        let first = try build(recipe(strategy: strategy)).manifest
        let before = try digests("out")
        try write(20..<33)
        let summary = try build(recipe(strategy: strategy))
        #expect(summary.rewrite == nil && !summary.wasUpToDate)
        let manifest = summary.manifest
        #expect(manifest.layers.map(\.documents) == [20, 13] && manifest.generation == 1)
        #expect(manifest.layers[0] == first.layers[0])
        #expect(manifest.rootDigest != first.rootDigest)
        let after = try digests("out")
        for (path, digest) in before where path.hasSuffix(".zstd") || path.contains("documents/") {
            #expect(after[path] == digest, "\(path)")
        }
        #expect(manifest.documentParts.map(\.documents) == [20, 13])
        #expect(manifest.splits["train"]?.ledger.isClosed == true)
        // Every document stands there once, whole: the first layer's as in the first build.
        let tokens = try tokensOfRows("out")
        #expect(tokens.keys.sorted() == Array(0..<33))
        let total = manifest.splits.values.reduce(0) { $0 + $1.ledger.documentTokens + $1.ledger.separators }
        #expect(tokens.values.reduce(0) { $0 + $1.count } == total)
        // The same steps give the same bytes elsewhere, with other threads, and after a build that was ended while it sealed.
        for number in 20..<33 { try Folder.remove(folder("in/\(number).txt")) }
        _ = try build(recipe(strategy: strategy), "other", threads: 1)
        try write(20..<33)
        _ = try build(recipe(strategy: strategy), "other", threads: 3)
        #expect(try digests("other") == after)
        #expect(try build(recipe(strategy: strategy)).wasUpToDate)
    }

    @Test func anEndedUpdateGoesOnToTheSameBytes() throws {
        try write(0..<12)
        _ = try build(recipe())
        let sealed = try FileByteStream(folder("out/manifest.json")).readAll(limit: 1 << 24)
        let rows = try #require(try Folder.names(in: folder("out/work/rows")).first)
        let history = try FileByteStream(folder("out/work/rows/\(rows)")).readAll(limit: 1 << 24)
        try write(12..<20)
        _ = try build(recipe())
        let expected = try digests("out")
        // As if the power had gone before the last file was replaced.
        try AtomicFile.write(sealed, to: folder("out/manifest.json"))
        try AtomicFile.write(history, to: folder("out/work/rows/\(rows)"))
        folder.write("", to: "out/.sealing")
        try Folder.remove(folder("out/validation/index.json"))
        #expect(try build(recipe()).rewrite == nil)
        #expect(try digests("out") == expected)
    }

    @Test func shardsThatAreGoneAreWrittenAgainInTheirLayers() throws {
        try write(0..<12)
        _ = try build(recipe())
        try write(12..<20)
        _ = try build(recipe())
        let expected = try digests("out")
        for path in expected.keys where path.hasSuffix(".zstd") { try Folder.remove(folder("out/\(path)")) }
        for path in expected.keys where path.contains("documents/") { try Folder.remove(folder("out/\(path)")) }
        #expect(try !build(recipe()).wasUpToDate)
        #expect(try digests("out") == expected)
    }

    @Test func aDocumentThatGoesOrChangesHasAllShardsReplaced() throws {
        try write(0..<12)
        let first = try build(recipe()).manifest
        try Folder.remove(folder("in/3.txt"))
        let gone = try build(recipe())
        #expect(gone.rewrite?.hasPrefix("1 of its 12 documents") == true, "\(gone.rewrite ?? "")")
        #expect(gone.manifest.layers.map(\.documents) == [11] && gone.manifest.generation == first.generation + 1)
        folder.write("Another text altogether.", to: "in/4.txt")
        #expect(try build(recipe()).rewrite != nil)
        // Of equal texts the first stays: one that comes before takes the place of one that is there.
        try Folder.create(folder("in"))
        let text = try FileByteStream(folder("in/5.txt")).readAll(limit: 1 << 20)
        try AtomicFile.write(text, to: folder("in/0a.txt"))
        #expect(try build(recipe()).rewrite != nil)
        try Folder.remove(folder("out/work"))
        try write(30..<32)
        #expect(try build(recipe()).rewrite == "its recipe is another one, or its work/ is gone")
        let fresh = try build(recipe(), "fresh").manifest
        #expect(fresh.splits["train"]?.ledger == (try Manifest(folder: folder("out"))).splits["train"]?.ledger)
    }

    /// One partition, and the new document sorts before those that are there.
    @Test func aNewDocumentMayStandFirstInItsPartition() throws {
        try write(10..<14)
        let yaml = """
            sources: [{name: a, path: in}]
            tokenizer: \(TestData.repository)/tokenizers/standards-4k
            pack: {length: 128}
            split: {validation: 30%}
            clean: {profile: none}
            """
        let recipe = try Recipe(yaml: yaml, file: folder("recipe.yaml"))
        let first = try build(recipe).manifest
        try write(0..<3)
        let added = try build(recipe)
        #expect(added.rewrite == nil && added.manifest.layers.map(\.documents) == [4, 3])
        #expect(added.manifest.layers[0] == first.layers[0] && added.manifest.leakage != nil)
    }

    /// What no duplicate is told by is still another record: white space, metadata, order.
    @Test func aChangedRecordIsNoDocumentThatIsThere() throws {
        func lines(_ change: String) -> [String] {
            (0..<9).map {
                let text = (0..<60).map { "word\($0) of text \(change)" }.joined(separator: " ")
                return "{\"id\": \"r\($0)\", \"title\": \"T\", \"text\": \"number \($0) \(text)\"}"
            }
        }
        func recipe() throws -> Recipe {
            let yaml = """
                sources: [{name: a, path: a.jsonl}]
                tokenizer: \(TestData.repository)/tokenizers/standards-4k
                pack: {length: 128}
                clean: {profile: none}
                dedupe: {minhash: off}
                """
            return try Recipe(yaml: yaml, file: folder("recipe.yaml"))
        }
        var records = lines("")
        folder.write(records.joined(separator: "\n"), to: "a.jsonl")
        _ = try build(recipe())
        for (change, rewritten) in [
            ("white", "1 of its 9 documents"), ("title", "1 of its 9 documents"), ("order", "its documents stand"),
        ] {
            switch change {
            case "white": records[4] = records[4].replacing("word5 ", with: "word5\\n")
            case "title": records[4] = records[4].replacing("\"T\"", with: "\"Title\"")
            default: records.swapAt(2, 3)
            }
            folder.write(records.joined(separator: "\n"), to: "a.jsonl")
            let summary = try build(recipe())
            #expect(summary.rewrite?.hasPrefix(rewritten) == true, "\(change): \(summary.rewrite ?? "added")")
            #expect(summary.manifest.layers.map(\.documents) == [9])
        }
    }

    @Test func layersThatNobodyRemembersAreNoCorpusToGoOnWith() throws {
        try write(0..<8)
        _ = try build(recipe())
        try write(8..<12)
        let sealed = try build(recipe()).manifest
        try Folder.remove(folder("out/work"))
        #expect(try build(recipe()).wasUpToDate)
        try Folder.remove(folder("out/train/\(try #require(shardNames().first))"))
        var options = BuildOptions()
        #expect(throws: BuildFailure.sealed(folder: folder("out"))) {
            try BuildRun(recipe: recipe(), folder: folder("out"), options: options, tool: "test").run()
        }
        options.update = true
        let again = try BuildRun(recipe: recipe(), folder: folder("out"), options: options, tool: "test").run()
        #expect(again.manifest.generation == sealed.generation + 1 && again.rewrite != nil)
        #expect(again.manifest.layers.map(\.documents) == [12])
    }

    private func shardNames() throws -> [String] {
        try Folder.names(in: folder("out/train")).filter { $0.hasSuffix(".zstd") }
    }

    @Test func aFurtherSourceIsAdded() throws {
        try write(0..<12)
        let first = try build(recipe()).manifest
        try Folder.create(folder("more"))
        folder.write((0..<300).map { "further\($0)" }.joined(separator: " "), to: "more/a.txt")
        let added = try build(recipe(", {name: b, path: more}"))
        #expect(added.rewrite == nil && added.manifest.layers.map(\.documents) == [12, 1])
        #expect(added.manifest.layers[0] == first.layers[0])
        #expect(try build(recipe()).rewrite != nil)
    }
}
