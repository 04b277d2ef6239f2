import Documents
import Files

/// Turns JSON objects into documents.
struct JSONRecordReader {
    private let context: ReadContext
    private let fields: RecordFields
    private let writer: RecordWriter
    private let textPaths: [FieldPath]
    private let idPath: FieldPath
    private let titlePath: FieldPath
    private let metadataPaths: [FieldPath]?
    private var joined: [UInt8] = []

    init(_ context: ReadContext) {
        self.context = context
        fields = context.options.fields
        writer = RecordWriter(context)
        textPaths = fields.text.map(FieldPath.init)
        idPath = FieldPath(fields.id)
        titlePath = FieldPath(fields.title)
        metadataPaths = fields.metadata.map { $0.map(FieldPath.init) }
    }

    /// Emits the document of the record; `position` names its place in the file, for its id where it has none and, as `place`, for
    /// messages. Throws a `ReadFailure` where the record has no text.
    mutating func read(
        _ record: JSONElement, position: @autoclosure () -> String, place: @autoclosure () -> String,
        _ emit: (Document) throws -> Void
    ) throws {
        guard record.kind == .object else { throw failure(place(), "an object", "\(record.kind)") }
        if let renderer = context.renderer {
            return try read(record.value, renderer, position: position(), place: place(), emit)
        }
        var added: [String: Int] = [:]
        let single: UnsafeRawBufferPointer?
        if textPaths.count == 1, let text = textPaths[0].value(in: record)?.utf8 {
            single = text
        } else {
            single = nil
            try join(record, place, &added)
        }
        let key = idPath.value(in: record).flatMap { $0.string ?? $0.int.map(String.init) }
        let metadata = metadata(record)
        try joined.withUnsafeBytes { joinedText in
            let text = single ?? joinedText
            try writer.emit(
                text, key: key, position: position(), metadata: metadata, spans: JSONRecordReader.spans(record, text),
                added: added, emit)
        }
    }

    /// Emits the document of a record whose text `renderer` writes.
    private func read(
        _ record: JSONValue, _ renderer: RecordRenderer, position: String, place: String,
        _ emit: (Document) throws -> Void
    ) throws {
        let rendered: RecordRenderer.Text
        do { rendered = try renderer.render(record) } catch let problem as RecordRenderer.Problem {
            throw failure(place, problem.expected, problem.found)
        }
        if rendered.text.count > context.options.maximumDocumentBytes {
            throw failure(
                place, "at most \(context.options.maximumDocumentBytes) bytes of a record", "\(rendered.text.count)")
        }
        var metadata = Metadata()
        let wanted = fields.metadata
        let inner = wanted == nil ? record["metadata"]?.members : nil
        for (name, value) in inner ?? [:] { metadata.set(name, value) }
        for (name, value) in record.members ?? [:] {
            if inner != nil, name == "metadata" || inner?[name] != nil { continue }
            let isLeft = !rendered.members.contains(name) && name != "ledger" && name != "spans"
            if wanted?.contains(name) ?? isLeft { metadata.set(name, value) }
        }
        for (name, value) in rendered.metadata { metadata.other[name] = value }
        let key = record[fields.id].flatMap { $0.string ?? $0.int.map(String.init) }
        try rendered.text.withUnsafeBytes {
            try writer.emit(
                $0, key: key, position: position, metadata: metadata, source: rendered.source, added: rendered.added,
                removed: rendered.removed, emit)
        }
    }

    /// Puts the text of several fields, or of a list of texts, together.
    private mutating func join(_ record: JSONElement, _ place: () -> String, _ added: inout [String: Int]) throws {
        joined.removeAll(keepingCapacity: true)
        var found = 0
        for path in textPaths {
            guard let value = path.value(in: record), value.kind != .null else { continue }
            let start = joined.count
            if found > 0 { joined += [0x0A, 0x0A] }
            let begin = joined.count
            if let text = value.utf8 {
                joined.append(contentsOf: text)
            } else if value.kind == .array {
                guard appendLines(value, &added) else {
                    throw failure(place(), "text in \"\(path.name)\"", "an array that is not of strings")
                }
            } else {
                throw failure(place(), "text in \"\(path.name)\"", "\(value.kind)")
            }
            if joined.count == begin, textPaths.count > 1 {
                joined.removeLast(begin - start)
                continue
            }
            if found > 0 { added["field-breaks", default: 0] += 2 }
            found += 1
        }
        if found == 0 {
            let names = textPaths.map { "\"\($0.name)\"" }.joined(separator: " or ")
            throw failure(place(), "a member \(names)", "members \(JSONRecordReader.memberNames(record))")
        }
    }

    private mutating func appendLines(_ value: JSONElement, _ added: inout [String: Int]) -> Bool {
        var allText = true
        var isFirst = true
        value.forEachItem { item in
            guard let line = item.utf8 else {
                allText = false
                return
            }
            if !isFirst {
                joined.append(0x0A)
                added["line-ends", default: 0] += 1
            }
            isFirst = false
            joined.append(contentsOf: line)
        }
        return allText
    }

    private func failure(_ place: String, _ expected: String, _ found: String) -> ReadFailure {
        .malformed(path: context.name, place: place, expected: expected, found: found)
    }

    /// The names of a record's members, for messages.
    static func memberNames(_ record: JSONElement) -> String {
        var names: [String] = []
        record.forEachMember { key, _ in if names.count < 12 { names.append(String(decoding: key, as: UTF8.self)) } }
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }

    private func metadata(_ record: JSONElement) -> Metadata {
        var metadata = Metadata()
        if let metadataPaths {
            for path in metadataPaths {
                if let value = path.value(in: record)?.value { metadata.set(path.name, value) }
            }
        } else {
            metadata.other.reserveCapacity(4)
            record.forEachMember { key, value in
                if textPaths.contains(where: { $0.isMember(key) }) { return }
                let name = String(decoding: key, as: UTF8.self)
                switch name {
                case "ledger", "spans": break
                case "metadata" where value.kind == .object:
                    value.forEachMember { metadata.set(String(decoding: $0, as: UTF8.self), $1.value) }
                default: if metadata[member: name] == nil { metadata.set(name, value.value) }
                }
            }
        }
        if fields.title != "title", let title = titlePath.value(in: record)?.string {
            metadata.title = title
            if metadataPaths == nil { metadata.other[fields.title] = nil }
        } else if metadataPaths != nil, metadata.title == nil {
            metadata.title = titlePath.value(in: record)?.string
        }
        return metadata
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
