public import Files

/// Something that did not make it into the corpus, and exactly why: one line of `rejected/`.
public struct Rejection: Sendable, Equatable {
    /// The document's id, or the id the file would have had as a document.
    public var id: String
    /// The source it came from.
    public var source: String
    /// The path relative to the source, with the inner path or record after `!`.
    public var path: String
    /// The rule that dropped it, for example `unreadable`, `too-short`, `exact-duplicate`.
    public var rule: String
    /// What was measured or found.
    public var value: String
    /// What would have been accepted.
    public var threshold: String

    /// A rejection.
    public init(id: String, source: String, path: String, rule: String, value: String, threshold: String) {
        self.id = id
        self.source = source
        self.path = path
        self.rule = rule
        // A value quotes what was found, of whatever length and in whatever characters.
        self.value = MessageText.oneLine(value)
        self.threshold = threshold
    }

    /// What was found and what was expected, in one line for a person.
    public var reason: String { threshold.isEmpty ? value : "\(value) (expected \(threshold))" }

    /// The rules for entries of an input that are no documents in themselves: pages of a wiki that only point elsewhere, talk about
    /// pages, or hold data. They are named, and do not count as unreadable.
    public static let redirectRule = "redirect"
    /// See `redirectRule`.
    public static let otherNamespaceRule = "other-namespace"
    /// See `redirectRule`.
    public static let otherModelRule = "other-model"
    /// For pages of a wiki that have no text of their own: templates alone.
    public static let emptyPageRule = "empty-page"

    /// For documents of which rules of boilerplate leave nothing.
    public static let onlyBoilerplateRule = "only-boilerplate"

    /// Whether something could not be read, rather than being no document.
    public var isUnreadable: Bool {
        ![
            Rejection.redirectRule, Rejection.otherNamespaceRule, Rejection.otherModelRule, Rejection.emptyPageRule,
            Rejection.onlyBoilerplateRule,
        ].contains(rule)
    }

    /// As a JSON object, one string member a field.
    public var json: JSONValue {
        .object([
            "id": .string(id), "source": .string(source), "path": .string(path), "rule": .string(rule),
            "value": .string(value), "threshold": .string(threshold),
        ])
    }

    /// From the object that `json` gives; nil where a member is missing.
    public init?(json: JSONValue) {
        guard let id = json["id"]?.string, let source = json["source"]?.string, let path = json["path"]?.string,
            let rule = json["rule"]?.string, let value = json["value"]?.string,
            let threshold = json["threshold"]?.string
        else { return nil }
        self.init(id: id, source: source, path: path, rule: rule, value: value, threshold: threshold)
    }
}
