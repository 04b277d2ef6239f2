import Documents
import Files

/// Makes documents of records: JSON objects and rows of tables.
struct RecordWriter {
    private let context: ReadContext
    private let limit: Int
    /// What the place of every record begins with.
    private let base: String

    init(_ context: ReadContext) {
        self.context = context
        base = context.place.isEmpty ? "" : context.place + "!"
        limit = context.options.maximumDocumentBytes
    }

    /// Emits the record's document. `key` is what the record calls itself; `position` names the record inside the file where it calls
    /// itself nothing. `added` counts the line ends between fields that were joined; `source` the record's own scalars where they are not
    /// all that is left without them.
    func emit(
        _ text: UnsafeRawBufferPointer, key: String?, position: @autoclosure () -> String, metadata: Metadata,
        spans: [TextSpan]? = nil, source: Int? = nil, added: [String: Int] = [:], removed: [String: Int] = [:],
        _ emit: (Document) throws -> Void
    ) throws {
        var place = base
        var name = base
        if let key, !key.isEmpty {
            // Records may share a key: what they say tells them apart, wherever they stand and whatever stands before them.
            place += key + "#" + Hexadecimal.text(of: XXHash3.hash64(text))
            name += key
        } else {
            place += position()
            name = place
        }
        var document = Document(
            id: Document.identifier(
                source: context.input.source, relativePath: context.input.relativePath, place: place),
            source: context.input.source, text: [], metadata: metadata, place: name)
        let scalars = unicodeScalarCount(text)
        document.ledger = ExtractionLedger(
            source: source ?? scalars - added.values.reduce(0, +), written: scalars, added: added, removed: removed)
        document.spans = spans ?? PlainTextSpans.paragraphs(text)
        if text.count > limit {
            return try document.emitDivided(text, input: context.input, place: place, limit: limit, emit)
        }
        document.text = Array(text)
        try emit(document)
    }
}
