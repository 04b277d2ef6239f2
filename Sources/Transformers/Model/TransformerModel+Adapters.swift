import Tensors

extension TransformerModel {
    /// The linear layer at `module`, for example `model.layers.0.self_attn.q_proj`; nil where there is none.
    public func linear(_ module: String) -> LinearTransform? {
        for layer in layers {
            if let found = layer.linears.first(where: { $0.module == module }) { return found }
        }
        return nil
    }

    /// Attaches a trainable adapter with A and B all zero to the linear layer at `module`, instead of one that is there.
    /// The layer's own matrix stays as it is: freeze it to train the adapter alone.
    @discardableResult
    public func attachAdapter(to module: String, rank: Int, scale: Float) throws -> LowRankAdapter {
        guard let linear = linear(module) else {
            throw ModelFailure.usage(
                subject: "adapter target",
                expected: "a linear layer of the model, such as "
                    + (layers.first?.query.module ?? "none"), found: module)
        }
        guard rank > 0 else {
            throw ModelFailure.usage(subject: "adapter rank", expected: "at least 1", found: "\(rank)")
        }
        let adapter = LowRankAdapter(
            module: module, inputs: linear.inputSize, outputs: linear.outputSize, rank: rank, scale: scale,
            backend: backend)
        adapter.down.makeTrainable(on: backend)
        adapter.up.makeTrainable(on: backend)
        linear.adapter = adapter
        return adapter
    }

    /// Attaches an adapter as a PEFT folder has it, to go on training it or to merge it.
    public func attachAdapters(_ folder: AdapterFolder) throws {
        for target in folder.targets {
            let adapter = try attachAdapter(to: target.layer.module, rank: target.rank, scale: Float(target.scale))
            try folder.readDown(target, into: adapter.down.values.values)
            try folder.readUp(target, into: adapter.up.values.values)
        }
    }

    /// Adds every adapter to the matrix it stands beside and removes it: the model then computes the same without adapters.
    public func mergeAdapters() {
        for linear in layers.flatMap(\.linears) {
            guard let adapter = linear.adapter else { continue }
            backend.multiply(
                adapter.up.values, adapter.down.values, into: linear.weight.values,
                MatrixProduct(
                    rows: linear.outputSize, columns: linear.inputSize, inner: adapter.rank, scale: adapter.scale,
                    accumulates: true))
            linear.adapter = nil
        }
    }
}
