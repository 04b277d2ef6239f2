import Documents
import Files

/// The parts of a package that the text comes from.
struct WordParts {
    var document: [UInt8]
    var styles: [UInt8]?
}

/// Reads WordprocessingML: a package's parts, a `document.xml` alone, or a flat package.
struct WordDocumentReader {
    private let context: ReadContext

    init(_ context: ReadContext) { self.context = context }

    /// Reads a package.
    func read(parts: WordParts, _ emit: (Document) throws -> Void) throws {
        // Styles that cannot be read are as good as absent: ids are then taken for names.
        let styles =
            parts.styles.flatMap { try? WordStyleSheet($0, name: context.name + "!word/styles.xml") }
            ?? WordStyleSheet()
        try parts.document.withUnsafeBytes {
            try read($0, styles: styles, partName: nil, emit)
        }
    }

    /// Reads a main document that stands alone.
    func read(document: UnsafeRawBufferPointer, _ emit: (Document) throws -> Void) throws {
        try read(document, styles: WordStyleSheet(), partName: nil, emit)
    }

    /// Reads a package in one XML file. Its styles stand behind the text, so it is parsed twice.
    func read(flatPackage bytes: UnsafeRawBufferPointer, _ emit: (Document) throws -> Void) throws {
        let package = try FlatPackage(bytes, name: context.name)
        try read(bytes, styles: package.styles, partName: package.mainPart, emit)
    }

    private func read(
        _ bytes: UnsafeRawBufferPointer, styles: WordStyleSheet, partName: String?,
        _ emit: (Document) throws -> Void
    ) throws {
        try XMLText.decode(bytes, name: context.name) { text in
            let parser = try WordParser(
                name: context.name, styles: styles, options: context.options, partName: partName)
            let state = try parser.parse(text)
            defer { withExtendedLifetime(parser) {} }
            if let partName, state.pointee.partDepth == 0 {
                throw ReadFailure.malformed(
                    path: context.name, place: "flat package", expected: "a part /\(partName)", found: "none")
            }
            let source = SourceTextCounter.count(text, partName: partName)
            let writer = state.pointee.writer
            if writer.text.isEmpty {
                throw ReadFailure.empty(path: context.name, what: "a document without text")
            }
            var document = Document(id: context.identifier, source: context.input.source, text: [])
            document.spans = writer.spans
            document.ledger = state.pointee.counts.ledger(source: source, written: unicodeScalarCount(writer.text))
            document.metadata = metadata(state.pointee)
            try writer.text.withUnsafeBytes {
                try document.emitDivided(
                    $0, input: context.input, place: context.place, limit: context.options.maximumDocumentBytes, emit)
            }
        }
    }

    private func metadata(_ state: WordHandler) -> Metadata {
        var metadata = SpecificationCover(identity: state.coverIdentity, title: state.coverTitle).metadata
        if let fromName = FileNameIdentity(context.leafName),
            metadata.specification == nil
                || metadata.specification == fromName.specification
        {
            let known = fromName.metadata
            metadata.specification = metadata.specification ?? known.specification
            metadata.version = metadata.version ?? known.version
            metadata.release = metadata.release ?? known.release
            metadata.publisher = metadata.publisher ?? known.publisher
        }
        if metadata.title == nil, !state.titles.isEmpty { metadata.title = state.titles.joined(separator: " ") }
        return metadata
    }
}
