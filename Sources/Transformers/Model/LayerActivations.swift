import Tensors

/// What one layer leaves behind in forward for backward. Several layers share one set where the policy computes things again.
final class LayerActivations {
    let inputInverses: FloatBuffer
    let queries: FloatBuffer
    let keys: FloatBuffer
    let values: FloatBuffer
    let attended: FloatBuffer
    let logSums: FloatBuffer
    /// The residual stream between attention and feed-forward, [rows, hidden].
    let middle: FloatBuffer
    let feedForwardInverses: FloatBuffer
    let gate: FloatBuffer
    let up: FloatBuffer
    /// Whether gate and up are those of another layer.
    private let sharesFeedForward: Bool

    /// Buffers for `rows` tokens; those of `shared` instead of own ones where given.
    init(
        rows: Int, _ configuration: ModelConfiguration, _ backend: any Backend, middle: FloatBuffer? = nil,
        feedForward shared: LayerActivations? = nil
    ) {
        let queryWidth = configuration.headCount * configuration.headSize
        let keyWidth = configuration.keyValueHeadCount * configuration.headSize
        inputInverses = backend.makeBuffer(rows)
        queries = backend.makeBuffer(rows * queryWidth)
        keys = backend.makeBuffer(rows * keyWidth)
        values = backend.makeBuffer(rows * keyWidth)
        attended = backend.makeBuffer(rows * queryWidth)
        logSums = backend.makeBuffer(rows * configuration.headCount)
        self.middle = middle ?? backend.makeBuffer(rows * configuration.hiddenSize)
        feedForwardInverses = backend.makeBuffer(rows)
        sharesFeedForward = shared != nil
        gate = shared?.gate ?? backend.makeBuffer(rows * configuration.intermediateSize)
        up = shared?.up ?? backend.makeBuffer(rows * configuration.intermediateSize)
    }

    /// Gives back the memory of what is the layer's own, once its backward pass is done.
    func discard(on backend: any Backend) {
        for buffer in [queries, keys, values, attended, middle] + (sharesFeedForward ? [] : [gate, up]) {
            backend.discard(buffer)
        }
    }
}
