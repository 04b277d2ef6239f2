/// What `Doctor` is told beside what it looks at.
public struct DoctorOptions: Sendable {
    /// The model's folder; that of the run where one is looked at.
    public var model: String?
    /// The tokenizer that made the data, instead of the one in the model's folder.
    public var tokenizer: String?
    /// Where a corpus or a run will be written, for its free space.
    public var output = "."
    /// Threads that a build or a training would have.
    public var threads = 1
    /// Processors of the machine.
    public var processors = SystemFacts.processors
    /// Memory of the machine in bytes; nil: not known.
    public var memory = SystemFacts.memory
    /// Floating-point operations a second of matrix products; nil: timed for a fraction of a second where it is needed.
    public var operationsPerSecond: Double?
    /// Most shards that are sampled of a data set.
    public var sampledShards = 8
    /// The tool's name and version, for reports.
    public var tool = "shardmill"

    /// The defaults.
    public init() {}
}
