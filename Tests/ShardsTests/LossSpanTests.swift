import Files
import Shards
import TestSupport
import Testing

/// The optional column of positions that carry loss.
@Suite struct LossSpanTests {
    private let folder = TemporaryFolder()

    private func dataset(_ spans: [[UInt32]?], length: Int = 16, ends: [UInt32] = [5, 14]) throws -> ShardDataset {
        var schema = ShardSamples.schema(length: length)
        schema.hasLossSpans = spans.first.flatMap { $0 } != nil
        var writer = try schema.makeWriter(blocksPerShard: 100)
        for spans in spans {
            try [UInt32](repeating: 7, count: length).withUnsafeBufferPointer {
                try writer.append(block: $0, segmentEnds: ends, segmentDocuments: ends, lossSpans: spans)
            }
        }
        let shard = writer.finish(number: 0)
        try shard.write(to: folder.path)
        try MDSIndex(shards: [shard.entry], attributes: schema.indexAttributes).write(to: folder.path)
        return try ShardDataset(folder.path)
    }

    @Test func spansAreReadAsTheyWereWritten() throws {
        let spans: [[UInt32]] = [[0, 14], BlockSchema.lossBounds([]), [3, 5, 5, 6, 9, 14], [13, 14]]
        let dataset = try dataset(spans)
        #expect(dataset.hasLossSpans && dataset.index.shards[0].columns.map(\.name).first == "loss_spans")
        #expect(dataset.index.shards[0].columns.map(\.name) == dataset.index.shards[0].columns.map(\.name).sorted())
        for (number, expected) in spans.enumerated() {
            let block = try dataset.block(number)
            #expect(block.lossBounds == expected && block.segmentEnds == [5, 14])
        }
        #expect(try dataset.block(1).lossSpans == [])
        #expect(try dataset.block(2).lossSpans == [3..<5, 5..<6, 9..<14])
        #expect(BlockSchema.lossBounds([3..<5, 5..<6, 9..<14]) == spans[2])
        #expect(dataset.problems(ofShard: 0).isEmpty)
        var reader = try BlockReader(dataset, seed: 3)
        var found: Set<[UInt32]> = []
        while let block = try reader.next() { found.insert(block.lossBounds ?? [99]) }
        #expect(found == Set(spans))
    }

    @Test func withoutTheColumnAllCarryLoss() throws {
        let dataset = try dataset([nil, nil])
        #expect(!dataset.hasLossSpans && dataset.index.shards[0].columns.count == 3)
        #expect(try dataset.block(1).lossSpans == nil)
    }

    @Test(
        arguments: [
            ([1], "pairs of loss spans"), ([0, 0, 0, 0], "from 1 to 14"), ([1, 4, 9], "pairs of loss spans"),
            ([3, 3], "bounds of loss spans from 4 to 14"),
            ([5, 2], "bounds of loss spans from 6 to 14"), ([2, 5, 4, 6], "bounds of loss spans from 5 to 14"),
            ([2, 15], "bounds of loss spans from 3 to 14"), ([2, .max], "to 14"), ([14, 15], "to 14"),
        ] as [([UInt32], String)])
    func badSpansAreNamed(spans: [UInt32], says: String) throws {
        let dataset = try dataset([[0, 14], spans])
        #expect(try dataset.block(0).lossSpans == [0..<14])
        let failure = #expect(throws: ShardFailure.self) { try dataset.block(1) }
        let message = "\(try #require(failure))"
        #expect(message.contains(says) && message.contains("sample 1"), "\(message)")
        #expect(dataset.problems(ofShard: 0).count == 1)
    }

    /// Loss on every second token of the longest blocks fits into the bound of a shard.
    @Test func theBoundOfAShardHoldsTheWorstSpans() throws {
        let length = 2048
        let spans = (0..<UInt32(length) / 2).flatMap { [$0 * 2, $0 * 2 + 1] }
        let dataset = try dataset(
            [[UInt32]?](repeating: spans, count: 100), length: length, ends: (1...UInt32(length)).map { $0 })
        #expect(dataset.blockCount == 100)
        #expect(try dataset.block(99).lossBounds == spans)
    }
}
