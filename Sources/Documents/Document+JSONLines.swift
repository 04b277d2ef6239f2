public import Files

extension Document {
    /// Appends the document as one line of JSON, keys in byte order: `id`, `ledger`, `metadata`, `source`, `spans`, `text`, and
    /// the members of `extra`. Spans are `[kind, start, end]`, headings `[kind, start, end, level]` or, with a number,
    /// `[kind, start, end, level, number]`, in bytes of UTF-8.
    public func appendJSONLine(to out: inout [UInt8], extra: [String: JSONValue] = [:]) {
        var members: [(String, JSONValue)] = extra.map { ($0.key, $0.value) }
        members.append(("id", .string(id)))
        members.append(("ledger", ledger.json))
        members.append(("metadata", metadata.json))
        members.append(("source", .string(source)))
        members.append(("spans", .array(spansWithNumbers)))
        members.append(("text", .null))
        members.sort { precedesInByteOrder($0.0, $1.0) }
        for (index, (key, value)) in members.enumerated() {
            out.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            JSONText.append(key, to: &out)
            out.append(UInt8(ascii: ":"))
            if key == "text" {
                text.withUnsafeBytes { JSONText.append($0, to: &out) }
            } else {
                out += value.encoded()
            }
        }
        out += "}\n".utf8
    }

    private var spansWithNumbers: [JSONValue] {
        var values = spans.map(\.json)
        for heading in ClauseOutline(self).headings {
            guard let number = heading.label.number, case .array(let items) = values[heading.span], items.count == 4
            else { continue }
            values[heading.span] = .array(items + [.string(number)])
        }
        return values
    }

    /// The document of a parsed line that `appendJSONLine` wrote. Members beyond the known ones are ignored; a
    /// ledger or a span that is not what it should be is an error.
    public init(jsonLine element: JSONElement, name: String) throws {
        func missing(_ key: String) -> FileFailure {
            .malformed(path: name, place: "document record", expected: "a string member \"\(key)\"", found: "none")
        }
        guard let id = element["id"]?.string else { throw missing("id") }
        guard let source = element["source"]?.string else { throw missing("source") }
        guard let text = element["text"]?.utf8 else { throw missing("text") }
        self.init(id: id, source: source, text: [UInt8](text))
        if let value = element["metadata"] { metadata = Metadata(json: value.value) }
        if let value = element["ledger"] {
            guard let balance = ExtractionLedger(json: value.value) else {
                throw FileFailure.malformed(
                    path: name, place: "document \(id)", expected: "a ledger with source, written, added and removed",
                    found: value.value.text())
            }
            ledger = balance
        }
        try element["spans"]?.forEachItem { item in
            guard let span = TextSpan(json: item.value) else {
                throw FileFailure.malformed(
                    path: name, place: "document \(id)", expected: "spans [kind, start, end]", found: item.value.text())
            }
            spans.append(span)
        }
    }
}

extension TextSpan {
    /// `[kind, start, end]` or, for a heading, `[kind, start, end, level]`.
    public var json: JSONValue {
        let base: [JSONValue] = [.string(kind.rawValue), .integer(start), .integer(end)]
        return .array(level > 0 ? base + [.integer(level)] : base)
    }

    /// From the array that `json` gives; nil for anything else.
    public init?(json: JSONValue) {
        guard let items = json.items, items.count >= 3, let name = items[0].string, let kind = Kind(rawValue: name),
            let start = items[1].int, let end = items[2].int, start >= 0, start <= end
        else { return nil }
        self.init(kind: kind, start: start, end: end, level: items.count > 3 ? items[3].int ?? 0 : 0)
    }
}
