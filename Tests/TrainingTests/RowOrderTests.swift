import Evaluation
import Files
import Shards
import TestSupport
import Testing
import Transformers

@testable import Training

@Suite struct RowOrderTests {
    private let tiny: TinyRun
    init() throws { tiny = try TinyRun() }

    /// The tokens of the next rows.
    private func take(_ count: Int, _ order: inout RowOrder) throws -> [[Int32]] {
        try (0..<count).map { _ in
            var batcher = RowBatcher()
            try order.appendNext(to: &batcher)
            return batcher.take().tokens
        }
    }

    @Test func everyRowComesOnceInAnEpoch() throws {
        let data = try tiny.data
        var order = try RowOrder(data, sequenceLength: 12, seed: 1)
        #expect(order.rowsPerEpoch == 24 * 3)
        let first = try take(72, &order)
        #expect(order.epoch == 1)
        let second = try take(72, &order)
        #expect(first != second)
        var expected: [[Int32]] = []
        for number in 0..<24 {
            let block = try data.sources[0].dataset.block(number)
            for start in [0, 12, 24] {
                let end = min(start + 12, block.paddingStart)
                expected.append(start < end ? block.tokens[start..<end].map { Int32($0) } : [])
            }
        }
        func sorted(_ rows: [[Int32]]) -> [[Int32]] { rows.sorted { $0.lexicographicallyPrecedes($1) } }
        #expect(sorted(first) == sorted(expected) && sorted(second) == sorted(expected))
        var other = try RowOrder(data, sequenceLength: 12, seed: 2)
        #expect(try take(72, &other) != first)
    }

    @Test func aStateGoesOnWhereItWasTaken() throws {
        try tiny.makeDataset("more", blocks: 7, seed: 9)
        let data = try TrainingData([(tiny.folder("data"), 3), (tiny.folder("more"), 1)])
        for taken in [0, 1, 24, 31, 100] {
            var order = try RowOrder(data, sequenceLength: nil, seed: 1)
            _ = try take(taken, &order)
            let state = try JSONValue(parsing: order.json.encoded(), name: "state")
            let expected = try take(40, &order)
            var restored = try RowOrder(data, sequenceLength: nil, seed: 1)
            try restored.restore(state, path: "state")
            #expect(restored.taken == taken)
            #expect(try take(40, &restored) == expected)
            var other = try RowOrder(data, sequenceLength: nil, seed: 2)
            #expect(throws: TrainingFailure.self) { try other.restore(state, path: "state") }
        }
    }

    @Test(arguments: [0, 200, 1000, 64 << 20]) func rowsAreTheSameHoweverLittleMemoryThereIs(cache: Int) throws {
        try tiny.makeDataset("more", blocks: 7, seed: 9)
        let paths: [(path: String, weight: Double?)] = [(tiny.folder("data"), 3), (tiny.folder("more"), 1)]
        var plenty = try RowOrder(TrainingData(paths), sequenceLength: 12, seed: 1)
        let data = try TrainingData(paths, reading: ShardReadingOptions(cacheBytes: cache))
        var order = try RowOrder(data, sequenceLength: 12, seed: 1)
        #expect(try take(300, &order) == take(300, &plenty))
        order.skip(5)
        plenty.skip(5)
        #expect(try take(40, &order) == take(40, &plenty))
        let state = order.json
        let expected = try take(40, &plenty)
        #expect(try take(40, &order) == expected)
        try order.restore(state, path: "state")
        #expect(try take(40, &order) == expected)
    }

    @Test func weightsSayHowOftenAnEpochTakesASource() throws {
        try tiny.makeDataset("more", blocks: 7, seed: 9)
        let data = try TrainingData([(tiny.folder("data"), 0.5), (tiny.folder("more"), 2)])
        var order = try RowOrder(data, sequenceLength: nil, seed: 1)
        #expect(order.rowsPerEpoch == 12 + 14)
        for taken in 1...200 {
            _ = try take(1, &order)
            let states = order.json.items ?? []
            let second = (states[1]["epoch"]?.int ?? 0) * 7 + (states[1]["position"]?.int ?? 0)
            #expect(abs(Double(second) - Double(taken) * 14 / 26) <= 1)
            if taken == 26 { #expect(second == 14 && order.epoch == 1) }
        }
    }

    @Test func dataThatCannotBeUsedIsNamed() throws {
        #expect(message { _ = try TrainingData([(tiny.folder("none"), nil)]) }.contains("none: no such file"))
        #expect(message { _ = try TrainingData([(tiny.folder("data"), 0)]) }.contains("a weight above 0"))
        #expect(message { _ = try TrainingData([]) }.contains("at least one data set"))
        try tiny.makeDataset("foreign", blocks: 2, seed: 1, digest: "u")
        #expect(
            message { _ = try TrainingData([(tiny.folder("data"), nil), (tiny.folder("foreign"), nil)]) }.contains(
                "foreign: expected the tokenizer of"))
        try tiny.makeDataset("empty", blocks: 0, seed: 1)
        #expect(message { _ = try TrainingData([(tiny.folder("empty"), nil)]) }.contains("at least one block"))
        let data = try tiny.data
        #expect(data.validation.count == 1 && data.warnings.isEmpty)
        #expect(message { _ = try RowOrder(data, sequenceLength: 33, seed: 1) }.contains("at most the 32 tokens"))
        try tiny.makeDataset("wide", blocks: 2, seed: 1, vocabularySize: 41)
        #expect(
            message { _ = try tiny.make("run", TinyRun.options, data: TrainingData([(tiny.folder("wide"), nil)])) }
                .contains("a vocabulary of at most 40"))
    }
}
