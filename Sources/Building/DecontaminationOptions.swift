public import Cleaning
import Documents
import Files

/// What a recipe says of evaluation sets whose items must not be trained on.
public struct DecontaminationOptions: Sendable {
    /// The evaluation sets, as written; relative to the recipe.
    public var against: [String]
    /// Where the recipe names them, for messages.
    var place = "decontaminate.against"
    /// Words of an n-gram, and what of an item is looked for.
    public var ngrams = NGramOptions()
    /// What of an item is looked for.
    public var scope = EvaluationScope.question
    /// What becomes of documents, or of the stretches in them.
    public var decontamination = Decontamination(action: .mask)

    /// Against these sets, with the defaults.
    public init(against: [String]) { self.against = against }

    /// Everything that decides beside the content of the sets, as one line.
    var digestText: String {
        "ngram=\(ngrams.length) min_words=\(ngrams.minimumWords) scope=\(scope.rawValue) "
            + "sets=\(against.map(PathText.name(of:)).joined(separator: ",")) action=\(decontamination.action.rawValue) widen=\(decontamination.boundary.rawValue)"
    }
}
