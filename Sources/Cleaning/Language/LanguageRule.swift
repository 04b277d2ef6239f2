/// The rule `wrong-language`: a document goes when CLD2 says reliably that it is in another language than the wanted ones.
///
/// Undetermined text stays, and so does text too short to tell.
public struct LanguageRule: Sendable {
    private let languages: [String]
    private let leastShare: Int

    /// The rule of `options`; without languages it drops nothing.
    public init(_ options: CleaningOptions) {
        languages = options.languages
        leastShare = options.leastLanguage
    }

    /// The name of the rule.
    public static let name = "wrong-language"

    /// Fewer bytes of letters than this are no ground to judge a language.
    static let leastBytes = 200
    /// Texts with fewer bytes than this must be in one language but for a fifth: a few names may decide.
    static let manyBytes = 1000

    /// The rule's name, what was measured, and what would have been accepted, where the document breaks it; nil where it stays.
    public func violation(_ signals: LanguageSignals) -> (rule: String, value: String, threshold: String)? {
        guard !languages.isEmpty, signals.isReliable, signals.bytes >= LanguageRule.leastBytes,
            let found = signals.language
        else { return nil }
        let right = signals.bytes(in: languages)
        let determined = signals.languages.reduce(0) { $0 + $1.bytes }
        if Share.isAtLeast(right, of: determined, leastShare) { return nil }
        let most = signals.languages[0].bytes
        if signals.bytes < LanguageRule.manyBytes, !Share.isAtLeast(most, of: signals.bytes, 800) { return nil }
        let names = languages.joined(separator: ", ")
        return (
            LanguageRule.name,
            "\(Share.text(right, of: determined)) of the prose is in \(names); most is in \(found)",
            "at least \(Share.text(leastShare))"
        )
    }
}
