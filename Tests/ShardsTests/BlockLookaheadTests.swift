import Files
import Parallel
import TestSupport
import Testing

@testable import Shards

@Suite struct BlockLookaheadTests {
    /// Any order, with blocks that come again, changed in the middle, asked for with as many numbers as are wanted or fewer.
    @Test(arguments: 1...8) func everyOrderGivesItsBlocks(run: UInt64) throws {
        let fixture = try BlockReaderTests.Fixture()
        let dataset = try fixture.dataset(cache: [0, 2500, 9000, 64 << 20][Int(run % 4)])
        var random = SeededRandom(seed: run)
        var reader = BlockLookahead(dataset)
        var order = (0..<400).map { _ in random.nextInt(below: 53) }
        for place in order.indices {
            if random.nextInt(below: 50) == 0 { order[place] = random.nextInt(below: 53) }
            let block = try reader.block(order[place]) { count in
                Array(order[place...].prefix(run > 4 ? count : (count + 1) / 2))
            }
            #expect(block.index == order[place])
            #expect(block.tokens == fixture.blocks[block.index].tokens)
            #expect(block.segmentEnds == fixture.blocks[block.index].ends)
        }
    }

    @Test func aDamagedShardFailsWhereItsBlocksAreAskedFor() throws {
        let fixture = try BlockReaderTests.Fixture()
        let dataset = try fixture.dataset(cache: 9000)
        let path = PathText.join(fixture.folder.path, "shard.00002.mds.zstd")
        var bytes = try FileByteStream(path).readAll(limit: 1 << 24, hint: "")
        bytes[bytes.count / 2] ^= 1
        try AtomicFile.write(bytes, to: path)
        var reader = BlockLookahead(dataset)
        let order = (0..<53).map { $0 * 20 % 53 }
        for (place, number) in order.enumerated() {
            let upcoming: (Int) -> [Int] = { Array(order[place...].prefix($0)) }
            if dataset.shard(ofBlock: number) == 2 {
                #expect(throws: ShardFailure.self) { try reader.block(number, upcoming: upcoming) }
            } else {
                #expect(try reader.block(number, upcoming: upcoming).tokens == fixture.blocks[number].tokens)
            }
        }
    }

    /// A stretch decodes each of its shards once.
    @Test func stretchesGrowUntilEveryShardIsDecodedAnyway() throws {
        let fixture = try BlockReaderTests.Fixture()
        var window = BlockWindow()
        let dataset = try fixture.dataset(cache: 9000)
        let limit = 9000 / (dataset.decodedBytes / 53)
        #expect(limit > 16 && limit < 53)
        #expect((0..<3).map { _ in window.nextCount(of: dataset) } == [16, limit, limit])
        var many = BlockWindow()
        let large = try BlockReaderTests.Fixture(500)
        let wide = try large.dataset(cache: large.dataset().decodedBytes / 2)
        #expect((0..<4).map { _ in many.nextCount(of: wide) } == [16, 64, 250, 250])
    }
}
