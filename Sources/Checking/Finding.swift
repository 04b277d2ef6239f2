import Files

/// Something that is not as it should be.
public struct Finding: Sendable, Equatable, CustomStringConvertible {
    /// The rule that was broken: the id of a `CheckRule`.
    public var rule: String
    /// How bad it is.
    public var severity: Severity
    /// The file, and the place in it.
    public var place: FindingPlace
    /// What was expected, on one line.
    public var expected: String
    /// What was found, on one line.
    public var found: String
    /// What to do about it, on one line.
    public var hint: String
    /// What it is about, without figures and without lines: the same from run to run as long as the trouble is the same. Beside the rule
    /// it makes the fingerprint.
    public var subject: String

    /// A finding. `subject` is the place's file where nothing else is said.
    public init(
        rule: String, severity: Severity = .error, place: FindingPlace, expected: String, found: String, hint: String,
        subject: String? = nil
    ) {
        self.rule = rule
        self.severity = severity
        self.place = place
        self.expected = MessageText.oneLine(expected)
        self.found = MessageText.oneLine(found)
        self.hint = MessageText.oneLine(hint)
        self.subject = subject ?? place.file
    }

    /// An error in a file.
    public init(rule: String, place: String, expected: String, found: String, hint: String, subject: String? = nil) {
        self.init(
            rule: rule, place: FindingPlace(place), expected: expected, found: found, hint: hint, subject: subject)
    }

    /// What is wrong, in one line.
    public var message: String { "expected \(expected), found \(found)" }

    /// The same finding has the same fingerprint in every run, on every machine and whatever stands around it: 32 hexadecimal digits.
    public var fingerprint: String {
        var bytes = Array(rule.utf8)
        bytes.append(0)
        bytes += subject.utf8
        let hash = bytes.withUnsafeBytes { XXHash3.hash128($0) }
        return Hexadecimal.text(ofHigh: hash.high, low: hash.low)
    }

    /// One line.
    public var description: String { "\(place): \(severity.rawValue): \(rule): \(message); \(hint)" }
}
