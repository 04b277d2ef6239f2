import CXML2

/// Runs one main document through the SAX parser into a `WordHandler`.
final class WordParser {
    private let handler: UnsafeMutablePointer<WordHandler>
    private let parser: XMLPushParser
    private let name: String
    private let names: WordNames
    private let fresh: (WordNames) -> WordHandler
    private let scans: Bool

    /// A parser for the main document or a part of notes, in a file of its own or as the part `partName` (in lower case) of a flat
    /// package.
    init(
        name: String, parts: WordDefinitions, notes: WordNotes, notesPart: WordNotes.Kind?, options: ReadOptions,
        partName: String?
    ) throws {
        self.name = name
        scans = options.scansXML
        handler = .allocate(capacity: 1)
        do {
            parser = try XMLPushParser(name: name, state: handler, configure: WordParser.configure)
        } catch {
            handler.deallocate()
            throw error
        }
        names = WordNames(parser)
        fresh = { names in
            WordHandler(
                names: names, styles: parts.styles, numbering: parts.numbering, notes: notes, notesPart: notesPart,
                options: options, partName: partName)
        }
        handler.initialize(to: fresh(names))
    }

    deinit {
        names.deallocate()
        handler.pointee.deallocate()
        handler.deinitialize(count: 1)
        handler.deallocate()
    }

    /// What was read. `text` is well-formed UTF-8.
    func parse(_ text: UnsafeRawBufferPointer, _ counts: WordCounts) throws -> UnsafeMutablePointer<WordHandler> {
        let handler = handler
        begin(text, counts)
        if !(scans && parser.scan(text)), !handler.pointee.hasFailed {
            handler.pointee.deallocate()
            handler.pointee = fresh(names)
            begin(text, counts)
            try parser.parse(text) { handler.pointee.hasFailed }
        }
        switch handler.pointee.failure {
        case nil: break
        case .bound(_, let what, let limit, let advice)?:
            throw ReadFailure.bound(path: name, what: what, limit: limit, advice: advice)
        case .malformed?: throw XMLText.documentTypeFailure(name)
        case let failure?: throw failure
        }
        handler.pointee.finish()
        return handler
    }

    private func begin(_ text: UnsafeRawBufferPointer, _ counts: WordCounts) {
        handler.pointee.counts = counts
        if handler.pointee.notesPart == nil { handler.pointee.writer.reserve(text.count / 12) }
    }

    /// The handlers. `context` is the pointer to the `WordHandler`, which nothing else touches during the parse. After a failure they do
    /// nothing: the parser is stopped at the end of the chunk.
    private static func configure(_ handler: inout xmlSAXHandler) {
        handler.startElementNs = { context, name, _, namespace, _, _, count, _, attributes in
            let state = context.unsafelyUnwrapped.assumingMemoryBound(to: WordHandler.self)
            if state.pointee.hasFailed { return }
            let element = state.pointee.names.element(name, namespace)
            state.pointee.start(element, WordAttributes(count: Int(count), pointers: attributes))
        }
        handler.endElementNs = { context, _, _, _ in
            let state = context.unsafelyUnwrapped.assumingMemoryBound(to: WordHandler.self)
            if !state.pointee.hasFailed { state.pointee.end() }
        }
        handler.characters = { context, text, count in
            let state = context.unsafelyUnwrapped.assumingMemoryBound(to: WordHandler.self)
            if state.pointee.textMode != .ignored {
                state.pointee.characters(UnsafeBufferPointer(start: text, count: Int(count)))
            }
        }
        handler.internalSubset = { context, _, _, _ in
            let state = context.unsafelyUnwrapped.assumingMemoryBound(to: WordHandler.self)
            state.pointee.failure = XMLText.documentTypeFailure("")
        }
    }
}
