/// What a document is in a file of plain text.
public enum TextRecords: Sendable, Equatable {
    /// The whole file, divided where it is too long.
    case file
    /// Every line that is not blank.
    case line
    /// Every stretch of lines between blank ones.
    case paragraph
    /// What stands between lines that hold this text and nothing else.
    case separator(String)

    /// From a recipe: `file`, `line`, `paragraph`, or any other text as a separator; nil for an empty one and for one of several
    /// lines.
    public init?(_ text: String) {
        switch text {
        case "file": self = .file
        case "line": self = .line
        case "paragraph": self = .paragraph
        default:
            if text.isEmpty || text.utf8.contains(0x0A) || text.utf8.count > 1024 { return nil }
            self = .separator(text)
        }
    }

    /// The text it is from.
    public var text: String {
        switch self {
        case .file: "file"
        case .line: "line"
        case .paragraph: "paragraph"
        case .separator(let text): text
        }
    }
}
