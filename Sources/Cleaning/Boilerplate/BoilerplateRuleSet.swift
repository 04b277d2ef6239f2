/// The rules of one file: for documents of which publishers, and which edition of the file it is.
public struct BoilerplateRuleSet: Sendable, Equatable {
    /// What messages call it: `3gpp`, or a path.
    public var name: String
    /// The version that the file states.
    public var version: Int
    /// The publishers whose documents it is for; empty for every document.
    public var publishers: [String]
    /// The rules, asked in this order.
    public var rules: [BoilerplateRule]

    /// A set of rules.
    public init(name: String, version: Int, publishers: [String], rules: [BoilerplateRule]) {
        self.name = name
        self.version = version
        self.publishers = publishers
        self.rules = rules
    }

    func isFor(publisher: String?) -> Bool {
        publishers.isEmpty || publisher.map(publishers.contains) ?? false
    }
}
