/// What C4's rules accept; nil and false switch a rule off. The defaults are those of the published rules.
public struct C4Thresholds: Sendable, Equatable {
    /// Sentences in the lines that stay.
    public var leastSentences: Double? = 5
    /// A line with fewer words does not stay; at most `C4Signals.countedWords` can be asked for.
    public var leastWordsPerLine: Double? = 3
    /// Lines without a terminal mark do not stay.
    public var terminalMarks = true
    /// Lines with a word above 1000 characters do not stay.
    public var longWords = true
    /// Lines about JavaScript do not stay.
    public var javascript = true
    /// Lines with a policy's phrase do not stay.
    public var policies = true
    /// Documents with a curly bracket in a line that stays are dropped.
    public var curlyBrackets = true
    /// Documents with "lorem ipsum" in a line that stays are dropped.
    public var loremIpsum = true

    /// The published thresholds.
    public init() {}

    static let keys: [WebRules.Key<C4Thresholds>] = [
        ("min_sentences", .limit(\.leastSentences)), ("min_words_per_line", .limit(\.leastWordsPerLine)),
        ("terminal_marks", .flag(\.terminalMarks)), ("long_words", .flag(\.longWords)),
        ("javascript", .flag(\.javascript)), ("policies", .flag(\.policies)),
        ("curly_brackets", .flag(\.curlyBrackets)), ("lorem_ipsum", .flag(\.loremIpsum)),
    ]
}
