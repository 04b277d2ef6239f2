public import Files

/// What Gopher's rules of repetition count.
public struct GopherRepetitionSignals: Sendable, Equatable {
    /// Pieces between runs of line feeds.
    public var lines = 0
    /// Lines that stood before.
    public var repeatedLines = 0
    /// Characters in them.
    public var repeatedLineCharacters = 0
    /// Pieces between runs of two line feeds and more.
    public var paragraphs = 0
    /// Paragraphs that stood before.
    public var repeatedParagraphs = 0
    /// Characters in them.
    public var repeatedParagraphCharacters = 0
    /// Characters of the most frequent 2-, 3- and 4-gram, spaces between its words, times how often it stands.
    public var topNGramCharacters = [0, 0, 0]
    /// Characters in n-grams of 5 to 10 words that stood before.
    public var repeatedNGramCharacters = [0, 0, 0, 0, 0, 0]

    /// Nothing measured.
    public init() {}

    /// As a JSON object; what is 0 is left out.
    public var json: JSONValue {
        var members: [String: JSONValue] = [:]
        SignalJSON.put(self, GopherRepetitionSignals.fields, in: &members)
        members["top_ngram_characters"] = .array(topNGramCharacters.map { .integer($0) })
        if repeatedNGramCharacters.contains(where: { $0 != 0 }) {
            members["repeated_ngram_characters"] = .array(repeatedNGramCharacters.map { .integer($0) })
        }
        return .object(members)
    }

    /// From the object that `json` gives; missing members count as 0.
    public init(json: JSONValue) {
        SignalJSON.take(&self, GopherRepetitionSignals.fields, from: json)
        topNGramCharacters = SignalJSON.counts(json["top_ngram_characters"], 3)
        repeatedNGramCharacters = SignalJSON.counts(json["repeated_ngram_characters"], 6)
    }

    private static let fields: [SignalJSON.Field<GopherRepetitionSignals>] = [
        ("lines", \.lines), ("repeated_lines", \.repeatedLines), ("repeated_line_characters", \.repeatedLineCharacters),
        ("paragraphs", \.paragraphs), ("repeated_paragraphs", \.repeatedParagraphs),
        ("repeated_paragraph_characters", \.repeatedParagraphCharacters),
    ]
}
