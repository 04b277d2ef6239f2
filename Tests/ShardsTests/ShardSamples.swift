import Files
import Parallel
import Shards
import TestSupport

/// Data sets for tests.
enum ShardSamples {
    struct Block: Equatable {
        var tokens: [UInt32]
        var ends: [UInt32]
        var documents: [UInt32]
        /// What the column of loss spans holds, where the schema has it.
        var loss: [UInt32]?
    }

    static func schema(length: Int = 16, vocabularySize: Int = 1000) -> BlockSchema {
        BlockSchema(
            length: length, vocabularySize: vocabularySize, tokenizerDigest: "ab12", separatorPolicy: "eos",
            paddingToken: 0)
    }

    static func blocks(_ count: Int, _ schema: BlockSchema, seed: UInt64 = 1) -> [Block] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { block in
            let tokens = (0..<schema.length).map { _ in UInt32(random.nextInt(below: schema.vocabularySize)) }
            var ends: [UInt32] = []
            while ends.last ?? 0 < schema.length {
                ends.append((ends.last ?? 0) + 1 + UInt32(random.nextInt(below: schema.length)))
            }
            ends[ends.count - 1] = UInt32(schema.length)
            if block == count - 1, schema.length > 3 { ends = [2, UInt32(schema.length - 1)] }
            return Block(
                tokens: tokens, ends: ends, documents: ends.map { _ in UInt32(random.nextInt(below: 1 << 30)) })
        }
    }

    @discardableResult
    static func write(
        _ blocks: [Block], _ schema: BlockSchema, blocksPerShard: Int, compression: MDSCompression = .zstd(level: 3),
        to folder: String
    ) throws -> MDSIndex {
        try Folder.create(folder)
        var writer = try schema.makeWriter(blocksPerShard: blocksPerShard, compression: compression)
        var entries: [MDSShardEntry] = []
        for start in stride(from: 0, to: blocks.count, by: blocksPerShard) {
            for block in blocks[start..<min(start + blocksPerShard, blocks.count)] {
                try block.tokens.withUnsafeBufferPointer {
                    try writer.append(
                        block: $0, segmentEnds: block.ends, segmentDocuments: block.documents, lossSpans: block.loss)
                }
            }
            let shard = writer.finish(number: entries.count)
            try shard.write(to: folder)
            entries.append(shard.entry)
        }
        let index = MDSIndex(shards: entries, attributes: schema.indexAttributes)
        try index.write(to: folder)
        return index
    }

    static func read(_ dataset: ShardDataset) throws -> [Block] {
        try (0..<dataset.blockCount).map { number in
            let block = try dataset.block(number)
            return Block(
                tokens: block.tokens, ends: block.segmentEnds, documents: block.segmentDocuments,
                loss: block.lossBounds)
        }
    }
}
