/// The rule `perplexity`: a document goes that the model predicts worse than the greatest, or better than the least perplexity that the
/// recipe accepts. A text of which nothing was predicted stays.
public struct PerplexityRule: Sendable {
    /// The name of the rule.
    public static let name = "perplexity"
    private let options: PerplexityOptions?

    /// The rule of `options`.
    public init(_ options: CleaningOptions) { self.options = options.perplexity }

    /// What the signal breaks; nil where the document stays.
    public func violation(_ signal: PerplexitySignal) -> QualityViolation? {
        guard let options, let perplexity = signal.perplexity else { return nil }
        func broken(_ threshold: String) -> QualityViolation {
            QualityViolation(rule: PerplexityRule.name, value: Share.text(perplexity), threshold: threshold)
        }
        if let most = options.most, perplexity > most { return broken("at most \(Share.text(most))") }
        if let least = options.least, perplexity < least { return broken("at least \(Share.text(least))") }
        return nil
    }
}
