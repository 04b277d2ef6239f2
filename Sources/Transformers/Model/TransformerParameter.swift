public import Tensors

/// One tensor of a model or an adapter, with its gradient where it is trained.
public final class TransformerParameter {
    /// The name that Hugging Face or PEFT gives it.
    public let name: String
    /// The dimensions, outermost first.
    public let shape: [Int]
    /// The numbers, row by row.
    public let values: FloatBuffer
    /// Whether backward computes a gradient.
    public private(set) var isTrainable = false
    private var backend: (any Backend)?
    private var gradientBuffer: FloatBuffer?

    /// A frozen parameter.
    public init(name: String, shape: [Int], values: FloatBuffer) {
        precondition(values.count >= shape.reduce(1, *), "\(name): \(values.count) numbers for \(shape)")
        self.name = name
        self.shape = shape
        self.values = values
    }

    /// The product of the dimensions.
    public var count: Int { shape.reduce(1, *) }
    /// What backward adds to, while the parameter is trained. It takes memory from its first use until `clearGradient`.
    public var gradient: FloatBuffer? {
        guard let backend else { return nil }
        if let gradientBuffer { return gradientBuffer }
        let made = backend.makeTransientBuffer(count, outlivesPass: true)
        backend.clear(made, count: count)
        gradientBuffer = made
        return made
    }
    /// Whether weight decay usually applies: to matrices, not to biases and norms.
    public var decays: Bool { shape.count >= 2 }

    /// Starts to train the parameter: its gradient is zero.
    public func makeTrainable(on backend: any Backend) {
        precondition(values.isWritable, "\(name) is read-only and cannot be trained")
        isTrainable = true
        self.backend = backend
    }

    /// Sets the gradient to zero.
    func clearGradient() { gradientBuffer = nil }

    /// Stops training it.
    public func freeze() {
        isTrainable = false
        backend = nil
        gradientBuffer = nil
    }
}
