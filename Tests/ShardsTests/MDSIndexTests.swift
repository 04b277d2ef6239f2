import Files
import Shards
import TestSupport
import Testing

@Suite struct MDSIndexTests {
    static func sample() throws -> JSONValue {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema()
        let index = try ShardSamples.write(ShardSamples.blocks(6, schema), schema, blocksPerShard: 4, to: folder.path)
        // Without the checks that the file carries: each change is to be found by itself.
        var json = try JSONValue(parsing: index.encoded(), name: "index").members ?? [:]
        json["schema_version"] = 1
        return .object(json)
    }

    static func place(_ json: JSONValue) -> String? {
        do {
            _ = try MDSIndex(json: json, path: "index.json")
            return nil
        } catch ShardFailure.malformedIndex(_, let place, _, _) { return place } catch { return "\(error)" }
    }

    @Test func survivesItsText() throws {
        let json = try Self.sample()
        let index = try MDSIndex(json: json, path: "index.json")
        #expect(index.shards.map(\.samples) == [4, 2] && index.samples == 6)
        #expect(index.attributes["separator_policy"] == "eos" && index.attributes["schema_version"] == 1)
        #expect(try JSONValue(parsing: index.encoded(), name: "index") == json)
        #expect(String(decoding: MDSIndex(shards: []).encoded(), as: UTF8.self) == #"{"shards": [], "version": 2}"#)
    }

    @Test(arguments: [
        "column_encodings", "column_names", "column_sizes", "compression", "format", "hashes", "raw_data", "samples",
        "size_limit", "version",
    ])
    func aMissingMemberOfAShardIsNamed(member: String) throws {
        let json = try Self.changed { $0[member] = nil }
        let place = try #require(Self.place(json))
        #expect(place.hasPrefix("shards[0]."))
        // The three lists about columns are checked together.
        #expect(place.contains(member) || (member.hasPrefix("column") && place.contains("column")))
    }

    static func changed(_ change: (inout [String: JSONValue]) -> Void) throws -> JSONValue {
        var json = try sample().members ?? [:]
        var shards = json["shards"]?.items ?? []
        var shard = shards[0].members ?? [:]
        change(&shard)
        shards[0] = .object(shard)
        json["shards"] = .array(shards)
        return .object(json)
    }

    static let refused: [(String, String)] = [
        ("samples", "-1"), ("samples", "1099511627776"), ("samples", #""4""#), ("size_limit", "0"),
        ("compression", #""gz""#), ("compression", #""none""#), ("version", "3"), ("format", #""json""#),
        ("hashes", #""xxh64""#), ("column_names", #"["b", "a", "c"]"#), ("column_sizes", "[1, 2, 3]"),
        ("column_sizes", "[]"), ("surprise", "1"), ("zip_data", "7"),
        ("raw_data", #"{"basename": "../shard.mds", "bytes": 1, "hashes": {}}"#),
        ("raw_data", #"{"basename": "/etc/passwd", "bytes": 1, "hashes": {}}"#),
        ("raw_data", #"{"basename": "", "bytes": 1, "hashes": {}}"#),
        ("raw_data", #"{"basename": "a\u0000b", "bytes": 1, "hashes": {}}"#),
        ("raw_data", #"{"basename": "a", "bytes": 5000000000, "hashes": {}}"#),
        ("raw_data", #"{"basename": "a", "bytes": 1, "hashes": {"xxh64": 1}}"#),
        ("raw_data", #"{"basename": "a", "bytes": 1, "hashes": {}, "extra": 1}"#),
    ]

    @Test(arguments: refused)
    func whatOthersWouldRefuseIsNamed(member: String, text: String) throws {
        let value = try JSONValue(parsing: Array(text.utf8), name: member)
        #expect(try Self.place(Self.changed { $0[member] = value })?.hasPrefix("shards[0].") == true)
    }

    @Test func otherBrokenTexts() throws {
        #expect(Self.place([]) == "top level")
        #expect(Self.place(["version": 1, "shards": []]) == "version")
        #expect(Self.place(["version": 2]) == "shards")
        #expect(Self.place(["version": 2, "shards": [3]]) == "shards[0]")
        let folder = TemporaryFolder()
        #expect(throws: FileFailure.missing(path: folder("index.json"))) { try ShardDataset(folder.path) }
        folder.write("{\"shards\": [", to: "index.json")
        #expect(throws: FileFailure.self) { try ShardDataset(folder.path) }
    }

    @Test func aDataSetWithoutTokensSaysWhichColumnsItHas() throws {
        let folder = TemporaryFolder()
        var writer = try MDSShardWriter(columns: [MDSColumn("text", .string), MDSColumn("tokens", .bytes)])
        try writer.append { sample in
            try sample.put("a")
            try sample.put("bcde")
        }
        let shard = writer.finish(number: 0)
        try shard.write(to: folder.path)
        try MDSIndex(shards: [shard.entry]).write(to: folder.path)
        let failure = #expect(throws: ShardFailure.self) {
            try ShardDataset(folder.path, options: ShardReadingOptions(tokensColumn: "ids"))
        }
        #expect(failure?.description.contains("text, tokens") == true)
        #expect(throws: ShardFailure.self) { try ShardDataset(folder.path) }
        let options = ShardReadingOptions(bytesElement: .uint16)
        #expect(try ShardDataset(folder.path, options: options).block(0).tokens == [0x6362, 0x6564])
        // Five bytes are no whole number of 16-bit ids; a negative number is no id.
        #expect(throws: ShardFailure.self) {
            try ShardDataset(folder.path, options: ShardReadingOptions(bytesElement: .uint64)).block(0)
        }
    }
}
