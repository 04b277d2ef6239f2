/// What neighbouring items a shingle is made of, and how many.
public enum ShingleUnit: Sendable, Hashable, CustomStringConvertible {
    /// Words as `WordScanner` finds them.
    case words(Int)
    /// Unicode scalars of the lower-cased words with one space between two words.
    case characters(Int)
    /// Given integers, such as token ids.
    case tokens(Int)

    /// Items of one shingle.
    public var size: Int {
        switch self {
        case .words(let size), .characters(let size), .tokens(let size): size
        }
    }

    /// `word:5`, `char:24` or `token:13`: sizes from 1 to 1000; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let size = Int(parts[1]), size >= 1, size <= 1000 else { return nil }
        switch parts[0] {
        case "word": self = .words(size)
        case "char": self = .characters(size)
        case "token": self = .tokens(size)
        default: return nil
        }
    }

    /// The text that `init(_:)` reads.
    public var description: String {
        switch self {
        case .words(let size): "word:\(size)"
        case .characters(let size): "char:\(size)"
        case .tokens(let size): "token:\(size)"
        }
    }
}
