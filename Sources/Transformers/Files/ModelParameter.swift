/// One trained tensor of a model: its name in a Hugging Face folder and its shape.
public struct ModelParameter: Sendable, Equatable {
    /// What a parameter is used for; decides its initial value and whether weight decay applies.
    public enum Role: Sendable, Equatable {
        /// Token embeddings [vocabulary, hidden]; also the output matrix where the two are tied.
        case embedding
        /// A matrix of a linear layer [outputs, inputs].
        case linear
        /// The output matrix [vocabulary, hidden] where it is not tied to the embeddings.
        case output
        /// An offset of a linear layer [outputs].
        case bias
        /// The scale of an RMSNorm [hidden].
        case norm
    }

    /// For example `model.layers.0.self_attn.q_proj.weight`.
    public let name: String
    /// The dimensions, outermost first.
    public let shape: [Int]
    /// What it is used for.
    public let role: Role

    /// A parameter.
    public init(name: String, shape: [Int], role: Role) {
        self.name = name
        self.shape = shape
        self.role = role
    }

    /// The product of the dimensions.
    public var elementCount: Int { shape.reduce(1, *) }
}

extension ModelConfiguration {
    /// Every parameter of the model in the order of computation: embeddings, layers, last norm, output matrix (where it is not
    /// tied). The names are those that transformers gives them.
    public var parameters: [ModelParameter] {
        var all: [ModelParameter] = []
        all.append(.init(name: "model.embed_tokens.weight", shape: [vocabularySize, hiddenSize], role: .embedding))
        for layer in 0..<layerCount {
            let prefix = "model.layers.\(layer)."
            all.append(.init(name: prefix + "input_layernorm.weight", shape: [hiddenSize], role: .norm))
            for linear in linearLayers(of: layer) where linear.isAttention { append(linear, to: &all) }
            all.append(.init(name: prefix + "post_attention_layernorm.weight", shape: [hiddenSize], role: .norm))
            for linear in linearLayers(of: layer) where !linear.isAttention { append(linear, to: &all) }
        }
        all.append(.init(name: "model.norm.weight", shape: [hiddenSize], role: .norm))
        if !tiesEmbeddings {
            all.append(.init(name: "lm_head.weight", shape: [vocabularySize, hiddenSize], role: .output))
        }
        return all
    }

    /// The number of trained numbers; tied embeddings count once.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.elementCount } }

    private func append(_ linear: LinearLayer, to all: inout [ModelParameter]) {
        all.append(
            .init(name: linear.module + ".weight", shape: [linear.outputSize, linear.inputSize], role: .linear))
        if linear.hasBias { all.append(.init(name: linear.module + ".bias", shape: [linear.outputSize], role: .bias)) }
    }

    /// A matrix product of a layer.
    public struct LinearLayer: Sendable, Equatable {
        /// The path of the module, for example `model.layers.0.self_attn.q_proj`.
        public let module: String
        /// The length of the vectors that go in.
        public let inputSize: Int
        /// The length of the vectors that come out.
        public let outputSize: Int
        /// Whether an offset is added.
        public let hasBias: Bool
        let isAttention: Bool
    }

    /// The seven matrix products of a layer: q, k, v, o, gate, up, down.
    public func linearLayers(of layer: Int) -> [LinearLayer] {
        let attention = "model.layers.\(layer).self_attn."
        let feedForward = "model.layers.\(layer).mlp."
        let queries = headCount * headSize
        let keys = keyValueHeadCount * headSize
        func linear(_ module: String, _ inputs: Int, _ outputs: Int, _ bias: Bool, _ isAttention: Bool) -> LinearLayer {
            LinearLayer(module: module, inputSize: inputs, outputSize: outputs, hasBias: bias, isAttention: isAttention)
        }
        return [
            linear(attention + "q_proj", hiddenSize, queries, hasQueryKeyValueBias, true),
            linear(attention + "k_proj", hiddenSize, keys, hasQueryKeyValueBias, true),
            linear(attention + "v_proj", hiddenSize, keys, hasQueryKeyValueBias, true),
            linear(attention + "o_proj", queries, hiddenSize, hasAttentionOutputBias, true),
            linear(feedForward + "gate_proj", hiddenSize, intermediateSize, hasFeedForwardBias, false),
            linear(feedForward + "up_proj", hiddenSize, intermediateSize, hasFeedForwardBias, false),
            linear(feedForward + "down_proj", intermediateSize, hiddenSize, hasFeedForwardBias, false),
        ]
    }
}
