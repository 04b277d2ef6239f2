/// One rule: a name, what it takes by structure, and the patterns that say where.
public struct BoilerplateRule: Sendable, Equatable {
    /// What a rule takes.
    public enum Target: String, Sendable, CaseIterable {
        /// A heading whose title matches, and all that stands under it.
        case section
        /// A heading that matches as a whole, and its own text up to the next heading of any level.
        case heading
        /// Blocks before the first heading: from one that matches to the next that a rule's `front` matches.
        case front
        /// Blocks behind the last heading: from one that matches to the end.
        case tail
        /// A clause in which nothing but a match stands: as its title without a text, or as its text.
        case clause
        /// A block that matches as a whole.
        case paragraph
    }

    /// Where a section may stand.
    public enum Place: String, Sendable, CaseIterable {
        case anywhere
        /// Before the first clause with a number.
        case start
        /// Behind the last clause with a number: only annexes and headings without a number follow.
        case end
    }

    /// The name; `boilerplate-` and the name is the rule of the ledger.
    public var name: String
    /// What the rule takes, with the patterns for each.
    public var patterns: [(target: Target, pattern: TextPattern)]
    /// Where its sections may stand.
    public var place: Place

    /// A rule.
    public init(name: String, patterns: [(target: Target, pattern: TextPattern)], place: Place = .anywhere) {
        self.name = name
        self.patterns = patterns
        self.place = place
    }

    /// Two rules are equal that take the same.
    public static func == (left: BoilerplateRule, right: BoilerplateRule) -> Bool {
        left.name == right.name && left.place == right.place
            && left.patterns.elementsEqual(right.patterns) { $0.target == $1.target && $0.pattern == $1.pattern }
    }

    func matches(_ target: Target, _ folded: [UInt8]) -> Bool {
        patterns.contains { $0.target == target && $0.pattern.matches(folded) }
    }

    /// Everything that decides, in one line.
    var digestText: String {
        "\(name) \(place.rawValue) "
            + patterns.map { "\($0.target.rawValue)=\($0.pattern.text)" }.joined(separator: "\u{1F}")
    }
}
