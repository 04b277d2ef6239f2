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
