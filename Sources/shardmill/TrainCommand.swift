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
    private static let defaults = TrainingOptions()

    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model, or an adapter for it, on shards.",
        discussion: """
            The run's folder holds metrics.jsonl, checkpoints, and in the end model/ (Hugging Face) or adapter/ (PEFT). A run that
            was stopped with Ctrl-C (exit status 130) or killed goes on from its last checkpoint with --resume, which needs no other
            option but --output, and gives the same numbers.

            Options come from --config (YAML or JSON, names with underscores; docs/training.md lists them all) and from flags, which
            win.

            EXAMPLE
              shardmill train corpus --model model --output run --method lora --steps 100
              shardmill train --output run --resume
            """)

    @Argument(
        help: "Corpora or MDS folders; DIR=0.5 takes half of its blocks an epoch. With --resume: those of the run.",
        completion: .directory)
    var data: [String] = []

    @Option(
        help: "The model to start from: a Hugging Face folder. With --resume: that of the run.", completion: .directory)
    var model: String?

    @Option(help: "The folder of the run.", completion: .directory)
    var output: String

    @Option(
        help: "The tokenizer that made the data and goes with the result, instead of the one in the model's folder.",
        completion: .directory)
    var tokenizer: String?

    @Option(help: "Options in YAML or JSON.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Flag(help: "Go on with the run in --output; begin it where there is none.")
    var resume = false

    @Option(help: "full or lora (default: \(defaults.method.rawValue)).")
    var method: String?

    @Option(help: "Number of optimizer steps (default: one epoch).")
    var steps: Int?

    @Option(help: "Passes over the data, instead of --steps (default: 1).")
    var epochs: Double?

    @Option(help: "Tokens in a row; blocks are cut into rows of this length (default: a whole block).")
    var sequenceLength: Int?

    @Option(help: "Rows in one forward and backward pass (default: \(defaults.batchRows)).")
    var batchRows: Int?

    @Option(
        help: """
            Passes before each step of the optimizer; the loss is normalised over all their tokens (default: \
            \(defaults.gradientAccumulation)).
            """)
    var gradientAccumulation: Int?

    @Option(help: "Peak learning rate (default: \(defaults.learningRate)).")
    var learningRate: Double?

    @Option(help: "How the rate falls: cosine, linear or constant (default: \(defaults.schedule.rawValue)).")
    var schedule: String?

    @Option(help: "Steps of linear warm-up (default: a twentieth of all steps).")
    var warmupSteps: Int?

    @Option(help: "Weight decay of matrices (default: \(defaults.weightDecay)).")
    var weightDecay: Double?

    @Option(help: "Longest gradient; 0 for no limit (default: \(defaults.gradientClip)).")
    var gradientClip: Double?

    @Option(help: "Seed of the data order and of new adapters (default: \(defaults.seed)).")
    var seed: UInt64?

    @Option(help: "Rank of the adapters (default: \(defaults.lora.rank)).")
    var loraRank: Int?

    @Option(help: "Numerator of the adapters' scale (default: \(defaults.lora.alpha)).")
    var loraAlpha: Double?

    @Option(
        parsing: .upToNextOption, help: "Linear layers that get an adapter, such as q_proj v_proj (default: all seven)."
    )
    var loraTargets: [String] = []

    @Flag(help: "Let attention, positions and targets cross from one document into the next.")
    var noSegmentIsolation = false

    @Option(
        help: """
            Steps between validation losses; 0: after the last step only (default: \(defaults.evaluationInterval)).
            """)
    var evaluationInterval: Int?

    @Option(help: "Blocks of a validation; 0: all (default: \(defaults.evaluationBlocks)).")
    var evaluationBlocks: Int?

    @Option(help: "Steps between checkpoints; 0: none but on Ctrl-C (default: \(defaults.checkpointInterval)).")
    var checkpointInterval: Int?

    @Option(
        help: """
            What is computed again to save memory, with the same numbers: \
            \(ActivationPolicy.allCases.map(\.rawValue).joined(separator: ", ")) (default: \
            \(defaults.activations.rawValue)).
            """)
    var activations: String?

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
        Interruption.install()
        let record = resume ? try RunRecord(folder: output) : nil
        let options = try trainingOptions(record)
        guard let model = model ?? record?.modelPath else { throw missing("--model") }
        let sources = data.isEmpty ? record?.data ?? [] : data.map { TrainCommand.weighted($0) }
        if sources.isEmpty { throw missing("data") }
        let run = try TrainingRun(
            modelPath: model, data: try TrainingData(sources), output: output, options: options, resumes: resume,
            tokenizer: tokenizer ?? record?.tokenizerPath, backend: CPUBackend(threads: common.threads))
        for warning in run.warnings { Console.error("warning: \(warning)") }
        common.say(
            "\(run.configuration.family.rawValue), \(NumberText.count(run.parameterCount)) parameters, "
                + "\(NumberText.count(run.trainableCount)) trained, \(Readable.counted(run.totalSteps, "step"))"
                + (run.stepsMade > 0 ? ", going on after step \(run.stepsMade)" : ""))
        let live = LiveTrainingLine(common, totalSteps: run.totalSteps, stepsMade: run.stepsMade)
        let summary = try run.run(
            TrainingObserver(
                onStep: { live.show($0) }, onValidation: { live.show($0) },
                shouldStop: { Interruption.wasRequested }))
        live.finish()
        if common.json { Console.print(json: TrainCommand.json(summary)) }
        if summary.isFinished {
            if common.json { return }
            return common.say(
                "\(summary.output): written after \(Readable.counted(summary.steps, "step")), "
                    + (summary.loss.map { "last loss \(Readable.decimal($0, 4))" }
                        ?? "no token of its rows carried loss: nothing was learnt"))
        }
        if !common.quiet {
            Console.error(
                "stopped after step \(summary.steps) of \(run.totalSteps), \(summary.output) written; "
                    + "go on with: shardmill train --output \(output) --resume")
        }
        throw ExitCode(Interruption.exitStatus)
    }

    private func missing(_ what: String) -> ValidationError {
        ValidationError(
            "\(what): needed to begin a run"
                + (resume ? "; there is none to go on with in \(output)" : ""))
    }

    /// `DIR` or `DIR=WEIGHT`.
    private static func weighted(_ text: String) -> (path: String, weight: Double?) {
        guard let sign = text.lastIndex(of: "="), let weight = Double(text[text.index(after: sign)...]) else {
            return (text, nil)
        }
        return (String(text[..<sign]), weight)
    }

    /// The options of the file, overridden by the flags that were given; of a run to go on with, its own, which none of them may
    /// contradict.
    private func trainingOptions(_ record: RunRecord?) throws -> TrainingOptions {
        let file = try config.map { try YAMLFile.json($0).members ?? [:] } ?? [:]
        let (flags, adapterFlags) = (self.flags.compactMapValues { $0 }, self.adapterFlags.compactMapValues { $0 })
        var members = file
        if steps != nil { members["epochs"] = nil }
        if epochs != nil { members["steps"] = nil }
        members.merge(flags) { _, flag in flag }
        if !adapterFlags.isEmpty {
            members["lora"] = .object((members["lora"]?.members ?? [:]).merging(adapterFlags) { _, flag in flag })
        }
        let given = JSONValue.object(members)
        guard let record else {
            do { return try TrainingOptions(json: given) } catch let failure as TrainingFailure {
                guard case .wrongOption(let name, let expected, let found) = failure, let config, flags[name] == nil,
                    let place = try YAMLFile.place(of: name, in: config)
                else { throw failure }
                throw BuildFailure.recipe(place: place, problem: "expected \(expected), found \(found)")
            }
        }
        return try record.options(with: given) { name in
            let inner = name.hasPrefix("lora.") ? String(name.dropFirst("lora.".count)) : ""
            if flags[name] == nil, adapterFlags[inner] == nil { return "\(config ?? ""): \(name)" }
            if name == "isolate_segments" { return "--no-segment-isolation (\(name))" }
            return "--" + String(name.map { $0 == "_" || $0 == "." ? "-" : $0 })
        }
    }

    private var flags: [String: JSONValue?] {
        [
            "method": method.map { .string($0) }, "steps": steps.map { .integer($0) },
            "epochs": epochs.map { .double($0) }, "sequence_length": sequenceLength.map { .integer($0) },
            "batch_rows": batchRows.map { .integer($0) },
            "gradient_accumulation": gradientAccumulation.map { .integer($0) },
            "learning_rate": learningRate.map { .double($0) }, "schedule": schedule.map { .string($0) },
            "warmup_steps": warmupSteps.map { .integer($0) }, "weight_decay": weightDecay.map { .double($0) },
            "gradient_clip": gradientClip.map { .double($0) }, "seed": seed.map { .string(String($0)) },
            "isolate_segments": noSegmentIsolation ? .bool(false) : nil,
            "evaluation_interval": evaluationInterval.map { .integer($0) },
            "evaluation_blocks": evaluationBlocks.map { .integer($0) },
            "checkpoint_interval": checkpointInterval.map { .integer($0) },
            "activations": activations.map { .string($0) },
        ]
    }

    private var adapterFlags: [String: JSONValue?] {
        [
            "rank": loraRank.map { .integer($0) }, "alpha": loraAlpha.map { .double($0) },
            "targets": loraTargets.isEmpty ? nil : .array(loraTargets.map { .string($0) }),
        ]
    }

    private static func json(_ summary: TrainingSummary) -> JSONValue {
        .object([
            "steps": .integer(summary.steps), "finished": .bool(summary.isFinished),
            "loss": summary.loss.map { .double($0) } ?? .null,
            "validation_loss": summary.validationLoss.map { .double($0) } ?? .null, "tokens": .integer(summary.tokens),
            "output": .string(summary.output),
        ])
    }
}
