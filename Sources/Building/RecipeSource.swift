public import Readers

/// One entry of a recipe's `sources`.
public struct RecipeSource: Sendable, Equatable {
    /// The name; unique in the recipe and part of every document's id.
    public var name: String
    /// Path patterns, relative to the recipe or absolute.
    public var paths: [String]
    /// The licence its documents are under, as the corpus owner states it.
    public var licence: String?
    /// How often a document is taken: 1 once, 0.1 one document in ten, 2 twice. In a mixture of weights: its share of the tokens, in any unit.
    public var weight: Double
    /// In a mixture: how often its documents are taken at most; nil: as often as the mixture says.
    public var mostEpochs: Double?
    /// Which fields of JSON records and table rows are text, id, title and metadata.
    public var fields = RecordFields()
    /// The first field that holds text.
    public var textField: String { fields.text.first ?? "" }
    /// What a document is in a file of plain text.
    public var records = TextRecords.file
    /// The encoding of plain text, CSV and JSON Lines; nil: found out for each file.
    public var encoding: String?
    /// Whether the first row of a table names its columns.
    public var tableHeader = true
    /// In which form its records are written, where they are instructions; nil: they are texts.
    public var instructions: InstructionForm?

    /// Where the recipe names its paths, for messages.
    var place = "sources"

    /// A source.
    public init(
        name: String, paths: [String], licence: String? = nil, weight: Double = 1, textField: String = "text"
    ) {
        self.name = name
        self.paths = paths
        self.licence = licence
        self.weight = weight
        fields.text = [textField]
    }

    /// The recipe's options with what this source says.
    public func options(_ base: ReadOptions) -> ReadOptions {
        var options = base
        options.fields = fields
        options.records = records
        options.encoding = encoding
        options.tableHeader = tableHeader
        return options
    }
}
