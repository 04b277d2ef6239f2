public import Files

/// Failures of indexes of documents.
public enum IndexFailure: Failure, Equatable {
    /// No index, or one of a version that this program does not know.
    case foreign(path: String, found: String)
    /// A file of the index is not what was written.
    case damaged(path: String, problem: String)
    /// The index was made with other options than are asked for.
    case otherOptions(path: String, option: String, index: String, asked: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .foreign, .damaged: .unreadableInput
        case .otherOptions: .usage
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .foreign(let path, let found):
            "\(path): expected an index that `shardmill dedup run --index` wrote, found \(found)"
        case .damaged(let path, let problem):
            "\(path): damaged: \(problem); make the index again with `shardmill dedup run --index`"
        case .otherOptions(let path, let option, let index, let asked):
            "\(path): \(option): the index was made with \(index), found \(asked): leave the option out"
        }
    }
}
