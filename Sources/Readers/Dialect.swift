/// What a file is, by its content first and its name second.
public enum Dialect: Sendable, Equatable {
    /// A WordprocessingML package, .docx.
    case wordPackage
    /// The main part of such a package as a file of its own, `document.xml`.
    case wordDocument
    /// A package as one XML file (`pkg:package`).
    case flatPackage
    /// What poppler's `pdftohtml -xml` writes of a PDF.
    case pdfXML
    /// A PDF.
    case pdf
    /// A zip, 7z or tar archive with documents inside.
    case archive
    /// Text without markup.
    case plainText
    /// Markdown.
    case markdown
    /// A web page, also one that Word saved.
    case html
    /// JATS or NISO STS: an article or a standard.
    case jats
    /// TEI.
    case tei
    /// RFC XML, the vocabularies 2 and 3.
    case rfcXML
    /// The content of an OpenDocument text as one XML file.
    case openDocument
    /// A dump of the pages of a wiki.
    case mediaWiki
    /// An OpenDocument text, .odt.
    case openDocumentPackage
    /// A JSON object a line.
    case jsonLines
    /// A JSON array of objects.
    case jsonArray
    /// A table of text: CSV or TSV.
    case delimited
    /// A table of columns.
    case parquet
    /// No bytes at all.
    case empty
    /// Recognised and not read; what it is, and what to do about it.
    case unsupported(format: String, advice: String)

    /// A short name for messages.
    public var name: String {
        switch self {
        case .wordPackage: "docx"
        case .wordDocument: "document.xml"
        case .flatPackage: "flat OPC"
        case .pdfXML: "pdf2xml"
        case .pdf: "PDF"
        case .archive: "archive"
        case .plainText: "plain text"
        case .markdown: "Markdown"
        case .html: "HTML"
        case .jats: "JATS"
        case .tei: "TEI"
        case .rfcXML: "RFC XML"
        case .mediaWiki: "MediaWiki dump"
        case .openDocument: "OpenDocument XML"
        case .openDocumentPackage: "OpenDocument text"
        case .jsonLines: "JSON Lines"
        case .jsonArray: "JSON array"
        case .delimited: "CSV"
        case .parquet: "Parquet"
        case .empty: "empty file"
        case .unsupported(let format, _): format
        }
    }
}
