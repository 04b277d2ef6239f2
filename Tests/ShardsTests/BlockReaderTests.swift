import Files
import Parallel
import Shards
import TestSupport
import Testing

@Suite struct BlockReaderTests {
    /// 53 blocks in shards of 5, of several kilobytes each.
    struct Fixture {
        let folder = TemporaryFolder()
        let blocks: [ShardSamples.Block]

        init(_ count: Int = 53, compression: MDSCompression = .zstd(level: 3)) throws {
            let schema = ShardSamples.schema(length: 64)
            blocks = ShardSamples.blocks(count, schema)
            try ShardSamples.write(blocks, schema, blocksPerShard: 5, compression: compression, to: folder.path)
        }

        func dataset(cache: Int = 64 << 20, scratch: Bool = false, scratchBytes: Int = 1 << 40) throws -> ShardDataset {
            try ShardDataset(
                folder.path,
                options: ShardReadingOptions(
                    cacheBytes: cache, scratchFolder: scratch ? folder.path : nil, scratchBytes: scratchBytes))
        }

        /// The numbers that a reader gives, each with the tokens and segments of its block.
        func numbers(_ reader: inout BlockReader, atMost: Int = .max) throws -> [Int] {
            var numbers: [Int] = []
            while numbers.count < atMost, let block = try reader.next() {
                #expect(block.tokens == blocks[block.index].tokens)
                #expect(block.segmentEnds == blocks[block.index].ends)
                #expect(block.segmentDocuments == blocks[block.index].documents)
                numbers.append(block.index)
            }
            return numbers
        }
    }

    /// The order, by the slow way: the permutation of each epoch written out.
    static func order(_ count: Int, seed: UInt64?, epochs: Int) throws -> [Int] {
        guard let seed else { return (0..<epochs).flatMap { _ in 0..<count } }
        var order = try DataOrder(count: count, seed: seed)
        return (0..<epochs * count).compactMap { _ in order.next() }
    }

    @Test(arguments: [UInt64?.none, 7], [0, 3000, 64 << 20])
    func itFollowsTheOrderThroughTheEpochs(seed: UInt64?, cache: Int) throws {
        let fixture = try Fixture()
        for scratch in [nil, 4096 * 4, 1 << 30] {
            let dataset = try fixture.dataset(cache: cache, scratch: scratch != nil, scratchBytes: scratch ?? 0)
            var reader = try BlockReader(dataset, seed: seed, epochs: 3)
            #expect(try fixture.numbers(&reader) == Self.order(53, seed: seed, epochs: 3))
            #expect(try reader.next() == nil)
            #expect(reader.state == (try ReadingState(blocks: 53, seed: seed, epoch: 3, position: 0)))
        }
    }

    @Test func rawShardsAreShuffledToo() throws {
        let fixture = try Fixture(compression: .uncompressed)
        var reader = try BlockReader(fixture.dataset(cache: 0, scratch: true), seed: 1)
        #expect(try fixture.numbers(&reader) == Self.order(53, seed: 1, epochs: 1))
    }

    /// Ranks of changing number and changing turns, stopped and resumed at random, see together exactly the order.
    @Test(arguments: [UInt64?.none, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    func anyNumberOfRanksSeesEveryBlockOnce(seed: UInt64?, run: UInt64) throws {
        let fixture = try Fixture(run % 4 == 0 ? 7 : 53)
        let count = fixture.blocks.count
        let order = try Self.order(count, seed: seed, epochs: 3)
        var random = SeededRandom(seed: run)
        let dataset = try fixture.dataset(cache: run % 2 == 0 ? 2500 : 1 << 20)
        var state = try ReadingState(blocks: count, seed: seed)
        var seen: [Int] = []
        while true {
            let ranks = 1 + random.nextInt(below: 9)
            let turn = 1 + random.nextInt(below: 4)
            let rounds = random.nextInt(below: 12)
            var turns: [[[Int]]] = []
            var states: [ReadingState] = []
            for rank in 0..<ranks {
                var reader = try BlockReader(
                    dataset, from: state, epochs: 3, rank: rank, ranks: ranks, blocksPerTurn: turn)
                turns.append(try (0..<rounds).map { _ in try fixture.numbers(&reader, atMost: turn) })
                states.append(reader.state)
            }
            for round in 0..<rounds { for rank in 0..<ranks { seen += turns[rank][round] } }
            // The ranks agree where they are.
            #expect(states.allSatisfy { $0 == states[0] })
            state = try ReadingState(json: JSONValue(parsing: states[0].json.encoded(), name: "state"))
            #expect(seen == Array(order[..<(state.epoch * count + state.position)]))
            if state.epoch == 3 { break }
        }
        #expect(seen == order)
    }

    @Test func endlessReadingAndAnEmptyDataSet() throws {
        let fixture = try Fixture(7)
        var reader = try BlockReader(
            fixture.dataset(), from: ReadingState(blocks: 7, seed: 3, epoch: 5, position: 6), epochs: nil)
        #expect(
            try fixture.numbers(&reader, atMost: 15) == Array(Self.order(7, seed: 3, epochs: 8)[41..<56]))
        let folder = TemporaryFolder()
        try ShardSamples.write([], ShardSamples.schema(), blocksPerShard: 5, to: folder.path)
        var none = try BlockReader(ShardDataset(folder.path), seed: 3, epochs: nil)
        #expect(try none.next() == nil)
    }

    @Test func aStateOfAnotherDataSetAndWrongRanksAreRefused() throws {
        let dataset = try Fixture(7).dataset()
        #expect(throws: ShardFailure.self) { try BlockReader(dataset, from: ReadingState(blocks: 8, seed: 1)) }
        let state = try ReadingState(blocks: 7, seed: 1)
        #expect(throws: ShardFailure.self) { try BlockReader(dataset, from: state, rank: 2, ranks: 2) }
        #expect(throws: ShardFailure.self) { try BlockReader(dataset, from: state, rank: -1, ranks: 2) }
        #expect(throws: ShardFailure.self) { try BlockReader(dataset, from: state, blocksPerTurn: 0) }
        #expect(throws: ShardFailure.self) { try ReadingState(blocks: 7, seed: 1, position: 7) }
        #expect(throws: ShardFailure.self) { try ReadingState(json: ["blocks": 7, "epoch": 0, "position": 0]) }
        #expect(throws: ShardFailure.self) {
            try ReadingState(json: ["blocks": 7, "epoch": 0, "position": 0, "seed": "x"])
        }
        #expect(throws: ShardFailure.self) {
            try ReadingState(json: ["blocks": 7, "epoch": 9_000_000_000_000_000_000, "position": 0, "seed": "1"])
        }
    }

    /// Shard 3 is missing (blocks 15 to 19), shard 7 damaged (35 to 39).
    @Test(arguments: [UInt64?.none, 5], [2000, 1 << 20])
    func damageIsNamedOrSkippedAndCounted(seed: UInt64?, cache: Int) throws {
        let fixture = try Fixture()
        try Folder.remove(fixture.folder("shard.00003.mds.zstd"))
        var bytes = try FileByteStream(fixture.folder("shard.00007.mds.zstd")).readAll(limit: 1 << 20)
        bytes[bytes.count / 2] ^= 1
        fixture.folder.write(bytes, to: "shard.00007.mds.zstd")
        let order = try Self.order(53, seed: seed, epochs: 1)
        let lost = Set(15..<20).union(35..<40)
        let dataset = try fixture.dataset(cache: cache)

        var strict = try BlockReader(dataset, seed: seed)
        var read: [Int] = []
        var failures: [ShardFailure] = []
        for place in order.indices {
            do {
                if let block = try strict.next() { read.append(block.index) }
            } catch let failure as ShardFailure {
                failures.append(failure)
                #expect(lost.contains(order[place]))
            }
        }
        #expect(read == order.filter { !lost.contains($0) } && failures.count == 10)
        for failure in failures {
            switch failure {
            case .missingShard(let path, let blocks):
                #expect(path == fixture.folder("shard.00003.mds.zstd") && blocks == 15..<20)
            case .damagedShard(let path, let blocks, let fault, _, _):
                #expect(path == fixture.folder("shard.00007.mds.zstd") && blocks == 35..<40 && fault == .hash)
            default: Issue.record("\(failure)")
            }
        }

        var lenient = try BlockReader(
            dataset, from: ReadingState(blocks: 53, seed: seed), epochs: 2, onDamage: .skip)
        let both = try fixture.numbers(&lenient)
        #expect(both == (try Self.order(53, seed: seed, epochs: 2)).filter { !lost.contains($0) })
        #expect(lenient.skippedBlocks == 20)
        #expect(lenient.skippedShards.map(\.shard).sorted() == [3, 7])
        #expect(Set(lenient.skippedShards.map(\.fault)) == [.missing, .hash])
        #expect(lenient.state.epoch == 2)
    }

    @Test func scratchThatCannotBeMadeIsNamed() throws {
        let fixture = try Fixture(7)
        let failure = #expect(throws: FileFailure.self) {
            try ShardDataset(
                fixture.folder.path, options: ShardReadingOptions(scratchFolder: fixture.folder("nowhere")))
        }
        #expect(failure?.description.contains("nowhere") == true)
    }

    @Test func manyThreadsShareTheScratchFile() throws {
        let fixture = try Fixture()
        let dataset = try fixture.dataset(cache: 0, scratch: true)
        let order = KeyedPermutation(count: 53, seed: 3)
        let read = try WorkerPool(threads: 4).map(530) { position, _ in
            try dataset.block(order[position % 53]).tokens
        }
        for position in 0..<530 { #expect(read[position] == fixture.blocks[order[position % 53]].tokens) }
    }
}
