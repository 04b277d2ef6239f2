import ArgumentParser
import Building
import Files
import Glibc
import Synchronization
import Tensors
import Training
import Transformers

/// `shardmill train`
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model, or an adapter for it, on shards.",
        discussion: """
            The run's folder holds metrics.jsonl, checkpoints, and in the end model/ (Hugging Face) or adapter/ (PEFT). A run that
            was killed goes on from its last checkpoint with --resume and gives the same numbers.

            Options come from --config (YAML, names with underscores) and from flags, which win.

            EXAMPLE
              shardmill train corpus --model model --output run --method lora --steps 100
            """)

    @Argument(help: "Corpora or MDS folders; DIR=0.5 takes half of its blocks an epoch.", completion: .directory)
    var data: [String]

    @Option(help: "The model to start from: a Hugging Face folder.", completion: .directory)
    var model: String

    @Option(help: "The folder of the run.", completion: .directory)
    var output: String

    @Option(help: "Options in YAML.", completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Flag(help: "Go on with the run in --output; begin it where there is none.")
    var resume = false

    @Option(help: "full or lora.")
    var method: String?

    @Option(help: "Number of optimizer steps.")
    var steps: Int?

    @Option(help: "Passes over the data, instead of --steps.")
    var epochs: Double?

    @Option(help: "Tokens in a row; blocks are cut into rows of this length. A whole block without it.")
    var sequenceLength: Int?

    @Option(help: "Rows in one forward and backward pass.")
    var batchRows: Int?

    @Option(help: "Passes before each step of the optimizer; the loss is normalised over all their tokens.")
    var gradientAccumulation: Int?

    @Option(help: "Peak learning rate.")
    var learningRate: Double?

    @Option(help: "How the rate falls: cosine, linear or constant.")
    var schedule: String?

    @Option(help: "Steps of linear warm-up; a twentieth of all steps without it.")
    var warmupSteps: Int?

    @Option(help: "Weight decay of matrices.")
    var weightDecay: Double?

    @Option(help: "Longest gradient; 0 for no limit.")
    var gradientClip: Double?

    @Option(help: "Seed of the data order and of new adapters.")
    var seed: UInt64?

    @Option(help: "Rank of the adapters.")
    var loraRank: Int?

    @Option(help: "Numerator of the adapters' scale.")
    var loraAlpha: Double?

    @Option(parsing: .upToNextOption, help: "Linear layers that get an adapter, such as q_proj v_proj.")
    var loraTargets: [String] = []

    @Flag(help: "Let attention, positions and targets cross from one document into the next.")
    var noSegmentIsolation = false

    @Option(help: "Steps between validation losses; 0: after the last step only.")
    var evaluationInterval: Int?

    @Option(help: "Blocks of a validation; 0: all.")
    var evaluationBlocks: Int?

    @Option(help: "Steps between checkpoints; 0: none.")
    var checkpointInterval: Int?

    @OptionGroup var common: CommonOptions

    func run() throws {
        for result in ["model", "adapter"] where !Folder.exists(output + "/run.json") {
            let path = PathText.join(output, result)
            if Folder.exists(path) {
                throw FileFailure.wrongKind(
                    path: path, expected: "nothing, since the run writes its result there",
                    found: "a folder that no run made; choose another --output")
            }
        }
        let options = try trainingOptions()
        let paths = data.map { TrainCommand.weighted($0) }
        let sources = paths.map { path, weight in
            let isCorpus = Folder.exists(OutputFolder(path).manifest)
            return (path: isCorpus ? OutputFolder(path).split(.train) : path, weight: weight)
        }
        let validation = paths.map { OutputFolder($0.path).split(.validation) }.filter {
            Folder.exists($0 + "/index.json")
        }
        let run = try TrainingRun(
            modelPath: model, data: try TrainingData(sources, validation: validation), output: output, options: options,
            resumes: resume, backend: CPUBackend(threads: common.threads))
        for warning in run.warnings { Console.error("warning: \(warning)") }
        common.say(
            "\(run.configuration.family.rawValue), \(Readable.count(run.parameterCount)) parameters, "
                + "\(Readable.count(run.trainableCount)) trained, \(run.totalSteps) steps"
                + (run.stepsMade > 0 ? ", going on after step \(run.stepsMade)" : ""))
        let live = LiveTrainingLine(common, totalSteps: run.totalSteps, stepsMade: run.stepsMade)
        let summary = try run.run(
            TrainingObserver(
                onStep: { live.show($0) }, onValidation: { live.show($0) },
                shouldStop: { Interruption.wasRequested }))
        live.finish()
        if common.json {
            Console.print(json: TrainCommand.json(summary))
        } else if summary.isFinished {
            common.say(
                "\(summary.output): written after \(summary.steps) steps, last loss \(Readable.decimal(summary.loss, 4))"
            )
        } else {
            common.say("stopped after step \(summary.steps); go on with --resume")
        }
    }

    /// `DIR` or `DIR=WEIGHT`.
    private static func weighted(_ text: String) -> (path: String, weight: Double?) {
        guard let sign = text.lastIndex(of: "="), let weight = Double(text[text.index(after: sign)...]) else {
            return (text, nil)
        }
        return (String(text[..<sign]), weight)
    }

    /// The options of the file, overridden by the flags that were given.
    private func trainingOptions() throws -> TrainingOptions {
        var members: [String: JSONValue] = [:]
        if let config { members = try YAMLFile.json(config).members ?? [:] }
        var lora = members["lora"]?.members ?? [:]
        func set(_ name: String, _ value: JSONValue?) { if let value { members[name] = value } }
        set("method", method.map { .string($0) })
        if steps != nil { members["epochs"] = nil }
        if epochs != nil { members["steps"] = nil }
        set("steps", steps.map { .integer($0) })
        set("epochs", epochs.map { .double($0) })
        set("sequence_length", sequenceLength.map { .integer($0) })
        set("batch_rows", batchRows.map { .integer($0) })
        set("gradient_accumulation", gradientAccumulation.map { .integer($0) })
        set("learning_rate", learningRate.map { .double($0) })
        set("schedule", schedule.map { .string($0) })
        set("warmup_steps", warmupSteps.map { .integer($0) })
        set("weight_decay", weightDecay.map { .double($0) })
        set("gradient_clip", gradientClip.map { .double($0) })
        set("seed", seed.map { .string(String($0)) })
        set("isolate_segments", noSegmentIsolation ? .bool(false) : nil)
        set("evaluation_interval", evaluationInterval.map { .integer($0) })
        set("evaluation_blocks", evaluationBlocks.map { .integer($0) })
        set("checkpoint_interval", checkpointInterval.map { .integer($0) })
        if let loraRank { lora["rank"] = .integer(loraRank) }
        if let loraAlpha { lora["alpha"] = .double(loraAlpha) }
        if !loraTargets.isEmpty { lora["targets"] = .array(loraTargets.map { .string($0) }) }
        if !lora.isEmpty { members["lora"] = .object(lora) }
        return try TrainingOptions(json: .object(members))
    }

    private static func json(_ summary: TrainingSummary) -> JSONValue {
        .object([
            "steps": .integer(summary.steps), "finished": .bool(summary.isFinished), "loss": .double(summary.loss),
            "validation_loss": summary.validationLoss.map { .double($0) } ?? .null, "tokens": .integer(summary.tokens),
            "output": .string(summary.output),
        ])
    }
}

/// Ctrl-C during training: the step that is under way ends, a checkpoint is written, the run can go on later.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    static var wasRequested: Bool {
        if !isInstalled.exchange(true, ordering: .relaxed) {
            signal(SIGINT) { _ in
                if Interruption.flag.exchange(true, ordering: .relaxed) { _exit(130) }
            }
        }
        return flag.load(ordering: .relaxed)
    }

    private static let isInstalled = Atomic<Bool>(false)
}

/// The live line of a training, or a line a step where there is no terminal.
final class LiveTrainingLine {
    private let common: CommonOptions
    private let totalSteps: Int
    private let stepsMade: Int
    private let started = ProgressLine.now()

    init(_ common: CommonOptions, totalSteps: Int, stepsMade: Int) {
        self.common = common
        self.totalSteps = totalSteps
        self.stepsMade = stepsMade
    }

    func show(_ step: TrainingStep) {
        if common.quiet { return }
        let done = step.step - stepsMade
        let left = (ProgressLine.now() - started) / Double(max(done, 1)) * Double(totalSteps - step.step)
        let text =
            "step \(step.step)/\(totalSteps)  loss \(Readable.decimal(step.loss, 4))  rate \(Readable.scientific(step.learningRate))  "
            + "gradient \(Readable.decimal(step.gradientNorm, 3))  \(Readable.count(Int(step.tokensPerSecond))) tokens/s  "
            + "ETA \(ProgressLine.clock(left))"
        if Console.isErrorTerminal {
            Console.write(Array("\r\u{1B}[2K\(text)".utf8), to: 2)
        } else {
            Console.error(text)
        }
    }

    func show(_ validation: ValidationLoss) {
        if common.quiet { return }
        finish()
        Console.error(
            "validation after step \(validation.step): loss \(Readable.decimal(validation.loss, 4)), perplexity "
                + "\(Readable.decimal(validation.perplexity, 2)) over \(Readable.count(validation.targetTokens)) tokens"
        )
    }

    func finish() {
        if !common.quiet, Console.isErrorTerminal { Console.write(Array("\r\u{1B}[2K".utf8), to: 2) }
    }
}
