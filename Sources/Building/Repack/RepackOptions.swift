public import Packing

/// How tokens that are there are packed anew. Nil: as they are.
public struct RepackOptions: Sendable {
    /// Tokens in a block.
    public var length: Int?
    /// How documents are laid into blocks.
    public var strategy: PackingStrategy?
    /// Which separators frame a document.
    public var separator: SeparatorPolicy?
    /// What becomes of the last block; `pad` where the strategy is not `concatenate`.
    public var tail: TailPolicy?
    /// Blocks in a shard; by default as many as have about the tokens of a shard of before.
    public var blocksPerShard: Int?
    /// zstd level of the shards; by default that of the shards of before.
    public var compressionLevel: Int?

    /// Everything as it is.
    public init() {}
}
