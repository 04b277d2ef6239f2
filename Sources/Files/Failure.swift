/// What went wrong, in the classes that a caller acts on and that the tool turns into exit statuses.
public enum FailureKind: Sendable, Equatable {
    /// Flags, recipe keys or values that make no sense. Exit status 64.
    case usage
    /// Input that cannot be read as what it claims to be. Exit status 65.
    case unreadableInput
    /// Input that is not there. Exit status 66.
    case missingInput
    /// A broken promise inside Shardmill. Exit status 70.
    case internalFailure
    /// The system could not read or write. Exit status 74.
    case inputOutput
}

/// An error whose description is one line that says which file, where, what was expected, what was found, and what to do.
///
/// Each stage has one enum that conforms; the tool prints `description` and exits by `kind`.
public protocol Failure: Error, CustomStringConvertible, Sendable {
    /// The class of the failure.
    var kind: FailureKind { get }
}
