public import Files

/// How much of the texts on one side of a split stands on the other side too.
public struct Leakage: Sendable, Equatable {
    /// Documents of validation that have an n-gram at all.
    public var documents = 0
    /// Their different n-grams, summed over documents.
    public var ngrams = 0
    /// Those of them that stand in training too.
    public var found = 0
    /// Documents of which at least half of the n-grams stand in training.
    public var halfFound = 0
    /// Documents of which at least four fifths do.
    public var mostlyFound = 0
    /// Documents with a near duplicate in training.
    public var nearDuplicates = 0

    /// Nothing measured.
    public init() {}

    /// The share of n-grams that stand in training too; 0 where there is none.
    public var share: Double { ngrams > 0 ? Double(found) / Double(ngrams) : 0 }

    private static let fields: [(any WritableKeyPath<Leakage, Int> & Sendable, String)] = [
        (\.documents, "documents"), (\.ngrams, "ngrams"), (\.found, "ngrams_in_training"),
        (\.halfFound, "documents_half_in_training"), (\.mostlyFound, "documents_mostly_in_training"),
        (\.nearDuplicates, "documents_with_near_duplicate"),
    ]

    /// As a JSON object of counts.
    public var json: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: Leakage.fields.map { ($0.1, .integer(self[keyPath: $0.0])) }))
    }

    /// From the object that `json` gives; nil where a member is missing.
    public init?(json: JSONValue) {
        for (path, name) in Leakage.fields {
            guard let count = json[name]?.int else { return nil }
            self[keyPath: path] = count
        }
    }
}
