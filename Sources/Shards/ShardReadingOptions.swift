/// How a data set is read.
public struct ShardReadingOptions: Sendable, Equatable {
    /// The column of token ids.
    public var tokensColumn: String
    /// The number type in a tokens column of plain bytes, as some data sets of others have; nil refuses such a column.
    public var bytesElement: MDSElement?
    /// Whether a hash of each file is compared with the index when the file is loaded, beside what is always checked: the
    /// frame checksum, sizes and structure.
    public var verifiesHashes: Bool
    /// Memory for uncompressed shards; the last two stay however large they are.
    public var cacheBytes: Int

    /// Options.
    public init(
        tokensColumn: String = BlockSchema.tokens, bytesElement: MDSElement? = nil, verifiesHashes: Bool = false,
        cacheBytes: Int = 64 << 20
    ) {
        self.tokensColumn = tokensColumn
        self.bytesElement = bytesElement
        self.verifiesHashes = verifiesHashes
        self.cacheBytes = cacheBytes
    }
}
