/// What a corpus must be like, from a file of rules. Limits at the top are of the whole corpus, those under a source's name of that source.
public struct ValidationRules: Sendable, Equatable {
    /// Limits of the corpus or of one source.
    public struct Limits: Sendable, Equatable {
        /// Share of documents that any filter drops.
        public var rejects: ValidationBand?
        /// Share of documents that a filter drops, by the name of its rule.
        public var rejectsByRule: [String: ValidationBand] = [:]
        /// Share of inputs that cannot be read.
        public var unreadable: ValidationBand?
        /// Share of documents that are duplicates.
        public var duplicates: ValidationBand?
        /// Tokens a word.
        public var fertility: ValidationBand?
        /// Bytes a token.
        public var bytesPerToken: ValidationBand?
        /// Share of text in a language, by its tag.
        public var languages: [String: ValidationBand] = [:]
        /// Number of documents.
        public var documents: ValidationBand?
        /// Number of tokens.
        public var tokens: ValidationBand?

        /// Nothing is limited.
        public init() {}

        /// Whether the texts must be read for what is asked.
        var needsWords: Bool { fertility != nil }
    }

    /// Limits of drift from the baseline.
    public struct Drift: Sendable, Equatable {
        /// The largest population stability index of a distribution.
        public var stability = 0.2
        /// The largest relative change of a figure.
        public var change = 0.2
        /// Limits of single measures; nil: the measure is not compared.
        public var measures: [String: Double?] = [:]
        /// The line in the rules file.
        public var line: Int?

        /// The defaults: 0.2 and 20%.
        public init() {}
    }

    /// The version of rules files.
    public static let schemaVersion = 1

    /// The file, for the places of findings; empty where there is none.
    public var file = ""
    /// Limits of the whole corpus.
    public var limits = Limits()
    /// Limits of a source by its name; `*` is every source that is not named.
    public var sources: [String: Limits] = [:]
    /// The lines of the sources' names.
    var sourceLines: [String: Int] = [:]
    /// Items of evaluation sets that may stand in the documents.
    public var contamination: ValidationBand?
    /// Share of validation's n-grams that stand in training.
    public var leakage: ValidationBand?
    /// Documents of validation with a near duplicate in training.
    public var nearDuplicatesInTraining: ValidationBand?
    /// Share of positions that are padding.
    public var padding: ValidationBand?
    /// The separator policy that the corpus must have.
    public var separator: String?
    var separatorLine: Int?
    /// Licences that are allowed; empty: any; nil: none is asked for.
    public var licences: [String]?
    var licenceLine: Int?
    /// The root digest that the corpus must have.
    public var rootDigest: String?
    var rootDigestLine: Int?
    /// Severities by rule, where they are not the rule's own.
    public var severities: [String: Severity] = [:]
    /// Documents that are named for each limit that is broken.
    public var examples = 20
    /// Limits of drift.
    public var drift = Drift()
    /// What is accepted for a while.
    public var waivers: [Waiver] = []

    /// No rules: integrity alone is checked.
    public init() {}

    /// The limits of a source.
    func limits(of source: String) -> Limits { sources[source] ?? sources["*"] ?? Limits() }

    /// Whether words must be counted.
    var needsWords: Bool { limits.needsWords || sources.values.contains(where: \.needsWords) }
    /// Whether languages must be told.
    var needsLanguages: Bool { !limits.languages.isEmpty || sources.values.contains { !$0.languages.isEmpty } }

    /// The place of a line of the rules file.
    func place(_ line: Int?) -> FindingPlace { FindingPlace(file, line: line) }

    /// The severity of a rule's findings.
    func severity(_ rule: String, _ standard: Severity = .error) -> Severity { severities[rule] ?? standard }
}
