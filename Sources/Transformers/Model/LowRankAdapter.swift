import Tensors

/// LoRA (Hu et al. 2021) on one linear layer: `y += scale * B (A x)`, trained while the layer's own matrix stays as it is.
public final class LowRankAdapter {
    /// A, [rank, inputs].
    public let down: TransformerParameter
    /// B, [outputs, rank].
    public let up: TransformerParameter
    /// Alpha / rank, or alpha / √rank for rank-stabilised LoRA (Kalajdzievski 2023).
    public let scale: Float
    /// The length of the vector between A and B.
    public let rank: Int

    /// A x of the last forward pass, and its gradient, [rows, rank].
    private var projected: FloatBuffer?
    private var projectedGradient: FloatBuffer?

    /// An adapter with A and B all zero. `module` is the path of the linear layer in the model.
    init(module: String, inputs: Int, outputs: Int, rank: Int, scale: Float, backend: any Backend) {
        let prefix = "base_model.model." + module
        self.rank = rank
        self.scale = scale
        down = TransformerParameter(
            name: prefix + ".lora_A.weight", shape: [rank, inputs], values: backend.makeBuffer(rank * inputs))
        up = TransformerParameter(
            name: prefix + ".lora_B.weight", shape: [outputs, rank], values: backend.makeBuffer(outputs * rank))
    }

    /// Adds scale * B (A x) to `results` and keeps A x.
    func forward(_ inputs: FloatBuffer, rows: Int, into results: FloatBuffer, on backend: any Backend) {
        let kept = Self.room(&projected, rows * rank, backend)
        backend.multiply(
            inputs, down.values, into: kept,
            MatrixProduct(rows: rows, columns: rank, inner: down.shape[1], transposesRight: true))
        backend.multiply(
            kept, up.values, into: results,
            MatrixProduct(
                rows: rows, columns: up.shape[0], inner: rank, transposesRight: true, scale: scale, accumulates: true))
    }

    /// Adds the gradients of A and B, and keeps that of A x for `addInputGradient`.
    func backward(_ inputs: FloatBuffer?, _ resultGradient: FloatBuffer, rows: Int, on backend: any Backend) {
        let outputs = up.shape[0]
        let slope = Self.room(&projectedGradient, rows * rank, backend)
        backend.multiply(
            resultGradient, up.values, into: slope,
            MatrixProduct(rows: rows, columns: rank, inner: outputs, scale: scale))
        if let gradient = up.gradient, let projected {
            backend.multiply(
                resultGradient, projected, into: gradient,
                MatrixProduct(
                    rows: outputs, columns: rank, inner: rows, transposesLeft: true, scale: scale, accumulates: true))
        }
        if let gradient = down.gradient, let inputs {
            backend.multiply(
                slope, inputs, into: gradient,
                MatrixProduct(
                    rows: rank, columns: down.shape[1], inner: rows, transposesLeft: true, accumulates: true))
        }
    }

    /// Adds the adapter's part of the gradient of the layer's inputs; after `backward`.
    func addInputGradient(to inputGradient: FloatBuffer, rows: Int, on backend: any Backend) {
        guard let projectedGradient else { return }
        backend.multiply(
            projectedGradient, down.values, into: inputGradient,
            MatrixProduct(rows: rows, columns: down.shape[1], inner: rank, accumulates: true))
    }

    private static func room(_ buffer: inout FloatBuffer?, _ count: Int, _ backend: any Backend) -> FloatBuffer {
        if let buffer, buffer.count >= count { return buffer }
        buffer = nil
        let made = backend.makeBuffer(count)
        buffer = made
        return made
    }
}
