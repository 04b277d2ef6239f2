import CXML2

/// An XML parser for small parts (styles, relationships, properties): convenient, not fast.
enum SmallXMLParser {
    /// A start tag. Attribute names are without prefix.
    struct Element {
        let localName: String
        let namespace: String
        let attributes: [String: String]
    }

    /// What the parser meets, in document order.
    enum Event {
        case start(Element)
        case end(localName: String)
        case text(String)
    }

    /// Deeper elements end the parse.
    private static let deepest = 512
    /// More events are not held until the scanner has accepted the text.
    private static let mostHeld = 1 << 16

    private final class State {
        let body: (Event) -> Void
        var depth = 0
        var failure: ReadFailure?
        var parser: XMLPushParser?
        let name: String
        /// The names of the elements asked for, as the parser's dictionary has them; nil: all.
        var elements: [UnsafePointer<UInt8>]?
        /// Events of the scanner, which may still give up.
        var held: [Event] = []
        var isHolding = true

        init(_ name: String, _ body: @escaping (Event) -> Void) {
            self.name = name
            self.body = body
        }

        /// Whether events of this element are asked for.
        func wants(_ name: UnsafePointer<UInt8>?) -> Bool {
            guard let elements else { return true }
            return elements.contains { $0 == name }
        }

        func take(_ event: @autoclosure () -> Event) {
            if !isHolding { return body(event()) }
            if held.count <= SmallXMLParser.mostHeld { held.append(event()) }
        }

        func stop(_ failure: ReadFailure) {
            self.failure = failure
            parser?.stop()
        }
    }

    /// Calls `body` for every event, or for those of `elements` only, then without text. Throws where the text is
    /// not well-formed UTF-8 XML without a document type.
    static func parse(
        _ bytes: [UInt8], name: String, elements: Set<String>? = nil, _ body: (Event) -> Void
    ) throws {
        try bytes.withUnsafeBytes { try parse($0, name: name, elements: elements, body) }
    }

    /// As above, for bytes that are not in an array.
    static func parse(
        _ bytes: UnsafeRawBufferPointer, name: String, elements: Set<String>? = nil, _ body: (Event) -> Void
    ) throws {
        try withoutActuallyEscaping(body) { body in
            let state = State(name, body)
            try XMLText.decode(bytes, name: name) { text in
                let parser = try XMLPushParser(
                    name: name, state: Unmanaged.passUnretained(state).toOpaque(), configure: configure)
                state.elements = elements.map { names in names.map { parser.interned($0) } }
                let isScanned = parser.scan(text) && state.held.count <= mostHeld
                state.isHolding = false
                if isScanned, state.failure == nil { return state.held.forEach(body) }
                state.held = []
                state.failure = nil
                state.depth = 0
                state.parser = parser
                defer { state.parser = nil }
                try parser.parse(text) { state.failure != nil }
            }
            if let failure = state.failure { throw failure }
        }
    }

    private static func state(_ pointer: UnsafeMutableRawPointer?) -> State {
        Unmanaged<State>.fromOpaque(pointer!).takeUnretainedValue()
    }

    private static func configure(_ handler: inout xmlSAXHandler) {
        handler.startElementNs = { context, localName, _, uri, _, _, count, _, attributes in
            let state = SmallXMLParser.state(context)
            state.depth += 1
            if state.failure != nil { return }
            if state.depth > SmallXMLParser.deepest {
                return state.stop(
                    .bound(
                        path: state.name, what: "nested elements", limit: SmallXMLParser.deepest,
                        advice: "the part is damaged"))
            }
            if !state.wants(localName) { return }
            var values: [String: String] = [:]
            for index in 0..<Int(count) {
                guard let attribute = attributes?[index * 5], let start = attributes?[index * 5 + 3],
                    let end = attributes?[index * 5 + 4]
                else { continue }
                let value = UnsafeBufferPointer(start: start, count: end - start)
                values[String(cString: attribute)] = String(decoding: value, as: UTF8.self)
            }
            state.take(
                .start(
                    Element(
                        localName: localName.map { String(cString: $0) } ?? "",
                        namespace: uri.map { String(cString: $0) } ?? "", attributes: values)))
        }
        handler.endElementNs = { context, localName, _, _ in
            let state = SmallXMLParser.state(context)
            state.depth -= 1
            if state.wants(localName) { state.take(.end(localName: localName.map { String(cString: $0) } ?? "")) }
        }
        handler.characters = { context, text, count in
            let state = SmallXMLParser.state(context)
            if state.elements != nil { return }
            state.take(.text(String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)))
        }
        handler.internalSubset = { context, _, _, _ in
            let state = SmallXMLParser.state(context)
            state.stop(XMLText.documentTypeFailure(state.name))
        }
    }
}
