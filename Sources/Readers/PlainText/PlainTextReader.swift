import Documents
import Files

/// Reads a text file as one document, unchanged but for its encoding.
enum PlainTextReader {
    /// Emits the document in `bytes`, divided where it is too long.
    static func read(
        _ bytes: UnsafeRawBufferPointer, isMarkdown: Bool, _ context: ReadContext,
        _ emit: (Document) throws -> Void
    ) throws {
        try TextDecoder.decode(bytes, name: context.name) { text, marks in
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
                throw ReadFailure.empty(path: context.name, what: "a text of white space only")
            }
            var document = Document(id: context.identifier, source: context.input.source, text: [])
            let scalars = unicodeScalarCount(text)
            document.ledger = ExtractionLedger(source: scalars + marks, written: scalars)
            document.ledger.remove(marks, rule: "byte-order-mark")
            document.spans = isMarkdown ? PlainTextSpans.markdown(text) : PlainTextSpans.paragraphs(text)
            document.metadata = FileNameIdentity(context.leafName)?.metadata ?? Metadata()
            try document.emitDivided(
                text, input: context.input, place: context.place, limit: context.options.maximumDocumentBytes, emit)
        }
    }
}
