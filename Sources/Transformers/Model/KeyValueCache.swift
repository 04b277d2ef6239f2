import Tensors

/// Keys and values of the tokens that a model has read of one text, so that each further token costs one row of work.
public final class KeyValueCache {
    /// How many tokens fit.
    public let capacity: Int
    /// How many tokens have been read.
    public internal(set) var count = 0
    let keys: [FloatBuffer]
    let values: [FloatBuffer]

    /// An empty cache for a text of at most `capacity` tokens: 8 * layers * key heads * head size bytes a token.
    public init(capacity: Int, for model: TransformerModel) {
        self.capacity = capacity
        let floats = capacity * model.attentionShape.keyWidth
        keys = model.layers.map { _ in model.backend.makeBuffer(floats) }
        values = model.layers.map { _ in model.backend.makeBuffer(floats) }
    }

    /// Forgets all but the first `count` tokens.
    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }
}
