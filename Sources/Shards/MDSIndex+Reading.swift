public import Files

extension MDSIndex {
    /// From a parsed `index.json`, called `path` in messages. Throws `ShardFailure.malformedIndex` that names the member, for
    /// anything that the format's own reader would refuse or that would lead outside the folder, and, unless `toleratesEdits`,
    /// for an index that is not as it was written, by the checks it carries.
    public init(json: JSONValue, path: String, toleratesEdits: Bool = false) throws {
        var reader = MDSIndexReader(path: path)
        guard var members = json.members else { throw reader.failure("top level", "an object", json) }
        try reader.expect(members["version"], equals: .integer(MDSLayout.version), "version")
        guard let shards = members["shards"]?.items else {
            throw reader.failure("shards", "an array", members["shards"])
        }
        let seal = members[IndexSeal.member]
        for name in ["version", "shards", IndexSeal.member] { members[name] = nil }
        var entries: [MDSShardEntry] = []
        entries.reserveCapacity(shards.count)
        for (number, shard) in shards.enumerated() { entries.append(try reader.entry(shard, number)) }
        self.init(shards: entries, attributes: members)
        if let seal { edits = IndexSeal.edits(self, seal: seal) }
        if seal == nil, let version = members[BlockSchema.versionMember], version != 1 {
            throw ShardFailure.malformedIndex(
                path: path, place: IndexSeal.member, expected: "the checks of a schema above 1", found: "none")
        }
        if let edit = edits.first, !toleratesEdits {
            throw ShardFailure.malformedIndex(
                path: path, place: edit.place, expected: edit.expected, found: edit.found)
        }
    }
}

/// Walks a parsed index and says where it is wrong.
private struct MDSIndexReader {
    let path: String
    private var samplesSoFar = 0

    private static let shardMembers: Set<String> = [
        "column_encodings", "column_names", "column_sizes", "compression", "format", "hashes", "raw_data", "samples",
        "size_limit", "version", "zip_data",
    ]

    init(path: String) { self.path = path }

    func failure(_ place: String, _ expected: String, _ found: JSONValue?) -> ShardFailure {
        var text = found?.text() ?? "none"
        if text.utf8.count > 80 { text = String(decoding: text.utf8.prefix(77), as: UTF8.self) + "…" }
        return .malformedIndex(path: path, place: place, expected: expected, found: text)
    }

    func expect(_ value: JSONValue?, equals expected: JSONValue, _ place: String) throws {
        if value != expected { throw failure(place, expected.text(), value) }
    }

    mutating func entry(_ json: JSONValue, _ number: Int) throws -> MDSShardEntry {
        let place = "shards[\(number)]"
        guard let members = json.members else { throw failure(place, "an object", json) }
        for name in members.keys.sorted(by: precedesInByteOrder) where !MDSIndexReader.shardMembers.contains(name) {
            throw failure("\(place).\(name)", "no member of this name", members[name])
        }
        try expect(members["version"], equals: .integer(MDSLayout.version), "\(place).version")
        try expect(members["format"], equals: .string(MDSLayout.format), "\(place).format")
        let names = try strings(members["column_names"], "\(place).column_names")
        let encodings = try strings(members["column_encodings"], "\(place).column_encodings")
        guard let sizes = members["column_sizes"]?.items, names.count == encodings.count, names.count == sizes.count
        else {
            throw failure(
                "\(place).column_sizes", "one entry for each of \(names.count) columns", members["column_sizes"])
        }
        if let first = names.indices.dropFirst().first(where: { !precedesInByteOrder(names[$0 - 1], names[$0]) }) {
            throw failure("\(place).column_names", "names in byte order", .string(names[first]))
        }
        var columns: [MDSColumn] = []
        var columnSizes: [Int?] = []
        for index in names.indices {
            guard let encoding = MDSEncoding(encodings[index]) else {
                throw failure("\(place).column_encodings[\(index)]", "a known encoding", .string(encodings[index]))
            }
            columns.append(MDSColumn(names[index], encoding))
            columnSizes.append(try size(sizes[index], of: encoding, "\(place).column_sizes[\(index)]"))
        }
        guard let compression = try compression(members["compression"]) else {
            throw failure("\(place).compression", "null or zstd with a level from 1 to 22", members["compression"])
        }
        let samples = try count(members["samples"], "\(place).samples", limit: MDSLayout.largestShard / 4)
        var limit: Int?
        switch members["size_limit"] {
        case .null?: limit = nil
        case .integer(let value)? where value > 0: limit = value
        default: throw failure("\(place).size_limit", "null or a positive number", members["size_limit"])
        }
        guard let raw = try file(members["raw_data"], "\(place).raw_data") else {
            throw failure("\(place).raw_data", "an object", members["raw_data"])
        }
        let zip = try file(members["zip_data"] ?? .null, "\(place).zip_data")
        let (sum, overflow) = samplesSoFar.addingReportingOverflow(samples)
        if overflow { throw failure("\(place).samples", "a smaller number", members["samples"]) }
        samplesSoFar = sum
        var entry = MDSShardEntry(
            columns: columns, compression: compression,
            hashNames: try strings(members["hashes"], "\(place).hashes"), rawData: raw, zipData: zip, samples: samples,
            sizeLimit: limit)
        entry.columnSizes = columnSizes
        return entry
    }

    private func compression(_ json: JSONValue?) throws -> MDSCompression? {
        switch json {
        case .null?: .uncompressed
        case .string(let text)? where text != "none": MDSCompression(text)
        default: nil
        }
    }

    private func size(_ json: JSONValue, of encoding: MDSEncoding, _ place: String) throws -> Int? {
        if case .other = encoding {
            if json == .null { return nil }
            return try count(json, place, limit: MDSLayout.largestShard)
        }
        try expect(json, equals: encoding.size.map { .integer($0) } ?? .null, place)
        return encoding.size
    }

    private func strings(_ json: JSONValue?, _ place: String) throws -> [String] {
        guard let items = json?.items else { throw failure(place, "an array of strings", json) }
        return try items.map { item in
            guard let text = item.string else { throw failure(place, "an array of strings", json) }
            return text
        }
    }

    private func count(_ json: JSONValue?, _ place: String, limit: Int) throws -> Int {
        guard let value = json?.int, value >= 0, value <= limit else {
            throw failure(place, "a whole number from 0 to \(limit)", json)
        }
        return value
    }

    private func file(_ json: JSONValue?, _ place: String) throws -> MDSFile? {
        if json == .null { return nil }
        guard let members = json?.members else { throw failure(place, "an object", json) }
        for name in members.keys.sorted(by: precedesInByteOrder) where !["basename", "bytes", "hashes"].contains(name) {
            throw failure("\(place).\(name)", "no member of this name", members[name])
        }
        guard let basename = members["basename"]?.string, MDSIndexReader.staysInside(basename) else {
            throw failure("\(place).basename", "a relative path inside the folder", members["basename"])
        }
        guard let hashes = members["hashes"]?.members else {
            throw failure("\(place).hashes", "an object", members["hashes"])
        }
        return MDSFile(
            basename: basename,
            bytes: try count(members["bytes"], "\(place).bytes", limit: MDSLayout.largestShard),
            hashes: try hashes.mapValues { value in
                guard let text = value.string else { throw failure("\(place).hashes", "strings", value) }
                return text
            })
    }

    private static func staysInside(_ basename: String) -> Bool {
        if basename.isEmpty || basename.hasPrefix("/") || basename.utf8.contains(0) { return false }
        return !basename.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == ".." || $0.isEmpty }
    }
}
