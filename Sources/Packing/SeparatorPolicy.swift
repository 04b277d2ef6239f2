/// Which tokens frame a document in the stream that is cut into blocks.
public enum SeparatorPolicy: String, Sendable, CaseIterable {
    /// None: documents stand directly one after another.
    case none
    /// The end token after each document.
    case eos
    /// The begin token before each document.
    case bos
    /// The begin token before and the end token after each document.
    case both

    /// Whether a begin token stands before each document.
    public var hasBegin: Bool { self == .bos || self == .both }
    /// Whether an end token stands after each document.
    public var hasEnd: Bool { self == .eos || self == .both }
    /// Separators of one document that is not empty.
    public var tokensPerDocument: Int { (hasBegin ? 1 : 0) + (hasEnd ? 1 : 0) }
}

/// What becomes of the last block of a split when the stream does not fill it.
public enum TailPolicy: String, Sendable, CaseIterable {
    /// It is filled with the padding token.
    case pad
    /// It is left out, and its tokens are counted as dropped under the rule `tail`.
    case drop
}
