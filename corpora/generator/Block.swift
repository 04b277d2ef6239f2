/// What a paragraph is.
enum Block: Equatable {
    case heading(level: Int)
    case body
    /// A label, a tab, the text. Levels 1 to 3.
    case item(level: Int)
    case note
    case example
    case reference
    case abbreviation
    case caption
    case code
}

/// How the text of a table cell stands.
enum CellStyle {
    case head, left, centre, note
}

/// Whether a cell begins or continues a vertical merge.
enum VerticalMerge {
    case none, begin, continued
}

/// The dialects that are written.
enum Dialect: Sendable, Equatable {
    case flatPackage, wordDocument, pdfXML, markdown, text
    /// Nothing is written; the words are collected for a comparison.
    case words
}
