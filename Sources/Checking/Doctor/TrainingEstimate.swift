import Shards
import Training
import Transformers

/// What a training is expected to need, by the shape of its model and the rows of a pass.
struct TrainingEstimate {
    /// Rows of logits that exist at once.
    static let logitRows = 256
    /// The share of the speed of bare matrix products that a whole step reaches.
    static let efficiency = 0.85

    let configuration: ModelConfiguration
    let options: TrainingOptions
    /// Tokens in a row.
    let length: Int
    /// Numbers that are trained; a rank of adapters may be any.
    let trained: Double

    /// Tokens of a forward and backward pass.
    var tokensPerPass: Double { Double(length) * Double(options.batchRows) }

    /// Bytes at the moment of most, in fp32: weights, two moments and the gradient of what is trained, and what forward keeps for backward.
    /// Gradients take the place of what backward is done with, so that the two do not add up.
    var memory: Double {
        let shape = configuration
        let (hidden, inner) = (Double(shape.hiddenSize), Double(shape.intermediateSize))
        let queries = Double(shape.headCount) * Double(shape.headSize)
        let keys = Double(shape.keyValueHeadCount) * Double(shape.headSize)
        let layers = Double(shape.layerCount)
        let base = 2 + 2 * queries + 2 * keys + Double(shape.headCount) + hidden
        let feedForward = 2 * inner
        let kept: Double
        switch options.activations {
        case .keep: kept = layers * (base + feedForward)
        case .recomputeAlternateFeedForward:
            kept = layers * base + ((layers / 2).rounded(.up) + min(1, layers - 1)) * feedForward
        case .recomputeFeedForward: kept = layers * base + feedForward
        case .recomputeLayer: kept = base + feedForward
        }
        let scratch = 3 * hidden + inner + 2 * queries + 2 * keys + (layers + 1) * hidden
        let rows = tokensPerPass
        let activations = 4 * rows * (kept + scratch)
        let logits = 4 * min(rows, Double(TrainingEstimate.logitRows)) * Double(shape.vocabularySize)
        let weights = 4 * Double(shape.parameterCount)
        let own = trained
        let adapters = options.method == .lora ? 4 * own : 0
        return weights + adapters + 8 * own + max(activations, 4 * own) + logits
    }

    /// Floating-point operations of one token, forward and backward.
    var operationsPerToken: Double {
        let shape = configuration
        let lookup = shape.tiesEmbeddings ? 0 : Double(shape.vocabularySize) * Double(shape.hiddenSize)
        let products = Double(shape.parameterCount) - lookup
        let layers = Double(shape.layerCount)
        // Causal: half of the scores on average; twice a product forward, twice that backward.
        let attention = 6 * layers * Double(shape.headCount) * Double(shape.headSize) * Double(length)
        let feedForward = 4 * layers * Double(shape.hiddenSize) * Double(shape.intermediateSize)
        let repeated: Double =
            switch options.activations {
            case .keep: 0.0
            case .recomputeAlternateFeedForward: 0.5 * feedForward
            case .recomputeFeedForward: feedForward
            case .recomputeLayer: 2.0 * products
            }
        // Frozen weights need no gradient of their own: two products instead of three.
        let trainedProducts = options.method == .full ? 6 * products : 4 * products + 6 * trained
        return trainedProducts + attention + repeated
    }

    /// Bytes of the checkpoints and the result.
    var disk: Double {
        let all = options.method == .full ? Double(configuration.parameterCount) : trained
        let checkpoints = options.checkpointInterval > 0 ? Double(options.keepCheckpoints) + 1 : 1
        return 4 * all + checkpoints * 12 * trained
    }

    /// Tokens of all steps; nil where the data is not known.
    static func tokens(_ options: TrainingOptions, _ sets: [ExaminedData]) -> (steps: Int, tokens: Double)? {
        var (rows, tokens) = (0.0, 0.0)
        for set in sets {
            guard let length = set.length, length > 0 else { return nil }
            let row = min(length, options.sequenceLength ?? length)
            // A weight that is none is named; nothing can be reckoned from it.
            let times = set.weight ?? 1
            guard times > 0, times <= 1e6 else { return nil }
            let weight = times * Double(set.train.blockCount)
            rows += weight * Double((length + row - 1) / row)
            tokens += weight * Double(length)
        }
        guard rows > 0 else { return nil }
        let perStep = Double(options.batchRows) * Double(options.gradientAccumulation)
        let steps = options.steps ?? max(1, Int(min(1e15, (options.epochs ?? 1) * rows / perStep)))
        return (steps, Double(steps) * perStep * tokens / rows)
    }
}
