/// A rule that a document breaks.
public struct QualityViolation: Sendable, Equatable {
    /// The rule: a name of `QualityRules.names`, or the dotted key of the threshold that decided.
    public let rule: String
    /// What was measured.
    public let value: String
    /// What would have been accepted.
    public let threshold: String

    /// A violation.
    public init(rule: String, value: String, threshold: String) {
        self.rule = rule
        self.value = value
        self.threshold = threshold
    }
}
