import Files
import Parallel
import Shards
import Tensors
import TestSupport
import Transformers

@testable import Evaluation

/// A small random model and small data sets for tests.
enum TinyModel {
    static let configuration: ModelConfiguration = {
        var shape = ModelConfiguration(
            family: .llama, vocabularySize: 50, hiddenSize: 16, intermediateSize: 24, layerCount: 2, headCount: 4,
            keyValueHeadCount: 2, normEpsilon: 1e-5, rotaryBase: 10_000, maximumPositions: 64)
        shape.endTokenIDs = [2]
        shape.initializerRange = 0.3
        return shape
    }()

    static func make(in folder: TemporaryFolder, seed: UInt64 = 1) throws -> String {
        try ModelFolder.initialize(
            at: folder("model"), configuration: configuration, seed: seed, pool: WorkerPool(threads: 1))
        return folder("model")
    }

    /// A data set of blocks of 16 tokens; the last block has 5 tokens of padding.
    ///
    /// - Parameter lossSpans: For each block the positions that carry loss; nil: all of them, without a column.
    static func dataset(
        in folder: TemporaryFolder, blocks: Int, seed: UInt64 = 1, lossSpans: ((_ block: Int) -> [UInt32])? = nil
    ) throws -> ShardDataset {
        let schema = BlockSchema(
            length: 16, vocabularySize: 50, tokenizerDigest: "t", separatorPolicy: "none", paddingToken: 0,
            hasLossSpans: lossSpans != nil)
        var writer = try schema.makeWriter(blocksPerShard: 100)
        var random = SeededRandom(seed: seed)
        for block in 0..<blocks {
            let tokens = (0..<16).map { _ in UInt32(random.nextInt(below: 50)) }
            let ends: [UInt32] = block == blocks - 1 ? [4, 11] : block % 2 == 0 ? [16] : [3, 9, 16]
            try tokens.withUnsafeBufferPointer {
                try writer.append(
                    block: $0, segmentEnds: ends, segmentDocuments: ends.map { _ in 0 }, lossSpans: lossSpans?(block))
            }
        }
        let path = folder("data")
        try Folder.create(path)
        let shard = writer.finish(number: 0)
        try shard.write(to: path)
        try MDSIndex(shards: [shard.entry], attributes: schema.indexAttributes).write(to: path)
        return try ShardDataset(path)
    }
}
