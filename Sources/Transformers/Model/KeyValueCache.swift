import Tensors

/// Keys and values of the tokens that a model has read of one text, so that each further token costs one row of work.
public final class KeyValueCache {
    /// How many tokens fit before it grows.
    private(set) var capacity = 0
    /// How many tokens have been read.
    public internal(set) var count = 0
    private(set) var keys: [FloatBuffer] = []
    private(set) var values: [FloatBuffer] = []
    private let layers: Int
    private let width: Int
    private let backend: any Backend

    /// An empty cache. It grows with its text, by doubling: 8 * layers * key heads * head size bytes a token.
    public init(for model: TransformerModel) {
        layers = model.layers.count
        width = model.attentionShape.keyWidth
        backend = model.backend
    }

    /// Makes room for `total` tokens.
    func reserve(_ total: Int) {
        if total <= capacity { return }
        capacity = max(total, 2 * capacity, 128)
        func grown(_ old: [FloatBuffer]) -> [FloatBuffer] {
            (0..<layers).map { layer in
                let made = backend.makeBuffer(capacity * width)
                if count > 0 { backend.copy(old[layer], from: 0, to: made, at: 0, count: count * width) }
                return made
            }
        }
        keys = grown(keys)
        values = grown(values)
    }
}
