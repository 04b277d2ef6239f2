/// One entry of a recipe's `sources`.
public struct RecipeSource: Sendable, Equatable {
    /// The name; unique in the recipe and part of every document's id.
    public var name: String
    /// Path patterns, relative to the recipe or absolute.
    public var paths: [String]
    /// The licence its documents are under, as the corpus owner states it.
    public var licence: String?
    /// How often a document is taken: 1 once, 0.1 one document in ten, 2 twice.
    public var weight: Double
    /// The member of a JSON Lines record that holds the text.
    public var textField: String

    /// A source.
    public init(
        name: String, paths: [String], licence: String? = nil, weight: Double = 1, textField: String = "text"
    ) {
        self.name = name
        self.paths = paths
        self.licence = licence
        self.weight = weight
        self.textField = textField
    }
}
