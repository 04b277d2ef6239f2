public import Files

/// The shape of a decoder-only transformer, as the `config.json` of a Hugging Face folder states it.
public struct ModelConfiguration: Sendable, Equatable {
    /// The families whose computation is implemented. The raw value is `model_type`.
    public enum Family: String, Sendable, CaseIterable {
        /// Llama 2 and 3, SmolLM2, TinyLlama and others of that architecture.
        case llama
        /// Qwen2 and Qwen2.5: queries, keys and values have biases.
        case qwen2
    }

    /// Which family's computation applies.
    public var family: Family
    /// Rows of the embedding matrix; a tokenizer's ids must be below it.
    public var vocabularySize: Int
    /// The length of the vector of a token between layers.
    public var hiddenSize: Int
    /// The length of the vector inside a feed-forward layer.
    public var intermediateSize: Int
    /// Number of layers.
    public var layerCount: Int
    /// Heads that ask (queries).
    public var headCount: Int
    /// Heads that are looked at (keys, values); divides `headCount`.
    public var keyValueHeadCount: Int
    /// The length of the vector of one head, even; `hiddenSize / headCount` unless stated.
    public var headSize: Int
    /// Added to the mean square inside RMSNorm.
    public var normEpsilon: Double
    /// The base of the rotary frequencies.
    public var rotaryBase: Double
    /// How the rotary frequencies are stretched.
    public var rotaryScaling: RotaryScaling = .none
    /// The longest sequence the model is meant for.
    public var maximumPositions: Int
    /// Whether q, k and v add a bias.
    public var hasQueryKeyValueBias: Bool
    /// Whether the output of attention adds a bias.
    public var hasAttentionOutputBias: Bool
    /// Whether gate, up and down add a bias.
    public var hasFeedForwardBias: Bool
    /// Whether the output matrix is the embedding matrix.
    public var tiesEmbeddings: Bool
    /// The token that begins a text, where there is one.
    public var beginTokenID: Int?
    /// The tokens that end a text.
    public var endTokenIDs: [Int]
    /// The standard deviation of random weights.
    public var initializerRange = 0.02
    /// Members of the `config.json` that mean nothing to this program; written back as they were.
    public var otherMembers: [String: JSONValue] = [:]
}

extension ModelConfiguration {
    /// The names that `named(_:)` knows.
    public static let shapeNames = ["smollm2-135m", "qwen2.5-0.5b", "tiny"]

    /// A well-known shape: `smollm2-135m`, `qwen2.5-0.5b`, or `tiny` (117 thousand parameters at its own vocabulary of 384, for
    /// tests and demonstrations). Throws `ModelFailure.usage` for another name or a vocabulary below 1.
    public static func named(_ name: String, vocabularySize: Int? = nil) throws -> ModelConfiguration {
        var shape: ModelConfiguration
        switch name {
        case "smollm2-135m":
            shape = .init(
                family: .llama, vocabularySize: 49152, hiddenSize: 576, intermediateSize: 1536, layerCount: 30,
                headCount: 9, keyValueHeadCount: 3, normEpsilon: 1e-5, rotaryBase: 100_000, maximumPositions: 8192)
        case "qwen2.5-0.5b":
            shape = .init(
                family: .qwen2, vocabularySize: 151_936, hiddenSize: 896, intermediateSize: 4864, layerCount: 24,
                headCount: 14, keyValueHeadCount: 2, normEpsilon: 1e-6, rotaryBase: 1_000_000, maximumPositions: 32768)
        case "tiny":
            shape = .init(
                family: .llama, vocabularySize: 384, hiddenSize: 64, intermediateSize: 176, layerCount: 2, headCount: 4,
                keyValueHeadCount: 2, normEpsilon: 1e-5, rotaryBase: 10_000, maximumPositions: 2048)
        default:
            throw ModelFailure.usage(
                subject: "model shape", expected: "one of " + shapeNames.joined(separator: ", "), found: name)
        }
        if let vocabularySize {
            guard vocabularySize > 0, vocabularySize <= 1 << 31 else {
                throw ModelFailure.usage(
                    subject: "vocabulary size", expected: "1 to 2147483648", found: "\(vocabularySize)")
            }
            shape.vocabularySize = vocabularySize
        }
        return shape
    }

    /// A shape with tied embeddings, heads of `hiddenSize / headCount`, the biases of its family, and no special tokens.
    public init(
        family: Family, vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layerCount: Int, headCount: Int,
        keyValueHeadCount: Int, normEpsilon: Double, rotaryBase: Double, maximumPositions: Int
    ) {
        self.init(
            family: family, vocabularySize: vocabularySize, hiddenSize: hiddenSize, intermediateSize: intermediateSize,
            layerCount: layerCount, headCount: headCount, keyValueHeadCount: keyValueHeadCount,
            headSize: hiddenSize / headCount, normEpsilon: normEpsilon, rotaryBase: rotaryBase,
            maximumPositions: maximumPositions, hasQueryKeyValueBias: family == .qwen2, hasAttentionOutputBias: false,
            hasFeedForwardBias: false, tiesEmbeddings: true, beginTokenID: nil, endTokenIDs: [])
    }
}
