import Files
import Parallel
import Shards
import TestSupport
import Testing

@Suite struct ShardDatasetTests {
    @Test(arguments: [MDSCompression.uncompressed, .zstd(level: nil), .zstd(level: 19)], [1000, 70_000])
    func blocksComeBackInAnyOrder(compression: MDSCompression, vocabularySize: Int) throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema(vocabularySize: vocabularySize)
        let blocks = ShardSamples.blocks(23, schema)
        let written = try ShardSamples.write(
            blocks, schema, blocksPerShard: 5, compression: compression, to: folder.path)
        let dataset = try ShardDataset(
            folder.path, options: ShardReadingOptions(verifiesHashes: true, cacheBytes: 0))
        #expect(dataset.index == written)
        #expect(dataset.blockCount == 23 && dataset.blockLength == 16 && dataset.hasSegments)
        #expect(dataset.vocabularySize == vocabularySize && dataset.tokenizerDigest == "ab12")
        #expect(try ShardSamples.read(dataset) == blocks)
        for number in [22, 0, 7, 22, 14, 1] { #expect(try dataset.block(number).tokens == blocks[number].tokens) }
        #expect(try dataset.block(22).paddingStart == 15)
        #expect(try dataset.verify(pool: WorkerPool(threads: 2)).isEmpty)
        let stored16: Int? = try dataset.block(3).withStored16 { $0.count }
        #expect(stored16 == (vocabularySize == 1000 ? 32 : nil))
    }

    @Test func anEmptyDataSetIsValid() throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema()
        try ShardSamples.write([], schema, blocksPerShard: 5, to: folder.path)
        let dataset = try ShardDataset(folder.path)
        #expect(dataset.blockCount == 0 && dataset.blockLength == 16)
        #expect(try dataset.verify(pool: WorkerPool(threads: 1)).isEmpty)
        #expect(throws: ShardFailure.noSuchBlock(path: folder.path, block: 0, count: 0)) { try dataset.block(0) }
    }

    @Test func manyThreadsReadTheSame() throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema()
        let blocks = ShardSamples.blocks(64, schema)
        try ShardSamples.write(blocks, schema, blocksPerShard: 4, to: folder.path)
        let dataset = try ShardDataset(folder.path, options: ShardReadingOptions(cacheBytes: 500))
        let order = KeyedPermutation(count: 64, seed: 3)
        let read = try WorkerPool(threads: 4).map(640) { position, _ in
            try dataset.block(order[position % 64]).tokens
        }
        for position in 0..<640 { #expect(read[position] == blocks[order[position % 64]].tokens) }
    }

    @Test func aFileBesideItsCompressedFormIsIgnored() throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema()
        let blocks = ShardSamples.blocks(4, schema)
        try ShardSamples.write(blocks, schema, blocksPerShard: 4, to: folder.path)
        folder.write("not a shard", to: "shard.00000.mds")
        let dataset = try ShardDataset(folder.path)
        #expect(try ShardSamples.read(dataset) == blocks)
        #expect(try dataset.verify(pool: WorkerPool(threads: 1)).isEmpty)
    }
}
