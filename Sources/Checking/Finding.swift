public import Files

/// Something that is not as it should be.
public struct Finding: Sendable, Equatable, CustomStringConvertible {
    /// The rule that was broken, for example `checksum`, `ids-in-range`, `ledger`.
    public var rule: String
    /// The file, and the place in it.
    public var place: String
    /// What was expected.
    public var expected: String
    /// What was found.
    public var found: String
    /// What to do about it.
    public var hint: String

    /// A finding.
    public init(rule: String, place: String, expected: String, found: String, hint: String) {
        self.rule = rule
        self.place = place
        self.expected = expected
        self.found = found
        self.hint = hint
    }

    /// One line.
    public var description: String { "\(place): \(rule): expected \(expected), found \(found); \(hint)" }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "rule": .string(rule), "place": .string(place), "expected": .string(expected), "found": .string(found),
            "hint": .string(hint),
        ])
    }
}
