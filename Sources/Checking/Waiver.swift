import Files

/// A finding that somebody answers for, until a day.
public struct Waiver: Sendable, Equatable {
    /// The id of the rule.
    public var rule: String
    /// What it is for: a file, a source or a path in it, `*` for any text; nil for every finding of the rule.
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
        return names.contains { Waiver.matches(Array(place.utf8)[...], Array($0.utf8)[...]) }
    }

    /// Whether a pattern with `*` is the whole of a text. Cost: at worst the product of their lengths.
    static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var p = pattern.startIndex
        var t = text.startIndex
        var star: Int?
        var mark = t
        while t < text.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                star = p
                mark = t
                p += 1
            } else if p < pattern.endIndex, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let back = star {
                p = back + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
