import Tensors

/// A linear layer `y = W x + b` of a model, with an adapter where one is attached.
public final class LinearTransform {
    /// The path of the module, for example `model.layers.0.self_attn.q_proj`.
    public let module: String
    /// W, [outputs, inputs].
    public let weight: TransformerParameter
    /// b, [outputs], where the layer has one.
    public let bias: TransformerParameter?
    /// The adapter, where one is attached.
    public internal(set) var adapter: LowRankAdapter?

    init(module: String, weight: TransformerParameter, bias: TransformerParameter?) {
        self.module = module
        self.weight = weight
        self.bias = bias
    }

    /// Floats of an input row.
    public var inputSize: Int { weight.shape[1] }
    /// Floats of an output row.
    public var outputSize: Int { weight.shape[0] }

    /// The layer's own parameters.
    var baseParameters: [TransformerParameter] { [weight] + (bias.map { [$0] } ?? []) }
    /// The adapter's parameters.
    var adapterParameters: [TransformerParameter] { adapter.map { [$0.down, $0.up] } ?? [] }
    /// Whether anything of the layer is trained.
    var isTrained: Bool { (baseParameters + adapterParameters).contains { $0.isTrainable } }
    /// Whether gradients of the layer's parameters need its inputs.
    var needsInputs: Bool { weight.isTrainable || adapter?.down.isTrainable == true }

    /// results [rows, outputs] = or += the layer of `inputs` [rows, inputs].
    func forward(
        _ inputs: FloatBuffer, rows: Int, into results: FloatBuffer, accumulates: Bool, on backend: any Backend
    ) {
        backend.multiply(
            inputs, weight.values, into: results,
            MatrixProduct(
                rows: rows, columns: outputSize, inner: inputSize, transposesRight: true, accumulates: accumulates))
        if let bias { backend.addBias(bias.values, to: results, rows: rows, width: outputSize) }
        adapter?.forward(inputs, rows: rows, into: results, on: backend)
    }

    /// Adds the gradients of what is trained. `inputs` may be nil where `needsInputs` is false.
    func addGradients(_ inputs: FloatBuffer?, _ resultGradient: FloatBuffer, rows: Int, on backend: any Backend) {
        if let gradient = weight.gradient, let inputs {
            backend.multiply(
                resultGradient, inputs, into: gradient,
                MatrixProduct(
                    rows: outputSize, columns: inputSize, inner: rows, transposesLeft: true, accumulates: true))
        }
        if let gradient = bias?.gradient {
            backend.addBiasGradient(of: resultGradient, to: gradient, rows: rows, width: outputSize)
        }
        adapter?.backward(inputs, resultGradient, rows: rows, on: backend)
    }

    /// inputGradient [rows, inputs] = or += the gradient of the inputs; after `addGradients`.
    func inputGradient(
        of resultGradient: FloatBuffer, rows: Int, into inputGradient: FloatBuffer, accumulates: Bool,
        on backend: any Backend
    ) {
        backend.multiply(
            resultGradient, weight.values, into: inputGradient,
            MatrixProduct(rows: rows, columns: inputSize, inner: outputSize, accumulates: accumulates))
        adapter?.addInputGradient(to: inputGradient, rows: rows, on: backend)
    }
}
