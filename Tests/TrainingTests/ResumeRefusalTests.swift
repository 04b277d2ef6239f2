import Files
import Parallel
import TestSupport
import Testing
import Transformers

@testable import Training

@Suite struct ResumeRefusalTests {
    private let tiny: TinyRun
    init() throws { tiny = try TinyRun() }

    /// A run that was killed after its third step, with a checkpoint at the second.
    private func killed(_ options: TrainingOptions = TinyRun.options) throws {
        #expect(throws: Killed.self) {
            try tiny.make("run", options).run(TrainingObserver(onStep: { if $0.step == 3 { throw Killed() } }))
        }
    }

    private func refusal(_ options: TrainingOptions = TinyRun.options, data: TrainingData? = nil) -> String {
        let found = message { _ = try tiny.make("run", options, data: data, resumes: true) }
        #expect(!found.contains("\n"))
        return found
    }

    @Test func aChangedOptionIsNamed() throws {
        try killed()
        var options = TinyRun.options
        options.learningRate = 0.02
        #expect(refusal(options).contains("option learning_rate was 0.01 when the run began and is 0.02 now"))
        options = TinyRun.options
        options.lora.rank = 4
        #expect(refusal(options).contains("option lora.rank was 16"))
        options = TinyRun.options
        options.seed = 1
        #expect(refusal(options).contains("option seed was \"42\""))
        options = TinyRun.options
        options.checkpointInterval = 5
        options.keepCheckpoints = 1
        options.activations = .recomputeLayer
        #expect(try tiny.make("run", options, resumes: true).run().isFinished)
    }

    @Test func otherDataAndModelsAreNamed() throws {
        try killed()
        try tiny.makeDataset("other", blocks: 24, seed: 7)
        #expect(refusal(data: try TrainingData([(tiny.folder("other"), nil)])).contains("the data (digest) was"))
        try ModelFolder.initialize(
            at: tiny.folder("base"), configuration: TinyRun.shape, seed: 6, pool: WorkerPool(threads: 1))
        #expect(refusal().contains("the model (digest) was"))
    }

    @Test func aRunIsNotOverwritten() throws {
        try killed()
        let found = message { _ = try tiny.make("run", TinyRun.options) }
        #expect(found.contains("expected a folder without a run, or --resume to go on"))
        tiny.folder.write("x", to: "file")
        #expect(message { _ = try tiny.make("file", TinyRun.options) }.contains("expected a folder"))
    }

    @Test func twoRunsDoNotShareAFolder() throws {
        let first = try tiny.make("run", TinyRun.options)
        #expect(message { _ = try tiny.make("run", TinyRun.options, resumes: true) }.contains("run/lock"))
        #expect(first.stepsMade == 0)
    }

    @Test func damagedCheckpointsAreNamed() throws {
        try killed()
        let moments = "run/checkpoints/step-00000002/moments.safetensors"
        let whole = try tiny.bytes(moments)
        tiny.folder.write(Array(whole.dropLast(4)), to: moments)
        #expect(refusal().contains("moments.safetensors"))
        let parameter = TinyRun.shape.parameters[0]
        var writer = try SafetensorsWriter(
            tiny.folder(moments),
            tensors: [.init(name: "first_moment." + parameter.name, elementType: .float32, shape: [3])])
        try writer.write("first_moment." + parameter.name, floats: [1, 2, 3])
        try writer.commit()
        #expect(refusal().contains("tensor first_moment.model.embed_tokens.weight: expected 640 elements, found 3"))
        tiny.folder.write(whole, to: moments)
        let state = "run/checkpoints/step-00000002/state.json"
        var members = try JSONValue(file: tiny.folder(state)).members ?? [:]
        members["rows"] = 3
        tiny.folder.write(JSONValue.object(members).encoded(), to: state)
        #expect(refusal().contains("state.json: rows: expected 8, as the state of the data says, found 3"))
        members["rows"] = 8
        members["loss"] = "low"
        tiny.folder.write(JSONValue.object(members).encoded(), to: state)
        #expect(
            refusal().contains(
                "state.json: loss, tokens: expected a number or null and an integer from 0, found \"low\""))
        members["step"] = 99
        tiny.folder.write(JSONValue.object(members).encoded(), to: state)
        #expect(refusal().contains("state.json: step: expected an integer from 0 to 10, found 99"))
        tiny.folder.write("{}", to: "run/run.json")
        #expect(refusal().contains("run.json: version"))
    }

    @Test func divergenceIsNamed() throws {
        var options = TinyRun.options
        options.learningRate = 1e30
        options.warmupSteps = 0
        let found = message { _ = try tiny.make("run", options).run() }
        #expect(found.contains("training diverged") && found.hasPrefix("step "))
    }
}
