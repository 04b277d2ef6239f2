import Evaluation
import Files
import Shards
import TestSupport
import Testing
import Transformers

@testable import Training

/// What the record of a run says a step saw, against what the run reads.
@Suite struct StepRowsTests {
    private let tiny: TinyRun
    init() throws { tiny = try TinyRun() }

    /// The token ids of the batches that a run makes, step after step, as `TrainingRun` makes them.
    private func read(_ data: TrainingData, _ options: TrainingOptions, steps: Int) throws -> [[[Int32]]] {
        var order = try RowOrder(data, sequenceLength: options.sequenceLength, seed: options.seed)
        return try (0..<steps).map { _ in
            try (0..<options.gradientAccumulation * options.batchRows).map { _ in
                var batcher = RowBatcher(isolatesSegments: options.isolateSegments)
                try order.appendNext(to: &batcher)
                return batcher.take().tokens
            }
        }
    }

    @Test(arguments: [1, 2], [nil, 12, 16])
    func theRowsOfEveryStepAreThoseThatTheRunReads(sources: Int, sequenceLength: Int?) throws {
        try tiny.makeDataset("more", blocks: 7, seed: 9)
        let paths: [(path: String, weight: Double?)] =
            [(tiny.folder("data"), nil)] + (sources == 2 ? [(tiny.folder("more"), 2)] : [])
        var options = TinyRun.options
        options.sequenceLength = sequenceLength
        // Three epochs of 24 blocks and more.
        options.steps = 60
        let data = try TrainingData(paths)
        _ = try tiny.make("run", options, data: data)
        let record = try #require(try RunRecord(folder: tiny.folder("run")))
        #expect(record.totalSteps == 60)
        let opened = try record.openData()
        let batches = try read(data, options, steps: 60)
        var epochs: Set<Int> = []
        for step in 1...60 {
            let rows = try record.rows(ofStep: step, data: opened)
            #expect(rows.map(\.pass) == [0, 0, 1, 1] && rows.map(\.row) == [0, 1, 0, 1])
            for (row, tokens) in zip(rows, batches[step - 1]) {
                let block = try data.sources[row.source].dataset.block(row.block)
                let end = min(row.positions.upperBound, block.paddingStart)
                let expected =
                    row.positions.lowerBound < end ? block.tokens[row.positions.lowerBound..<end].map { Int32($0) } : []
                #expect(tokens == expected, "step \(step)")
                epochs.insert(row.epoch)
            }
        }
        #expect(epochs.count >= 2)
        #expect(message { _ = try record.rows(ofStep: 61, data: opened) }.contains("1 to 60"))
        #expect(message { _ = try record.rows(ofStep: 0, data: opened) }.contains("1 to 60"))
    }

    /// A run that really trains reports after every step how many rows it has taken, also when it was resumed.
    @Test func aResumedRunStandsWhereTheRecordSays() throws {
        let data = try tiny.data
        do {
            _ = try tiny.make("run", TinyRun.options).run(
                TrainingObserver(onStep: { if $0.step == 6 { throw Killed() } }))
        } catch is Killed {}
        _ = try tiny.make("run", TinyRun.options, resumes: true).run()
        let record = try #require(try RunRecord(folder: tiny.folder("run")))
        for line in try tiny.metrics("run") {
            guard let step = line["step"]?.int, let position = line["position"]?.int else { continue }
            let rows = try record.rows(ofStep: step, data: data)
            #expect(position == step * rows.count)
            let targets = try rows.reduce(0) { sum, row in
                let block = try data.sources[row.source].dataset.block(row.block)
                var batcher = RowBatcher(isolatesSegments: true)
                batcher.append(block, row.positions)
                return sum + batcher.take().labelCount
            }
            #expect(line["target_tokens"]?.int == targets, "step \(step)")
        }
    }

    /// Numbers in a record that nothing could follow are an answer, not a trap.
    @Test func numbersBeyondAllBoundsAreRefused() throws {
        try tiny.makeDataset("more", blocks: 7, seed: 9)
        let one = try tiny.data
        let two = try TrainingData([(tiny.folder("data"), nil), (tiny.folder("more"), nil)])
        _ = try tiny.make("run", TinyRun.options, data: two)
        let path = tiny.folder("run/run.json")
        var members = try #require(try JSONValue(file: path).members)
        func record(steps: Int, rows: Int = 2) throws -> RunRecord? {
            members["total_steps"] = .integer(steps)
            members["options"] = members["options"].map {
                .object(($0.members ?? [:]).merging(["batch_rows": .integer(rows), "steps": .null]) { _, new in new })
            }
            tiny.folder.write(JSONValue.object(members).text(), to: "run/run.json")
            return try RunRecord(folder: tiny.folder("run"))
        }
        #expect(
            message { _ = try record(steps: 9_000_000_000_000_000_000) }.contains("total_steps: expected an integer"))
        let most = try #require(try record(steps: 1_000_000_000_000_000))
        let far = try most.rows(ofStep: 1_000_000_000_000_000, data: one)
        #expect(far.count == 4 && far[0].epoch == 999_999_999_999_999 * 4 / 48)
        #expect(message { _ = try most.rows(ofStep: .max, data: one) }.contains("1 to 1000000000000000"))
        #expect(message { _ = try most.rows(ofStep: 1_000_000_000_000_000, data: two) }.contains("can be followed"))
        let wide = try #require(try record(steps: 10, rows: 1_000_000_000))
        #expect(message { _ = try wide.rows(ofStep: 10, data: one) }.contains("steps of at most 1000000 rows"))
    }

    @Test func stepsThatWereMadeAreCounted() throws {
        do {
            _ = try tiny.make("run", TinyRun.options).run(
                TrainingObserver(onStep: { if $0.step == 5 { throw Killed() } }))
        } catch is Killed {}
        let record = try #require(try RunRecord(folder: tiny.folder("run")))
        #expect(try record.stepsMade() == 5 && record.totalSteps == 10)
        tiny.folder.write(
            try tiny.bytes("run/metrics.jsonl") + Array(#"{"step": 6, "lo"#.utf8), to: "run/metrics.jsonl")
        #expect(try record.stepsMade() == 5)
        try Folder.remove(tiny.folder("run/metrics.jsonl"))
        #expect(try record.stepsMade() == 0)
    }

    @Test func dataThatMovedOrChangedIsNoticed() throws {
        _ = try tiny.make("run", TinyRun.options)
        let record = try #require(try RunRecord(folder: tiny.folder("run")))
        #expect(throws: (any Error).self) { try record.openData(moved: tiny.folder("none")) }
        try Folder.create(tiny.folder("elsewhere"))
        for name in ["train", "validation"] {
            try Folder.create(tiny.folder("elsewhere/\(name)"))
            for file in try Folder.names(in: tiny.folder("data/\(name)")) {
                tiny.folder.write(try tiny.bytes("data/\(name)/\(file)"), to: "elsewhere/\(name)/\(file)")
            }
        }
        #expect(try record.openData(moved: tiny.folder("elsewhere")).sources.count == 1)
        try Folder.remove(tiny.folder("data"))
        #expect(throws: (any Error).self) { try record.openData() }
        try tiny.makeDataset("data/train", blocks: 24, seed: 3)
        try tiny.makeDataset("data/validation", blocks: 3, seed: 2)
        #expect(message { _ = try record.openData() }.contains("the data (digest)"))
    }
}
