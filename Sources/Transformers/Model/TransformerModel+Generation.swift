import Tensors

extension TransformerModel {
    /// Reads further tokens of the text whose earlier tokens are in `cache`, and returns the logits after the last of them,
    /// [vocabulary]. Throws `ModelFailure.usage` for a token outside the vocabulary, or a text longer than the model's positions.
    public func read(_ tokens: [Int32], cache: KeyValueCache) throws -> [Float] {
        guard !tokens.isEmpty else {
            throw ModelFailure.usage(subject: "prompt", expected: "at least one token", found: "none")
        }
        let total = cache.count + tokens.count
        guard total <= configuration.maximumPositions else {
            throw ModelFailure.usage(
                subject: "text length",
                expected: "at most \(configuration.maximumPositions) tokens, the positions of the model",
                found: "\(total)"
            )
        }
        let batch = TokenBatch(rows: [tokens])
        try requireTokens(batch)
        cache.reserve(total)
        let rows = tokens.count
        let (hidden, before) = (configuration.hiddenSize, cache.count)
        let keyWidth = attentionShape.keyWidth
        let positions = (0..<rows).map { Int32(before + $0) }
        let segment = AttentionSegment(queryStart: 0, queryCount: rows, keyStart: 0, keyCount: before + rows)
        let residual = transientRows(rows, hidden)
        let normed = transientRows(rows, hidden)
        let activated = transientRows(rows, configuration.intermediateSize)
        let kept = LayerActivations(rows: rows, configuration, backend, middle: residual)
        embed(tokens, into: residual)
        for (index, layer) in layers.enumerated() {
            inputNorm(layer, residual, into: normed, kept, rows: rows)
            project(layer, normed, kept, positions: positions)
            for (new, all) in [(kept.keys, cache.keys[index]), (kept.values, cache.values[index])] {
                backend.copy(new, from: 0, to: all, at: before * keyWidth, count: rows * keyWidth)
            }
            backend.attend(
                queries: kept.queries, keys: cache.keys[index], values: cache.values[index], segments: [segment],
                shape: attentionShape, into: kept.attended, logSums: kept.logSums)
            joinAttention(layer, residual, kept, rows: rows)
            feedForward(layer, kept, normed: normed, activated: activated, into: residual, rows: rows)
        }
        cache.count += rows
        lastNorm(residual, into: normed, kept.inputInverses, rows: rows)
        let last = backend.makeBuffer(hidden)
        backend.copy(normed, from: (rows - 1) * hidden, to: last, at: 0, count: hidden)
        return logits(of: last, rows: 1)
    }
}
