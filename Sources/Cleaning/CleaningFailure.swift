public import Files

/// Failures of cleaning.
public enum CleaningFailure: Failure, Equatable {
    /// A recipe's `clean.<key>` has a value it cannot have.
    case badValue(key: String, expected: String, found: String)
    /// There is no option `clean.<key>`.
    case unknownKey(key: String, nearest: String)
    /// A model of classes that cannot be used.
    case badModel(path: String, problem: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .badValue, .unknownKey: .usage
        case .badModel: .unreadableInput
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .badValue(let key, let expected, let found): "recipe: clean.\(key): expected \(expected), found \(found)"
        case .unknownKey(let key, let nearest): "recipe: clean.\(key): unknown key; did you mean `\(nearest)`?"
        case .badModel(let path, let problem): MessageText.oneLine("\(path): \(problem)")
        }
    }
}
