/// Whether and how the shards of a data set are compressed.
public enum MDSCompression: Sendable, Equatable {
    /// `.mds` files.
    case uncompressed
    /// One zstd frame with a checksum a shard, `.mds.zstd` files, at a level from 1 to 22; nil is the format's default, 3.
    case zstd(level: Int?)

    /// From the text of an index or a recipe, `zstd` or `zstd:7`, nil or `none` for no compression; nil for anything else.
    public init?(_ text: String?) {
        guard let text, text != "none" else {
            self = .uncompressed
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts[0] == "zstd", parts.count <= 2 else { return nil }
        if parts.count == 1 {
            self = .zstd(level: nil)
            return
        }
        guard let level = Int(parts[1]), (1...22).contains(level), parts[1] == String(level) else { return nil }
        self = .zstd(level: level)
    }

    /// The text of an index: nil, `zstd` or `zstd:7`.
    public var text: String? {
        switch self {
        case .uncompressed: nil
        case .zstd(nil): "zstd"
        case .zstd(let level?): "zstd:\(level)"
        }
    }

    /// The level of the encoder; nil without compression.
    public var level: Int? {
        switch self {
        case .uncompressed: nil
        case .zstd(let level): level ?? 3
        }
    }
}
