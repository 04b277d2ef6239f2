public import Tensors

extension TransformerModel {
    /// The embeddings of `tokens`, to `residual` [rows, hidden].
    func embed(_ tokens: [Int32], into residual: FloatBuffer) {
        backend.gatherRows(of: embedding.values, tokens, width: configuration.hiddenSize, into: residual)
    }

    private func norm(
        _ weight: TransformerParameter, _ values: FloatBuffer, into results: FloatBuffer, _ inverses: FloatBuffer,
        rows: Int
    ) {
        backend.normalize(
            values, weight: weight.values, epsilon: Float(configuration.normEpsilon), into: results, inverses: inverses,
            rows: rows, width: configuration.hiddenSize)
    }

    /// The norm before attention, computed for forward and again for backward.
    func inputNorm(
        _ layer: TransformerLayer, _ input: FloatBuffer, into normed: FloatBuffer, _ kept: LayerActivations, rows: Int
    ) {
        norm(layer.inputNorm, input, into: normed, kept.inputInverses, rows: rows)
    }

    /// The norm before the feed-forward part, computed for forward and again for backward.
    func feedForwardNorm(
        _ layer: TransformerLayer, into normed: FloatBuffer, _ kept: LayerActivations, rows: Int
    ) {
        norm(layer.feedForwardNorm, kept.middle, into: normed, kept.feedForwardInverses, rows: rows)
    }

    /// The last norm.
    func lastNorm(_ residual: FloatBuffer, into normed: FloatBuffer, _ inverses: FloatBuffer, rows: Int) {
        norm(finalNorm, residual, into: normed, inverses, rows: rows)
    }

    /// Queries, keys and values of `normed`, turned to their positions.
    func project(
        _ layer: TransformerLayer, _ normed: FloatBuffer, _ kept: LayerActivations, positions: [Int32]
    ) {
        let rows = positions.count
        let table = rotaryTable(Int(positions.max() ?? 0) + 1)
        layer.query.forward(normed, rows: rows, into: kept.queries, accumulates: false, on: backend)
        layer.key.forward(normed, rows: rows, into: kept.keys, accumulates: false, on: backend)
        layer.value.forward(normed, rows: rows, into: kept.values, accumulates: false, on: backend)
        backend.rotate(
            kept.queries, positions: positions, heads: configuration.headCount, table: table, backwards: false)
        backend.rotate(
            kept.keys, positions: positions, heads: configuration.keyValueHeadCount, table: table, backwards: false)
    }

    /// Adds the output of attention to the residual stream: `kept.middle` = `input` + o(attended).
    func joinAttention(_ layer: TransformerLayer, _ input: FloatBuffer, _ kept: LayerActivations, rows: Int) {
        carry(input, to: kept.middle, rows: rows)
        layer.output.forward(kept.attended, rows: rows, into: kept.middle, accumulates: true, on: backend)
    }

    /// Gate and up of the feed-forward part; `normed` is overwritten with the norm's output.
    func expand(_ layer: TransformerLayer, _ kept: LayerActivations, normed: FloatBuffer, rows: Int) {
        feedForwardNorm(layer, into: normed, kept, rows: rows)
        layer.gate.forward(normed, rows: rows, into: kept.gate, accumulates: false, on: backend)
        layer.up.forward(normed, rows: rows, into: kept.up, accumulates: false, on: backend)
    }

    /// The feed-forward part: `output` = middle + down(silu(gate) * up).
    func feedForward(
        _ layer: TransformerLayer, _ kept: LayerActivations, normed: FloatBuffer, activated: FloatBuffer,
        into output: FloatBuffer, rows: Int
    ) {
        expand(layer, kept, normed: normed, rows: rows)
        backend.activate(
            gate: kept.gate, up: kept.up, into: activated, count: rows * configuration.intermediateSize)
        carry(kept.middle, to: output, rows: rows)
        layer.down.forward(activated, rows: rows, into: output, accumulates: true, on: backend)
    }

    /// Attention over the batch's own tokens: `kept.middle` from `input`.
    func attention(
        _ layer: TransformerLayer, _ input: FloatBuffer, _ kept: LayerActivations, normed: FloatBuffer,
        _ batch: TokenBatch
    ) {
        let rows = batch.count
        inputNorm(layer, input, into: normed, kept, rows: rows)
        project(layer, normed, kept, positions: batch.positions)
        backend.attend(
            queries: kept.queries, keys: kept.keys, values: kept.values, segments: batch.segments,
            shape: attentionShape, into: kept.attended, logSums: kept.logSums)
        joinAttention(layer, input, kept, rows: rows)
    }

    private func carry(_ source: FloatBuffer, to target: FloatBuffer, rows: Int) {
        if source === target { return }
        backend.copy(source, from: 0, to: target, at: 0, count: rows * configuration.hiddenSize)
    }

    /// A buffer of `rows` rows for one pass.
    func transientRows(_ rows: Int, _ width: Int) -> FloatBuffer {
        backend.makeTransientBuffer(rows * width, outlivesPass: false)
    }

    /// The normed last vectors of a batch, [tokens, hidden]. Nothing is kept for a backward pass: every layer works in the same
    /// memory.
    private func finalVectors(_ batch: TokenBatch) throws -> FloatBuffer {
        try requireTokens(batch)
        let rows = batch.count
        let residual = transientRows(rows, configuration.hiddenSize)
        let normed = transientRows(rows, configuration.hiddenSize)
        let activated = transientRows(rows, configuration.intermediateSize)
        let kept = LayerActivations(rows: rows, configuration, backend, middle: residual)
        embed(batch.tokens, into: residual)
        for layer in layers {
            attention(layer, residual, kept, normed: normed, batch)
            feedForward(layer, kept, normed: normed, activated: activated, into: residual, rows: rows)
        }
        lastNorm(residual, into: normed, kept.inputInverses, rows: rows)
        return normed
    }

    /// The logits of every token, [tokens, vocabulary]: 4 * vocabulary bytes a token, for tests and small batches.
    public func logits(_ batch: TokenBatch) throws -> [Float] {
        if batch.count == 0 { return [] }
        let vectors = try finalVectors(batch)
        return logits(of: vectors, rows: batch.count)
    }

    /// The logits of normed vectors [rows, hidden].
    func logits(of vectors: FloatBuffer, rows: Int) -> [Float] {
        let results = backend.makeBuffer(rows * configuration.vocabularySize)
        backend.multiply(
            vectors, headWeight.values, into: results,
            MatrixProduct(
                rows: rows, columns: configuration.vocabularySize, inner: configuration.hiddenSize,
                transposesRight: true))
        return backend.read(results, from: 0, count: rows * configuration.vocabularySize)
    }

    /// The cross-entropy of a batch, the loss of each token included, without gradients. Throws `ModelFailure.usage` for a
    /// token outside the vocabulary.
    public func loss(_ batch: TokenBatch) throws -> TokenLoss {
        if batch.count == 0 { return TokenLoss(sum: 0, count: 0, each: []) }
        let vectors = try finalVectors(batch)
        return backend.crossEntropy(
            inputs: vectors, weight: headWeight.values, labels: batch.labels, width: configuration.hiddenSize,
            vocabulary: configuration.vocabularySize, gradientFactor: nil, inputGradient: nil, weightGradient: nil)
    }
}
