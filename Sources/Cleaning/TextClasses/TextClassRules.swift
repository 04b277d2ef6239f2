/// The rules `class-<name>`: a document goes whose score is below the least or above the greatest that the recipe accepts.
public struct TextClassRules: Sendable {
    private let classes: [TextClassOptions]

    /// The rules of `options`.
    public init(_ options: CleaningOptions) { classes = options.textClasses }

    /// The first rule that the scores break, in the order of the recipe; nil where the document stays. A text that the model knows nothing in
    /// stays.
    public func firstViolation(_ scores: [TextClassScore]) -> (rule: String, value: String, threshold: String)? {
        for item in classes {
            guard let score = scores.first(where: { $0.name == item.name })?.millionths else { continue }
            if let least = item.least, score < least * 1000 {
                return ("class-\(item.name)", Share.text(score / 1000), "at least \(Share.text(least))")
            }
            if let most = item.most, score > most * 1000 {
                return ("class-\(item.name)", Share.text(score / 1000), "at most \(Share.text(most))")
            }
        }
        return nil
    }
}
