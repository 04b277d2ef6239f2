public import Tensors

/// One tensor of a model or an adapter, with its gradient where it is trained.
public final class TransformerParameter {
    /// The name that Hugging Face or PEFT gives it.
    public let name: String
    /// The dimensions, outermost first.
    public let shape: [Int]
    /// The numbers, row by row.
    public let values: FloatBuffer
    /// What backward adds to; exists only while the parameter is trained.
    public private(set) var gradient: FloatBuffer?

    /// A frozen parameter.
    public init(name: String, shape: [Int], values: FloatBuffer) {
        precondition(values.count >= shape.reduce(1, *), "\(name): \(values.count) numbers for \(shape)")
        self.name = name
        self.shape = shape
        self.values = values
    }

    /// The product of the dimensions.
    public var count: Int { shape.reduce(1, *) }
    /// Whether backward computes a gradient.
    public var isTrainable: Bool { gradient != nil }
    /// Whether weight decay usually applies: to matrices, not to biases and norms.
    public var decays: Bool { shape.count >= 2 }

    /// Starts to train the parameter: makes its gradient, all zero.
    public func makeTrainable(on backend: any Backend) {
        precondition(values.isWritable, "\(name) is read-only and cannot be trained")
        if gradient == nil { gradient = backend.makeBuffer(count) }
    }

    /// Stops training it and frees the gradient.
    public func freeze() { gradient = nil }
}
