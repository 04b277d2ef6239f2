import CXML2
import Glibc

/// Runs one pdf2xml text through the SAX parser into a `PDFXMLHandler`.
final class PDFXMLParser {
    private let handler: UnsafeMutablePointer<PDFXMLHandler>
    private let parser: XMLPushParser
    private let name: String
    private let usesScanner: Bool
    private var isScanning = false
    /// The beginning of a line whose rest is not there yet.
    private var waiting: [UInt8] = []
    private static let piece = 1 << 16

    init(name: String, options: ReadOptions) throws {
        self.name = name
        usesScanner = options.scansPages
        handler = .allocate(capacity: 1)
        do {
            parser = try XMLPushParser(name: name, state: handler, configure: PDFXMLParser.configure)
        } catch {
            handler.deallocate()
            throw error
        }
        handler.initialize(to: PDFXMLHandler(names: PDFXMLNames(parser), options: options))
    }

    deinit {
        handler.deinitialize(count: 1)
        handler.deallocate()
    }

    /// Takes the next piece of well-formed UTF-8.
    ///
    /// What stands between the start tag of a page and its end is read by `PageScanner` as long as it is written in the one form that
    /// poppler writes; all else, and with it whether the whole is well-formed, is the parser's, for which those lines are not there.
    func push(_ bytes: UnsafeRawBufferPointer) throws {
        if waiting.isEmpty { return try take(bytes) }
        var all: [UInt8] = []
        swap(&all, &waiting)
        all.append(contentsOf: bytes)
        try all.withUnsafeBytes { try take($0) }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) throws {
        guard let base = bytes.baseAddress else { return }
        var position = 0
        while position < bytes.count {
            if isScanning {
                var scanner = PageScanner(bytes, handler)
                scanner.scan(from: position)
                position = scanner.position
                parser.skippedLines += scanner.lines
                try throwFailure()
                if scanner.needsMore, bytes.count - position < PDFXMLParser.piece {
                    waiting.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[position...]))
                    return
                }
                isScanning = false
                continue
            }
            var end = bytes.count
            if usesScanner, let hit = memmem(base + position, bytes.count - position, "<page ", 6),
                let close = memchr(hit, 0x3E, bytes.count - base.distance(to: hit))
            {
                end = base.distance(to: close) + 1
            }
            while position < end {
                let count = min(PDFXMLParser.piece, end - position)
                try give(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
                position += count
            }
            isScanning = usesScanner && handler.pointee.isAtPageStart
        }
    }

    private func give(_ bytes: UnsafeRawBufferPointer) throws {
        let handler = handler
        try parser.push(bytes) { handler.pointee.hasFailed }
        try throwFailure()
    }

    /// What was read, valid as long as the parser.
    func finish() throws -> UnsafeMutablePointer<PDFXMLHandler> {
        if !waiting.isEmpty {
            try waiting.withUnsafeBytes { try give($0) }
            waiting = []
        }
        let handler = handler
        try parser.finish { handler.pointee.hasFailed }
        try throwFailure()
        handler.pointee.finish()
        return handler
    }

    private func throwFailure() throws {
        switch handler.pointee.failure {
        case nil: return
        case .bound(_, let what, let limit, let advice)?:
            throw ReadFailure.bound(path: name, what: what, limit: limit, advice: advice)
        case .malformed(_, let place, let expected, let found)?:
            throw ReadFailure.malformed(path: name, place: place, expected: expected, found: found)
        case let failure?: throw failure
        }
    }

    /// The handlers. `context` is the pointer to the `PDFXMLHandler`, which nothing else touches during the parse. After a failure they
    /// do nothing: the parser is stopped at the end of the piece. The document type that poppler writes is let pass, for no handler
    /// loads what it names; a declaration of an entity inside it is refused.
    private static func configure(_ handler: inout xmlSAXHandler) {
        handler.startElementNs = { context, name, prefix, _, _, _, count, _, attributes in
            let state = context.unsafelyUnwrapped.assumingMemoryBound(to: PDFXMLHandler.self)
            if state.pointee.hasFailed { return }
            let element = prefix == nil ? state.pointee.names.element(name) : .other
            state.pointee.start(element, PDFXMLAttributes(count: Int(count), pointers: attributes))
        }
        handler.endElementNs = { context, name, prefix, _ in
            let state = context.unsafelyUnwrapped.assumingMemoryBound(to: PDFXMLHandler.self)
            if state.pointee.hasFailed { return }
            state.pointee.end(prefix == nil ? state.pointee.names.element(name) : .other)
        }
        handler.characters = { context, text, count in
            let state = context.unsafelyUnwrapped.assumingMemoryBound(to: PDFXMLHandler.self)
            if !state.pointee.hasInterest || state.pointee.hasFailed { return }
            state.pointee.characters(UnsafeBufferPointer(start: text, count: Int(count)))
        }
        handler.reference = { context, name in
            let state = context.unsafelyUnwrapped.assumingMemoryBound(to: PDFXMLHandler.self)
            guard let name, !state.pointee.hasFailed else { return }
            let length = strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
            state.pointee.reference(UnsafeBufferPointer(start: name, count: length))
        }
        handler.entityDecl = { context, _, _, _, _, _ in PDFXMLParser.refuseEntity(context) }
        handler.unparsedEntityDecl = { context, _, _, _, _ in PDFXMLParser.refuseEntity(context) }
    }

    private static func refuseEntity(_ context: UnsafeMutableRawPointer?) {
        let state = context.unsafelyUnwrapped.assumingMemoryBound(to: PDFXMLHandler.self)
        state.pointee.fail(
            .malformed(
                path: "", place: "document type declaration", expected: "no declaration of an entity: pdf2xml has none",
                found: "one; the file may be an attack"))
    }
}
