import Documents
import Files
import ReadingProperties
import TestSupport

@testable import Readers

/// What a reader made of one file.
struct ReadResult {
    var documents: [Document] = []
    var rejections: [Rejection] = []
    var failure: (any Error)?

    var text: String { documents.map { String(decoding: $0.text, as: UTF8.self) }.joined(separator: "\u{1}") }
    var failureText: String { failure.map { "\($0)" } ?? "" }
    var rule: String { (failure as? ReadFailure)?.rule ?? (failure == nil ? "" : "unreadable") }
}

enum ReaderFixture {
    static func read(file path: String, relativePath: String? = nil, options: ReadOptions = ReadOptions()) -> ReadResult
    {
        var result = ReadResult()
        var reader = DocumentReader(options: options)
        let input = InputFile(path: path, relativePath: relativePath ?? PathText.name(of: path), source: "test")
        do {
            try reader.read(input, emit: { result.documents.append($0) }, reject: { result.rejections.append($0) })
        } catch {
            result.failure = error
        }
        return result
    }

    static func read(_ bytes: [UInt8], name: String, options: ReadOptions = ReadOptions()) -> ReadResult {
        let folder = TemporaryFolder()
        let path = folder.write(bytes, to: "file-under-test")
        defer { withExtendedLifetime(folder) {} }
        return read(file: path, relativePath: name, options: options)
    }

    static func read(_ text: String, name: String, options: ReadOptions = ReadOptions()) -> ReadResult {
        read(Array(text.utf8), name: name, options: options)
    }

    static let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    static let mathematics = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    static let compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"

    /// A `document.xml` with this body.
    static func documentXML(_ body: String) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document xmlns:w=\"\(word)\" xmlns:m=\"\(mathematics)\" "
            + "xmlns:mc=\"\(compatibility)\" xmlns:v=\"urn:schemas-microsoft-com:vml\"><w:body>\(body)</w:body></w:document>"
    }

    /// The text in UTF-16 with a byte order mark.
    static func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for unit in [0xFEFF] + Array(text.utf16) {
            withUnsafeBytes(of: isBigEndian ? unit.bigEndian : unit.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// A paragraph of one run.
    static func paragraph(_ text: String, style: String? = nil) -> String {
        let properties = style.map { "<w:pPr><w:pStyle w:val=\"\($0)\"/></w:pPr>" } ?? ""
        return "<w:p>\(properties)<w:r><w:t xml:space=\"preserve\">\(text)</w:t></w:r></w:p>"
    }

    /// Reads a body as the only part of a document.
    static func readBody(_ body: String, options: ReadOptions = ReadOptions()) -> ReadResult {
        read(documentXML(body), name: "document.xml", options: options)
    }

    /// A package with styles: (id, name, basedOn, outline level).
    static func package(
        _ body: String, styles: [(String, String, String, Int?)] = [], mainPart: String = "word/document.xml",
        parts: [(String, String)] = [], styleSheet: String = ""
    ) -> [UInt8] {
        var zip = StoredZip()
        zip.add(
            "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>")
        let type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        let namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
        zip.add(
            "_rels/.rels",
            "<Relationships xmlns=\"\(namespace)\"><Relationship Id=\"r\" Type=\"\(type)\" Target=\"/\(mainPart)\"/></Relationships>"
        )
        zip.add(mainPart, documentXML(body))
        var sheet = "<w:styles xmlns:w=\"\(word)\">"
        for (id, name, basedOn, outline) in styles {
            sheet += "<w:style w:type=\"paragraph\" w:styleId=\"\(id)\"><w:name w:val=\"\(name)\"/>"
            if !basedOn.isEmpty { sheet += "<w:basedOn w:val=\"\(basedOn)\"/>" }
            if let outline { sheet += "<w:pPr><w:outlineLvl w:val=\"\(outline)\"/></w:pPr>" }
            sheet += "</w:style>"
        }
        zip.add("word/styles.xml", sheet + styleSheet + "</w:styles>")
        for (name, content) in parts { zip.add(name, content) }
        return zip.finished()
    }
}
