import Building
public import Files

extension BlockView {
    /// The version of the JSON form.
    public static let schemaVersion = 1

    /// One JSON object.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "schema": .integer(BlockView.schemaVersion), "split": .string(split.rawValue), "block": .integer(block),
            "blocks": .integer(blockCount), "shard": .string(shardFile), "length": .integer(length),
            "padding": .integer(padding), "segments": .array(segments.map(\.json)),
        ]
        if let lossSpans {
            members["loss_spans"] = .array(
                lossSpans.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) })
        }
        return .object(members)
    }
}

extension BlockView.Segment {
    /// One JSON object.
    public var json: JSONValue {
        .object([
            "row": .integer(row), "document": document.json, "start": .integer(start), "end": .integer(end),
            "offset": .integer(offset), "begins": .bool(begins), "ends": .bool(ends), "leading": .integer(leading),
            "trailing": .integer(trailing), "text": text.map { .string($0) } ?? .null,
            "special_positions": .array(specialPositions.map { .integer($0) }),
            "tokens": .array(tokens.map { .integer(Int($0)) }),
            "first_byte": bytes.map { .integer($0.lowerBound) } ?? .null,
            "end_byte": bytes.map { .integer($0.upperBound) } ?? .null, "clauses": .array(clauses.map(\.json)),
        ])
    }
}
