import Files
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
            if compression != .uncompressed {
                // Without file hashes the frame checksum still lets no wrong token through.
                for (number, block) in try fixture.plainlyRead().enumerated() {
                    #expect(block == nil || block == fixture.blocks[4 + number], "bit \(bit)")
                }
            }
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

    @Test func twoShardsThatChangedPlacesAreFound() throws {
        let fixture = try Fixture(.zstd(level: 3))
        let other = try FileByteStream(fixture.folder("shard.00002.mds.zstd")).readAll(limit: 1 << 20)
        fixture.folder.write(other, to: fixture.shardPath)
        fixture.folder.write(fixture.bytes, to: "shard.00002.mds.zstd")
        let dataset = try ShardDataset(fixture.folder.path)
        #expect(try dataset.verify(pool: WorkerPool(threads: 1)).map(\.shard) == [1, 2])
        let careful = try ShardDataset(fixture.folder.path, options: ShardReadingOptions(verifiesHashes: true))
        #expect(throws: ShardFailure.self) { try careful.block(4) }
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
