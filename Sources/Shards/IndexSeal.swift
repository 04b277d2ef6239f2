internal import Files

/// Something in `index.json` that is not as it was written.
public struct MDSIndexEdit: Sendable, Equatable {
    /// The number of the shard whose entry differs; nil where the number of shards or a member beside them does.
    public var shard: Int?
    /// The place in the file.
    public var place: String
    /// What the checks of the index expect there.
    public var expected: String
    /// What is there.
    public var found: String
}

/// The checks that `index.json` carries of itself, in the member `index_checks`: an XXH3-64 of each shard's entry, seeded with its
/// number, and one of the members beside the shards. Whatever is changed, removed, repeated or moved afterwards is named.
enum IndexSeal {
    static let member = "index_checks"

    static func seal(_ index: MDSIndex) -> JSONValue {
        .object([
            "attributes": .string(check(.object(index.attributes), seed: UInt64.max)),
            "shards": .array(
                index.shards.enumerated().map { .string(check($1.json, seed: UInt64($0))) }),
        ])
    }

    private static func check(_ json: JSONValue, seed: UInt64) -> String {
        Hexadecimal.text(of: json.encoded(.python).withUnsafeBytes { XXHash3.hash64($0, seed: seed) })
    }

    /// Where `index` is not what `seal` was made from.
    static func edits(_ index: MDSIndex, seal: JSONValue) -> [MDSIndexEdit] {
        let own = IndexSeal.seal(index)
        let expected = seal["shards"]?.items ?? []
        let found = own["shards"]?.items ?? []
        var edits: [MDSIndexEdit] = []
        var firstBlock = 0
        for (number, entry) in index.shards.enumerated() {
            let blocks = firstBlock..<firstBlock + entry.samples
            firstBlock = blocks.upperBound
            if number < expected.count, expected[number] == found[number] { continue }
            edits.append(
                MDSIndexEdit(
                    shard: number,
                    place: "shards[\(number)] (\(entry.file.basename), \(ShardFailure.text(of: blocks)))",
                    expected: "an entry of check \(text(number < expected.count ? expected[number] : nil))",
                    found: text(found[number])))
        }
        if expected.count != found.count {
            edits.append(
                MDSIndexEdit(
                    shard: nil, place: "shards", expected: "\(expected.count) entries", found: "\(found.count)"))
        }
        if seal["attributes"] != own["attributes"] {
            edits.append(
                MDSIndexEdit(
                    shard: nil, place: "members beside shards", expected: "the check \(text(seal["attributes"]))",
                    found: text(own["attributes"])))
        }
        return edits
    }

    private static func text(_ value: JSONValue?) -> String { value?.string ?? "none" }
}
