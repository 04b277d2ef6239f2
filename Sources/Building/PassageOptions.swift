import Deduplication

/// What a recipe says of passages that stood in the corpus before: the first occurrence stays, the others go.
public struct PassageOptions: Sendable, Equatable {
    /// Paragraphs of at least so many bytes; nil: paragraphs may repeat.
    public var paragraphs: Int?
    /// Clauses of at least so many bytes; nil: clauses may repeat.
    public var clauses: Int?
    /// Stretches of at least so many words and symbols; nil: stretches may repeat.
    public var spans: Int?
    /// Paragraphs that stand in at least so many documents go from all of them; nil: they may.
    public var boilerplate: Int?

    /// Nothing goes.
    public init() {}

    /// Whether there is nothing to look for.
    public var isEmpty: Bool { self == PassageOptions() }

    /// Bytes of a paragraph or clause from which on it counts, where the recipe gives none.
    public static let leastBytes = 200
    /// Words and symbols of a span, where the recipe gives none.
    public static let spanLength = 50

    /// Everything that decides, as one line.
    var digestText: String {
        func text(_ value: Int?) -> String { value.map { "\($0)" } ?? "off" }
        return "paragraphs=\(text(paragraphs)) clauses=\(text(clauses)) spans=\(text(spans)) "
            + "repeated_in=\(text(boilerplate))"
    }
}
