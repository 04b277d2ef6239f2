/// What Gopher's rules accept; nil accepts everything. The defaults are those of the published rules.
public struct GopherThresholds: Sendable, Equatable {
    /// Words that are not symbols alone, at least.
    public var leastWords: Double? = 50
    /// The same from above.
    public var mostWords: Double? = 100_000
    /// Their mean length.
    public var leastMeanWordLength: Double? = 3
    /// The same from above.
    public var mostMeanWordLength: Double? = 10
    /// Hashes for each word.
    public var mostHashes: Double? = 0.1
    /// Ellipses for each word.
    public var mostEllipses: Double? = 0.1
    /// Share of lines that begin with a bullet.
    public var mostBulletLines: Double? = 0.9
    /// Share of lines that end with an ellipsis.
    public var mostEllipsisLines: Double? = 0.3
    /// Share of words with a letter.
    public var leastAlpha: Double? = 0.8
    /// Different stop words.
    public var leastStopWords: Double? = 2
    /// Share of paragraphs that stood before.
    public var mostRepeatedParagraphs: Double? = 0.3
    /// Share of characters in them.
    public var mostRepeatedParagraphCharacters: Double? = 0.2
    /// Share of lines that stood before.
    public var mostRepeatedLines: Double? = 0.3
    /// Share of characters in them.
    public var mostRepeatedLineCharacters: Double? = 0.2
    /// Share of characters in the most frequent 2-gram, its repetitions taken together.
    public var mostTop2Grams: Double? = 0.2
    /// The same of the 3-gram.
    public var mostTop3Grams: Double? = 0.18
    /// The same of the 4-gram.
    public var mostTop4Grams: Double? = 0.16
    /// Share of characters in repeated n-grams of 5 words.
    public var mostRepeated5Grams: Double? = 0.15
    /// The same of 6 words.
    public var mostRepeated6Grams: Double? = 0.14
    /// The same of 7 words.
    public var mostRepeated7Grams: Double? = 0.13
    /// The same of 8 words.
    public var mostRepeated8Grams: Double? = 0.12
    /// The same of 9 words.
    public var mostRepeated9Grams: Double? = 0.11
    /// The same of 10 words.
    public var mostRepeated10Grams: Double? = 0.10

    /// The published thresholds.
    public init() {}

    static let keys: [WebRules.Key<GopherThresholds>] = [
        ("min_words", .limit(\.leastWords)), ("max_words", .limit(\.mostWords)),
        ("min_mean_word_length", .limit(\.leastMeanWordLength)), ("max_mean_word_length", .limit(\.mostMeanWordLength)),
        ("max_hashes", .limit(\.mostHashes)), ("max_ellipses", .limit(\.mostEllipses)),
        ("max_bullet_lines", .limit(\.mostBulletLines)), ("max_ellipsis_lines", .limit(\.mostEllipsisLines)),
        ("min_alpha", .limit(\.leastAlpha)), ("min_stop_words", .limit(\.leastStopWords)),
        ("max_repeated_paragraphs", .limit(\.mostRepeatedParagraphs)),
        ("max_repeated_paragraph_characters", .limit(\.mostRepeatedParagraphCharacters)),
        ("max_repeated_lines", .limit(\.mostRepeatedLines)),
        ("max_repeated_line_characters", .limit(\.mostRepeatedLineCharacters)),
        ("max_top_2grams", .limit(\.mostTop2Grams)), ("max_top_3grams", .limit(\.mostTop3Grams)),
        ("max_top_4grams", .limit(\.mostTop4Grams)), ("max_repeated_5grams", .limit(\.mostRepeated5Grams)),
        ("max_repeated_6grams", .limit(\.mostRepeated6Grams)), ("max_repeated_7grams", .limit(\.mostRepeated7Grams)),
        ("max_repeated_8grams", .limit(\.mostRepeated8Grams)), ("max_repeated_9grams", .limit(\.mostRepeated9Grams)),
        ("max_repeated_10grams", .limit(\.mostRepeated10Grams)),
    ]
}
