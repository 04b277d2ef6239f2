import Building
public import Files

extension StepView {
    /// One JSON object. Ranges are a first number and the one behind the last.
    public var json: JSONValue {
        .object([
            "schema": .integer(StepView.schemaVersion), "step": .integer(step), "documents": .integer(documentCount),
            "rows": .array(rows.map(\.json)),
        ])
    }
}

extension StepView.Row {
    var json: JSONValue {
        .object([
            "pass": .integer(place.pass), "row": .integer(place.row), "source": .integer(place.source),
            "folder": .string(folder), "block": .integer(place.block), "start": .integer(place.positions.lowerBound),
            "end": .integer(place.positions.upperBound), "epoch": .integer(place.epoch),
            "segments": .array(segments.map(\.json)),
        ])
    }
}

extension StepView.Segment {
    var json: JSONValue {
        func number(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
        return .object([
            "start": .integer(positions.lowerBound), "end": .integer(positions.upperBound), "row": number(row),
            "document": document?.json ?? .null, "first_token": number(tokens?.lowerBound),
            "end_token": number(tokens?.upperBound), "first_byte": number(bytes?.lowerBound),
            "end_byte": number(bytes?.upperBound), "clauses": .array(clauses.map(\.json)),
        ])
    }
}
