import Files
import Shards
import TestSupport
import Testing

private let streamingPython = ExternalProgram.environment("SHARDMILL_STREAMING_PYTHON")

/// Against `mosaicml-streaming` itself, where `SHARDMILL_STREAMING_PYTHON` names an interpreter that has it.
@Suite(.enabled(if: streamingPython != nil, "SHARDMILL_STREAMING_PYTHON is not set"))
struct StreamingParityTests {
    static func run(_ script: String, _ arguments: [String]) throws -> String {
        let path = "\(TestData.repository)/tools/parity/\(script)"
        let python = try #require(streamingPython)
        let outcome = ExternalProgram.run([python, path] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test func itReadsEveryBlockThatIsWritten() throws {
        let folder = TemporaryFolder()
        var blocksOf: [String: [ShardSamples.Block]] = [:]
        for (number, compression) in [MDSCompression.uncompressed, .zstd(level: nil), .zstd(level: 7)].enumerated() {
            for vocabularySize in [1000, 70_000] {
                let schema = ShardSamples.schema(length: 300, vocabularySize: vocabularySize)
                let blocks = ShardSamples.blocks(23, schema, seed: UInt64(number))
                let target = folder("\(number)-\(vocabularySize)")
                try ShardSamples.write(blocks, schema, blocksPerShard: 5, compression: compression, to: target)
                blocksOf[target] = blocks
            }
        }
        var seen = 0
        for line in try Self.run("read_mds.py", blocksOf.keys.sorted()).split(separator: "\n") {
            let json = try JSONValue(parsing: Array(line.utf8), name: "read_mds.py")
            let target = try #require(json["folder"]?.string)
            let blocks = try #require(blocksOf[target])
            if let count = json["count"]?.int {
                #expect(count == blocks.count)
                continue
            }
            let sample = try #require(json["sample"])
            let number = try #require(json["number"]?.int)
            let block = blocks[number]
            #expect(sample.members?.count == 3)
            #expect(sample["tokens"]?.items?.map(\.int) == block.tokens.map { Int($0) })
            #expect(sample["segment_ends"]?.items?.map(\.int) == block.ends.map { Int($0) })
            #expect(sample["segment_documents"]?.items?.map(\.int) == block.documents.map { Int($0) })
            seen += 1
        }
        #expect(seen == 6 * 23)
        // Its reader leaves the decompressed files beside ours.
        for (target, blocks) in blocksOf { #expect(try ShardSamples.read(ShardDataset(target)) == blocks) }
    }

    @Test func whatItWritesIsRead() throws {
        let folder = TemporaryFolder()
        _ = try Self.run("write_mds.py", [folder.path])
        for name in ["bytes", "int32", "untyped"] {
            let dataset = try ShardDataset(
                folder(name), options: ShardReadingOptions(bytesElement: .int64, verifiesHashes: true))
            #expect(dataset.blockCount == 5 && !dataset.hasSegments)
            for number in 0..<5 {
                let block = try dataset.block(number)
                #expect(block.tokens == (0..<6).map { UInt32(number + $0) })
                #expect(block.segmentEnds == [6] && block.segmentDocuments.isEmpty)
            }
        }
    }

    @Test func theBytesAreThoseOfItsOwnWriter() throws {
        let folder = TemporaryFolder()
        _ = try Self.run("write_mds.py", [folder.path])
        let schema = ShardSamples.schema()
        for (name, compression) in [("blocks-raw", MDSCompression.uncompressed), ("blocks-zstd", .zstd(level: 7))] {
            var writer = try schema.makeWriter(blocksPerShard: 10, compression: compression)
            for number in 0..<10 {
                try writer.append { sample in
                    try sample.put([7, UInt32(number)])
                    try sample.put([UInt32(number + 1), 16])
                    try sample.put((0..<16).map { UInt16(number + $0) })
                }
            }
            let shard = writer.finish(number: 0)
            if compression == .uncompressed {
                let written = try FileByteStream(folder(name + "/shard.00000.mds")).readAll(limit: 1 << 20)
                #expect(shard.raw == written)
                let index = try FileByteStream(folder(name + "/index.json")).readAll(limit: 1 << 20)
                #expect(MDSIndex(shards: [shard.entry]).encoded() == index)
            } else {
                let written = try ZstdDecompressor().decompress(file: folder(name + "/shard.00000.mds.zstd"))
                #expect(shard.raw == written)
                let index = try MDSIndex(folder: folder(name))
                #expect(index.shards[0].rawData == shard.entry.rawData)
                #expect(index.shards[0].sizeLimit == shard.entry.sizeLimit)
            }
        }
    }
}
