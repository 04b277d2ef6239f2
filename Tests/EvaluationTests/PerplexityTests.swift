import Files
import Glibc
import Parallel
import Shards
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Evaluation

@Suite struct PerplexityTests {
    private let folder = TemporaryFolder()
    private let backend = CPUBackend(threads: 1)

    /// The mean over every predicted token, one segment at a time, from full logits in double precision.
    private func slowScore(_ model: TransformerModel, _ dataset: ShardDataset) throws -> (sum: Double, count: Int) {
        var sum = 0.0
        var count = 0
        for number in 0..<dataset.blockCount {
            let block = try dataset.block(number)
            for segment in block.segmentEnds.indices {
                let range = block.range(ofSegment: segment)
                let ids = block.tokens[range].map { Int32($0) }
                let logits = try model.logits(TokenBatch(rows: [ids]))
                let size = model.configuration.vocabularySize
                for place in 0..<ids.count - 1 {
                    let target = range.lowerBound + place + 1
                    if let spans = block.lossSpans, !spans.contains(where: { $0.contains(target) }) { continue }
                    let row = logits[place * size..<(place + 1) * size].map { Double($0) }
                    let largest = row.max() ?? 0
                    let normalizer = log(row.reduce(0) { $0 + exp($1 - largest) }) + largest
                    sum += normalizer - row[Int(ids[place + 1])]
                    count += 1
                }
            }
        }
        return (sum, count)
    }

    @Test func scoreIsTheMeanOverPredictedTokens() throws {
        let model = try TransformerModel.load(TinyModel.make(in: folder), backend: backend)
        let dataset = try TinyModel.dataset(in: folder, blocks: 7)
        let expected = try slowScore(model, dataset)
        for batchTokens in [1, 20, 2048] {
            var evaluation = PerplexityEvaluation()
            evaluation.batchTokens = batchTokens
            var last = (0, 0)
            let score = try evaluation.score(model, on: dataset) { last = ($0, $1) }
            #expect(score.targetTokens == expected.count)
            #expect(abs(score.lossSum - expected.sum) < 1e-4 * expected.sum)
            #expect(score.tokens == 6 * 16 + 11)
            #expect(abs((score.perplexity ?? 0) - exp(expected.sum / Double(expected.count))) < 0.01)
            #expect(last == (7, 7) && score.bitsPerByte == nil)
        }
        var few = PerplexityEvaluation()
        few.maximumBlocks = 2
        #expect(try few.score(model, on: dataset).tokens == 32)
    }

    /// Spans in the middle of segments, across them, at their first token, and none.
    private static let spans: [[UInt32]] = [
        [4, 9, 12, 13], [2, 5, 9, 10, 12, 16], [0, 0], [0, 16], [0, 1], [3, 4, 10, 11],
    ]

    @Test func onlyWhatCarriesLossIsCounted() throws {
        let model = try TransformerModel.load(TinyModel.make(in: folder), backend: backend)
        let dataset = try TinyModel.dataset(in: folder, blocks: 6) { Self.spans[$0] }
        let expected = try slowScore(model, dataset)
        #expect(expected.count > 10 && expected.count < 50)
        for length in [nil, 5] {
            var evaluation = PerplexityEvaluation()
            evaluation.batchTokens = 20
            evaluation.sequenceLength = length
            let score = try evaluation.score(model, on: dataset)
            #expect(score.targetTokens == expected.count)
            if length == nil { #expect(abs(score.lossSum - expected.sum) < 1e-4 * expected.sum) }
        }
    }

    @Test func withoutATargetThereIsNoPerplexity() throws {
        let model = try TransformerModel.load(TinyModel.make(in: folder), backend: backend)
        let dataset = try TinyModel.dataset(in: folder, blocks: 3) { _ in [0, 0] }
        let score = try PerplexityEvaluation().score(model, on: dataset)
        #expect(score.targetTokens == 0 && score.tokens == 43 && score.loss == nil && score.perplexity == nil)
    }

    /// The gradients are those of a batch that states token by token what is learnt.
    @Test func whatCarriesNoLossHasNoGradient() throws {
        let path = try TinyModel.make(in: folder)
        let dataset = try TinyModel.dataset(in: folder, blocks: 6) { Self.spans[$0] }
        var batcher = RowBatcher()
        var rows: [[Int32]] = []
        var ends: [[Int]] = []
        var learns: [[Bool]] = []
        for number in 0..<6 {
            let block = try dataset.block(number)
            batcher.append(block, 0..<block.count)
            rows.append(block.tokens.map { Int32($0) })
            ends.append(block.segmentEnds.map { Int($0) })
            learns.append((0..<block.count).map { place in block.lossSpans?.contains { $0.contains(place) } == true })
        }
        let stated = TokenBatch(rows: rows, segmentEnds: ends, learns: learns)
        let batch = batcher.take()
        #expect(batch.labels == stated.labels && batch.labelCount > 10)
        func gradients(_ batch: TokenBatch) throws -> (loss: TokenLoss, gradients: [[Float]]) {
            let model = try TransformerModel(ModelFolder(path), backend: backend, trains: true)
            let loss = try model.forwardBackward(batch, normalizer: Double(max(1, batch.labelCount)))
            return (loss, model.trainableParameters.map { $0.gradient?.array ?? [] })
        }
        let (loss, found) = try gradients(batch)
        let (lossStated, expected) = try gradients(stated)
        #expect(loss.each == lossStated.each && found == expected && found.joined().contains { $0 != 0 })
        for (place, label) in batch.labels.enumerated() where label < 0 { #expect(loss.each[place] == 0) }
        // Blocks without any are read and move nothing.
        var silent = RowBatcher()
        let block = try dataset.block(2)
        silent.append(block, 0..<block.count)
        let (none, zero) = try gradients(silent.take())
        #expect(none.count == 0 && zero.allSatisfy { $0.allSatisfy { $0 == 0 } })
    }

    @Test func bitsPerByteCountTheBytesOfPredictedTokens() throws {
        let model = try TransformerModel.load(TinyModel.make(in: folder), backend: backend)
        let dataset = try TinyModel.dataset(in: folder, blocks: 3)
        var evaluation = PerplexityEvaluation()
        evaluation.tokenByteCounts = [Int](repeating: 3, count: 50)
        let score = try evaluation.score(model, on: dataset)
        #expect(score.targetBytes == 3 * score.targetTokens)
        let bits = score.lossSum / log(2) / Double(3 * score.targetTokens)
        #expect(abs((score.bitsPerByte ?? 0) - bits) < 1e-12)
    }

    @Test func shorterRowsHaveLessContextAndTheSameTargets() throws {
        let model = try TransformerModel.load(TinyModel.make(in: folder), backend: backend)
        let dataset = try TinyModel.dataset(in: folder, blocks: 5)
        let whole = try PerplexityEvaluation().score(model, on: dataset)
        var evaluation = PerplexityEvaluation()
        evaluation.sequenceLength = 5
        let cut = try evaluation.score(model, on: dataset)
        #expect(cut.targetTokens == whole.targetTokens && cut.tokens == whole.tokens)
        #expect(cut.lossSum != whole.lossSum)
        evaluation = PerplexityEvaluation()
        evaluation.isolatesSegments = false
        #expect(try evaluation.score(model, on: dataset).targetTokens > whole.targetTokens)
    }

    @Test func anAdapterChangesTheScore() throws {
        let path = try TinyModel.make(in: folder)
        let dataset = try TinyModel.dataset(in: folder, blocks: 2)
        let adapter = AdapterConfiguration(rank: 2, alpha: 4, targets: ["q_proj", "down_proj"])
        func write(_ value: Float) throws {
            try AdapterFolder.write(to: folder("adapter"), configuration: adapter, base: TinyModel.configuration) {
                target, isUp, write in
                let count = (isUp ? target.upShape : target.downShape).reduce(1, *)
                let numbers = (0..<count).map { isUp ? value : Float($0 % 3) }
                try numbers.withUnsafeBufferPointer { try write($0) }
            }
        }
        func loss(_ adapter: String?) throws -> Double {
            let model = try TransformerModel.load(path, adapter: adapter, backend: backend)
            #expect(model.trainableParameters.isEmpty)
            return try PerplexityEvaluation().score(model, on: dataset).loss ?? .nan
        }
        try write(0)
        #expect(try loss(folder("adapter")) == loss(nil))
        try write(0.5)
        #expect(try abs(loss(folder("adapter")) - loss(nil)) > 1e-3)
    }

    @Test func tokensOutsideTheVocabularyAreNamed() throws {
        var shape = TinyModel.configuration
        shape.vocabularySize = 20
        try ModelFolder.initialize(at: folder("small"), configuration: shape, seed: 1, pool: WorkerPool(threads: 1))
        let model = try TransformerModel.load(folder("small"), backend: backend)
        let dataset = try TinyModel.dataset(in: folder, blocks: 2)
        #expect(throws: ModelFailure.self) { try PerplexityEvaluation().score(model, on: dataset) }
    }
}
