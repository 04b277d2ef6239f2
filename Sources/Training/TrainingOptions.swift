public import Transformers

/// Everything that decides what a run computes, beside its model and its data.
public struct TrainingOptions: Sendable, Equatable {
    /// What is trained.
    public enum Method: String, Sendable, CaseIterable {
        /// Every weight of the model.
        case full
        /// Low-rank adapters beside frozen weights.
        case lora
    }

    /// The adapters of the method `lora`.
    public struct LowRank: Sendable, Equatable {
        /// The rank r.
        public var rank = 16
        /// The numerator of the scale.
        public var alpha = 32.0
        /// Names of the linear layers that get an adapter.
        public var targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        /// Whether the scale is alpha / √r instead of alpha / r.
        public var usesRankStabilizedScale = false

        /// Rank 16, alpha 32, all seven linear layers.
        public init() {}
    }

    /// What is trained.
    public var method = Method.full
    /// Number of steps; nil: as many as `epochs` needs.
    public var steps: Int?
    /// Passes over the data; 1 where neither it nor `steps` is given.
    public var epochs: Double?
    /// Tokens in a row; nil: a whole block. A block is cut into rows of this length, the last one may be shorter.
    public var sequenceLength: Int?
    /// Rows in one forward and backward pass.
    public var batchRows = 1
    /// Passes before each step of the optimizer.
    public var gradientAccumulation = 1
    /// The peak of the learning rate.
    public var learningRate = 3e-4
    /// How the learning rate falls.
    public var schedule = LearningRateSchedule.Shape.cosine
    /// Steps over which the learning rate rises; nil: a twentieth of all steps.
    public var warmupSteps: Int?
    /// What the learning rate falls to, as a fraction of the peak.
    public var learningRateFloor = 0.1
    /// Decay of the gradient's running mean.
    public var beta1 = 0.9
    /// Decay of the gradient's running mean square.
    public var beta2 = 0.95
    /// Added to the root of the mean square.
    public var epsilon = 1e-8
    /// Decay of matrices a step, as a fraction of the learning rate; norms and biases do not decay.
    public var weightDecay = 0.1
    /// The longest gradient; longer ones are shortened to it. 0: no limit.
    public var gradientClip = 1.0
    /// Decides the order of the data and the first weights of adapters.
    public var seed: UInt64 = 42
    /// Whether attention, positions and targets stay inside a segment.
    public var isolateSegments = true
    /// Steps between measurements of the validation loss; 0: only after the last step.
    public var evaluationInterval = 0
    /// Blocks of a measurement; 0: all of the validation data.
    public var evaluationBlocks = 0
    /// Steps between checkpoints; 0: none.
    public var checkpointInterval = 0
    /// How many checkpoints stay; older ones are removed.
    public var keepCheckpoints = 2
    /// What of the forward pass is computed again to save memory; decides no number.
    public var activations = ActivationPolicy.keep
    /// The adapters of the method `lora`.
    public var lora = LowRank()

    /// Full training for one epoch.
    public init() {}

    /// Throws `TrainingFailure.wrongOption` for a value that makes no sense.
    public func validate() throws {
        func require(_ holds: Bool, _ name: String, _ expected: String, _ found: String) throws {
            if !holds { throw TrainingFailure.wrongOption(name: name, expected: expected, found: found) }
        }
        func atLeast(_ least: Int, _ name: String, _ value: Int?) throws {
            guard let value else { return }
            try require(
                value >= least && value <= 1_000_000_000, name, "an integer from \(least), at most 1000000000",
                "\(value)")
        }
        try require(steps == nil || epochs == nil, "steps", "steps or epochs, not both", "both")
        try atLeast(1, "steps", steps)
        if let epochs { try require(epochs > 0 && epochs <= 1e6, "epochs", "a number above 0", "\(epochs)") }
        try atLeast(2, "sequence_length", sequenceLength)
        try atLeast(1, "batch_rows", batchRows)
        try atLeast(1, "gradient_accumulation", gradientAccumulation)
        try require(
            learningRate >= 0 && learningRate.isFinite, "learning_rate", "a number from 0", "\(learningRate)")
        try atLeast(0, "warmup_steps", warmupSteps)
        let fraction = 0.0...1.0
        try require(
            fraction.contains(learningRateFloor), "learning_rate_floor", "a number from 0 to 1", "\(learningRateFloor)")
        for (name, beta) in [("beta1", beta1), ("beta2", beta2)] {
            try require(beta >= 0 && beta < 1, name, "a number from 0 to below 1", "\(beta)")
        }
        try require(epsilon > 0 && epsilon.isFinite, "epsilon", "a number above 0", "\(epsilon)")
        try require(weightDecay >= 0 && weightDecay.isFinite, "weight_decay", "a number from 0", "\(weightDecay)")
        try require(gradientClip >= 0 && gradientClip.isFinite, "gradient_clip", "a number from 0", "\(gradientClip)")
        try atLeast(0, "evaluation_interval", evaluationInterval)
        try atLeast(0, "evaluation_blocks", evaluationBlocks)
        try atLeast(0, "checkpoint_interval", checkpointInterval)
        try atLeast(1, "keep_checkpoints", keepCheckpoints)
        try atLeast(1, "lora.rank", lora.rank)
        try require(lora.alpha > 0 && lora.alpha.isFinite, "lora.alpha", "a number above 0", "\(lora.alpha)")
        try require(method == .full || !lora.targets.isEmpty, "lora.targets", "at least one name", "none")
    }

    /// The adapter that the method `lora` trains, for a base model at `baseModel`.
    func adapterConfiguration(baseModel: String) -> AdapterConfiguration {
        var adapter = AdapterConfiguration(
            rank: lora.rank, alpha: lora.alpha, targets: lora.targets,
            usesRankStabilizedScale: lora.usesRankStabilizedScale)
        adapter.baseModel = baseModel
        return adapter
    }
}
