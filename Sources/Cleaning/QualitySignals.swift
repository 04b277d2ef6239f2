public import Files

/// Everything the quality rules decide by, measured once and kept beside the document, so that a rule can be asked again
/// with another threshold without the text.
public struct QualitySignals: Sendable, Equatable {
    /// Counts over prose, headings, list items, notes and captions, and over text that no span covers.
    public var prose = TextTally()
    /// Counts over tables, code and equations.
    public var rest = TextTally()
    /// Lines of prose, list items and notes that are not blank.
    public var lines = 0
    /// Scalars in them, without white space at their ends.
    public var lineCharacters = 0
    /// Scalars in lines that stood in the document before.
    public var repeatedLineCharacters = 0
    /// What the published web filters count; nil where it was not measured.
    public var web: WebSignals?

    /// Nothing measured.
    public init() {}

    /// Counts over the whole text.
    public var everything: TextTally {
        var sum = prose
        sum.merge(rest)
        return sum
    }

    /// As a JSON object.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "prose": prose.json, "rest": rest.json, "lines": .integer(lines),
            "line_characters": .integer(lineCharacters),
            "repeated_line_characters": .integer(repeatedLineCharacters),
        ]
        if let web { members["web"] = web.json }
        return .object(members)
    }

    /// From the object that `json` gives; missing members count as 0.
    public init(json: JSONValue) {
        prose = TextTally(json: json["prose"] ?? .null)
        rest = TextTally(json: json["rest"] ?? .null)
        lines = json["lines"]?.int ?? 0
        lineCharacters = json["line_characters"]?.int ?? 0
        repeatedLineCharacters = json["repeated_line_characters"]?.int ?? 0
        web = json["web"].map(WebSignals.init(json:))
    }
}
