public import Tensors

/// A decoder-only transformer in memory, in fp32: its weights, and forward and backward written out over a `Backend`.
///
/// One model is used by one thread at a time; the backend shares the work out.
public final class TransformerModel {
    /// The shape.
    public let configuration: ModelConfiguration
    /// What computes.
    public let backend: any Backend
    /// Token embeddings, [vocabulary, hidden].
    public let embedding: TransformerParameter
    /// The layers from the first to the last.
    public let layers: [TransformerLayer]
    /// The scale of the last norm.
    public let finalNorm: TransformerParameter
    /// The output matrix [vocabulary, hidden] where it is not the embedding matrix.
    public let outputMatrix: TransformerParameter?
    /// How much is kept from forward to backward.
    public var activationPolicy = ActivationPolicy.keep

    private var rotary: RotaryTable?

    /// A model whose numbers `load` yields, one parameter at a time in the order of `configuration.parameters`. With `trains`,
    /// every parameter gets a gradient and must be writable; without, none gets one.
    public init(
        _ configuration: ModelConfiguration, backend: any Backend, trains: Bool,
        load: (_ parameter: ModelParameter) throws -> FloatBuffer
    ) throws {
        self.configuration = configuration
        self.backend = backend
        var loaded: [String: TransformerParameter] = [:]
        for parameter in configuration.parameters {
            let values = try load(parameter)
            loaded[parameter.name] = TransformerParameter(name: parameter.name, shape: parameter.shape, values: values)
        }
        func take(_ name: String) -> TransformerParameter {
            guard let found = loaded[name] else { preconditionFailure("the configuration has no parameter \(name)") }
            if trains { found.makeTrainable(on: backend) }
            return found
        }
        embedding = take("model.embed_tokens.weight")
        layers = (0..<configuration.layerCount).map { index in
            let prefix = "model.layers.\(index)."
            return TransformerLayer(
                inputNorm: take(prefix + "input_layernorm.weight"),
                feedForwardNorm: take(prefix + "post_attention_layernorm.weight"),
                linears: configuration.linearLayers(of: index).map { linear in
                    LinearTransform(
                        module: linear.module, weight: take(linear.module + ".weight"),
                        bias: linear.hasBias ? take(linear.module + ".bias") : nil)
                })
        }
        finalNorm = take("model.norm.weight")
        outputMatrix = configuration.tiesEmbeddings ? nil : take("lm_head.weight")
    }

    /// The model of a Hugging Face folder. With `trains`, every parameter is read into memory and gets a gradient; without, weights
    /// stored as F32 are used where the mapped file has them, and others are widened into memory.
    ///
    /// `ownsWeights` makes writable copies of frozen weights too, which `mergeAdapters` needs.
    public convenience init(
        _ folder: ModelFolder, backend: any Backend, trains: Bool, ownsWeights: Bool = false
    ) throws {
        try self.init(folder.configuration, backend: backend, trains: trains) { parameter in
            if !trains, !ownsWeights, let mapped = try folder.mappedFloats(of: parameter) {
                return FloatBuffer(borrowing: mapped, owner: folder)
            }
            let values = backend.makeBuffer(parameter.elementCount)
            try folder.read(parameter, into: values.values)
            return values
        }
    }

    /// The model's own parameters in the order of `configuration.parameters`.
    public var baseParameters: [TransformerParameter] {
        [embedding] + layers.flatMap(\.baseParameters) + [finalNorm] + (outputMatrix.map { [$0] } ?? [])
    }

    /// The parameters of all adapters, layer by layer, A before B.
    public var adapterParameters: [TransformerParameter] {
        layers.flatMap { $0.linears.flatMap(\.adapterParameters) }
    }

    /// Everything that has a gradient.
    public var trainableParameters: [TransformerParameter] {
        (baseParameters + adapterParameters).filter(\.isTrainable)
    }

    /// Sets all gradients to zero; they take no memory until the next backward pass.
    public func clearGradients() {
        for parameter in trainableParameters { parameter.clearGradient() }
    }

    /// The norm of all gradients taken together.
    public func gradientNorm() -> Double {
        var squares = 0.0
        for parameter in trainableParameters {
            if let gradient = parameter.gradient { squares += backend.sumOfSquares(gradient, count: parameter.count) }
        }
        return squares.squareRoot()
    }

    /// The matrix that turns the last vectors into logits.
    var headWeight: TransformerParameter { outputMatrix ?? embedding }

    var attentionShape: AttentionShape {
        AttentionShape(
            heads: configuration.headCount, keyHeads: configuration.keyValueHeadCount,
            headDimension: configuration.headSize)
    }

    /// The rotary table for at least `positions` positions, made once and grown by doubling.
    func rotaryTable(_ positions: Int) -> RotaryTable {
        if let rotary, rotary.positions >= positions { return rotary }
        var size = 256
        while size < positions { size *= 2 }
        let table = RotaryTable(positions: size, frequencies: configuration.rotaryFrequencies)
        rotary = table
        return table
    }

    /// Throws where a token or label is not in the vocabulary.
    func requireTokens(_ batch: TokenBatch) throws {
        let size = Int32(clamping: configuration.vocabularySize)
        for token in batch.tokens where token < 0 || token >= size {
            throw ModelFailure.usage(
                subject: "token id", expected: "0 to \(size - 1), the model's vocabulary", found: "\(token)")
        }
        for label in batch.labels where label >= size {
            throw ModelFailure.usage(
                subject: "label", expected: "below \(size), the model's vocabulary", found: "\(label)")
        }
    }
}
