/// Where a build stands; handed to the tool, which shows it.
public struct BuildProgress: Sendable {
    /// The six phases, and `score`, in which a model reads the documents where the recipe asks for their perplexity.
    public enum Phase: String, Sendable, CaseIterable { case plan, extract, tokenize, score, decide, pack, seal }

    /// The phase at work.
    public var phase: Phase
    /// Units done: bytes of input in `plan`, `extract`, `tokenize` and `score`, shards in `pack`, files in `seal`.
    public var done: Int
    /// All units of the phase; 0 where not known.
    public var total: Int
    /// Whether units are bytes.
    public var unitsAreBytes: Bool
}
