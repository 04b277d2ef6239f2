/// Where a build stands; handed to the tool, which shows it.
public struct BuildProgress: Sendable {
    /// The six phases.
    public enum Phase: String, Sendable, CaseIterable { case plan, extract, tokenize, decide, pack, seal }

    /// The phase at work.
    public var phase: Phase
    /// Units done: bytes of input in `plan`, `extract` and `tokenize`, shards in `pack`, files in `seal`.
    public var done: Int
    /// All units of the phase; 0 where not known.
    public var total: Int
    /// Whether units are bytes.
    public var unitsAreBytes: Bool
}
