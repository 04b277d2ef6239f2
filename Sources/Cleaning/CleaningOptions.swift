public import Files

/// What a recipe may say about cleaning. Ratios are thousandths, so that decisions are exact.
public struct CleaningOptions: Sendable, Equatable {
    /// A named set of rules.
    public enum Profile: String, Sendable, CaseIterable {
        /// The five rules of `QualityRules`.
        case standards
        /// Gopher's rules of quality and of repetition.
        case gopher
        /// C4's rules, as a decision about the whole document: its text is not edited.
        case c4
        /// FineWeb's rules.
        case fineweb
        /// No rule: nothing is dropped for its quality.
        case none
    }

    /// The rules, asked in this order.
    public var profiles: [Profile] = [.standards]
    /// What Gopher's rules accept.
    public var gopher = GopherThresholds()
    /// What C4's rules accept.
    public var c4 = C4Thresholds()
    /// What FineWeb's rules accept.
    public var fineweb = FineWebThresholds()
    /// What the web filters' signals are measured on.
    public var webText = QualityMeasure.WebText.everything
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
    /// The model that is asked how well it predicts each document; nil for none.
    public var perplexity: PerplexityOptions?

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
        (["profile", "language", "min_words", "web_signals", "signals", "pii", "unicode", "fasttext", "perplexity"]
        + families
        + ratios.map(\.0)).sorted(by: precedesInByteOrder)

    private static let families = ["gopher", "c4", "fineweb"]

    /// Every key that `set` takes: those of a recipe, and the thresholds of the web filters with a full stop before them.
    public static let keys: [String] = {
        let nested =
            GopherThresholds.keys.map { "gopher." + $0.name } + C4Thresholds.keys.map { "c4." + $0.name }
            + FineWebThresholds.keys.map { "fineweb." + $0.name }
        let thresholds = PerplexityOptions.thresholds.map { "perplexity." + $0 }
        return (recipeKeys.filter { !families.contains($0) } + nested + thresholds).sorted(by: precedesInByteOrder)
    }()

    /// The options of the object under `clean:`; whatever is not there keeps its default.
    ///
    /// `profile` is a name or a list of names, `language` a tag or a list of tags, `min_words` a whole number, `gopher`, `c4` and `fineweb`
    /// are objects of thresholds, `signals` a list of what is measured though no rule asks for it, `pii` what `PersonalDataOptions` reads,
    /// `unicode` what `UnicodeRepairOptions` reads, `fasttext` a list of what `TextClassOptions` describes, `perplexity` what `PerplexityOptions`
    /// describes, the others are numbers. Unknown keys of `clean:` itself are the recipe reader's business. Throws
    /// `CleaningFailure`.
    public init(recipe: JSONValue) throws {
        for key in CleaningOptions.recipeKeys {
            guard let value = recipe[key] else { continue }
            if !CleaningOptions.families.contains(key) {
                try set(key, to: value)
                continue
            }
            guard let members = value.members else {
                throw CleaningFailure.badValue(
                    key: key, expected: "thresholds, such as {\(CleaningOptions.example(key))}", found: value.text())
            }
            for name in members.keys.sorted(by: precedesInByteOrder) { try set(key + "." + name, to: members[name]!) }
        }
        try checkTogether()
    }

    /// Throws `CleaningFailure` for options that are right each but not together.
    public func checkTogether() throws {
        if webText == .off, let profile = profiles.first(where: \.usesWebSignals) {
            throw CleaningFailure.badValue(
                key: "web_signals", expected: "everything or prose, which profile \(profile.rawValue) needs",
                found: "off")
        }
        try perplexity?.checkThresholds()
        try CleaningOptions.checkLimits("gopher", GopherThresholds.keys, gopher)
        try CleaningOptions.checkLimits("c4", C4Thresholds.keys, c4)
        try CleaningOptions.checkLimits("fineweb", FineWebThresholds.keys, fineweb)
    }

    /// Throws `CleaningFailure` for a least value above the greatest of the same count: every document would break one of the two.
    private static func checkLimits<Thresholds>(
        _ family: String, _ keys: [WebRules.Key<Thresholds>], _ thresholds: Thresholds
    ) throws {
        func limit(_ name: String) -> Double? {
            guard case .limit(let path)? = keys.first(where: { $0.name == name })?.value else { return nil }
            return thresholds[keyPath: path]
        }
        for (name, _) in keys where name.hasPrefix("min_") {
            guard let least = limit(name), let most = limit("max_" + name.dropFirst(4)), least > most else { continue }
            throw CleaningFailure.badValue(
                key: "\(family).\(name)", expected: "at most \(WebRules.text(most)), which is max_\(name.dropFirst(4))",
                found: WebRules.text(least))
        }
    }

    private static func example(_ family: String) -> String {
        switch family {
        case "gopher": "min_alpha: 0.8"
        case "c4": "min_sentences: 5"
        default: "max_newlines: 0.3"
        }
    }

    /// Sets one option by its key: one of `recipeKeys`, or a threshold of a web filter as `gopher.min_alpha`. Such a threshold may be `off`.
    ///
    /// Throws `CleaningFailure` for a value the option cannot have and for an unknown key, naming the nearest known one.
    public mutating func set(_ key: String, to value: JSONValue) throws {
        switch key {
        case "profile": try setProfiles(value)
        case "language": try setLanguages(value)
        case "pii": personalData = try PersonalDataOptions(recipe: value)
        case "unicode": unicode = try UnicodeRepairOptions(recipe: value)
        case "fasttext": try setTextClasses(value)
        case "perplexity": perplexity = try PerplexityOptions(recipe: value)
        case "perplexity.min", "perplexity.max":
            if perplexity == nil {
                throw CleaningFailure.badValue(
                    key: key, expected: "a recipe whose clean.perplexity names a model", found: value.text())
            }
            try perplexity?.setThreshold(String(key.dropFirst("perplexity.".count)), to: value)
        case "signals":
            let names = value.string.map { [$0] } ?? value.items?.compactMap(\.string) ?? []
            guard names.count == value.items?.count ?? 1, names.allSatisfy({ $0 == "language" }) else {
                throw CleaningFailure.badValue(key: "signals", expected: "[language]", found: value.text())
            }
            signalsLanguage = !names.isEmpty
        case "min_words":
            guard let count = value.int, count >= 0 else {
                throw CleaningFailure.badValue(key: key, expected: "a whole number from 0", found: value.text())
            }
            leastWords = count
        case "web_signals":
            // YAML reads a bare `off` as false.
            let name = value == .bool(false) ? "off" : value.string
            guard let name, let text = QualityMeasure.WebText(rawValue: name) else {
                let names = QualityMeasure.WebText.allCases.map(\.rawValue).joined(separator: ", ")
                throw CleaningFailure.badValue(key: key, expected: "one of \(names)", found: value.text())
            }
            webText = text
        default:
            if try set(key, "gopher", GopherThresholds.keys, \.gopher, to: value) { return }
            if try set(key, "c4", C4Thresholds.keys, \.c4, to: value) { return }
            if try set(key, "fineweb", FineWebThresholds.keys, \.fineweb, to: value) { return }
            guard let (_, path) = CleaningOptions.ratios.first(where: { $0.0 == key }) else {
                let nearest = NearestName.to(key, among: CleaningOptions.keys)
                throw CleaningFailure.unknownKey(key: key, nearest: nearest ?? "profile")
            }
            let most = key == "max_mean_word_length" ? 1000.0 : 1
            guard let number = value.double, number >= 0, number <= most else {
                throw CleaningFailure.badValue(
                    key: key, expected: "a number from 0 to \(Int(most))", found: value.text())
            }
            self[keyPath: path] = Int((number * 1000).rounded())
        }
    }

    /// Sets one option by its key to a value as it is written in a recipe: a number, true, false, off or a name; names may be a list with commas.
    public mutating func set(_ key: String, to text: String) throws {
        let value: JSONValue =
            switch text {
            case "true": .bool(true)
            case "false": .bool(false)
            default:
                Int(text).map { .integer($0) } ?? Double(text).map { .double($0) }
                    ?? (text.contains(",")
                        ? .array(text.split(separator: ",").map { .string(String($0)) }) : .string(text))
            }
        try set(key, to: value)
    }

    private mutating func set<Thresholds>(
        _ key: String, _ family: String, _ keys: [WebRules.Key<Thresholds>],
        _ path: WritableKeyPath<CleaningOptions, Thresholds>, to value: JSONValue
    ) throws -> Bool {
        guard let found = keys.first(where: { family + "." + $0.name == key }) else { return false }
        switch found.value {
        case .limit(let limit):
            let isOff = value == .string("off") || value == .bool(false) || value == .null
            if !isOff, value.double.map({ $0 >= 0 && $0 <= 1e9 }) != true {
                throw CleaningFailure.badValue(key: key, expected: "a number from 0, or off", found: value.text())
            }
            if key == "c4.min_words_per_line", let number = value.double, number > Double(C4Signals.countedWords) {
                throw CleaningFailure.badValue(
                    key: key, expected: "at most \(C4Signals.countedWords), up to which words are counted",
                    found: value.text())
            }
            self[keyPath: path][keyPath: limit] = isOff ? nil : value.double
        case .flag(let flag):
            guard let isOn = value.bool ?? (value == .string("off") ? false : value == .string("on") ? true : nil)
            else {
                throw CleaningFailure.badValue(key: key, expected: "true or false", found: value.text())
            }
            self[keyPath: path][keyPath: flag] = isOn
        }
        return true
    }

    private mutating func setProfiles(_ value: JSONValue) throws {
        let names = value.string.map { [$0] } ?? value.items?.compactMap(\.string) ?? []
        let profiles = names.compactMap(Profile.init(rawValue:))
        if profiles.isEmpty || profiles.count != (value.items?.count ?? 1) || Set(profiles).count != profiles.count {
            let names = Profile.allCases.map(\.rawValue).joined(separator: ", ")
            throw CleaningFailure.badValue(
                key: "profile", expected: "one of \(names), or a list of them", found: value.text())
        }
        if profiles.count > 1, profiles.contains(.none) {
            throw CleaningFailure.badValue(key: "profile", expected: "none by itself", found: value.text())
        }
        self.profiles = profiles
    }

    private mutating func setTextClasses(_ value: JSONValue) throws {
        guard let items = value.items else { throw TextClassOptions.notAList(value) }
        textClasses = try items.map(TextClassOptions.init(recipe:))
        for (index, item) in textClasses.enumerated()
        where textClasses[..<index].contains(where: { $0.name == item.name }) {
            throw CleaningFailure.badValue(
                key: "fasttext.name", expected: "a name of its own for each", found: item.name)
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
        var parts = ["profile=" + profiles.map(\.rawValue).joined(separator: ",")]
        if !languages.isEmpty {
            parts.append("languages=" + languages.joined(separator: ",") + " min_language=\(leastLanguage)")
        }
        parts += textClasses.map { "class=" + $0.digestText }
        if let perplexity { parts.append("perplexity=" + perplexity.digestText) }
        if profiles.contains(.standards) {
            parts.append("scripts=" + (scripts.map { $0.map(\.rawValue).joined(separator: ",") } ?? "all"))
            parts.append("min_words=\(leastWords)")
            parts += CleaningOptions.ratios.map { "\($0)=\(self[keyPath: $1])" }
        }
        if profiles.contains(.gopher) { parts += CleaningOptions.texts("gopher", GopherThresholds.keys, gopher) }
        if profiles.contains(.c4) { parts += CleaningOptions.texts("c4", C4Thresholds.keys, c4) }
        if profiles.contains(.fineweb) { parts += CleaningOptions.texts("fineweb", FineWebThresholds.keys, fineweb) }
        return parts.joined(separator: " ")
    }

    /// Everything that signals depend on, as one line.
    public var measureDigestText: String { "web_signals=\(webText.rawValue)" }

    private static func texts<Thresholds>(
        _ family: String, _ keys: [WebRules.Key<Thresholds>], _ thresholds: Thresholds
    ) -> [String] {
        keys.map { key in
            switch key.value {
            case .limit(let path): "\(family).\(key.name)=\(thresholds[keyPath: path].map(WebRules.text) ?? "off")"
            case .flag(let path): "\(family).\(key.name)=\(thresholds[keyPath: path])"
            }
        }
    }
}

extension CleaningOptions.Profile {
    /// Whether the profile decides by `WebSignals`.
    public var usesWebSignals: Bool { self == .gopher || self == .c4 || self == .fineweb }
}
