import Documents
import Files

/// The parts of a package that the text comes from.
struct WordParts {
    var document: [UInt8]
    var styles: [UInt8]?
    var numbering: [UInt8]?
    /// Notes and comments, by kind.
    var notes: [(kind: WordNotes.Kind, bytes: [UInt8])] = []
}

/// What the other parts of a package say about the main document.
struct WordDefinitions {
    var styles = WordStyleSheet()
    var numbering = WordNumbering()
}

/// Reads WordprocessingML: a package's parts, a `document.xml` alone, or a flat package.
struct WordDocumentReader {
    private let context: ReadContext

    init(_ context: ReadContext) { self.context = context }

    /// A part with notes: its bytes, and its name where it stands in a flat package.
    private typealias NotePart = (kind: WordNotes.Kind, bytes: UnsafeRawBufferPointer, name: String?)

    /// Reads a package.
    func read(parts: WordParts, _ emit: (Document) throws -> Void) throws {
        // Styles and lists that cannot be read are as good as absent: ids are then taken for names.
        var definitions = WordDefinitions()
        if let sheet = parts.styles.flatMap({ try? WordStyleSheet($0, name: context.name + "!word/styles.xml") }) {
            definitions.styles = sheet
        }
        if let lists = parts.numbering.flatMap({ try? WordNumbering($0, name: context.name + "!word/numbering.xml") }) {
            definitions.numbering = lists
        }
        let buffers = parts.notes.map { UnsafeMutableRawBufferPointer.copy(of: $0.bytes) }
        defer { for buffer in buffers { buffer.deallocate() } }
        let notes = zip(parts.notes, buffers).map { NotePart($0.kind, UnsafeRawBufferPointer($1), nil) }
        try parts.document.withUnsafeBytes { try read($0, definitions, notes, partName: nil, emit) }
    }

    /// Reads a main document that stands alone, or a document of Word 2003, whose styles stand before its text.
    func read(document: UnsafeRawBufferPointer, _ emit: (Document) throws -> Void) throws {
        var definitions = WordDefinitions()
        if let root = XMLRoot(document), root.localName == "wordDocument" {
            var collector = WordStyleSheet.Collector()
            try SmallXMLParser.parse(document, name: context.name, elements: WordStyleSheet.Collector.elements) {
                collector.take($0)
            }
            definitions.styles = WordStyleSheet(collector)
        }
        try read(document, definitions, [], partName: nil, emit)
    }

    /// Reads a package in one XML file. Its definitions stand behind the text, so it is parsed twice and more.
    func read(flatPackage bytes: UnsafeRawBufferPointer, _ emit: (Document) throws -> Void) throws {
        let package = try FlatPackage(bytes, name: context.name)
        let notes = package.notes.filter { $0.kind != .comment || context.options.comments }
            .map { NotePart($0.kind, bytes, $0.name) }
        try read(bytes, package.definitions, notes, partName: package.mainPart, emit)
    }

    private func read(
        _ bytes: UnsafeRawBufferPointer, _ definitions: WordDefinitions, _ noteParts: [NotePart], partName: String?,
        _ emit: (Document) throws -> Void
    ) throws {
        var options = context.options
        if options.revisions != .both {
            return try deliver(text(bytes, definitions, noteParts, partName, options).document, emit)
        }
        options.revisions = .accept
        var (after, hasRevisions) = try text(bytes, definitions, noteParts, partName, options)
        if !hasRevisions { return try deliver(after, emit) }
        options.revisions = .reject
        var before = try text(bytes, definitions, noteParts, partName, options).document
        before.narrow(to: "before")
        before.id = Document.identifier(
            source: context.input.source, relativePath: context.input.relativePath, place: context.place + "#before")
        before.metadata.other["revision"] = .string("before")
        before.metadata.other["whole"] = .string(after.id)
        after.metadata.other["revision"] = .string("after")
        after.metadata.other["whole"] = .string(after.id)
        try deliver(before, emit)
        try deliver(after, emit)
    }

    private func deliver(_ document: Document, _ emit: (Document) throws -> Void) throws {
        var document = document
        var text: [UInt8] = []
        swap(&text, &document.text)
        try document.emitDivided(
            text, input: context.input, place: context.place, limit: context.options.maximumDocumentBytes, emit)
    }

    /// The document under `options`, and whether it holds tracked changes.
    private func text(
        _ bytes: UnsafeRawBufferPointer, _ definitions: WordDefinitions, _ noteParts: [NotePart], _ partName: String?,
        _ options: ReadOptions
    ) throws -> (document: Document, hasRevisions: Bool) {
        var notes = WordNotes()
        var counts = WordCounts()
        var source = 0
        var hasRevisions = false
        for part in noteParts {
            let name = context.name + "!" + part.kind.part
            try XMLText.decode(part.bytes, name: name) { text in
                let parser = try WordParser(
                    name: name, parts: definitions, notes: notes, notesPart: part.kind, options: options,
                    partName: part.name)
                let state = try parser.parse(text, counts)
                defer { withExtendedLifetime(parser) {} }
                source += SourceTextCounter.count(text, partName: part.name)
                // Text outside any note belongs to nothing.
                let stray = unicodeScalarCount(state.pointee.writer.text)
                state.pointee.counts.remove(.unreferencedNote, stray)
                notes = state.pointee.notes
                counts = state.pointee.counts
                hasRevisions = hasRevisions || state.pointee.hasRevisions
            }
        }
        return try XMLText.decode(bytes, name: context.name) { text in
            let parser = try WordParser(
                name: context.name, parts: definitions, notes: notes, notesPart: nil, options: options,
                partName: partName)
            let state = try parser.parse(text, counts)
            defer { withExtendedLifetime(parser) {} }
            if let partName, state.pointee.partDepth == 0 {
                throw ReadFailure.malformed(
                    path: context.name, place: "flat package", expected: "a part /\(partName)", found: "none")
            }
            source += SourceTextCounter.count(text, partName: partName)
            state.pointee.dropUnreferencedNotes()
            if state.pointee.writer.text.isEmpty {
                throw ReadFailure.empty(path: context.name, what: "a document without text")
            }
            var document = context.document(state.pointee.writer.takeText())
            document.spans = state.pointee.writer.spans
            document.ledger = state.pointee.counts.ledger(source: source, written: unicodeScalarCount(document.text))
            document.metadata = metadata(state.pointee)
            return (document, hasRevisions || state.pointee.hasRevisions)
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

extension UnsafeMutableRawBufferPointer {
    /// A copy of the bytes, which the caller deallocates.
    fileprivate static func copy(of bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Swift.max(1, bytes.count), alignment: 1)
        buffer.copyBytes(from: bytes)
        return UnsafeMutableRawBufferPointer(rebasing: buffer[..<bytes.count])
    }
}
