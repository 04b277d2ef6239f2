import Cleaning

/// All rules that look at the facts of one document alone: quality, language, classes, perplexity. Conversations break none: their quality is
/// not that of prose.
struct DocumentRules {
    private let quality: QualityRules
    private let language: LanguageRule
    private let classes: TextClassRules
    private let perplexity: PerplexityRule
    private let isConversation: [Bool]

    /// The rules of a recipe; `options` in place of its own.
    init(_ recipe: Recipe, options: CleaningOptions? = nil) {
        let options = options ?? recipe.clean
        isConversation = recipe.sources.map { $0.instructions != nil }
        quality = QualityRules(options)
        language = LanguageRule(options)
        classes = TextClassRules(options)
        perplexity = PerplexityRule(options)
    }

    /// The first rule that a document breaks.
    func firstViolation(_ facts: DocumentFacts) -> QualityViolation? {
        if isConversation[facts.source] { return nil }
        if let found = quality.firstViolation(facts.signals) { return found }
        guard let found = facts.language.flatMap(language.violation) ?? classes.firstViolation(facts.classes) else {
            return facts.perplexity.flatMap(perplexity.violation)
        }
        return QualityViolation(rule: found.rule, value: found.value, threshold: found.threshold)
    }
}
