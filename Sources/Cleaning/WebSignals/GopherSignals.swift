public import Files

/// What Gopher's rules of quality count.
public struct GopherSignals: Sendable, Equatable {
    /// Words that are not symbols alone.
    public var plainWords = 0
    /// Characters in them.
    public var plainWordCharacters = 0
    /// Words with a letter.
    public var letterWords = 0
    /// How many of the eight stop words the text has (the, be, to, of, and, that, have, with).
    public var stopWords = 0
    /// `#` signs.
    public var hashes = 0
    /// Ellipses: `...` and `…`.
    public var ellipses = 0
    /// Lines, by every line break of Unicode.
    public var lines = 0
    /// Lines that begin with `•` or `-`.
    public var bulletLines = 0
    /// Lines that end with an ellipsis.
    public var ellipsisLines = 0

    /// Nothing measured.
    public init() {}

    /// As a JSON object; what is 0 is left out.
    public var json: JSONValue {
        var members: [String: JSONValue] = [:]
        SignalJSON.put(self, GopherSignals.fields, in: &members)
        return .object(members)
    }

    /// From the object that `json` gives; missing members count as 0.
    public init(json: JSONValue) { SignalJSON.take(&self, GopherSignals.fields, from: json) }

    private static let fields: [SignalJSON.Field<GopherSignals>] = [
        ("plain_words", \.plainWords), ("plain_word_characters", \.plainWordCharacters),
        ("letter_words", \.letterWords),
        ("stop_words", \.stopWords), ("hashes", \.hashes), ("ellipses", \.ellipses), ("lines", \.lines),
        ("bullet_lines", \.bulletLines), ("ellipsis_lines", \.ellipsisLines),
    ]
}
