public import Files

/// Failures of a training run.
public enum TrainingFailure: Failure, Equatable {
    /// An option, or a combination of them, that makes no sense.
    case wrongOption(name: String, expected: String, found: String)
    /// The data cannot be trained on.
    case unusableData(path: String, expected: String, found: String)
    /// A run stands in the folder already, or none to resume.
    case wrongFolder(path: String, expected: String, found: String)
    /// A run is resumed with something changed.
    case changed(path: String, what: String, before: String, now: String)
    /// A file of the run is not what this program writes.
    case malformed(path: String, place: String, expected: String, found: String)
    /// The loss or the gradient is no longer a number.
    case diverged(step: Int, what: String, value: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .wrongOption, .changed, .wrongFolder: .usage
        case .unusableData, .malformed: .unreadableInput
        case .diverged: .internalFailure
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .wrongOption(let name, let expected, let found):
            "training option \(name): expected \(expected), found \(found)"
        case .unusableData(let path, let expected, let found), .wrongFolder(let path, let expected, let found):
            "\(path): expected \(expected), found \(found)"
        case .changed(let path, let what, let before, let now):
            "\(path): \(what) was \(before) when the run began and is \(now) now; restore it, or start a new run in another folder"
        case .malformed(let path, let place, let expected, let found):
            "\(path): \(place): expected \(expected), found \(found)"
        case .diverged(let step, let what, let value):
            "step \(step): \(what) is \(value): training diverged; lower learning_rate or look at the data of this step"
        }
    }
}
