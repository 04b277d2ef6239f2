/// How a validation is written down.
public enum ValidationFormat: String, Sendable, CaseIterable {
    /// A line a finding, for people.
    case text
    /// One JSON object.
    case json
    /// JUnit XML: a test case a finding, and one for each rule without any.
    case junit
    /// SARIF 2.1.0.
    case sarif
    /// Commands that GitHub Actions shows as annotations.
    case github
}
