import Tensors

extension TransformerModel {
    /// Reads further tokens of the text whose earlier tokens are in `cache`, and returns the logits after the last of them,
    /// [vocabulary]. Throws `ModelFailure.usage` for a token outside the vocabulary or a full cache.
    public func read(_ tokens: [Int32], cache: KeyValueCache) throws -> [Float] {
        guard !tokens.isEmpty else {
            throw ModelFailure.usage(subject: "prompt", expected: "at least one token", found: "none")
        }
        guard cache.count + tokens.count <= cache.capacity else {
            throw ModelFailure.usage(
                subject: "text length", expected: "at most \(cache.capacity) tokens",
                found: "\(cache.count + tokens.count)")
        }
        let batch = TokenBatch(rows: [tokens])
        try requireTokens(batch)
        let rows = tokens.count
        let (hidden, before) = (configuration.hiddenSize, cache.count)
        let keyWidth = attentionShape.keyWidth
        let positions = (0..<rows).map { Int32(before + $0) }
        let segment = AttentionSegment(queryStart: 0, queryCount: rows, keyStart: 0, keyCount: before + rows)
        let residual = backend.makeBuffer(rows * hidden)
        let normed = backend.makeBuffer(rows * hidden)
        let activated = backend.makeBuffer(rows * configuration.intermediateSize)
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

    /// Continues `prompt` with the likeliest token each time, until one of `endTokens` comes (which is not returned) or
    /// `limit` tokens are made. Of equal logits the smallest id wins.
    public func generate(after prompt: [Int32], limit: Int, endTokens: Set<Int32> = []) throws -> [Int32] {
        guard limit > 0 else { return [] }
        let cache = KeyValueCache(capacity: prompt.count + limit, for: self)
        var made: [Int32] = []
        var logits = try read(prompt, cache: cache)
        while true {
            var best = 0
            for index in logits.indices where logits[index] > logits[best] { best = index }
            if endTokens.contains(Int32(best)) { return made }
            made.append(Int32(best))
            if made.count == limit { return made }
            logits = try read([Int32(best)], cache: cache)
        }
    }
}
