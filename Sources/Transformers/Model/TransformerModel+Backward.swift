public import Tensors

extension TransformerModel {
    /// One forward and backward pass: returns the loss of the batch and adds the gradients of `sum of losses / normalizer` to
    /// every trainable parameter.
    ///
    /// `normalizer` is the number of labels of the whole step, so that micro-batches of unequal sizes add up to the mean over
    /// all their tokens. Throws `ModelFailure.usage` for a token outside the vocabulary, before anything is added.
    @discardableResult
    public func forwardBackward(_ batch: TokenBatch, normalizer: Double) throws -> TokenLoss {
        if batch.count == 0 { return TokenLoss(sum: 0, count: 0, each: []) }
        try requireTokens(batch)
        let space = TrainingWorkspace(rows: batch.count, configuration, backend, policy: activationPolicy)
        forward(batch, space)
        let loss = lossBackward(batch, space, factor: Float(1 / normalizer))
        guard let lowest = lowestTrained else { return loss }
        for index in layers.indices.reversed() where index >= lowest {
            backward(index, batch, space, reachesInput: index > lowest || embedding.isTrainable)
            space.release(index)
        }
        if let gradient = embedding.gradient {
            backend.scatterAdd(
                space.residualGradient, batch.tokens, width: configuration.hiddenSize, into: gradient)
        }
        return loss
    }

    /// The first layer that backward must visit: 0 where embeddings are trained; nil where no layer or embedding is.
    private var lowestTrained: Int? {
        embedding.isTrainable ? 0 : layers.firstIndex { $0.isTrained }
    }

    private func forward(_ batch: TokenBatch, _ space: TrainingWorkspace) {
        embed(batch.tokens, into: space.residual(0))
        for (index, layer) in layers.enumerated() {
            let kept = space.layer(index)
            attention(layer, space.residual(index), kept, normed: space.normed, batch)
            feedForward(
                layer, kept, normed: space.normed, activated: space.activated, into: space.residual(index + 1),
                rows: batch.count)
        }
    }

    /// The loss, and its gradient down to the residual stream after the last layer.
    private func lossBackward(_ batch: TokenBatch, _ space: TrainingWorkspace, factor: Float) -> TokenLoss {
        let rows = batch.count
        let hidden = configuration.hiddenSize
        let last = space.residual(layers.count)
        let inverses = backend.makeBuffer(rows)
        lastNorm(last, into: space.normed, inverses, rows: rows)
        let goesOn = finalNorm.isTrainable || lowestTrained != nil
        let loss = backend.crossEntropy(
            inputs: space.normed, weight: headWeight.values, labels: batch.labels, width: hidden,
            vocabulary: configuration.vocabularySize, gradientFactor: factor,
            inputGradient: goesOn ? space.normedGradient : nil, weightGradient: headWeight.gradient)
        if goesOn {
            backend.normalizeBackward(
                last, weight: finalNorm.values, inverses: inverses, resultGradient: space.normedGradient,
                valueGradient: space.residualGradient, accumulates: false, weightGradient: finalNorm.gradient,
                rows: rows, width: hidden)
        }
        return loss
    }

    /// Turns `space.residualGradient` from the gradient after layer `index` into that before it, where `reachesInput`, and adds
    /// the gradients of the layer's parameters.
    private func backward(_ index: Int, _ batch: TokenBatch, _ space: TrainingWorkspace, reachesInput: Bool) {
        let layer = layers[index]
        let kept = space.layer(index)
        let rows = batch.count
        recompute(index, batch, space)
        feedForwardBackward(layer, kept, space, rows: rows, reachesMiddle: reachesInput || layer.isAttentionTrained)
        if !reachesInput && !layer.isAttentionTrained { return }
        layer.output.addGradients(kept.attended, space.residualGradient, rows: rows, on: backend)
        if !reachesInput && !layer.areProjectionsTrained { return }
        layer.output.inputGradient(
            of: space.residualGradient, rows: rows, into: space.attendedGradient, accumulates: false, on: backend)
        backend.attendBackward(
            queries: kept.queries, keys: kept.keys, values: kept.values, segments: batch.segments,
            shape: attentionShape, outputs: kept.attended, logSums: kept.logSums,
            outputGradient: space.attendedGradient, queryGradient: space.queryGradient,
            keyGradient: space.keyGradient, valueGradient: space.valueGradient)
        let table = rotaryTable(Int(batch.positions.max() ?? 0) + 1)
        backend.rotate(
            space.queryGradient, positions: batch.positions, heads: configuration.headCount, table: table,
            backwards: true)
        backend.rotate(
            space.keyGradient, positions: batch.positions, heads: configuration.keyValueHeadCount, table: table,
            backwards: true)
        let projections = [
            (layer.query, space.queryGradient), (layer.key, space.keyGradient), (layer.value, space.valueGradient),
        ]
        let input = space.residual(index)
        if projections.contains(where: { $0.0.needsInputs }) {
            inputNorm(layer, input, into: space.normed, kept, rows: rows)
        }
        for (linear, gradient) in projections {
            linear.addGradients(space.normed, gradient, rows: rows, on: backend)
        }
        if !reachesInput && !layer.inputNorm.isTrainable { return }
        for (place, (linear, gradient)) in projections.enumerated() {
            linear.inputGradient(
                of: gradient, rows: rows, into: space.normedGradient, accumulates: place > 0, on: backend)
        }
        backend.normalizeBackward(
            input, weight: layer.inputNorm.values, inverses: kept.inputInverses, resultGradient: space.normedGradient,
            valueGradient: space.residualGradient, accumulates: true, weightGradient: layer.inputNorm.gradient,
            rows: rows, width: configuration.hiddenSize)
    }

    /// Runs again what the policy did not keep.
    private func recompute(_ index: Int, _ batch: TokenBatch, _ space: TrainingWorkspace) {
        if !space.lostFeedForward(ofLayer: index) { return }
        if space.policy == .recomputeLayer {
            attention(layers[index], space.residual(index), space.layer(index), normed: space.normed, batch)
        }
        expand(layers[index], space.layer(index), normed: space.normed, rows: batch.count)
    }

    /// The feed-forward part: adds its gradients and, where `reachesMiddle`, turns `space.residualGradient` into the gradient of
    /// the residual stream before it. Writes over the layer's gate and up.
    private func feedForwardBackward(
        _ layer: TransformerLayer, _ kept: LayerActivations, _ space: TrainingWorkspace, rows: Int, reachesMiddle: Bool
    ) {
        let count = rows * configuration.intermediateSize
        if layer.down.needsInputs {
            backend.activate(gate: kept.gate, up: kept.up, into: space.activated, count: count)
        }
        layer.down.addGradients(space.activated, space.residualGradient, rows: rows, on: backend)
        let expansions = [layer.gate, layer.up]
        if !reachesMiddle, !layer.feedForwardNorm.isTrainable, !expansions.contains(where: \.isTrained) { return }
        layer.down.inputGradient(
            of: space.residualGradient, rows: rows, into: space.activated, accumulates: false, on: backend)
        backend.activateBackward(gate: kept.gate, up: kept.up, resultGradient: space.activated, count: count)
        if expansions.contains(where: \.needsInputs) { feedForwardNorm(layer, into: space.normed, kept, rows: rows) }
        layer.gate.addGradients(space.normed, kept.gate, rows: rows, on: backend)
        layer.up.addGradients(space.normed, kept.up, rows: rows, on: backend)
        if !reachesMiddle, !layer.feedForwardNorm.isTrainable { return }
        layer.gate.inputGradient(
            of: kept.gate, rows: rows, into: space.normedGradient, accumulates: false, on: backend)
        layer.up.inputGradient(of: kept.up, rows: rows, into: space.normedGradient, accumulates: true, on: backend)
        backend.normalizeBackward(
            kept.middle, weight: layer.feedForwardNorm.values, inverses: kept.feedForwardInverses,
            resultGradient: space.normedGradient, valueGradient: space.residualGradient, accumulates: true,
            weightGradient: layer.feedForwardNorm.gradient, rows: rows, width: configuration.hiddenSize)
    }
}
