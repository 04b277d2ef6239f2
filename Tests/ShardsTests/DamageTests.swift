import Files
import Glibc
import Parallel
import Shards
import TestSupport
import Testing

@Suite struct DamageTests {
    /// A data set of three shards, of which the middle one holds blocks 4 to 7.
    struct Fixture {
        let folder = TemporaryFolder()
        let blocks: [ShardSamples.Block]
        let shardPath: String
        let bytes: [UInt8]

        init(_ compression: MDSCompression) throws {
            let schema = ShardSamples.schema()
            blocks = ShardSamples.blocks(12, schema)
            let index = try ShardSamples.write(
                blocks, schema, blocksPerShard: 4, compression: compression, to: folder.path)
            shardPath = (index.shards[1].zipData ?? index.shards[1].rawData).basename
            bytes = try FileByteStream(folder(shardPath)).readAll(limit: 1 << 20)
        }

        func problems() throws -> [ShardProblem] { try ShardDataset(folder.path).problems(ofShard: 1) }

        /// Blocks that plain reading, without file hashes, gives; nil for those that throw.
        func plainlyRead() throws -> [ShardSamples.Block?] {
            let dataset = try ShardDataset(folder.path)
            return (4..<8).map { number in
                guard let block = try? dataset.block(number) else { return nil }
                return ShardSamples.Block(
                    tokens: block.tokens, ends: block.segmentEnds, documents: block.segmentDocuments)
            }
        }
    }

    @Test(arguments: [MDSCompression.zstd(level: 7), .uncompressed])
    func everySingleFlippedBitIsFoundAndNamed(compression: MDSCompression) throws {
        let fixture = try Fixture(compression)
        var damaged = fixture.bytes
        for bit in 0..<damaged.count * 8 {
            damaged[bit / 8] ^= 1 << (bit % 8)
            fixture.folder.write(damaged, to: fixture.shardPath)
            let problems = try fixture.problems()
            #expect(problems.count == 1 && problems[0].blocks == 4..<8, "bit \(bit)")
            if bit % 97 == 0 {
                #expect(problems[0].message.contains(fixture.shardPath))
                #expect(problems[0].message.contains("blocks 4 to 7"))
            }
            // Plain reading refuses every block of it too.
            #expect(try fixture.plainlyRead() == [nil, nil, nil, nil], "bit \(bit)")
            damaged[bit / 8] ^= 1 << (bit % 8)
        }
        fixture.folder.write(damaged, to: fixture.shardPath)
        #expect(try fixture.problems().isEmpty)
    }

    @Test(arguments: [MDSCompression.zstd(level: 7), .uncompressed])
    func everyTruncationIsFound(compression: MDSCompression) throws {
        let fixture = try Fixture(compression)
        for count in 0..<fixture.bytes.count {
            fixture.folder.write(Array(fixture.bytes[..<count]), to: fixture.shardPath)
            #expect(throws: ShardFailure.self) { try ShardDataset(fixture.folder.path).block(5) }
        }
        fixture.folder.write(fixture.bytes + [0], to: fixture.shardPath)
        #expect(throws: ShardFailure.self) { try ShardDataset(fixture.folder.path).block(5) }
    }

    @Test func aMissingShardIsNamedAndTheOthersAreRead() throws {
        let fixture = try Fixture(.zstd(level: 3))
        try Folder.remove(fixture.folder(fixture.shardPath))
        let dataset = try ShardDataset(fixture.folder.path)
        let path = fixture.folder(fixture.shardPath)
        #expect(throws: ShardFailure.missingShard(path: path, blocks: 4..<8)) { try dataset.block(6) }
        #expect(try dataset.block(3).tokens == fixture.blocks[3].tokens)
        #expect(try dataset.block(8).tokens == fixture.blocks[8].tokens)
        let problems = try dataset.verify(pool: WorkerPool(threads: 2))
        #expect(problems.map(\.blocks) == [4..<8] && problems[0].message.contains("no such file"))
    }

    /// Raw shards of blocks of one segment have one size.
    @Test(arguments: [MDSCompression.zstd(level: 3), .uncompressed])
    func twoShardsThatChangedPlacesAreFound(compression: MDSCompression) throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema()
        let blocks = ShardSamples.blocks(12, schema).map {
            ShardSamples.Block(tokens: $0.tokens, ends: [16], documents: [$0.documents[0]])
        }
        let index = try ShardSamples.write(
            blocks, schema, blocksPerShard: 4, compression: compression, to: folder.path)
        let names = index.shards.map { ($0.zipData ?? $0.rawData).basename }
        #expect(index.shards[1].rawData.bytes == index.shards[2].rawData.bytes)
        let files = try names.map { try FileByteStream(folder($0)).readAll(limit: 1 << 20) }
        folder.write(files[2], to: names[1])
        folder.write(files[1], to: names[2])
        let dataset = try ShardDataset(folder.path)
        let problems = try dataset.verify(pool: WorkerPool(threads: 1))
        #expect(problems.map(\.shard) == [1, 2] && problems.map(\.blocks) == [4..<8, 8..<12])
        #expect(problems.map(\.file) == [folder(names[1]), folder(names[2])])
        #expect(problems.allSatisfy { [.hash, .size].contains($0.fault) })
        #expect(compression != .uncompressed || problems.allSatisfy { $0.fault == .hash })
        #expect(throws: ShardFailure.self) { try dataset.block(4) }
        #expect(throws: ShardFailure.self) { try dataset.block(8) }
        #expect(try dataset.block(3).tokens == blocks[3].tokens)
    }

    /// Where the index names only a slow hash, plain reading trusts the frame checksum, which a whole other shard passes.
    @Test func slowHashesAreComparedOnlyWhereAsked() throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema()
        let blocks = ShardSamples.blocks(2, schema).map {
            ShardSamples.Block(tokens: $0.tokens, ends: [16], documents: [$0.documents[0]])
        }
        var entries: [MDSShardEntry] = []
        for (number, block) in blocks.enumerated() {
            var writer = try schema.makeWriter(blocksPerShard: 1, compression: .uncompressed, hashes: [.sha256])
            try block.tokens.withUnsafeBufferPointer {
                try writer.append(block: $0, segmentEnds: block.ends, segmentDocuments: block.documents)
            }
            let shard = writer.finish(number: number)
            try shard.write(to: folder.path)
            entries.append(shard.entry)
        }
        try MDSIndex(shards: entries, attributes: schema.indexAttributes).write(to: folder.path)
        var bytes = try FileByteStream(folder("shard.00001.mds")).readAll(limit: 1 << 20)
        bytes[bytes.count - 1] ^= 0x40
        folder.write(bytes, to: "shard.00001.mds")
        #expect(try ShardDataset(folder.path).block(1).tokens != blocks[1].tokens)
        let careful = try ShardDataset(folder.path, options: ShardReadingOptions(verifiesHashes: true))
        #expect(throws: ShardFailure.self) { try careful.block(1) }
        #expect(try careful.verify(pool: WorkerPool(threads: 1)).map(\.fault) == [.hash])
    }

    /// A shard of a size that is in use, of the default level.
    @Test func tenThousandRandomBitFlipsInALargeShardAreFound() throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema(length: 2048, vocabularySize: 16_000)
        let index = try ShardSamples.write(
            ShardSamples.blocks(160, schema), schema, blocksPerShard: 80, compression: .zstd(level: 7), to: folder.path)
        let name = try #require(index.shards[1].zipData?.basename)
        let dataset = try ShardDataset(folder.path)
        // Every flip in a large file on disk would take minutes of copying: the file is mapped, and its one byte changes under it.
        let size = try Folder.fileSize(folder(name))
        #expect(size > 200_000)
        var random = SeededRandom(seed: 11)
        let descriptor = open(folder(name), O_RDWR)
        defer { close(descriptor) }
        var found = 0
        var refused = 0
        for _ in 0..<10_000 {
            let offset = random.nextInt(below: size)
            var byte: UInt8 = 0
            #expect(pread(descriptor, &byte, 1, offset) == 1)
            var flipped = byte ^ (1 << UInt8(random.nextInt(below: 8)))
            #expect(pwrite(descriptor, &flipped, 1, offset) == 1)
            let problems = dataset.problems(ofShard: 1)
            if problems.count == 1, problems[0].blocks == 80..<160, problems[0].message.contains(name),
                problems[0].message.contains("blocks 80 to 159")
            {
                found += 1
            }
            do { _ = try dataset.block(100) } catch ShardFailure.damagedShard(_, 80..<160, _, _, _) { refused += 1 }
            #expect(pwrite(descriptor, &byte, 1, offset) == 1)
        }
        #expect(found == 10_000 && refused == 10_000)
        #expect(dataset.problems(ofShard: 1).isEmpty)
    }

    /// Whatever single bit of the index changes, opening refuses it or nothing that it says has changed.
    @Test func everySingleFlippedBitOfTheIndexIsRefused() throws {
        let fixture = try Fixture(.zstd(level: 3))
        let bytes = try FileByteStream(fixture.folder("index.json")).readAll(limit: 1 << 20)
        let own = try MDSIndex(folder: fixture.folder.path)
        var named: Set<Int> = []
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            do {
                // In memory: the number of files written to disk would be that of the bits.
                let json = try JSONValue(parsing: changed, name: "index.json")
                let index = try MDSIndex(json: json, path: "index.json")
                #expect(index == own, "bit \(bit)")
            } catch let failure as ShardFailure {
                for shard in 0..<3 where failure.description.contains("shards[\(shard)]") { named.insert(shard) }
            } catch {
                #expect(error is FileFailure, "bit \(bit)")
            }
        }
        #expect(named == [0, 1, 2])
    }

    @Test func editedEntriesAreNamedWithTheirBlocks() throws {
        let fixture = try Fixture(.zstd(level: 3))
        let path = fixture.folder("index.json")
        let own = try JSONValue(file: path)
        let shards = try #require(own["shards"]?.items)
        func write(_ shards: [JSONValue]) throws {
            var members = own.members ?? [:]
            members["shards"] = .array(shards)
            try AtomicFile.write(JSONValue.object(members).encoded(.python), to: path)
        }
        var entry = try #require(shards[1].members)
        entry["samples"] = 5
        try write([shards[0], .object(entry), shards[2]])
        let failure = #expect(throws: ShardFailure.self) { try ShardDataset(fixture.folder.path) }
        #expect(failure?.description.contains("shards[1] (shard.00001.mds.zstd, blocks 4 to 8)") == true)
        let tolerant = try ShardDataset(
            fixture.folder.path, options: ShardReadingOptions(toleratesEditedIndex: true))
        #expect(try tolerant.verify(pool: WorkerPool(threads: 2)).map(\.fault) == [.index, .structure])
        #expect(try tolerant.damagedShards(pool: WorkerPool(threads: 2)) == [1])
        // Places exchanged, one removed, one repeated: every entry is sound by itself.
        for edited in [[shards[0], shards[2], shards[1]], [shards[0], shards[1]], shards + [shards[2]], []] {
            try write(edited)
            #expect(throws: ShardFailure.self) { try ShardDataset(fixture.folder.path) }
            let tolerant = try ShardDataset(
                fixture.folder.path, options: ShardReadingOptions(toleratesEditedIndex: true))
            #expect(!tolerant.index.edits.isEmpty)
        }
        // One of others, without the checks.
        try AtomicFile.write(
            JSONValue.object(["version": 2, "shards": .array(shards)]).encoded(.python), to: path)
        #expect(try ShardDataset(fixture.folder.path).blockCount == 12)
    }

    @Test func columnsThatTheShardDoesNotNameAreFound() throws {
        let fixture = try Fixture(.zstd(level: 3))
        var index = try MDSIndex(folder: fixture.folder.path)
        index.shards[1].columns[2].encoding = .fixedArray(.int16, shape: [16])
        try index.write(to: fixture.folder.path)
        let problems = try fixture.problems()
        #expect(problems.map(\.fault).first == .structure)
        #expect(problems.first?.message.contains("column_encodings") == true)
    }

    @Test func allDamagedShardsAreListed() throws {
        let fixture = try Fixture(.zstd(level: 3))
        try Folder.remove(fixture.folder("shard.00000.mds.zstd"))
        fixture.folder.write(Array(fixture.bytes.dropLast()), to: fixture.shardPath)
        let dataset = try ShardDataset(fixture.folder.path)
        let problems = try dataset.verify(pool: WorkerPool(threads: 2))
        #expect(problems.map(\.shard) == [0, 1] && problems.map(\.fault) == [.missing, .size])
        #expect(try dataset.damagedShards(pool: WorkerPool(threads: 2)) == [0, 1])
        #expect(try dataset.verify(pool: WorkerPool(threads: 1), shards: [2]).isEmpty)
        let json = problems[1].json
        #expect(json["fault"] == "size" && json["first_block"] == 4 && json["last_block"] == 7)
        #expect(json["expected"]?.string == "\(fixture.bytes.count) bytes")
    }

    /// The cache of a reader that keeps only what it decompressed.
    @Test func aDecompressedFileAloneIsReadIfItsHashHolds() throws {
        let fixture = try Fixture(.zstd(level: 3))
        var raw = try ZstdDecompressor().decompress(file: fixture.folder(fixture.shardPath))
        try Folder.remove(fixture.folder(fixture.shardPath))
        fixture.folder.write(raw, to: "shard.00001.mds")
        #expect(try ShardDataset(fixture.folder.path).block(5).tokens == fixture.blocks[5].tokens)
        raw[raw.count - 1] ^= 1
        fixture.folder.write(raw, to: "shard.00001.mds")
        #expect(throws: ShardFailure.self) { try ShardDataset(fixture.folder.path).block(5) }
    }

    /// A raw shard without hashes, so that nothing but the bounds checks stands between a hostile file and the reader.
    @Test func hostileBytesNeverReadOutside() throws {
        let fixture = try Fixture(.uncompressed)
        var index = try MDSIndex(folder: fixture.folder.path)
        for shard in index.shards.indices {
            index.shards[shard].rawData.hashes = [:]
            index.shards[shard].hashNames = []
        }
        try index.write(to: fixture.folder.path)
        let hostile: [UInt32] = [0, 1, 3, 5, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFC, 0xFFFF_FFFF]
        var thrown = 0
        for position in 0...fixture.bytes.count - 4 {
            for value in hostile {
                var bytes = fixture.bytes
                for byte in 0..<4 { bytes[position + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte))) }
                fixture.folder.write(bytes, to: fixture.shardPath)
                for block in try fixture.plainlyRead() {
                    if block == nil { thrown += 1 }
                    if let last = block?.ends.last { #expect(last <= 16) }
                }
            }
        }
        #expect(thrown > 1000)
    }

    @Test func idsBeyondTheVocabularyAreFound() throws {
        let fixture = try Fixture(.zstd(level: 3))
        var index = try MDSIndex(folder: fixture.folder.path)
        index.attributes["vocabulary_size"] = 10
        try index.write(to: fixture.folder.path)
        let problems = try fixture.problems()
        #expect(problems.map(\.blocks) == [4..<5, 5..<6, 6..<7, 7..<8])
        #expect(problems[0].message.contains("ids below 10"))
    }
}
