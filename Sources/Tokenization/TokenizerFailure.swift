public import Files

/// Failures of tokenizer files, and of texts that a policy refuses.
public enum TokenizerFailure: Failure, Equatable {
    /// The file is not what its format asks for at `place` (a key path such as `model.merges[17]`, or a line).
    case malformed(path: String, place: String, expected: String, found: String)
    /// The file asks for something that Shardmill does not do.
    case unsupported(path: String, place: String, found: String, supported: String)
    /// No tokenizer stands at the path; `looked` says what was looked for.
    case noTokenizer(path: String, looked: String)
    /// A special token is written in a text that must not have any.
    case specialTokenInText(token: String, offset: Int)
    /// A pattern of the file needs more than `limit` bytes of memory for a text, or a part of one, of `textBytes`.
    case expressionTooLarge(pattern: String, textBytes: Int, limit: Int)
    /// The options of a training make no sense together.
    case impossibleTraining(option: String, expected: String, found: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .malformed, .unsupported, .specialTokenInText, .expressionTooLarge: .unreadableInput
        case .noTokenizer: .missingInput
        case .impossibleTraining: .usage
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .malformed(let path, let place, let expected, let found):
            "\(path): \(place): expected \(expected), found \(found)"
        case .unsupported(let path, let place, let found, let supported):
            "\(path): \(place): found \(found), which is not supported; expected \(supported)"
        case .noTokenizer(let path, let looked): "\(path): no tokenizer found; looked for \(looked)"
        case .specialTokenInText(let token, let offset):
            "byte \(offset): the text contains the special token \(token); expected none under `reject`"
        case .expressionTooLarge(let pattern, let textBytes, let limit):
            "text of \(textBytes) bytes: expected the pattern /\(pattern)/ to need at most \(limit) bytes of memory, "
                + "found that it needs more; cut the text into documents"
        case .impossibleTraining(let option, let expected, let found):
            "\(option): expected \(expected), found \(found)"
        }
    }
}
