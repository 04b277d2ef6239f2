public import Files

/// What `Doctor` found, and what it expects a training to need.
public struct DoctorReport: Sendable {
    /// The version of the JSON form.
    public static let schemaVersion = 1

    /// A figure that is not known before it has happened.
    public struct Estimate: Sendable, Equatable {
        /// `memory`, `time` or `tokens`.
        public var name: String
        /// How much, in `unit`.
        public var value: Double
        /// `bytes`, `seconds` or `tokens`.
        public var unit: String
        /// For a person: `about 3.1 GB`.
        public var text: String
        /// What it was computed from, and how sure it is.
        public var basis: String
    }

    /// Findings, what was looked at, and what was not.
    public var validation: ValidationReport
    /// What a training is expected to need.
    public var estimates: [Estimate] = []

    /// Whether nothing of severity `error` was found.
    public var isSound: Bool { validation.isSound }

    /// For people: a line a finding, a line an estimate, the summary.
    public var text: String {
        estimates.map { "estimate: \($0.name): \($0.text); \($0.basis)\n" }.joined() + validation.text(.text)
    }

    /// As a JSON object: that of `validate` with a `schema` of its own and the member `estimates`.
    public var json: JSONValue {
        var members = validation.json.members ?? [:]
        members["schema"] = .integer(DoctorReport.schemaVersion)
        members["estimates"] = .array(
            estimates.map {
                .object([
                    "name": .string($0.name), "value": .double($0.value), "unit": .string($0.unit),
                    "text": .string($0.text), "basis": .string($0.basis),
                ])
            })
        return .object(members)
    }
}
