/// How bad a finding is. Only an error fails a validation.
public enum Severity: String, Sendable, CaseIterable {
    case error, warning, note

    /// The gravest first.
    var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .note: 2
        }
    }
}
