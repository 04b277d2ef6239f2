public import Tensors
public import Transformers

extension TransformerModel {
    /// Loads a model to be used, not trained: weights stored as F32 stay where the mapped file has them, an adapter is attached
    /// beside them. Every name and shape is checked.
    ///
    /// - Parameters:
    ///   - path: a Hugging Face model folder.
    ///   - adapter: a PEFT folder made for that model.
    public static func load(_ path: String, adapter: String? = nil, backend: any Backend) throws -> TransformerModel {
        let folder = try ModelFolder(path)
        let model = try TransformerModel(folder, backend: backend, trains: false)
        if let adapter {
            try model.attachAdapters(AdapterFolder(adapter, base: folder.configuration))
            for parameter in model.adapterParameters { parameter.freeze() }
        }
        return model
    }
}
