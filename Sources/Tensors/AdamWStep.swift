import Glibc

/// The numbers of one step of AdamW (Loshchilov and Hutter 2019).
public struct AdamWStep: Sendable, Equatable {
    /// The number of this step, from 1, for the correction of the moments' bias.
    public var number: Int
    /// The learning rate of this step.
    public var learningRate: Double
    /// Decay of the first moment.
    public var firstDecay: Double
    /// Decay of the second moment.
    public var secondDecay: Double
    /// Added to the root of the second moment.
    public var epsilon: Double
    /// Weights are multiplied by 1 - learningRate * weightDecay first.
    public var weightDecay: Double
    /// Gradients are multiplied by this first (clipping).
    public var gradientFactor: Double

    /// The numbers of one step.
    public init(
        number: Int, learningRate: Double, firstDecay: Double = 0.9, secondDecay: Double = 0.95, epsilon: Double = 1e-8,
        weightDecay: Double = 0, gradientFactor: Double = 1
    ) {
        self.number = number
        self.learningRate = learningRate
        self.firstDecay = firstDecay
        self.secondDecay = secondDecay
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.gradientFactor = gradientFactor
    }
}
