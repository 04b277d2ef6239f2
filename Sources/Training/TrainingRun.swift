internal import Evaluation
internal import Files
internal import Glibc
internal import Shards
public import Tensors
internal import Tokenization
public import Transformers

/// One training of one model: batches in the order of the data, gradient accumulation, clipping, AdamW, metrics, checkpoints.
///
/// The folder holds `run.json`, `metrics.jsonl`, `checkpoints/step-…` and, in the end, `model/` or `adapter/` and
/// `summary.json`. A run that is killed at any moment and resumed gives the same metrics from there on, bit for bit, on the same
/// kind of machine with the same number of threads.
public final class TrainingRun {
    /// The options.
    public let options: TrainingOptions
    /// The number of steps of the whole run.
    public let totalSteps: Int
    /// Steps that were made before; 0 for a new run.
    public private(set) var stepsMade = 0
    /// What the data lacks, one line each.
    public let warnings: [String]
    /// Numbers in the model.
    public let parameterCount: Int
    /// Numbers that are trained.
    public let trainableCount: Int

    private let folder: RunFolder
    private let lock: LockFile
    private let data: TrainingData
    private let description: RunDescription
    private let trained: TrainingModel
    private let schedule: LearningRateSchedule
    private var optimizer: AdamWOptimizer
    private var order: RowOrder
    private var measured = TrainingCheckpoint.Measured()

    /// Prepares a run: loads the model and, with `resumes`, the last checkpoint in `output`.
    ///
    /// - Parameters:
    ///   - modelPath: the Hugging Face folder to start from.
    ///   - output: the folder of the run. A new run needs one without a run in it. With `resumes` and no run there, a new one begins.
    ///   - tokenizer: a folder or file whose tokenizer files go with the result and made the data; nil: those of the model.
    public init(
        modelPath: String, data: TrainingData, output: String, options: TrainingOptions, resumes: Bool = false,
        tokenizer: String? = nil, backend: CPUBackend
    ) throws {
        try options.validate()
        try data.requireLoss()
        let base = try ModelFolder(modelPath)
        let match = try TrainingRun.match(base, data: data, tokenizer: tokenizer)
        let folder = RunFolder(path: output)
        try Folder.create(output)
        let lock = try LockFile(PathText.join(output, "lock"))
        let isResumed = try TrainingRun.checkFolder(folder, resumes: resumes)
        try folder.removeRemains()

        var order = try RowOrder(data, sequenceLength: options.sequenceLength, seed: options.seed)
        let rowsPerStep = options.batchRows * options.gradientAccumulation
        totalSteps =
            options.steps
            ?? max(
                1,
                Int(
                    min(
                        Double(RunRecord.mostSteps),
                        (options.epochs ?? 1) * Double(order.rowsPerEpoch) / Double(rowsPerStep))))
        let description = RunDescription(
            options: options, totalSteps: totalSteps, modelPath: modelPath, modelDigest: try base.digest(),
            dataDigest: data.digest(), data: data.sources.map { ($0.path, $0.weight) }, tokenizerPath: tokenizer)
        if isResumed {
            try description.requireSame(as: JSONValue(file: folder.description), path: folder.description)
        }
        let checkpoint = isResumed ? try folder.checkpointSteps().last.map(folder.checkpoint) : nil
        let trained = try TrainingModel(
            base: base, options: options, checkpoint: checkpoint, backend: backend,
            companions: tokenizer ?? modelPath)
        var optimizer = AdamWOptimizer(trained.model.trainableParameters, backend: backend)
        if let checkpoint {
            (stepsMade, measured) = try TrainingCheckpoint.restore(
                from: checkpoint, description: description, optimizer: &optimizer, order: &order)
        }
        if !isResumed {
            try AtomicFile.write(description.json.encoded(.pretty), to: folder.description)
        }
        self.options = options
        self.lock = lock
        self.folder = folder
        self.data = data
        self.description = description
        self.trained = trained
        self.optimizer = optimizer
        self.order = order
        schedule = LearningRateSchedule(
            shape: options.schedule, peak: options.learningRate, floor: options.learningRateFloor,
            warmupSteps: options.warmupSteps ?? (totalSteps + 19) / 20, totalSteps: totalSteps)
        parameterCount = base.configuration.parameterCount
        trainableCount = trained.model.trainableParameters.reduce(0) { $0 + $1.count }
        var warnings = data.warnings
        if match.tokenizer == nil, data.datasets.contains(where: { $0.tokenizerDigest != nil }) {
            warnings.append(
                "\(modelPath): no tokenizer that can be read: whether the data was made with the model's is not checked"
            )
        }
        self.warnings = warnings
    }

    /// Throws where the data was not made for the model; `tokenizer` counts instead of the one in the model's folder.
    private static func match(_ base: ModelFolder, data: TrainingData, tokenizer: String?) throws -> ModelMatch {
        let path = tokenizer ?? base.path
        let match =
            try tokenizer.map {
                ModelMatch(path: path, configuration: base.configuration, tokenizer: try Tokenizer.load($0))
            } ?? ModelMatch(path: path, configuration: base.configuration)
        try match.requireTokenizerFits(tokenizerPath: path)
        for dataset in data.datasets { try match.require(dataset) }
        return match
    }

    /// Whether a run is to go on in the folder; throws where one is there and none should be.
    private static func checkFolder(_ folder: RunFolder, resumes: Bool) throws -> Bool {
        let isThere = Folder.exists(folder.description)
        if isThere, !resumes {
            throw TrainingFailure.wrongFolder(
                path: folder.path, expected: "a folder without a run, or --resume to go on", found: "run.json")
        }
        return isThere
    }

    /// The shape of the model.
    public var configuration: ModelConfiguration { trained.model.configuration }

    /// Makes the steps that are left and writes the result. A run that is finished already returns what came of it.
    ///
    /// Throws `TrainingFailure.diverged` where loss or gradient are no numbers, and whatever `observer` throws; the last
    /// checkpoint then stays.
    public func run(_ observer: TrainingObserver = TrainingObserver()) throws -> TrainingSummary {
        if let finished = try finishedSummary() { return finished }
        let metrics = try MetricsFile(folder.metrics, keepingUpTo: stepsMade)
        while stepsMade < totalSteps {
            let step = try makeStep()
            stepsMade += 1
            try metrics.append(step.json)
            if let loss = step.loss { measured.loss = loss }
            measured.tokens += step.tokens
            try observer.onStep(step)
            let isLast = stepsMade == totalSteps
            if isLast || (options.evaluationInterval > 0 && stepsMade % options.evaluationInterval == 0),
                let validation = try measureValidation()
            {
                try metrics.append(validation.json)
                measured.validationLoss = validation.loss
                try observer.onValidation(validation)
            }
            let stops = !isLast && observer.shouldStop()
            if stops || (options.checkpointInterval > 0 && stepsMade % options.checkpointInterval == 0) {
                metrics.sync()
                let path = try writeCheckpoint()
                if stops { return summary(output: path, isFinished: false) }
            }
        }
        metrics.sync()
        let finished = summary(output: try trained.write(into: folder.path), isFinished: true)
        try writeSummary(finished)
        return finished
    }

    /// One step of the optimizer over `gradientAccumulation` passes. The loss and the gradient are means over all target tokens
    /// of the step, however they are spread over the passes.
    private func makeStep() throws -> TrainingStep {
        let start = TrainingClock.monotonicSeconds()
        let model = trained.model
        var batches: [TokenBatch] = []
        for _ in 0..<options.gradientAccumulation {
            var batcher = RowBatcher(isolatesSegments: options.isolateSegments)
            for _ in 0..<options.batchRows { try order.appendNext(to: &batcher) }
            batches.append(batcher.take())
        }
        let targets = batches.reduce(0) { $0 + $1.labelCount }
        model.clearGradients()
        var sum = 0.0
        // What has no target has no gradient.
        for batch in batches where batch.labelCount > 0 {
            sum += try model.forwardBackward(batch, normalizer: Double(max(1, targets))).sum
        }
        let loss = targets == 0 ? nil : sum / Double(targets)
        let norm = model.gradientNorm()
        for (what, value) in [("the loss", loss ?? 0), ("the gradient's norm", norm)] where !value.isFinite {
            throw TrainingFailure.diverged(step: stepsMade + 1, what: what, value: "\(value)")
        }
        let rate = schedule.rate(at: stepsMade)
        // Without a target nothing is learnt: the weights do not decay either.
        if targets == 0 {
            return step(batches, loss: nil, rate: rate, norm: norm, targets: 0, start: start)
        }
        // As torch.nn.utils.clip_grad_norm_ does, with its 1e-6.
        let factor = options.gradientClip > 0 ? min(1, options.gradientClip / (norm + 1e-6)) : 1
        optimizer.step(options, learningRate: rate, gradientFactor: factor)
        return step(batches, loss: loss, rate: rate, norm: norm, targets: targets, start: start)
    }

    private func step(
        _ batches: [TokenBatch], loss: Double?, rate: Double, norm: Double, targets: Int, start: Double
    ) -> TrainingStep {
        TrainingStep(
            step: stepsMade + 1, loss: loss, learningRate: rate, gradientNorm: norm,
            tokens: batches.reduce(0) { $0 + $1.count }, targetTokens: targets, epoch: order.epoch,
            position: order.taken, seconds: TrainingClock.monotonicSeconds() - start, time: TrainingClock.seconds())
    }

    /// The mean loss over all validation data; nil where there is none.
    private func measureValidation() throws -> ValidationLoss? {
        if data.validation.isEmpty { return nil }
        let start = TrainingClock.monotonicSeconds()
        var evaluation = PerplexityEvaluation()
        evaluation.sequenceLength = options.sequenceLength
        evaluation.isolatesSegments = options.isolateSegments
        if options.evaluationBlocks > 0 { evaluation.maximumBlocks = options.evaluationBlocks }
        var total = PerplexityScore()
        for dataset in data.validation {
            let score = try evaluation.score(trained.model, on: dataset)
            total.lossSum += score.lossSum
            total.targetTokens += score.targetTokens
        }
        return ValidationLoss(
            step: stepsMade, loss: total.loss, perplexity: total.perplexity, targetTokens: total.targetTokens,
            seconds: TrainingClock.monotonicSeconds() - start, time: TrainingClock.seconds())
    }

    /// Writes a checkpoint of this moment, removes those beyond `keepCheckpoints`, and returns its folder.
    private func writeCheckpoint() throws -> String {
        let path = folder.checkpoint(stepsMade)
        try TrainingCheckpoint.write(
            to: path, step: stepsMade, description: description, optimizer: optimizer, order: order, measured: measured
        ) {
            try trained.write(into: $0)
        }
        for step in try folder.checkpointSteps().dropLast(options.keepCheckpoints) {
            try Folder.remove(folder.checkpoint(step))
        }
        return path
    }

    private func summary(output: String, isFinished: Bool) -> TrainingSummary {
        TrainingSummary(
            steps: stepsMade, isFinished: isFinished, loss: measured.loss, validationLoss: measured.validationLoss,
            tokens: measured.tokens, output: output)
    }

    private func writeSummary(_ summary: TrainingSummary) throws {
        let value: JSONValue = [
            "steps": .integer(summary.steps), "loss": summary.loss.map { .double($0) } ?? .null,
            "validation_loss": summary.validationLoss.map { .double($0) } ?? .null, "tokens": .integer(summary.tokens),
            "output": .string(PathText.name(of: summary.output)),
        ]
        try AtomicFile.write(value.encoded(.pretty), to: folder.summary)
    }

    private func finishedSummary() throws -> TrainingSummary? {
        guard Folder.exists(folder.summary) else { return nil }
        let value = try JSONValue(file: folder.summary)
        guard let steps = value["steps"]?.int, steps == totalSteps, let loss = value["loss"],
            loss == .null || loss.double != nil,
            let tokens = value["tokens"]?.int, let output = value["output"]?.string
        else {
            throw TrainingFailure.malformed(
                path: folder.summary, place: "steps", expected: "\(totalSteps)", found: value["steps"]?.text() ?? "none"
            )
        }
        return TrainingSummary(
            steps: steps, isFinished: true, loss: loss.double, validationLoss: value["validation_loss"]?.double,
            tokens: tokens,
            output: PathText.join(folder.path, output))
    }
}

/// Clocks for the time fields of the metrics.
enum TrainingClock {
    /// Seconds of a clock that never goes back.
    static func monotonicSeconds() -> Double { read(CLOCK_MONOTONIC) }

    /// Seconds since 1970.
    static func seconds() -> Double { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Double {
        var now = timespec()
        clock_gettime(clock, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }
}
