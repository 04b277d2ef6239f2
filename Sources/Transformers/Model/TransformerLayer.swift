/// One layer of a model: attention and feed-forward, each behind a norm and added to the residual stream.
public final class TransformerLayer {
    /// The scale of the norm before attention.
    public let inputNorm: TransformerParameter
    /// Queries.
    public let query: LinearTransform
    /// Keys.
    public let key: LinearTransform
    /// Values.
    public let value: LinearTransform
    /// The output of attention.
    public let output: LinearTransform
    /// The scale of the norm before the feed-forward part.
    public let feedForwardNorm: TransformerParameter
    /// The gate of the feed-forward part.
    public let gate: LinearTransform
    /// What the gate opens.
    public let up: LinearTransform
    /// Back to the residual stream.
    public let down: LinearTransform

    init(inputNorm: TransformerParameter, feedForwardNorm: TransformerParameter, linears: [LinearTransform]) {
        precondition(linears.count == 7)
        self.inputNorm = inputNorm
        self.feedForwardNorm = feedForwardNorm
        (query, key, value, output) = (linears[0], linears[1], linears[2], linears[3])
        (gate, up, down) = (linears[4], linears[5], linears[6])
    }

    /// The seven linear layers: q, k, v, o, gate, up, down.
    public var linears: [LinearTransform] { [query, key, value, output, gate, up, down] }

    /// The layer's own parameters, in the order of `ModelConfiguration.parameters`.
    var baseParameters: [TransformerParameter] {
        [inputNorm] + linears[..<4].flatMap(\.baseParameters) + [feedForwardNorm]
            + linears[4...].flatMap(\.baseParameters)
    }

    /// Whether anything of the attention part is trained, its norm included.
    var isAttentionTrained: Bool { inputNorm.isTrainable || linears[..<4].contains { $0.isTrained } }
    /// Whether anything before the scores is trained: the norm, q, k or v.
    var areProjectionsTrained: Bool { inputNorm.isTrainable || linears[..<3].contains { $0.isTrained } }
    /// Whether anything of the layer is trained.
    var isTrained: Bool {
        isAttentionTrained || feedForwardNorm.isTrainable || linears[4...].contains { $0.isTrained }
    }
}
