/// What a file is, by its content first and its name second.
public enum Dialect: Sendable, Equatable {
    /// A WordprocessingML package, .docx.
    case wordPackage
    /// The main part of such a package as a file of its own, `document.xml`.
    case wordDocument
    /// A package as one XML file (`pkg:package`).
    case flatPackage
    /// A zip, 7z or tar archive with documents inside.
    case archive
    /// Text without markup.
    case plainText
    /// Markdown.
    case markdown
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
        case .archive: "archive"
        case .plainText: "plain text"
        case .markdown: "Markdown"
        case .jsonLines: "JSON Lines"
        case .jsonArray: "JSON array"
        case .delimited: "CSV"
        case .parquet: "Parquet"
        case .empty: "empty file"
        case .unsupported(let format, _): format
        }
    }
}
