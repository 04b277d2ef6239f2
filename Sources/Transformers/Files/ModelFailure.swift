public import Files

/// Failures of model and adapter folders: their configuration, their tensors, and what this program can compute with.
public enum ModelFailure: Failure, Equatable {
    /// A file does not hold what its format asks for at `place`.
    case malformed(path: String, place: String, expected: String, found: String)
    /// A valid file asks for something that is not implemented.
    case unsupported(path: String, feature: String, found: String, supported: String)
    /// A tensor is not what the configuration calls for.
    case wrongTensor(path: String, name: String, expected: String, found: String)
    /// Something was asked for that makes no sense: an unknown shape, a target that matches nothing.
    case usage(subject: String, expected: String, found: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .malformed, .unsupported, .wrongTensor: .unreadableInput
        case .usage: .usage
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .malformed(let path, let place, let expected, let found):
            "\(path): \(place): expected \(expected), found \(found)"
        case .unsupported(let path, let feature, let found, let supported):
            "\(path): \(feature) is \(found), which is not supported; supported: \(supported)"
        case .wrongTensor(let path, let name, let expected, let found):
            "\(path): tensor \(name): expected \(expected), found \(found)"
        case .usage(let subject, let expected, let found):
            "\(subject): expected \(expected), found \(found)"
        }
    }
}
