/// In what way a shard is wrong.
public enum ShardFault: String, Sendable, CaseIterable {
    /// Its file is not there.
    case missing
    /// Its entry in the index is not as it was written.
    case index
    /// Its file has another size.
    case size
    /// A hash of its file or of its content differs: other bytes, perhaps those of another shard.
    case hash
    /// Its zstd frame cannot be decoded, or its checksum differs.
    case frame
    /// Its header, its offsets or the columns it names are not what the index says.
    case structure
    /// A block inside is not what its columns say.
    case block
    /// A block holds ids beyond the vocabulary.
    case vocabulary
}
