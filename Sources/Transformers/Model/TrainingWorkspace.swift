import Tensors

/// The memory of one forward and backward pass over at most `capacity` tokens, kept between steps.
final class TrainingWorkspace {
    let capacity: Int
    let policy: ActivationPolicy
    /// The residual stream before each layer and after the last, [layers + 1][rows, hidden].
    let residuals: [FloatBuffer]
    let layers: [LayerActivations]
    /// The layer whose gate and up are still there after forward, of those that share theirs.
    let lastSharing: Int?
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
        var shared: LayerActivations?
        layers = (0..<configuration.layerCount).map { index in
            if !policy.recomputesFeedForward(ofLayer: index) {
                return LayerActivations(rows: capacity, configuration, backend)
            }
            if policy == .recomputeLayer, let shared { return shared }
            let made = LayerActivations(rows: capacity, configuration, backend, feedForward: shared)
            if shared == nil { shared = made }
            return made
        }
        lastSharing = (0..<configuration.layerCount).last { policy.recomputesFeedForward(ofLayer: $0) }
        normed = backend.makeBuffer(hidden)
        normedGradient = backend.makeBuffer(hidden)
        residualGradient = backend.makeBuffer(hidden)
        activated = backend.makeBuffer(capacity * configuration.intermediateSize)
        attendedGradient = backend.makeBuffer(capacity * queryWidth)
        queryGradient = backend.makeBuffer(capacity * queryWidth)
        keyGradient = backend.makeBuffer(capacity * keyWidth)
        valueGradient = backend.makeBuffer(capacity * keyWidth)
    }

    /// Gives back the memory that only layer `index` and those above it needed, once its backward pass is done.
    func discard(from index: Int, on backend: any Backend) {
        backend.discard(residuals[index + 1])
        if !policy.recomputesFeedForward(ofLayer: index) || layers[index] !== layers[0] {
            layers[index].discard(on: backend)
        }
    }
}
