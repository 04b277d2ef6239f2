import CXML2
import Glibc

/// Runs libxml2's push parser over a document of an XML dialect and hands the events to a `MarkupHandler`.
///
/// Nothing is loaded from anywhere. The named characters of HTML and of the ISO sets are known; an entity that the document declares
/// with plain text is replaced, within `mostReplacedBytes`; any other reference stays as it is written and is counted.
final class XMLMarkupParser {
    /// What the references of one document may become in all.
    static let mostReplacedBytes = 1 << 20
    /// Entities that one document may declare.
    static let mostEntities = 4096

    private let handler: UnsafeMutablePointer<MarkupHandler>
    private let name: String
    private let vocabulary: MarkupVocabulary
    private var parser: XMLPushParser?
    private var roles: [UnsafePointer<UInt8>: MarkupElement] = [:]
    private var declared: [String: String] = [:]
    private var entities:
        [String: (content: UnsafeMutablePointer<xmlEntity>, attribute: UnsafeMutablePointer<xmlEntity>)] =
            [:]
    private var replacedBytes = 0
    /// References that nothing explains, by number of occurrences.
    private(set) var unknownEntities = 0

    init(_ handler: UnsafeMutablePointer<MarkupHandler>, name: String) throws {
        self.handler = handler
        self.name = name
        vocabulary = handler.pointee.vocabulary
        parser = try XMLPushParser(
            name: name, state: Unmanaged.passUnretained(self).toOpaque(), configure: XMLMarkupParser.configure)
    }

    deinit {
        for pair in entities.values {
            for entity in [pair.content, pair.attribute] {
                free(UnsafeMutableRawPointer(mutating: entity.pointee.name))
                free(entity.pointee.content)
                entity.deallocate()
            }
        }
    }

    /// Parses a document in UTF-8.
    func parse(_ text: UnsafeRawBufferPointer) throws {
        try parser?.parse(text) { handler.pointee.failure != nil }
        if let failure = handler.pointee.failure { throw failure }
    }

    private func stopIfFailed() { if handler.pointee.failure != nil { parser?.stop() } }

    private static func state(_ pointer: UnsafeMutableRawPointer?) -> XMLMarkupParser {
        Unmanaged<XMLMarkupParser>.fromOpaque(pointer!).takeUnretainedValue()
    }

    private static func configure(_ sax: inout xmlSAXHandler) {
        sax.startElementNs = { context, localName, prefix, _, _, _, count, _, attributes in
            guard let localName else { return }
            let parser = XMLMarkupParser.state(context)
            var element = parser.role(localName)
            // In a page only formulas and drawings come from other namespaces; what an editor puts in is text that flows.
            if prefix != nil, parser.vocabulary.kind == .html, element.role != .mathematics, element.role != .dropped {
                element = MarkupElement(role: .inline)
            }
            parser.handler.pointee.start(
                localName, element, MarkupAttributes(structured: attributes, count: Int(count)))
            parser.stopIfFailed()
        }
        sax.endElementNs = { context, _, _, _ in XMLMarkupParser.state(context).handler.pointee.end() }
        sax.characters = { context, text, count in
            XMLMarkupParser.state(context).handler.pointee.characters(
                UnsafeRawBufferPointer(start: text, count: Int(count)))
        }
        sax.entityDecl = { context, name, type, _, _, content in
            guard let name, let content, type == Int32(XML_INTERNAL_GENERAL_ENTITY.rawValue) else { return }
            XMLMarkupParser.state(context).declare(String(cString: name), String(cString: content))
        }
        sax.getEntity = { context, name in
            guard let name else { return nil }
            return XMLMarkupParser.state(context).entity(String(cString: name))
        }
    }

    private func role(_ name: UnsafePointer<UInt8>) -> MarkupElement {
        // The parser has one copy of every name: its address stands for it.
        if let known = roles[name] { return known }
        let element = vocabulary.elements[String(cString: name)] ?? MarkupElement(role: .inline)
        roles[name] = element
        return element
    }

    /// Only text counts: what holds references or markup could grow without end.
    private func declare(_ name: String, _ content: String) {
        if content.utf8.contains(UInt8(ascii: "&")) || content.utf8.contains(UInt8(ascii: "<")) { return }
        if declared.count < XMLMarkupParser.mostEntities, declared[name] == nil { declared[name] = content }
    }

    private func entity(_ name: String) -> UnsafeMutablePointer<xmlEntity>? {
        let isInAttribute = parser?.isInAttributeValue ?? false
        // While it reads a declaration the parser looks for an earlier one of the name.
        if !isInAttribute, parser?.isInContent != true { return nil }
        let known = declared[name] ?? NamedCharacters.text(of: name)
        let text = known ?? "&\(name);"
        if !isInAttribute {
            if known == nil { unknownEntities += 1 }
            replacedBytes += text.utf8.count
            if replacedBytes > XMLMarkupParser.mostReplacedBytes {
                handler.pointee.failure = .bound(
                    path: self.name, what: "bytes of replaced entities", limit: XMLMarkupParser.mostReplacedBytes,
                    advice: "write the text itself instead of the entities")
                parser?.stop()
                return nil
            }
            let visible = MarkupTextCounter.scalars(Array(text.utf8)).visible
            // The source counts a reference as one character, and those two as white space.
            let counted = name == "Tab" || name == "NewLine" ? 0 : 1
            if visible > counted { handler.pointee.counts.add(.entity, visible - counted) }
            if visible < counted { handler.pointee.counts.remove(.entity, counted - visible) }
        }
        let pair = entities[name] ?? makeEntities(name, text)
        entities[name] = pair
        return isInAttribute ? pair.attribute : pair.content
    }

    /// In text the parser hands the content of a predefined entity on as characters; of one in an attribute it would keep a byte, so
    /// there it gets an ordinary one, which it leaves as a reference.
    private func makeEntities(
        _ name: String, _ text: String
    ) -> (content: UnsafeMutablePointer<xmlEntity>, attribute: UnsafeMutablePointer<xmlEntity>) {
        func make(_ type: xmlEntityType) -> UnsafeMutablePointer<xmlEntity> {
            let entity = UnsafeMutablePointer<xmlEntity>.allocate(capacity: 1)
            memset(entity, 0, MemoryLayout<xmlEntity>.size)
            entity.pointee.type = XML_ENTITY_DECL
            entity.pointee.name = UnsafePointer(
                UnsafeMutableRawPointer(strdup(name))!.assumingMemoryBound(to: UInt8.self))
            entity.pointee.content = UnsafeMutableRawPointer(strdup(text))!.assumingMemoryBound(to: UInt8.self)
            entity.pointee.length = Int32(text.utf8.count)
            entity.pointee.etype = type
            // Checked for nested entities: it holds none.
            entity.pointee.checked = 1
            return entity
        }
        return (make(XML_INTERNAL_PREDEFINED_ENTITY), make(XML_INTERNAL_GENERAL_ENTITY))
    }
}
