import Documents
import Files
import Glibc

/// Reads a document of one markup dialect: HTML, JATS and NISO STS, TEI, RFC XML, OpenDocument text.
struct MarkupReader {
    private let context: ReadContext
    private let vocabulary: MarkupVocabulary

    init(_ context: ReadContext, _ vocabulary: MarkupVocabulary) {
        self.context = context
        self.vocabulary = vocabulary
    }

    /// Reads a document in whatever encoding it states.
    func read(_ bytes: UnsafeRawBufferPointer, _ emit: (Document) throws -> Void) throws {
        try MarkupEncoding.decode(bytes, name: context.name, isHTML: vocabulary.kind == .html) { text in
            let handler = UnsafeMutablePointer<MarkupHandler>.allocate(capacity: 1)
            handler.initialize(to: freshHandler)
            defer {
                handler.deinitialize(count: 1)
                handler.deallocate()
            }
            var unknownEntities = 0
            let isXML: Bool
            if vocabulary.kind == .html {
                isXML = try MarkupReader.isXHTML(text) && readXHTML(text, handler, &unknownEntities)
                if !isXML { try HTMLMarkupParser(handler, name: context.name).parse(text) }
            } else {
                isXML = true
                let parser = try XMLMarkupParser(handler, name: context.name)
                try parser.parse(text)
                unknownEntities = parser.unknownEntities
            }
            handler.pointee.finishDocument()
            try write(
                handler.pointee, text, isXML ? MarkupTextCounter.count(text) : HTMLTextCounter.count(text),
                unknownEntities,
                emit)
        }
    }

    private var freshHandler: MarkupHandler {
        MarkupHandler(vocabulary: vocabulary, name: context.name, options: context.options)
    }

    /// Whether a page says that it is XML: by a prolog or by the namespace of XHTML.
    private static func isXHTML(_ text: UnsafeRawBufferPointer) -> Bool {
        let head = String(decoding: text.prefix(2048), as: UTF8.self)
        return head.hasPrefix("<?xml") || head.contains("xmlns=\"http://www.w3.org/1999/xhtml\"")
    }

    /// Reads a page as XML; false, with a handler that knows nothing of it, where it is not well-formed.
    private func readXHTML(
        _ text: UnsafeRawBufferPointer, _ handler: UnsafeMutablePointer<MarkupHandler>, _ unknownEntities: inout Int
    ) throws -> Bool {
        let parser = try XMLMarkupParser(handler, name: context.name)
        do {
            try parser.parse(text)
        } catch ReadFailure.malformed {
            handler.pointee = freshHandler
            return false
        }
        unknownEntities = parser.unknownEntities
        return true
    }

    private func write(
        _ state: MarkupHandler, _ source: UnsafeRawBufferPointer, _ count: MarkupTextCounter.Count,
        _ unknownEntities: Int,
        _ emit: (Document) throws -> Void
    ) throws {
        let text = state.writer.text
        if text.isEmpty { throw ReadFailure.empty(path: context.name, what: "a document without text") }
        var document = context.document()
        document.spans = state.writer.spans
        document.ledger = state.counts.ledger(source: count, text: text)
        document.metadata.title = state.documentTitle
        if let language = state.language, !language.isEmpty, language.utf8.count <= 35 {
            document.metadata.language = language
        }
        if let identity = FileNameIdentity(context.leafName) {
            let known = identity.metadata
            document.metadata.specification = known.specification
            document.metadata.version = known.version
            document.metadata.release = known.release
            document.metadata.publisher = known.publisher
        }
        switch vocabulary.kind {
        case .rfc: document.metadata.fill(from: XMLFront(source).requestForComments)
        case .jats: document.metadata.fill(from: XMLFront(source).article)
        default: break
        }
        if unknownEntities > 0 { document.metadata.other["unknown_entities"] = .integer(unknownEntities) }
        try document.emitDivided(
            text, input: context.input, place: context.place, limit: context.options.maximumDocumentBytes, emit)
    }
}
