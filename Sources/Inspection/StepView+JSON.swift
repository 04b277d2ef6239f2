import Building
public import Files

extension StepView {
    /// One JSON object. Ranges are a first number and the one behind the last.
    public var json: JSONValue {
        .object([
            "schema": .integer(StepView.schemaVersion), "step": .integer(step), "documents": .integer(documentCount),
            "rows": .array(rows.map(\.json)), "steps_made": stepsMade.map { .integer($0) } ?? .null,
            "reached": isReached.map { .bool($0) } ?? .null, "remarks": .array(remarks.map { .string($0) }),
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
            "document": document?.json ?? .null,
            "loss_spans": .array(lossSpans.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) }),
            "first_token": number(tokens?.lowerBound),
            "end_token": number(tokens?.upperBound), "first_byte": number(bytes?.lowerBound),
            "end_byte": number(bytes?.upperBound), "clauses": .array(clauses.map(\.json)),
        ])
    }
}
