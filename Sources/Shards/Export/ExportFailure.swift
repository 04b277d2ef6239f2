public import Files

/// What an export cannot do.
public enum ExportFailure: Failure, Equatable {
    /// The format has no place for what says where loss is carried.
    case noPlaceForLossSpans(path: String, format: String)

    /// The class of the failure.
    public var kind: FailureKind { .usage }

    /// One line for a person.
    public var description: String {
        switch self {
        case .noPlaceForLossSpans(let path, let format):
            MessageText.oneLine(
                "\(path): expected data all of whose tokens are learnt, found loss_spans, for which the format \(format) has no place: "
                    + "prompts would be learnt too; export jsonl or npy, or leave the spans out with --drop-loss-spans")
        }
    }
}
