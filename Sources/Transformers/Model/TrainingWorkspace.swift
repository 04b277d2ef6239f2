import Tensors

/// The memory of one forward and backward pass over at most `capacity` tokens, kept between steps.
final class TrainingWorkspace {
    let capacity: Int
    let policy: ActivationPolicy
    /// The residual stream before each layer and after the last, [layers + 1][rows, hidden].
    let residuals: [FloatBuffer]
    let layers: [LayerActivations]
    /// The output of a norm, [rows, hidden].
    let normed: FloatBuffer
    /// Gradient of the output of a norm, [rows, hidden].
    let normedGradient: FloatBuffer
    /// Gradient of the residual stream, [rows, hidden].
    let residualGradient: FloatBuffer
    /// The activated feed-forward vectors, then their gradient, [rows, intermediate].
    let activated: FloatBuffer
    let attendedGradient: FloatBuffer
    let queryGradient: FloatBuffer
    let keyGradient: FloatBuffer
    let valueGradient: FloatBuffer

    init(capacity: Int, _ configuration: ModelConfiguration, _ backend: any Backend, policy: ActivationPolicy) {
        self.capacity = capacity
        self.policy = policy
        let hidden = capacity * configuration.hiddenSize
        let queryWidth = configuration.headCount * configuration.headSize
        let keyWidth = configuration.keyValueHeadCount * configuration.headSize
        residuals = (0...configuration.layerCount).map { _ in backend.makeBuffer(hidden) }
        let first = LayerActivations(rows: capacity, configuration, backend)
        layers = (0..<configuration.layerCount).map { index in
            switch policy {
            case _ where index == 0: first
            case .keep: LayerActivations(rows: capacity, configuration, backend)
            case .recomputeFeedForward: LayerActivations(rows: capacity, configuration, backend, feedForward: first)
            case .recomputeLayer: first
            }
        }
        normed = backend.makeBuffer(hidden)
        normedGradient = backend.makeBuffer(hidden)
        residualGradient = backend.makeBuffer(hidden)
        activated = backend.makeBuffer(capacity * configuration.intermediateSize)
        attendedGradient = backend.makeBuffer(capacity * queryWidth)
        queryGradient = backend.makeBuffer(capacity * queryWidth)
        keyGradient = backend.makeBuffer(capacity * keyWidth)
        valueGradient = backend.makeBuffer(capacity * keyWidth)
    }
}
