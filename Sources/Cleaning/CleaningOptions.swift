public import Files

/// What a recipe may say about cleaning. Ratios are thousandths, so that decisions are exact.
public struct CleaningOptions: Sendable, Equatable {
    /// A named set of rules.
    public enum Profile: String, Sendable, CaseIterable {
        /// The five rules of `QualityRules`.
        case standards
        /// No rule: nothing is dropped for its quality.
        case none
    }

    /// The rules.
    public var profile = Profile.standards
    /// Languages that are wanted, as BCP 47 tags; empty for all.
    public private(set) var languages: [String] = []
    /// Scripts of the wanted languages; nil for all.
    public private(set) var scripts: [TextScript]?
    /// `too-short`: words.
    public var leastWords = 20
    /// `too-few-letters`: letters among the visible characters of the prose, in thousandths.
    public var leastLetters = 300
    /// `too-many-repeated-lines`: characters in repeated lines among those of all lines of prose, in thousandths.
    public var mostRepeatedLines = 700
    /// `too-long-words`: characters in words above `TextTally.longWordLength` among those of all words, in thousandths.
    public var mostLongWords = 200
    /// `too-long-words`: mean length of a word, in thousandths of a character.
    public var mostMeanWordLength = 15_000
    /// `wrong-script`: words in one of `scripts` among all words with a letter, in thousandths.
    public var leastScript = 500
    /// `wrong-language`: bytes of prose in one of `languages` among those in any language, in thousandths.
    public var leastLanguage = 500

    /// Whether languages are measured though none is wanted: `clean.signals: [language]`.
    public var signalsLanguage = false
    /// What becomes of personal data.
    public var personalData = PersonalDataOptions()

    /// What is repaired of a text's characters.
    public var unicode = UnicodeRepairOptions()
    /// Classes that fastText models give texts.
    public var textClasses: [TextClassOptions] = []

    /// Whether the languages of documents are measured.
    public var measuresLanguage: Bool { signalsLanguage || !languages.isEmpty }

    /// The profile `standards` for every language.
    public init() {}

    private static let ratios: [(String, any WritableKeyPath<CleaningOptions, Int> & Sendable)] = [
        ("min_letters", \.leastLetters), ("max_repeated_lines", \.mostRepeatedLines),
        ("max_long_words", \.mostLongWords),
        ("max_mean_word_length", \.mostMeanWordLength), ("min_script", \.leastScript),
        ("min_language", \.leastLanguage),
    ]

    /// The keys that `clean:` of a recipe may have.
    public static let recipeKeys =
        (["profile", "language", "min_words", "signals", "pii", "unicode", "fasttext"] + ratios.map(\.0)).sorted(
            by: precedesInByteOrder)

    /// The options of the object under `clean:`; whatever is not there keeps its default.
    ///
    /// `profile` is a name, `language` a tag or a list of tags, `min_words` a whole number, `signals` a list of what is measured though
    /// no rule asks for it, `pii` what `PersonalDataOptions` reads, `unicode` what
    /// `UnicodeRepairOptions` reads, `fasttext` a list of what `TextClassOptions` describes, the others are numbers. Unknown keys are the recipe reader's business.
    /// Throws `CleaningFailure`.
    public init(recipe: JSONValue) throws {
        if let value = recipe["profile"] {
            guard let name = value.string, let profile = Profile(rawValue: name) else {
                let names = Profile.allCases.map(\.rawValue).joined(separator: ", ")
                throw CleaningFailure.badValue(key: "profile", expected: "one of \(names)", found: value.text())
            }
            self.profile = profile
        }
        if let value = recipe["language"] { try setLanguages(value) }
        if let value = recipe["pii"] { personalData = try PersonalDataOptions(recipe: value) }
        if let value = recipe["unicode"] { unicode = try UnicodeRepairOptions(recipe: value) }
        if let value = recipe["fasttext"] {
            guard let items = value.items else { throw TextClassOptions.notAList(value) }
            textClasses = try items.map(TextClassOptions.init(recipe:))
            for (index, item) in textClasses.enumerated()
            where textClasses[..<index].contains(where: { $0.name == item.name }) {
                throw CleaningFailure.badValue(
                    key: "fasttext.name", expected: "a name of its own for each", found: item.name)
            }
        }
        if let value = recipe["signals"] {
            let names = value.string.map { [$0] } ?? value.items?.compactMap(\.string) ?? []
            guard names.count == value.items?.count ?? 1, names.allSatisfy({ $0 == "language" }) else {
                throw CleaningFailure.badValue(key: "signals", expected: "[language]", found: value.text())
            }
            signalsLanguage = !names.isEmpty
        }
        if let value = recipe["min_words"] {
            guard let count = value.int, count >= 0 else {
                throw CleaningFailure.badValue(key: "min_words", expected: "a whole number from 0", found: value.text())
            }
            leastWords = count
        }
        for (key, path) in CleaningOptions.ratios {
            guard let value = recipe[key] else { continue }
            guard let number = value.double, number >= 0, number <= 1000 else {
                throw CleaningFailure.badValue(key: key, expected: "a number from 0 to 1000", found: value.text())
            }
            self[keyPath: path] = Int((number * 1000).rounded())
        }
    }

    private mutating func setLanguages(_ value: JSONValue) throws {
        let tags = value.string.map { [$0] } ?? value.items?.compactMap(\.string) ?? []
        if tags.isEmpty || tags.count != (value.items?.count ?? 1) {
            throw CleaningFailure.badValue(
                key: "language", expected: "a language tag such as en, or a list of them", found: value.text())
        }
        try setLanguages(tags)
    }

    /// Wants documents in the scripts of these languages only; an empty list wants all. Throws `CleaningFailure` for a tag
    /// that no script is known for.
    public mutating func setLanguages(_ tags: [String]) throws {
        var wanted: Set<TextScript> = []
        for tag in tags {
            guard let scripts = TextScript.scripts(ofLanguage: tag) else {
                throw CleaningFailure.badValue(
                    key: "language", expected: "tags of languages whose script is known (en, de, zh, ru, …)", found: tag
                )
            }
            wanted.formUnion(scripts)
        }
        languages = tags
        scripts = tags.isEmpty ? nil : TextScript.allCases.filter(wanted.contains)
    }

    /// Everything that decides, as one line: equal texts drop the same documents.
    public var digestText: String {
        var parts = ["profile=\(profile.rawValue)"]
        if profile != .none {
            parts.append("scripts=" + (scripts.map { $0.map(\.rawValue).joined(separator: ",") } ?? "all"))
            if !languages.isEmpty { parts.append("languages=" + languages.joined(separator: ",")) }
            parts += textClasses.map { "class=" + $0.digestText }
            parts.append("min_words=\(leastWords)")
            parts += CleaningOptions.ratios.map { "\($0)=\(self[keyPath: $1])" }
        }
        return parts.joined(separator: " ")
    }
}
