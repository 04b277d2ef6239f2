/// How a data set is read.
public struct ShardReadingOptions: Sendable, Equatable {
    /// The column of token ids.
    public var tokensColumn: String
    /// The number type in a tokens column of plain bytes, as some data sets of others have; nil refuses such a column.
    public var bytesElement: MDSElement?
    /// Whether a hash of each file is compared with the index when the file is loaded also where only a slow one, SHA-256 or SHA-1,
    /// is there. Always checked are a hash of the xxHash family where the index has one, the frame checksum, sizes and structure.
    public var verifiesHashes: Bool
    /// Memory for uncompressed shards, and as much again for the blocks that a shuffled reader looks ahead to; the last two shards
    /// stay however large they are.
    public var cacheBytes: Int
    /// A folder on a local disk where uncompressed shards are kept, in a file without a name that is gone when the data set is closed,
    /// also after a kill: shuffled reading of a data set larger than the cache then decodes each shard once. Nil: nothing is kept.
    public var scratchFolder: String?
    /// The most bytes to keep there.
    public var scratchBytes: Int
    /// Whether an index that was edited after it was written is opened nevertheless, for listing what is wrong.
    public var toleratesEditedIndex: Bool

    /// Options.
    public init(
        tokensColumn: String = BlockSchema.tokens, bytesElement: MDSElement? = nil, verifiesHashes: Bool = false,
        cacheBytes: Int = 64 << 20, scratchFolder: String? = nil, scratchBytes: Int = 1 << 40,
        toleratesEditedIndex: Bool = false
    ) {
        self.tokensColumn = tokensColumn
        self.bytesElement = bytesElement
        self.verifiesHashes = verifiesHashes
        self.cacheBytes = cacheBytes
        self.scratchFolder = scratchFolder
        self.scratchBytes = scratchBytes
        self.toleratesEditedIndex = toleratesEditedIndex
    }
}
