internal import Files

/// A file of a shard as the index describes it.
public struct MDSFile: Sendable, Equatable {
    /// The path relative to the folder of the index.
    public var basename: String
    /// Size of the file in bytes.
    public var bytes: Int
    /// Hashes of the file by name of the hash, lower-case hexadecimal.
    public var hashes: [String: String]

    /// A file.
    public init(basename: String, bytes: Int, hashes: [String: String]) {
        self.basename = basename
        self.bytes = bytes
        self.hashes = hashes
    }

    var json: JSONValue {
        .object([
            "basename": .string(basename), "bytes": .integer(bytes),
            "hashes": .object(hashes.mapValues { .string($0) }),
        ])
    }
}

/// One shard as the index describes it.
public struct MDSShardEntry: Sendable, Equatable {
    /// The columns in byte order of their names.
    public var columns: [MDSColumn]
    /// Sizes of the columns as the index states them; nil where a length stands before each value.
    public var columnSizes: [Int?]
    /// How the shards are compressed.
    public var compression: MDSCompression
    /// Names of the hashes that the files carry, in byte order.
    public var hashNames: [String]
    /// The uncompressed file.
    public var rawData: MDSFile
    /// The compressed file, where there is one.
    public var zipData: MDSFile?
    /// The file that a shard is read from: the compressed one where there is one.
    public var file: MDSFile { zipData ?? rawData }
    /// Number of samples: blocks, in a data set of ours.
    public var samples: Int
    /// The size no shard of the data set exceeds uncompressed; nil for no limit.
    public var sizeLimit: Int?

    /// A shard; the column sizes follow from the encodings.
    public init(
        columns: [MDSColumn], compression: MDSCompression, hashNames: [String], rawData: MDSFile, zipData: MDSFile?,
        samples: Int, sizeLimit: Int?
    ) {
        self.columns = columns
        columnSizes = columns.map(\.encoding.size)
        self.compression = compression
        self.hashNames = hashNames
        self.rawData = rawData
        self.zipData = zipData
        self.samples = samples
        self.sizeLimit = sizeLimit
    }

    /// The eight members that stand both in the index and, as text, inside the shard.
    static func configuration(
        columns: [MDSColumn], columnSizes: [Int?], compression: MDSCompression, hashNames: [String], sizeLimit: Int?
    ) -> [String: JSONValue] {
        [
            "column_encodings": .array(columns.map { .string($0.encoding.text) }),
            "column_names": .array(columns.map { .string($0.name) }),
            "column_sizes": .array(columnSizes.map { $0.map { .integer($0) } ?? .null }),
            "compression": compression.text.map { .string($0) } ?? .null,
            "format": .string(MDSLayout.format),
            "hashes": .array(hashNames.map { .string($0) }),
            "size_limit": sizeLimit.map { .integer($0) } ?? .null,
            "version": .integer(MDSLayout.version),
        ]
    }

    var json: JSONValue {
        var members = MDSShardEntry.configuration(
            columns: columns, columnSizes: columnSizes, compression: compression, hashNames: hashNames,
            sizeLimit: sizeLimit)
        members["raw_data"] = rawData.json
        members["samples"] = .integer(samples)
        members["zip_data"] = zipData?.json ?? .null
        return .object(members)
    }
}
