import CXML2
import Glibc

/// The root element of an XML text, found by looking at its first bytes only: enough to choose a reader, never to judge it.
struct XMLRoot: Equatable {
    /// The name without its prefix.
    let localName: String
    /// The namespace the root declares for its prefix, empty where it declares none.
    let namespace: String
    /// Whether the document type or the root says DocBook, whose articles are others than those of JATS.
    let isDocBook: Bool

    /// Nil where the bytes do not look like XML or HTML.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let start = XMLRoot.startOfRoot(bytes) else { return nil }
        let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count
        let tag = String(decoding: bytes[start..<end], as: UTF8.self)
        let nameEnd = tag.unicodeScalars.firstIndex { " \t\r\n/".unicodeScalars.contains($0) } ?? tag.endIndex
        let name = tag[..<nameEnd]
        guard let first = name.unicodeScalars.first, first.properties.isAlphabetic || first == "_" else { return nil }
        let parts = name.split(separator: ":", maxSplits: 1)
        localName = String(parts.last ?? "")
        let attribute = parts.count == 2 ? "xmlns:\(parts[0])=" : "xmlns="
        namespace = XMLRoot.value(of: attribute, in: tag)
        isDocBook = String(decoding: bytes[..<end].prefix(4096), as: UTF8.self).lowercased().contains("docbook")
    }

    /// Skips declarations, comments and the document type; the index after the `<` of the first element.
    private static func startOfRoot(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count else {
                if [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) {
                    index += 1
                    continue
                }
                return nil
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "?"):
                guard let end = find("?>", in: bytes, from: index) else { return nil }
                index = end + 2
            case UInt8(ascii: "!"):
                let isComment = bytes[index...].starts(with: "<!--".utf8)
                guard let end = isComment ? find("-->", in: bytes, from: index) : endOfDoctype(bytes, index) else {
                    return nil
                }
                index = end + (isComment ? 3 : 1)
            default: return index + 1
            }
        }
        return nil
    }

    private static func endOfDoctype(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var brackets = 0
        for index in start..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "["): brackets += 1
            case UInt8(ascii: "]"): brackets -= 1
            case UInt8(ascii: ">") where brackets <= 0: return index
            default: break
            }
        }
        return nil
    }

    private static func find(_ text: String, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let needle = Array(text.utf8)
        guard let base = bytes.baseAddress,
            let hit = memmem(base + start, bytes.count - start, needle, needle.count)
        else { return nil }
        return base.distance(to: hit)
    }

    private static func value(of attribute: String, in tag: String) -> String {
        let bytes = Array(tag.utf8)
        let key = Array(attribute.utf8)
        guard bytes.count > key.count else { return "" }
        for start in 0..<bytes.count - key.count where bytes[start..<start + key.count].elementsEqual(key) {
            let quote = bytes[start + key.count]
            let rest = bytes[(start + key.count + 1)...]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), let end = rest.firstIndex(of: quote) else {
                return ""
            }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        return ""
    }

    private static let openDocument = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"

    /// The dialect a file with this root is in.
    func dialect(_ suffix: String) -> Dialect {
        let later = "convert it to .docx, Markdown, text or JSON Lines"
        func unsupported(_ format: String) -> Dialect { .unsupported(format: format, advice: later) }
        if localName == "document" || localName == "wordDocument", WordNamespaces.main.contains(namespace) {
            return .wordDocument
        }
        if localName == "package", namespace == WordNamespaces.flatPackage { return .flatPackage }
        if WordNamespaces.main.contains(namespace) {
            return .unsupported(
                format: "WordprocessingML part <\(localName.prefix(60))>",
                advice: "read the package it belongs to instead")
        }
        switch localName.lowercased() {
        case "pdf2xml": return .pdfXML
        case "html": return .html
        case "article" where isDocBook, "book" where isDocBook: return unsupported("DocBook")
        case "article", "standard": return .jats
        case "tei", "teicorpus", "tei.2": return .tei
        case "rfc": return .rfcXML
        case "mediawiki": return .mediaWiki
        case "document-content" where namespace == XMLRoot.openDocument,
            "document" where namespace == XMLRoot.openDocument:
            return .openDocument
        case "svg": return .unsupported(format: "SVG image", advice: "leave it out of the source")
        default:
            if suffix == "txt" || suffix == "text" { return .plainText }
            if suffix == "md" || suffix == "markdown" { return .markdown }
            if ["html", "htm", "xhtml", "shtml"].contains(suffix) { return .html }
            return unsupported("XML with root <\(localName.prefix(60))>")
        }
    }
}
