import CXML2
import Glibc

/// Runs libxml2's HTML parser over a normalized page and hands the events to a `MarkupHandler`: it closes what pages leave open.
final class HTMLMarkupParser {
    private let handler: UnsafeMutablePointer<MarkupHandler>
    private let name: String
    private let vocabulary: MarkupVocabulary
    private var roles: [UnsafePointer<UInt8>: MarkupElement] = [:]
    private var context: htmlParserCtxtPtr?
    private static let prepared: Void = xmlInitParser()
    private static let chunk = 1 << 16

    init(_ handler: UnsafeMutablePointer<MarkupHandler>, name: String) {
        _ = HTMLMarkupParser.prepared
        self.handler = handler
        self.name = name
        vocabulary = handler.pointee.vocabulary
    }

    /// Parses a page in UTF-8.
    func parse(_ text: UnsafeRawBufferPointer) throws {
        let normalizer = HTMLNormalizer(text)
        handler.pointee.counts.remove(.scriptsAndStyles, normalizer.scriptScalars)
        handler.pointee.counts.remove(.unclosedTag, normalizer.unclosedScalars)
        try normalizer.page.withUnsafeBytes { try push($0) }
    }

    private func push(_ text: UnsafeRawBufferPointer) throws {
        var sax = xmlSAXHandler()
        HTMLMarkupParser.configure(&sax)
        guard
            let context = htmlCreatePushParserCtxt(
                &sax, Unmanaged.passUnretained(self).toOpaque(), nil, 0, nil, XML_CHAR_ENCODING_UTF8)
        else {
            throw ReadFailure.bound(path: name, what: "memory for an HTML parser", limit: 0, advice: "free some memory")
        }
        self.context = context
        defer {
            htmlFreeParserCtxt(context)
            self.context = nil
        }
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue
            | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_IGNORE_ENC.rawValue | HTML_PARSE_NOIMPLIED.rawValue
        htmlCtxtUseOptions(context, Int32(options))
        var position = 0
        while position < text.count, handler.pointee.failure == nil {
            let count = min(HTMLMarkupParser.chunk, text.count - position)
            let start = (text.baseAddress! + position).assumingMemoryBound(to: CChar.self)
            htmlParseChunk(context, start, Int32(count), 0)
            position += count
        }
        if handler.pointee.failure == nil { htmlParseChunk(context, nil, 0, 1) }
        if let failure = handler.pointee.failure { throw failure }
    }

    private static func state(_ pointer: UnsafeMutableRawPointer?) -> HTMLMarkupParser {
        Unmanaged<HTMLMarkupParser>.fromOpaque(pointer!).takeUnretainedValue()
    }

    private static func configure(_ sax: inout xmlSAXHandler) {
        sax.startElement = { context, name, attributes in
            guard let name else { return }
            let parser = HTMLMarkupParser.state(context)
            parser.handler.pointee.start(name, parser.role(name), MarkupAttributes(flat: attributes))
            if parser.handler.pointee.failure != nil { xmlStopParser(parser.context) }
        }
        sax.endElement = { context, _ in HTMLMarkupParser.state(context).handler.pointee.end() }
        sax.characters = { context, text, count in
            HTMLMarkupParser.state(context).handler.pointee.characters(
                UnsafeRawBufferPointer(start: text, count: Int(count)))
        }
        sax.ignorableWhitespace = sax.characters
        sax.cdataBlock = sax.characters
    }

    private func role(_ name: UnsafePointer<UInt8>) -> MarkupElement {
        if let known = roles[name] { return known }
        let element = vocabulary.elements[String(cString: name)] ?? MarkupElement(role: .inline)
        roles[name] = element
        return element
    }
}
