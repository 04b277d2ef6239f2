public import Files

/// `index.json` of an MDS data set: the shards in order, and whatever else stands at the top level.
public struct MDSIndex: Sendable, Equatable {
    /// The shards in order of their blocks.
    public var shards: [MDSShardEntry]
    /// The top-level members beside `shards` and `version`. Other readers pass over them.
    public var attributes: [String: JSONValue]
    /// Where the file is not as it was written; empty but for an index that was read with `toleratesEdits`.
    public internal(set) var edits: [MDSIndexEdit] = []

    /// An index; no shards is a valid, empty data set.
    public init(shards: [MDSShardEntry], attributes: [String: JSONValue] = [:]) {
        self.shards = shards
        self.attributes = attributes
    }

    /// The name of the file in the folder of a data set.
    public static let fileName = "index.json"

    /// Samples in all shards.
    public var samples: Int { shards.reduce(0) { $0 + $1.samples } }

    /// The bytes of `index.json` without its checks, laid out as the format's own writer does.
    public func encoded() -> [UInt8] { encoded(attributes) }

    private func encoded(_ attributes: [String: JSONValue]) -> [UInt8] {
        var members = attributes
        members["shards"] = .array(shards.map(\.json))
        members["version"] = .integer(MDSLayout.version)
        return JSONValue.object(members).encoded(.python)
    }

    /// Writes `index.json` into the folder of a data set, whole or not at all. One of our schema carries checks of itself.
    public func write(to folder: String) throws {
        var members = attributes
        if attributes[BlockSchema.versionMember] != nil { members[IndexSeal.member] = IndexSeal.seal(self) }
        try AtomicFile.write(encoded(members), to: PathText.join(folder, MDSIndex.fileName))
    }

    /// Reads `index.json` of the folder of a data set. `toleratesEdits`: one that disagrees with its own checks is read, and
    /// `edits` says where, instead of being refused.
    public init(folder: String, toleratesEdits: Bool = false) throws {
        let path = PathText.join(folder, MDSIndex.fileName)
        try self.init(json: JSONValue(file: path), path: path, toleratesEdits: toleratesEdits)
    }
}
