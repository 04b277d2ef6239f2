/// Cross-entropy of some tokens, in nats.
public struct TokenLoss: Sendable, Equatable {
    /// The sum over the labelled rows.
    public var sum: Double
    /// How many rows have a label.
    public var count: Int
    /// The loss of every row, 0 where it has no label.
    public var each: [Float]

    /// A loss.
    public init(sum: Double, count: Int, each: [Float]) {
        self.sum = sum
        self.count = count
        self.each = each
    }

    /// The mean over the labelled rows; 0 where there is none.
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }
}
