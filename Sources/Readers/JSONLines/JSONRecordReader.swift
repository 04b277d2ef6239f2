import Documents
import Files

/// Turns JSON objects into documents.
struct JSONRecordReader {
    private let context: ReadContext
    private var seen: Set<UInt64> = []

    init(_ context: ReadContext) { self.context = context }

    /// Emits the document of the record, whose place is its `id` where it has one that did not occur before, else `position`.
    /// Throws a `ReadFailure` where the record has no text.
    mutating func read(_ record: JSONElement, position: Int, _ emit: (Document) throws -> Void) throws {
        let field = context.options.textField
        guard record.kind == .object else {
            throw failure(position, "an object", "\(record.kind)")
        }
        guard let value = record.member(field) else {
            throw failure(position, "a member \"\(field)\"", "members \(JSONRecordReader.memberNames(record))")
        }
        var document = Document(id: "", source: context.input.source, text: [])
        var joined: [UInt8] = []
        if value.kind == .array {
            guard JSONRecordReader.join(value, &joined, &document.ledger) else {
                throw failure(position, "text in \"\(field)\"", "an array that is not of strings")
            }
        } else if value.utf8 == nil {
            throw failure(position, "text in \"\(field)\"", "\(value.kind)")
        }
        let place = place(of: record, position)
        document.id = Document.identifier(
            source: document.source, relativePath: context.input.relativePath, place: place)
        document.metadata = JSONRecordReader.metadata(record, field)
        try joined.withUnsafeBytes { joinedText in
            let text = value.utf8 ?? joinedText
            let scalars = unicodeScalarCount(text)
            document.ledger.source = scalars - (document.ledger.added["line-ends"] ?? 0)
            document.ledger.written = scalars
            document.spans = JSONRecordReader.spans(record, text) ?? PlainTextSpans.paragraphs(text)
            try document.emitDivided(
                text, input: context.input, place: place, limit: context.options.maximumDocumentBytes, emit)
        }
    }

    private func failure(_ position: Int, _ expected: String, _ found: String) -> ReadFailure {
        .malformed(path: context.name, place: "record \(position)", expected: expected, found: found)
    }

    /// The names of a record's members, for messages.
    static func memberNames(_ record: JSONElement) -> String {
        var names: [String] = []
        record.forEachMember { key, _ in if names.count < 12 { names.append(String(decoding: key, as: UTF8.self)) } }
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }

    private mutating func place(of record: JSONElement, _ position: Int) -> String {
        let base = context.place.isEmpty ? "" : context.place + "!"
        guard let id = record["id"], let key = id.string ?? id.int.map(String.init), !key.isEmpty else {
            return base + "#\(position)"
        }
        let bytes = Array(key.utf8)
        let isNew = seen.insert(bytes.withUnsafeBytes { XXHash3.hash64($0) }).inserted
        return base + (isNew ? key : "\(key)#\(position)")
    }

    private static func join(_ value: JSONElement, _ out: inout [UInt8], _ ledger: inout ExtractionLedger) -> Bool {
        var allText = true
        var isFirst = true
        value.forEachItem { item in
            guard let line = item.utf8 else {
                allText = false
                return
            }
            if !isFirst {
                out.append(0x0A)
                ledger.add(1, rule: "line-ends")
            }
            isFirst = false
            out.append(contentsOf: line)
        }
        return allText
    }

    private static func metadata(_ record: JSONElement, _ textField: String) -> Metadata {
        var members: [String: JSONValue] = [:]
        record.forEachMember { key, value in
            let name = String(decoding: key, as: UTF8.self)
            switch name {
            case textField, "ledger", "spans": break
            case "metadata" where value.kind == .object:
                value.forEachMember { key, inner in members[String(decoding: key, as: UTF8.self)] = inner.value }
            default: if members[name] == nil { members[name] = value.value }
            }
        }
        return Metadata(json: .object(members))
    }

    /// The spans of a record that this program wrote; nil where it has none that fit the text.
    private static func spans(_ record: JSONElement, _ text: UnsafeRawBufferPointer) -> [TextSpan]? {
        guard let list = record["spans"], list.kind == .array, list.count > 0 else { return nil }
        var spans: [TextSpan] = []
        var end = 0
        var fits = true
        list.forEachItem { item in
            guard fits, let span = TextSpan(json: item.value), span.start >= end, span.end >= span.start,
                span.end <= text.count
            else {
                fits = false
                return
            }
            end = span.end
            spans.append(span)
        }
        return fits ? spans : nil
    }
}
