import Evaluation
import Files
import Parallel
import Shards
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

@Suite struct TrainingRunTests {
    private let tiny: TinyRun
    init() throws { tiny = try TinyRun() }

    @Test(arguments: [TinyRun.options, TinyRun.adapterOptions])
    func aKilledRunGoesOnBitForBit(_ options: TrainingOptions) throws {
        let whole = try tiny.make("whole", options).run()
        #expect(whole.isFinished && whole.steps == 10)
        let result = options.method == .full ? "model/model.safetensors" : "adapter/adapter_model.safetensors"
        // Killed after step 1: nothing is saved yet. After 5: a step beyond the last checkpoint. After 4: just at one.
        for kill in [1, 4, 5, 9] {
            let name = "killed-\(kill)"
            #expect(throws: Killed.self) {
                try tiny.make(name, options).run(TrainingObserver(onStep: { if $0.step == kill { throw Killed() } }))
            }
            #expect(try resumed(name, options, from: (kill - 1) / 2 * 2).isFinished)
            #expect(try tiny.metrics(name) == tiny.metrics("whole"))
            #expect(try tiny.bytes("\(name)/\(result)") == tiny.bytes("whole/\(result)"))
        }
    }

    /// Goes on with a run after `step` steps, to its end; the lock of its folder is free afterwards.
    private func resumed(_ name: String, _ options: TrainingOptions, from step: Int) throws -> TrainingSummary {
        let run = try tiny.make(name, options, resumes: true)
        #expect(run.stepsMade == step)
        return try run.run()
    }

    @Test func stoppingSavesAndGoesOn() throws {
        var options = TinyRun.options
        options.checkpointInterval = 0
        _ = try tiny.make("whole", options).run()
        var steps = 0
        let stopped = try tiny.make("stopped", options).run(
            TrainingObserver(onStep: { steps = $0.step }, shouldStop: { steps == 3 }))
        #expect(!stopped.isFinished && stopped.steps == 3 && stopped.output.hasSuffix("checkpoints/step-00000003"))
        let finished = try resumed("stopped", options, from: 3)
        #expect(try tiny.metrics("stopped") == tiny.metrics("whole"))
        let again = try tiny.make("stopped", options, resumes: true).run()
        #expect(again.isFinished && again.loss == finished.loss && again.output == finished.output)
        #expect(again.validationLoss == finished.validationLoss && finished.validationLoss != nil)
        #expect(try JSONValue(file: tiny.folder("whole/summary.json"))["tokens"]?.int == finished.tokens)
    }

    /// Killed after its last checkpoint, with nothing left to do but to write what came of it.
    @Test(arguments: [TinyRun.options, TinyRun.adapterOptions])
    func aRunKilledBeforeItsSummaryStillHasOne(_ options: TrainingOptions) throws {
        let whole = try tiny.make("whole", options).run()
        #expect(whole.loss ?? 0 > 0 && whole.validationLoss != nil && whole.tokens > 300)
        let summary = try tiny.bytes("whole/summary.json")
        for lost in ["summary.json", options.method == .full ? "model" : "adapter"] {
            try Folder.remove(tiny.folder("whole/" + lost))
        }
        #expect(try resumed("whole", options, from: 10) == whole)
        #expect(try tiny.bytes("whole/summary.json") == summary)
        let steps = try tiny.metrics("whole").compactMap { $0["tokens"]?.int }
        #expect(whole.tokens == steps.reduce(0, +))
        #expect(try tiny.make("whole", options, resumes: true).run() == whole)
    }

    @Test func whatIsComputedAgainChangesNoNumber() throws {
        _ = try tiny.make("whole", TinyRun.options).run()
        for policy in ActivationPolicy.allCases {
            var options = TinyRun.options
            options.activations = policy
            _ = try tiny.make(policy.rawValue, options).run()
            #expect(try tiny.metrics(policy.rawValue) == tiny.metrics("whole"))
        }
    }

    @Test func halfWrittenMetricsAreRemoved() throws {
        _ = try tiny.make("whole", TinyRun.options).run()
        #expect(throws: Killed.self) {
            try tiny.make("cut", TinyRun.options).run(
                TrainingObserver(onStep: { if $0.step == 3 { throw Killed() } }))
        }
        let bytes = try tiny.bytes("cut/metrics.jsonl")
        tiny.folder.write(Array(bytes.dropLast(7)), to: "cut/metrics.jsonl")
        tiny.folder.write("x", to: "cut/.tmp-1-model")
        _ = try tiny.make("cut", TinyRun.options, resumes: true).run()
        #expect(try tiny.metrics("cut") == tiny.metrics("whole"))
        #expect(!Folder.exists(tiny.folder("cut/.tmp-1-model")))
    }

    @Test func aRunIsTheLoopWrittenOut() throws {
        let options = TinyRun.options
        let data = try tiny.data
        _ = try tiny.make("run", options).run()
        let base = try ModelFolder(tiny.folder("base"))
        let model = try TransformerModel(base, backend: tiny.backend, trains: true)
        var order = try RowOrder(data, sequenceLength: 16, seed: options.seed)
        var moments: [String: ([Float], [Float])] = [:]
        let lines = try tiny.metrics("run").filter { $0["loss"] != nil }
        #expect(lines.count == 10)
        for (index, line) in lines.enumerated() {
            var batcher = RowBatcher()
            for _ in 0..<4 { try order.appendNext(to: &batcher) }
            let batch = batcher.take()
            model.clearGradients()
            let loss = try model.forwardBackward(batch, normalizer: Double(batch.labelCount))
            let norm = model.gradientNorm()
            #expect(abs((line["loss"]?.double ?? 0) - loss.mean) < 1e-5)
            #expect(abs((line["gradient_norm"]?.double ?? 0) - norm) < 1e-4)
            #expect(line["target_tokens"]?.int == batch.labelCount && line["tokens"]?.int == batch.count)
            #expect(line["position"]?.int == 4 * (index + 1))
            let rate = index < 2 ? 0.01 * Double(index + 1) / 2 : line["learning_rate"]?.double ?? 0
            #expect(line["learning_rate"]?.double == rate)
            for parameter in model.trainableParameters {
                slowAdamW(parameter, &moments[parameter.name], index + 1, rate, min(1, 1 / (norm + 1e-6)))
            }
        }
        let written = try ModelFolder(tiny.folder("run/model"))
        for (parameter, expected) in zip(base.configuration.parameters, model.baseParameters) {
            let file = try SafetensorsFile(tiny.folder("run/model/model.safetensors"))
            for (found, wanted) in zip(try file.floats(parameter.name), expected.values.array) {
                #expect(abs(found - wanted) < 2e-4)
            }
        }
        #expect(written.configuration == base.configuration)
        #expect(Folder.exists(tiny.folder("run/model/tokenizer.json")))
    }

    /// AdamW in double precision, number by number.
    private func slowAdamW(
        _ parameter: TransformerParameter, _ moments: inout ([Float], [Float])?, _ step: Int, _ rate: Double,
        _ factor: Double
    ) {
        let zeros = [Float](repeating: 0, count: parameter.count)
        var (first, second) = moments ?? (zeros, zeros)
        for index in 0..<parameter.count {
            let gradient = Double(parameter.gradient?[index] ?? 0) * factor
            first[index] = Float(0.9 * Double(first[index]) + 0.1 * gradient)
            second[index] = Float(0.95 * Double(second[index]) + 0.05 * gradient * gradient)
            var power1 = 1.0
            var power2 = 1.0
            for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.95) }
            let mean = Double(first[index]) / (1 - power1)
            let root = (Double(second[index]) / (1 - power2)).squareRoot() + 1e-8
            let decayed = Double(parameter.values[index]) * (1 - rate * (parameter.decays ? 0.1 : 0))
            parameter.values[index] = Float(decayed - rate * mean / root)
        }
        moments = (first, second)
    }

    @Test(arguments: [TinyRun.options, TinyRun.adapterOptions])
    func accumulationIsExact(_ base: TrainingOptions) throws {
        var results: [[JSONValue]] = []
        for (rows, passes) in [(4, 1), (1, 4), (2, 2)] {
            var options = base
            options.steps = 3
            options.batchRows = rows
            options.gradientAccumulation = passes
            _ = try tiny.make("a\(rows)x\(passes)", options).run()
            results.append(try tiny.metrics("a\(rows)x\(passes)"))
        }
        for other in results.dropFirst() {
            #expect(other.count == results[0].count)
            for (left, right) in zip(other, results[0]) {
                for name in ["loss", "gradient_norm", "validation_loss"] {
                    #expect(abs((left[name]?.double ?? 0) - (right[name]?.double ?? 0)) < 1e-6 * 10)
                }
                #expect(left["target_tokens"] == right["target_tokens"] && left["position"] == right["position"])
            }
            #expect(abs((other[0]["loss"]?.double ?? 0) - (results[0][0]["loss"]?.double ?? 9)) < 1e-6)
            #expect(
                abs((other[0]["gradient_norm"]?.double ?? 0) - (results[0][0]["gradient_norm"]?.double ?? 9)) < 1e-6)
        }
    }

    @Test func theLossFalls() throws {
        var options = TinyRun.options
        options.steps = 60
        options.learningRate = 0.02
        let summary = try tiny.make("falls", options).run()
        let losses = try tiny.metrics("falls").compactMap { $0["loss"]?.double }
        #expect(losses[0] > 3.5 && summary.loss ?? 9 < losses[0] - 1)
        let validation = try tiny.metrics("falls").compactMap { $0["validation_loss"]?.double }
        #expect(validation.count == 15 && validation[14] < validation[0] - 0.5)
    }

    @Test func adaptersTrainAloneAndAreWritten() throws {
        let run = try tiny.make("lora", TinyRun.adapterOptions)
        #expect(run.trainableCount == 2 * (3 * (16 + 16) + 3 * (16 + 8) + 3 * (24 + 16)))
        #expect(run.parameterCount == TinyRun.shape.parameterCount)
        let before = try tiny.bytes("base/model.safetensors")
        _ = try run.run()
        #expect(try tiny.bytes("base/model.safetensors") == before)
        let adapter = try AdapterFolder(tiny.folder("lora/adapter"), base: TinyRun.shape)
        #expect(adapter.configuration.rank == 3 && adapter.configuration.baseModel == tiny.folder("base"))
        #expect(Folder.exists(tiny.folder("lora/adapter/tokenizer.json")))
        let file = try SafetensorsFile(tiny.folder("lora/adapter/adapter_model.safetensors"))
        for tensor in file.tensors { #expect(try file.floats(tensor.name).contains { $0 != 0 }) }
        let losses = try tiny.metrics("lora").compactMap { $0["loss"]?.double }
        let plain = try TransformerModel.load(tiny.folder("base"), backend: tiny.backend)
        let adapted = try TransformerModel.load(
            tiny.folder("base"), adapter: tiny.folder("lora/adapter"), backend: tiny.backend)
        let validation = try tiny.data.validation[0]
        let better = try #require(try PerplexityEvaluation().score(adapted, on: validation).loss)
        #expect(better < (try #require(try PerplexityEvaluation().score(plain, on: validation).loss)))
        #expect(losses.count == 10)
    }

    @Test func metricsCarryTheirFields() throws {
        var options = TinyRun.options
        options.steps = 1
        _ = try tiny.make("m", options).run()
        var lines = LineReader(try FileByteStream(tiny.folder("m/metrics.jsonl")))
        let first = try lines.next { try JSONValue(parsing: Array($0), name: "m") }
        #expect(
            (first?.members ?? [:]).keys.sorted() == [
                "epoch", "gradient_norm", "learning_rate", "loss", "position", "step", "step_seconds", "target_tokens",
                "time", "tokens", "tokens_per_second",
            ])
        let second = try lines.next { try JSONValue(parsing: Array($0), name: "m") }
        #expect(second?["validation_loss"]?.double != nil && second?["step"] == 1)
        #expect(try lines.next { _ in true } == nil)
    }

    /// The bytes of the weights that a checkpoint or a result holds.
    private func weights(_ folder: String) throws -> [UInt8] { try tiny.bytes(folder + "/model.safetensors") }

    @Test func aStepWithoutTargetsChangesNothing() throws {
        try tiny.makeDataset("silent/train", blocks: 24, seed: 1) { _ in [0, 0] }
        try tiny.makeDataset("silent/validation", blocks: 3, seed: 2) { _ in [0, 0] }
        var options = TinyRun.options
        options.steps = 3
        options.weightDecay = 0.5
        options.checkpointInterval = 1
        var steps: [TrainingStep] = []
        var validations: [ValidationLoss] = []
        let silent = try TrainingData([(tiny.folder("silent"), nil)])
        let summary = try tiny.make("silent-run", options, data: silent).run(
            TrainingObserver(onStep: { steps.append($0) }, onValidation: { validations.append($0) }))
        #expect(steps.map(\.loss) == [nil, nil, nil] && steps.allSatisfy { $0.targetTokens == 0 && $0.tokens > 0 })
        #expect(summary.loss == nil && summary.validationLoss == nil && summary.isFinished)
        #expect(validations.map(\.loss) == [nil] && validations.map(\.perplexity) == [nil])
        #expect(
            try tiny.metrics("silent-run").map { $0["loss"] ?? $0["validation_loss"] } == [.null, .null, .null, .null])
        let result = try ModelFolder(tiny.folder("silent-run/model"))
        #expect(try result.digest() == (try ModelFolder(tiny.folder("base")).digest()))
        #expect(try JSONValue(file: tiny.folder("silent-run/summary.json"))["loss"] == .null)
        #expect(try tiny.make("silent-run", options, data: silent, resumes: true).run() == summary)
    }

    /// Steps without an update among others: killed and resumed, the same bytes.
    @Test func stepsWithoutTargetsResumeExactly() throws {
        try tiny.makeDataset("mixed", blocks: 24, seed: 1) { $0 % 3 == 0 ? [2, 20] : [0, 0] }
        let data = try TrainingData([(tiny.folder("mixed"), nil)])
        var options = TinyRun.options
        options.sequenceLength = nil
        options.batchRows = 1
        options.gradientAccumulation = 1
        options.checkpointInterval = 1
        options.steps = 20
        let whole = try tiny.make("whole", options, data: data).run()
        let losses = try tiny.metrics("whole").map { $0["loss"] ?? .null }
        #expect(losses.count { $0 == .null } > 5 && losses.count { $0.double != nil } > 3 && whole.loss != nil)
        for stop in [1, 5, 12] {
            let name = "killed-\(stop)"
            do {
                _ = try tiny.make(name, options, data: data).run(
                    TrainingObserver(onStep: { if $0.step == stop + 1 { throw Killed() } }))
            } catch is Killed {}
            #expect(try tiny.make(name, options, data: data, resumes: true).run().loss == whole.loss)
            #expect(try tiny.metrics(name) == tiny.metrics("whole"))
            #expect(try weights(name + "/model") == weights("whole/model"))
        }
        let state = try JSONValue(file: tiny.folder("whole/checkpoints/step-00000020/state.json"))
        #expect(state["updates"]?.int == losses.count { $0.double != nil } && state["step"]?.int == 20)
    }

    @Test func dataOfWhichNothingIsLearntIsRefused() throws {
        try tiny.makeDataset("none/train", blocks: 4, seed: 1) { _ in [0, 0] }
        try tiny.makeDataset("none/validation", blocks: 0, seed: 1)
        tiny.folder.write(#"{"splits": {"train": {"loss_tokens": 0}}}"#, to: "none/manifest.json")
        let data = try TrainingData([(tiny.folder("data"), nil), (tiny.folder("none"), nil)])
        let found = message { _ = try tiny.make("refused", TinyRun.options, data: data) }
        #expect(found.contains("none/train: expected tokens that carry loss, found loss_tokens 0"), "\(found)")
        #expect(!Folder.exists(tiny.folder("refused")))
        tiny.folder.write(#"{"splits": {"train": {"loss_tokens": 1}}}"#, to: "none/manifest.json")
        #expect(try tiny.make("taken", TinyRun.options, data: data).totalSteps == 10)
    }

    @Test func onlyTheLastCheckpointsStay() throws {
        _ = try tiny.make("keep", TinyRun.options).run()
        #expect(try Folder.names(in: tiny.folder("keep/checkpoints")) == ["step-00000008", "step-00000010"])
        #expect(try ModelFolder(tiny.folder("keep/checkpoints/step-00000008/model")).configuration == TinyRun.shape)
    }

    @Test func epochsDecideTheNumberOfSteps() throws {
        var options = TinyRun.options
        options.steps = nil
        options.epochs = 1.5
        #expect(try tiny.make("e", options).totalSteps == 24 * 2 * 3 / 2 / 4)
        options.epochs = 0.001
        #expect(try tiny.make("f", options).totalSteps == 1)
    }
}
