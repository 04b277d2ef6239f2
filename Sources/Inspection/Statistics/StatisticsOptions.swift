/// What the statistics read, and how large their samples are. Everything that is not said to be a sample is counted in all documents and
/// all blocks.
public struct StatisticsOptions: Sendable, Equatable {
    /// Whether blocks are read: vocabulary, segments, n-grams.
    public var readsBlocks = true
    /// What the samples are drawn by.
    public var seed: UInt64 = 1
    /// About so many bytes of text are encoded again, to count tokens by kind of text; all of them in a smaller corpus.
    public var encodedBytes = 16 << 20
    /// About so many tokens are searched for n-grams; all of them in a smaller corpus.
    public var ngramTokens = 1 << 21
    /// At most so many different paragraphs are remembered. Where there are more, a half, a quarter, … of them chosen by their hash: those
    /// are counted wherever they stand.
    public var paragraphs = 1 << 20

    /// The usual ones.
    public init() {}

    /// Whether what has the hash is in a sample of that share.
    static func chooses(_ hash: UInt64, share: Double) -> Bool {
        share >= 1 || Double(hash >> 11) * 0x1p-53 < share
    }
}
