public import Files

/// What can be wrong with token data of others.
public enum TokenImportFailure: Failure, Equatable {
    /// The file is not what its format asks for at `place`.
    case malformed(path: String, place: String, expected: String, found: String)
    /// Nothing at the path says what it is.
    case unknownFormat(path: String)

    /// The class of the failure.
    public var kind: FailureKind { .unreadableInput }

    /// One line for a person.
    public var description: String {
        switch self {
        case .malformed(let path, let place, let expected, let found):
            MessageText.oneLine("\(path): \(place): expected \(expected), found \(found)")
        case .unknownFormat(let path):
            MessageText.oneLine(
                "\(path): expected a folder with index.json, the .bin or .idx of a Megatron pair, or JSON Lines of token ids "
                    + "(.jsonl, also .zst or .gz)")
        }
    }
}
