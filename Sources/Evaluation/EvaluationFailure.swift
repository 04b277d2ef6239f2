public import Files

/// Failures of putting a model, a tokenizer and data together.
public enum EvaluationFailure: Failure, Equatable {
    /// Two things that do not belong together.
    case mismatch(path: String, expected: String, found: String)
    /// Data of which no token is scored.
    case nothingToScore(path: String, tokens: Int)

    /// The class of the failure.
    public var kind: FailureKind { .unreadableInput }

    /// One line for a person.
    public var description: String {
        switch self {
        case .mismatch(let path, let expected, let found): "\(path): expected \(expected), found \(found)"
        case .nothingToScore(let path, let tokens):
            "\(path): expected tokens to predict that carry loss, found none in \(tokens) tokens read; score other or more blocks"
        }
    }
}
