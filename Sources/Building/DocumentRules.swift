import Cleaning

/// All rules that look at the facts of one document alone: quality, language, classes, perplexity.
struct DocumentRules {
    private let quality: QualityRules
    private let language: LanguageRule
    private let classes: TextClassRules
    private let perplexity: PerplexityRule

    init(_ options: CleaningOptions) {
        quality = QualityRules(options)
        language = LanguageRule(options)
        classes = TextClassRules(options)
        perplexity = PerplexityRule(options)
    }

    /// The first rule that a document breaks.
    func firstViolation(_ facts: DocumentFacts) -> QualityViolation? {
        if let found = quality.firstViolation(facts.signals) { return found }
        guard let found = facts.language.flatMap(language.violation) ?? classes.firstViolation(facts.classes) else {
            return facts.perplexity.flatMap(perplexity.violation)
        }
        return QualityViolation(rule: found.rule, value: found.value, threshold: found.threshold)
    }
}
