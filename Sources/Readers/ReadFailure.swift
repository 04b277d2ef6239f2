public import Files

/// Why a file, or a member or record inside it, could not be read.
public enum ReadFailure: Failure, Equatable {
    /// The bytes claim to be something they are not, at `place`.
    case malformed(path: String, place: String, expected: String, found: String)
    /// A format that is recognised and not read; `advice` says what to do.
    case unsupported(path: String, format: String, advice: String)
    /// Text that is not in the encoding it should be in; `offset` is the first bad byte.
    case encoding(path: String, offset: Int, expected: String, advice: String)
    /// Encrypted content.
    case encrypted(path: String, format: String)
    /// Larger, deeper or more numerous than a bound that protects the memory.
    case bound(path: String, what: String, limit: Int, advice: String)
    /// Nothing to read.
    case empty(path: String, what: String)

    /// Every read failure is the input's.
    public var kind: FailureKind { .unreadableInput }

    /// The rule under which the rejection is counted: `unreadable`, `unsupported`, `encoding`, `encrypted`, `too-large`, `empty`.
    public var rule: String {
        switch self {
        case .malformed: "unreadable"
        case .unsupported: "unsupported"
        case .encoding: "encoding"
        case .encrypted: "encrypted"
        case .bound: "too-large"
        case .empty: "empty"
        }
    }

    /// One line for a person.
    public var description: String { MessageText.oneLine(text) }

    private var text: String {
        switch self {
        case .malformed(let path, let place, let expected, let found):
            "\(path): \(place): expected \(expected), found \(found)"
        case .unsupported(let path, let format, let advice): "\(path): \(format) is not read: \(advice)"
        case .encoding(let path, let offset, let expected, let advice):
            "\(path): byte \(offset): expected \(expected), found other bytes: \(advice)"
        case .encrypted(let path, let format): "\(path): \(format) is encrypted: save it without a password"
        case .bound(let path, let what, let limit, let advice): "\(path): \(what) beyond \(limit): \(advice)"
        case .empty(let path, let what): "\(path): \(what)"
        }
    }

    /// What was found, and what would have been accepted, without the path: the evidence of a rejection.
    var evidence: (value: String, threshold: String) {
        switch self {
        case .malformed(_, let place, let expected, let found): ("\(place): \(found)", expected)
        case .unsupported(_, let format, let advice): (format, advice)
        case .encoding(_, let offset, let expected, let advice): ("byte \(offset) is not \(expected)", advice)
        case .encrypted(_, let format): ("\(format), encrypted", "a file without a password")
        case .bound(_, let what, let limit, let advice): ("\(what) beyond \(limit)", advice)
        case .empty(_, let what): (what, "a file with text")
        }
    }
}
