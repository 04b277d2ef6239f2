/// A stretch of a document's text and what it is.
public struct TextSpan: Sendable, Equatable {
    /// What a stretch of text is.
    public enum Kind: String, Sendable, CaseIterable {
        case heading, prose, table, code, equation, caption, note
        case listItem = "list_item"
    }

    /// What the stretch is.
    public var kind: Kind
    /// First byte in the UTF-8 text.
    public var start: Int
    /// One past the last byte.
    public var end: Int
    /// Depth of a heading, from 1; 0 for everything else.
    public var level: Int

    /// A span over `start ..< end`.
    public init(kind: Kind, start: Int, end: Int, level: Int = 0) {
        self.kind = kind
        self.start = start
        self.end = end
        self.level = level
    }
}
