/// What a validation is to do beside looking at what it is given.
public struct ValidationOptions: Sendable {
    /// The rules; without any, integrity alone is checked.
    public var rules = ValidationRules()
    /// What to compare a corpus with.
    public var baseline: Baseline?
    /// Whether a baseline is to be made of a corpus.
    public var makesBaseline = false
    /// The share of shards, files of documents and documents that is looked at.
    public var sample = 1.0
    /// Whether shards and files of documents that are as in the baseline are passed over.
    public var changedOnly = false
    /// The recipe that the corpus was built from, where it is not the one that its work folder names.
    public var recipe: String?
    /// The day that waivers are held against.
    public var today = CalendarDate.today
    /// The tool's name and version, for reports.
    public var tool = "shardmill"

    /// The defaults: the whole, without rules.
    public init() {}
}
