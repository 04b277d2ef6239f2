import Files

/// A finding that somebody answers for, until a day.
public struct Waiver: Sendable, Equatable {
    /// The id of the rule.
    public var rule: String
    /// What it is for: a file, a source or a path in it, `*` for any text and `?` for one byte; nil for every finding of the rule.
    public var place: String?
    /// Why the finding is accepted.
    public var reason: String
    /// Who answers for it.
    public var owner: String
    /// The last day it counts.
    public var expires: CalendarDate
    /// Its line in the rules file.
    public var line: Int?

    /// Whether it is for a finding.
    func covers(_ finding: Finding) -> Bool {
        if finding.rule != rule { return false }
        guard let place else { return true }
        var names = [finding.place.file, finding.subject]
        if let subject = finding.place.subject { names += [subject.source, subject.path] }
        return names.contains { Wildcard.matches(Array(place.utf8)[...], Array($0.utf8)[...]) }
    }
}
