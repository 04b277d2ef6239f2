import Files
import Parallel
import Shards
import TestSupport
import Testing

@testable import Building

@Suite struct CorpusRepairTests {
    static let packs = [
        ", strategy: concatenate", ", strategy: best-fit", ", strategy: structure", ", no_loss: heading",
    ]

    /// Flipped bits, files that are gone, cut short or swapped: the bytes of the build come back, from documents/ and tokenizer/ alone.
    @Test(arguments: packs, [false, true])
    func damagedShardsComeBackByteForByte(pack: String, isWide: Bool) throws {
        let fixture = try SealedFixture(pack: pack, isWide: isWide)
        let sound = try fixture.digests()
        let manifest = try Manifest(folder: fixture.output)
        #expect(manifest.layers.count == 2)
        #expect(isWide == ((manifest.tokenizer["vocabulary_size"]?.int ?? 0) > 1 << 16))
        try Folder.remove(fixture.folder("in"))
        try Folder.remove(fixture.output + "/work")
        #expect(try fixture.repair().isSound)
        let shards = try fixture.shards()
        #expect(shards.contains { $0.contains("g1.") } && shards.contains { $0.hasPrefix("validation/") })
        var random = SeededRandom(seed: 7)

        for shard in shards { try fixture.flip(shard, bit: random.nextInt(below: 8 * fixture.bytes(shard).count)) }
        let dry = try fixture.repair(isDryRun: true)
        #expect(dry.shards.count == shards.count && dry.shards.allSatisfy { $0.outcome == .found })
        #expect(try fixture.digests() != sound)
        #expect(try fixture.repair().shards.allSatisfy { $0.outcome == .restored && $0.blocks != nil })
        #expect(try fixture.digests() == sound)

        try Folder.remove(fixture.output + "/" + shards[0])
        try fixture.put(Array(fixture.bytes(shards[1]).dropLast(9)), shards[1])
        try fixture.put([], shards[2])
        #expect(try fixture.repair().shards.count == 3)
        #expect(try fixture.digests() == sound)

        let train = shards.filter { $0.hasPrefix("train/") }
        let (first, last) = try (fixture.bytes(train[0]), fixture.bytes(train[train.count - 1]))
        try fixture.put(last, train[0])
        try fixture.put(first, train[train.count - 1])
        #expect(
            try fixture.repair().shards.map(\.file).sorted()
                == [train[0], train[train.count - 1]].map { fixture.output + "/" + $0 }.sorted())
        #expect(try fixture.digests() == sound)

        try Folder.remove(fixture.output + "/train")
        try Folder.remove(fixture.output + "/validation")
        let report = try fixture.repair()
        #expect(report.indices.count == 2 && report.shards.count == shards.count && report.failure == nil)
        // Of a corpus without any shard the level of compression is not known.
        #expect(try fixture.computedRoot() == manifest.rootDigest)
    }

    @Test func everyBitOfAShardIsMendedBack() throws {
        let fixture = try SealedFixture(pack: "")
        let sound = try fixture.digests()
        let shard = try #require(try fixture.shards().last { $0.hasPrefix("validation/") })
        let count = try fixture.bytes(shard).count * 8
        for bit in stride(from: 0, to: count, by: max(1, count / 60)) {
            try fixture.flip(shard, bit: bit)
            let report = try fixture.repair()
            #expect(report.shards.map(\.file) == [fixture.output + "/" + shard], "bit \(bit)")
            #expect(try fixture.digests() == sound, "bit \(bit)")
        }
    }

    @Test func anIndexIsMadeAgainWhereTheRootDigestProvesIt() throws {
        let fixture = try SealedFixture(pack: ", strategy: best-fit, separator: both", source: ", weight: 2")
        let sound = try fixture.digests()
        let shards = try fixture.shards()
        for damage in 0..<5 {
            let index = "train/index.json"
            switch damage {
            case 0: try Folder.remove(fixture.output + "/" + index)
            case 1: try fixture.put(Array(fixture.bytes(index).dropLast(40)), index)
            case 2:
                let text = String(decoding: try fixture.bytes(index), as: UTF8.self)
                try fixture.put(Array(text.replacing("\"samples\": 8", with: "\"samples\": 7").utf8), index)
            case 3:
                // Another index, sound in itself.
                var other = try MDSIndex(folder: fixture.output + "/train")
                other.shards.removeLast()
                try other.write(to: fixture.output + "/train")
            default:
                try fixture.put([], index)
                try fixture.flip(shards[1], bit: 999)
                try Folder.remove(fixture.output + "/" + shards[shards.count - 1])
            }
            let report = try fixture.repair()
            #expect(report.indices.count == 1 && report.indices[0].outcome == .restored, "\(damage)")
            #expect(report.shards.count == (damage == 4 ? 2 : 0), "\(damage)")
            #expect(try fixture.digests() == sound, "\(damage)")
        }
    }

    /// A shard that another libzstd compressed: the raw hash holds, and the index takes the other hash.
    @Test func otherCompressionOfTheSameBytesIsTaken() throws {
        let fixture = try SealedFixture(pack: "")
        var index = try MDSIndex(folder: fixture.output + "/train")
        // As if the library of the build had packed one byte more.
        index.shards[0].zipData?.bytes += 1
        index.shards[0].zipData?.hashes["sha256"] = String(repeating: "0", count: 64)
        try index.write(to: fixture.output + "/train")
        let report = try fixture.repair()
        #expect(report.shards.map(\.outcome) == [.recompressed])
        #expect(try fixture.repair().isSound)
    }

    @Test func whatCannotBeMendedIsNamedAndNothingIsWritten() throws {
        let fixture = try SealedFixture(pack: "")
        let shard = try fixture.shards()[0]
        let part = "documents/part-00000.jsonl.zst"
        // Without artefacts documents come from nowhere.
        try Folder.remove(fixture.output + "/work")
        let (soundShard, soundPart) = try (fixture.bytes(shard), fixture.bytes(part))
        try fixture.flip(part, bit: 2000)
        let alone = try fixture.repair()
        #expect(alone.documents.count == 1 && alone.shards.isEmpty && alone.failure != nil)
        try fixture.flip(shard, bit: 77)
        let damaged = try fixture.bytes(shard)
        let report = try fixture.repair()
        #expect(report.shards.map(\.outcome) == [.beyondRepair])
        #expect("\(try #require(report.failure))".contains("part-00000.jsonl.zst"))
        #expect(try fixture.bytes(shard) == damaged)
        try fixture.put(soundPart, part)

        // Another tokenizer under the same name.
        let tokenizer = try fixture.bytes("tokenizer/tokenizer.json")
        try fixture.put(
            Array(String(decoding: tokenizer, as: UTF8.self).replacing("<|endoftext|>", with: "<|end|>").utf8),
            "tokenizer/tokenizer.json")
        let foreign = try fixture.repair()
        #expect(foreign.tokenizer.map(\.outcome) == [.beyondRepair] && foreign.shards.map(\.outcome) == [.beyondRepair])
        #expect("\(try #require(foreign.failure))".contains("tokenizer/tokenizer.json"))
        try fixture.put(tokenizer, "tokenizer/tokenizer.json")

        // An index that names other content than the documents lead to.
        var index = try MDSIndex(folder: fixture.output + "/train")
        let sound = index
        index.shards[0].rawData.hashes["sha256"] = String(repeating: "1", count: 64)
        try index.write(to: fixture.output + "/train")
        #expect { try fixture.repair() } throws: { "\($0)".contains("was left as it is") }
        #expect(try fixture.bytes(shard) == damaged)
        try sound.write(to: fixture.output + "/train")

        // A manifest of other content: no index is made that it does not prove.
        let manifest = try fixture.bytes("manifest.json")
        let text = String(decoding: manifest, as: UTF8.self)
        let root = try Manifest(folder: fixture.output).rootDigest
        try fixture.put(Array(text.replacing(root, with: String(root.reversed())).utf8), "manifest.json")
        #expect { try fixture.repair() } throws: { "\($0)".contains("expected a manifest as it was written") }
        try fixture.put(manifest, "manifest.json")
        try fixture.reseal { $0.rootDigest = String(root.reversed()) }
        let encoded = try fixture.bytes("train/index.json")
        try Folder.remove(fixture.output + "/train/index.json")
        #expect { try fixture.repair() } throws: { "\($0)".contains("root digest") }
        #expect(!Folder.exists(fixture.output + "/train/index.json"))
        try fixture.put(encoded, "train/index.json")
        try fixture.put(manifest, "manifest.json")
        #expect(try fixture.repair().shards.map(\.outcome) == [.restored])
        #expect(try fixture.bytes(shard) == soundShard)
        #expect(throws: SealedFailure.notSealed(folder: fixture.folder("in"))) {
            try CorpusRepair(folder: fixture.folder("in"))
        }
        fixture.folder.write("", to: "out/.sealing")
        #expect(throws: SealedFailure.halfReplaced(folder: fixture.output)) { try CorpusRepair(folder: fixture.output) }
    }

    /// Parts of documents/, the file of rejected/ and files of tokenizer/ come back from work/ and the recipe's tokenizer, without the inputs.
    @Test(arguments: packs)
    func documentsRejectionsAndTokenizerComeBackFromWork(pack: String) throws {
        let fixture = try SealedFixture(pack: pack)
        let sound = try fixture.digests()
        try Folder.remove(fixture.folder("in"))
        let parts = try Folder.filesBelow(fixture.output).filter {
            $0.hasPrefix("documents/") || $0.hasPrefix("rejected/") || $0.hasPrefix("tokenizer/")
        }
        #expect(parts.count == 4, "\(parts)")
        for part in parts {
            try fixture.put(Array(fixture.bytes(part).dropLast(3)), part)
            let dry = try fixture.repair(isDryRun: true)
            #expect(dry.items.map(\.file) == [fixture.output + "/" + part] && dry.failure == nil, "\(dry.items)")
            let report = try fixture.repair()
            #expect(report.items.map(\.outcome) == [.restored] && report.failure == nil, "\(report)")
            #expect(try fixture.digests() == sound, "\(part)")
        }
        // All of it together, with a shard, and without any index.
        for part in parts { try Folder.remove(fixture.output + "/" + part) }
        try fixture.flip(fixture.shards()[0], bit: 1000)
        try Folder.remove(fixture.output + "/validation/index.json")
        let report = try fixture.repair()
        #expect(report.items.allSatisfy { $0.outcome == .restored } && report.items.count == 6, "\(report.items)")
        #expect(try fixture.digests() == sound)
        #expect(try fixture.repair().isSound)
    }

    @Test func aSideKeepsItsOwnCompression() throws {
        let fixture = try SealedFixture(pack: "")
        // The shards of the second build at another level, as a repack or another tool may leave them.
        let corpus = try SealedCorpus(folder: fixture.output)
        let texts = SealedTexts(corpus: corpus)
        let rows = try texts.records(fixture.pool) { _ in }.rows
        let maker = ShardMaker(
            corpus: corpus, texts: texts, rows: rows, layout: try corpus.ownLayout(rows, texts: texts, fixture.pool))
        let folder = fixture.output + "/train"
        var index = try MDSIndex(folder: folder)
        var changed: [String] = []
        for part in maker.layout.parts where part.split == .train && part.layer == 1 {
            for (place, blocks) in part.shards(blocks: corpus.blocksPerShard).enumerated() {
                let tokens = try maker.tokens([(part, blocks)], fixture.pool)
                let number = part.firstShard + place
                let made = try maker.shard(number, blocks, part, tokens, compression: .zstd(level: 3)).shard
                try made.write(to: folder)
                index.shards[number] = made.entry
                changed.append("train/" + made.fileName)
            }
        }
        try index.write(to: folder)
        let sound = try fixture.digests()
        #expect(Set(index.shards.map(\.compression.text)).count == 2 && !changed.isEmpty)
        try Folder.remove(fixture.output + "/validation/index.json")
        try fixture.flip(changed[0], bit: 999)
        let report = try fixture.repair()
        #expect(report.shards.map(\.outcome) == [.restored], "\(report.shards)")
        #expect(try fixture.digests() == sound)

        // Compressed by another library: what is written differs from the index, and that is said.
        index.shards[0].zipData?.bytes += 1
        index.shards[0].zipData?.hashes["sha256"] = String(repeating: "0", count: 64)
        try index.write(to: folder)
        try fixture.flip("train/" + index.shards[0].file.basename, bit: 77)
        try Folder.remove(fixture.output + "/validation/index.json")
        #expect(try fixture.repair().shards.map(\.outcome) == [.recompressed])
        #expect(try fixture.repair().isSound)
    }

    @Test func aManifestKnowsWhetherItIsAsItWasWritten() throws {
        let fixture = try SealedFixture(pack: "")
        let text = String(decoding: try fixture.bytes("manifest.json"), as: UTF8.self)
        #expect(try Manifest(folder: fixture.output).seal == .whole)
        #expect(try Manifest(folder: fixture.output).json == JSONValue(file: fixture.output + "/manifest.json"))
        for (old, new) in [
            ("\"seal\"", "\"seam\""), ("\"generation\": 1", "\"generation\": 3"),
            ("\"name\": \"a\"", "\"name\": \"c\""),
            ("\"files\": {", "\"filer\": {"),
        ] {
            #expect(text.contains(old), "\(old)")
            try fixture.put(Array(text.replacing(old, with: new).utf8), "manifest.json")
            let seal = try Manifest(folder: fixture.output).seal
            #expect(seal != .whole && seal != .absent, "\(old)")
        }
        // An older version wrote neither a seal nor digests of the tokenizer's files.
        var members = try JSONValue(parsing: Array(text.utf8), name: "manifest").members ?? [:]
        members["seal"] = nil
        var tokenizer = members["tokenizer"]?.members ?? [:]
        tokenizer["files"] = nil
        members["tokenizer"] = .object(tokenizer)
        try fixture.put(JSONValue.object(members).encoded(.pretty), "manifest.json")
        #expect(try Manifest(folder: fixture.output).seal == .absent)
        #expect(try fixture.repair().isSound)
    }
}
