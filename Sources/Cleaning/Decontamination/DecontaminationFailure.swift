public import Files

/// Failures of looking for evaluation items in documents.
public enum DecontaminationFailure: Failure, Equatable {
    /// The items have more words than one index takes.
    case tooManyWords
    /// A file holds no record that is an evaluation item; `found` says what it does hold.
    case noItems(path: String, found: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .tooManyWords: .usage
        case .noItems: .unreadableInput
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .tooManyWords: "the items have more than \(UInt32.max) words: look for fewer at a time"
        case .noItems(let path, let found):
            MessageText.oneLine(
                "\(path): expected records with a question (question, Statement, qas, prompt, query, or messages), found \(found)"
            )
        }
    }
}
