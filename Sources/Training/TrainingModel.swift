internal import Files
internal import Parallel
internal import Tensors
internal import Transformers

/// The model of a run with what of it is trained, and how that is read and written.
struct TrainingModel {
    let model: TransformerModel
    /// Of the method `lora`.
    let adapter: AdapterConfiguration?
    /// The folder whose tokenizer files go with what is written.
    let companions: String

    /// Loads the base model, or the checkpoint in its place.
    ///
    /// Full training reads all weights into memory with a gradient each. LoRA uses frozen weights where their mapped file has them
    /// and has gradients for the adapters alone.
    init(base: ModelFolder, options: TrainingOptions, checkpoint: String?, backend: CPUBackend, companions: String)
        throws
    {
        self.companions = companions
        switch options.method {
        case .full:
            let source = try checkpoint.map { try ModelFolder(PathText.join($0, "model")) } ?? base
            model = try TransformerModel(source, backend: backend, trains: true)
            adapter = nil
        case .lora:
            let configuration = options.adapterConfiguration(baseModel: base.path)
            model = try TransformerModel(base, backend: backend, trains: false)
            adapter = configuration
            if let checkpoint {
                let folder = try AdapterFolder(PathText.join(checkpoint, "adapter"), base: base.configuration)
                try model.attachAdapters(folder)
            } else {
                for target in try configuration.adapterTargets(in: base.configuration) {
                    let made = try model.attachAdapter(
                        to: target.layer.module, rank: target.rank, scale: Float(target.scale))
                    try WeightInitialization.fillAdapter(
                        made.down.values.values, name: target.downName, inputSize: target.layer.inputSize,
                        seed: options.seed, pool: backend.pool)
                }
            }
        }
        model.activationPolicy = options.activations
    }

    /// Writes what was trained into `folder`, as `model` or `adapter`, and returns its path.
    @discardableResult
    func write(into folder: String) throws -> String {
        if let adapter {
            let path = PathText.join(folder, "adapter")
            try AdapterFolder.write(
                to: path, configuration: adapter, base: model.configuration, companions: companions
            ) { target, isUp, write in
                guard let trained = model.linear(target.layer.module)?.adapter else { return }
                try write(TrainingModel.numbers(isUp ? trained.up : trained.down))
            }
            return path
        }
        let path = PathText.join(folder, "model")
        var byName: [String: TransformerParameter] = [:]
        for parameter in model.baseParameters { byName[parameter.name] = parameter }
        try ModelFolder.write(to: path, configuration: model.configuration, companions: companions) {
            parameter, write in
            guard let trained = byName[parameter.name] else { return }
            try write(TrainingModel.numbers(trained))
        }
        return path
    }

    private static func numbers(_ parameter: TransformerParameter) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: parameter.values.readOnlyValues[..<parameter.count])
    }
}
