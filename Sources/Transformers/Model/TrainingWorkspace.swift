import Tensors

/// The memory of one forward and backward pass over `rows` tokens.
///
/// What a layer keeps is made when forward reaches it and given back when backward is done with it: gradients take its place, so
/// that the two never add up.
final class TrainingWorkspace {
    let policy: ActivationPolicy
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

    private let rows: Int
    private let configuration: ModelConfiguration
    private let backend: any Backend
    /// The residual stream before each layer and after the last, [rows, hidden].
    private var residuals: [FloatBuffer] = []
    private var layers: [LayerActivations] = []
    /// The layer whose gate and up the others of its kind share.
    private var sharing: LayerActivations?

    init(rows: Int, _ configuration: ModelConfiguration, _ backend: any Backend, policy: ActivationPolicy) {
        func make(_ width: Int) -> FloatBuffer { backend.makeTransientBuffer(rows * width, outlivesPass: false) }
        self.rows = rows
        self.configuration = configuration
        self.backend = backend
        self.policy = policy
        let queryWidth = configuration.headCount * configuration.headSize
        let keyWidth = configuration.keyValueHeadCount * configuration.headSize
        normed = make(configuration.hiddenSize)
        normedGradient = make(configuration.hiddenSize)
        residualGradient = make(configuration.hiddenSize)
        activated = make(configuration.intermediateSize)
        attendedGradient = make(queryWidth)
        queryGradient = make(queryWidth)
        keyGradient = make(keyWidth)
        valueGradient = make(keyWidth)
    }

    /// What layer `index` keeps; made, after that of the layers before it, on the first call.
    func layer(_ index: Int) -> LayerActivations {
        if index < layers.count { return layers[index] }
        let recomputes = policy.recomputesFeedForward(ofLayer: index)
        if recomputes, policy == .recomputeLayer, let sharing {
            layers.append(sharing)
            return sharing
        }
        let made = LayerActivations(rows: rows, configuration, backend, feedForward: recomputes ? sharing : nil)
        if recomputes, sharing == nil { sharing = made }
        layers.append(made)
        return made
    }

    /// The residual stream before layer `index`; made, after those before it, on the first call.
    func residual(_ index: Int) -> FloatBuffer {
        if index == residuals.count {
            residuals.append(
                backend.makeTransientBuffer(rows * configuration.hiddenSize, outlivesPass: false))
        }
        return residuals[index]
    }

    /// Whether gate and up of layer `index` were overwritten by another layer's after forward.
    func lostFeedForward(ofLayer index: Int) -> Bool {
        policy.recomputesFeedForward(ofLayer: index)
            && !(index + 1..<configuration.layerCount).allSatisfy { !policy.recomputesFeedForward(ofLayer: $0) }
    }

    /// Gives back what only layer `index` needed, once its backward pass is done; those above it are given back already.
    func release(_ index: Int) {
        residuals.removeLast(residuals.count - index - 1)
        layers.removeLast(layers.count - index)
    }
}
