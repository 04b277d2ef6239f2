import Glibc

/// Failures of files, archives, compressed streams and JSON.
public enum FileFailure: Failure, Equatable {
    /// No file or folder at the path.
    case missing(path: String)
    /// A system call failed with `code` (an errno value) while doing `operation`.
    case system(path: String, operation: String, code: Int32)
    /// The bytes are not what their format asks for at `place`.
    case malformed(path: String, place: String, expected: String, found: String)
    /// More bytes than `limit` would be needed; `hint` says what to do.
    case tooLarge(path: String, limit: Int, hint: String)
    /// Something of another kind stands where `expected` is needed.
    case wrongKind(path: String, expected: String, found: String)
    /// Another process holds the lock.
    case locked(path: String, holder: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .missing: .missingInput
        case .system, .wrongKind, .locked: .inputOutput
        case .malformed, .tooLarge: .unreadableInput
        }
    }

    /// One line for a person.
    public var description: String { MessageText.oneLine(text) }

    private var text: String {
        switch self {
        case .missing(let path): "\(path): no such file or folder"
        case .system(let path, let operation, let code):
            "\(path): cannot \(operation): \(String(cString: strerror(code)))"
        case .malformed(let path, let place, let expected, let found):
            "\(path): \(place): expected \(expected), found \(found)"
        case .tooLarge(let path, let limit, let hint): "\(path): larger than \(limit) bytes: \(hint)"
        case .wrongKind(let path, let expected, let found): "\(path): expected \(expected), found \(found)"
        case .locked(let path, let holder):
            "\(path): another shardmill works in this folder (\(holder)); wait for it or choose another --output"
        }
    }

    /// The failure of the system call that just returned -1 (reads `errno`).
    public static func lastSystemCall(_ operation: String, _ path: String) -> FileFailure {
        let code = errno
        if code == ENOENT { return .missing(path: path) }
        return .system(path: path, operation: operation, code: code)
    }
}
