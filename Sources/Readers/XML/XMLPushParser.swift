import CXML2
import Glibc

/// The one owner of a libxml2 push parser: no network, no external or internal entities, bytes already UTF-8.
///
/// Entities are the handlers' affair: the parser by itself declares none, loads none and replaces none. Office documents have no
/// document type, and their handlers stop at one.
final class XMLPushParser {
    private let context: xmlParserCtxtPtr
    private let name: String
    private static let prepared: Void = xmlInitParser()
    /// Bytes handed over at a time: the parser copies them, so more would only leave the cache.
    private static let chunk = 1 << 16
    /// What the scanner calls, where all of it is set.
    private let events: XMLScanner.Events?
    /// Lines of the text that were not given to the parser, for the lines in its messages.
    var skippedLines = 0

    /// A parser whose events reach the handlers that `configure` sets, with `state` as their first argument.
    init(name: String, state: UnsafeMutableRawPointer, configure: (inout xmlSAXHandler) -> Void) throws {
        _ = XMLPushParser.prepared
        self.name = name
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.serror = { _, _ in }
        configure(&handler)
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        if let start = handler.startElementNs, let end = handler.endElementNs, let characters = handler.characters {
            events = XMLScanner.Events(state: state, start: start, end: end, characters: characters)
        } else {
            events = nil
        }
        guard let context = xmlCreatePushParserCtxt(&handler, state, nil, 0, nil) else {
            throw ReadFailure.bound(path: name, what: "memory for an XML parser", limit: 0, advice: "free some memory")
        }
        self.context = context
        let options = XML_PARSE_HUGE.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        xmlCtxtUseOptions(context, Int32(options))
    }

    deinit { xmlFreeParserCtxt(context) }

    /// The one copy of a name that events will carry: names are compared by address.
    func interned(_ name: StaticString) -> UnsafePointer<UInt8> {
        xmlDictLookup(context.pointee.dict, name.utf8Start, Int32(name.utf8CodeUnitCount))
    }

    /// The one copy of a name that events will carry.
    func interned(_ name: String) -> UnsafePointer<UInt8> {
        var name = name
        return name.withUTF8 { xmlDictLookup(context.pointee.dict, $0.baseAddress, Int32($0.count)) }
    }

    /// Whether the event being handled came out of the value of an attribute.
    var isInAttributeValue: Bool { context.pointee.instate == XML_PARSER_ATTRIBUTE_VALUE }

    /// Whether the event being handled came out of text between tags.
    var isInContent: Bool { context.pointee.instate == XML_PARSER_CONTENT }

    /// Ends the parse from inside a handler.
    func stop() { xmlStopParser(context) }

    /// Parses the whole text. Throws what is wrong with it, by line and column. `isStopped` says whether a handler ended the parse: its
    /// reason is then the caller's to throw.
    func parse(_ bytes: UnsafeRawBufferPointer, isStopped: () -> Bool) throws {
        try boundAttributes(bytes)
        var position = 0
        while position < bytes.count {
            let count = min(XMLPushParser.chunk, bytes.count - position)
            try push(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]), isStopped: isStopped)
            if isStopped() { return }
            position += count
        }
        try finish(isStopped: isStopped)
    }

    /// libxml2 compares each attribute of an element with all before it: a tag with more than any program writes is refused. One pass over
    /// the text.
    private func boundAttributes(_ bytes: UnsafeRawBufferPointer) throws {
        var values = 0
        var quote: UInt8 = 0
        var isInTag = false
        var isOpened = false
        for byte in bytes {
            if isOpened, byte != UInt8(ascii: "<") {
                // Comments, declarations, instructions and CDATA sections hold quotes of their own.
                isOpened = false
                isInTag = byte != UInt8(ascii: "!") && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "/")
                values = 0
            } else if !isInTag {
                isOpened = byte == UInt8(ascii: "<")
            } else if quote != 0 {
                // No value holds one: whatever this is, it is no tag with attributes.
                if byte == quote || byte == UInt8(ascii: "<") { quote = 0 }
            } else if byte == UInt8(ascii: ">") {
                isInTag = false
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
                values += 1
                if values > XMLPushParser.mostAttributes {
                    throw ReadFailure.bound(
                        path: name, what: "attributes of one element", limit: XMLPushParser.mostAttributes,
                        advice: "the file is not what a word processor writes")
                }
            }
        }
    }

    private static let mostAttributes = 4096

    /// Reads a whole text of valid UTF-8 with the scanner. False where it gave up: the text must then be parsed, by handlers that know
    /// nothing of the events that were sent.
    func scan(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let events, let dictionary = context.pointee.dict else { return false }
        // The dictionary goes with the context.
        defer { withExtendedLifetime(self) {} }
        return XMLScanner(dictionary: dictionary, events: events).scan(bytes)
    }

    /// Parses the next piece of a text, at most 64 KiB for the sake of the cache. Throws as `parse` does.
    func push(_ bytes: UnsafeRawBufferPointer, isStopped: () -> Bool) throws {
        guard let start = bytes.baseAddress else { return }
        let status = xmlParseChunk(context, start.assumingMemoryBound(to: CChar.self), Int32(bytes.count), 0)
        if isStopped() { return }
        if status != 0, context.pointee.wellFormed == 0 { throw failure() }
    }

    /// Says that no piece follows. Throws as `parse` does.
    func finish(isStopped: () -> Bool) throws {
        xmlParseChunk(context, nil, 0, 1)
        if isStopped() { return }
        if context.pointee.wellFormed == 0 { throw failure() }
    }

    private func failure() -> ReadFailure {
        let error = context.pointee.lastError
        var message = error.message.map { String(cString: $0) } ?? "no message"
        while message.last == "\n" || message.last == "\r\n" { message.removeLast() }
        message = message.split(separator: "\n").joined(separator: " ")
        return .malformed(
            path: name, place: "line \(Int(error.line) + skippedLines), column \(error.int2)",
            expected: "well-formed XML", found: message)
    }
}
