import Tensors

/// What one layer leaves behind in forward for backward.
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

    /// Buffers for `rows` tokens; `middle`, and gate and up of `shared`, instead of own ones where given.
    init(
        rows: Int, _ configuration: ModelConfiguration, _ backend: any Backend, middle: FloatBuffer? = nil,
        feedForward shared: LayerActivations? = nil
    ) {
        func make(_ width: Int) -> FloatBuffer { backend.makeTransientBuffer(rows * width, outlivesPass: false) }
        let queryWidth = configuration.headCount * configuration.headSize
        let keyWidth = configuration.keyValueHeadCount * configuration.headSize
        inputInverses = make(1)
        queries = make(queryWidth)
        keys = make(keyWidth)
        values = make(keyWidth)
        attended = make(queryWidth)
        logSums = make(configuration.headCount)
        self.middle = middle ?? make(configuration.hiddenSize)
        feedForwardInverses = make(1)
        gate = shared?.gate ?? make(configuration.intermediateSize)
        up = shared?.up ?? make(configuration.intermediateSize)
    }
}
