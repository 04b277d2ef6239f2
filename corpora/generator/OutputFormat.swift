import Parallel

/// What a corpus is written as.
enum OutputFormat: String, Sendable, CaseIterable {
    case flatopc
    case docxXML = "docx-xml"
    case pdf2xml
    case markdown, text, jsonl, mixed

    /// The format of the document at an index: `mixed` is three tenths flat OPC, one fifth each of document.xml and JSON Lines,
    /// one tenth each of pdf2xml, Markdown and text.
    func format(seed: UInt64, index: Int) -> OutputFormat {
        if self != .mixed { return self }
        switch KeyedHash.mix(UInt64(index), seed: seed ^ 0xF0F0) % 10 {
        case 0..<3: return .flatopc
        case 3: return .pdf2xml
        case 4..<6: return .docxXML
        case 6..<8: return .jsonl
        case 8: return .markdown
        default: return .text
        }
    }

    /// The dialect the composer writes; a record of JSON Lines holds the text form.
    var dialect: Dialect {
        switch self {
        case .flatopc: .flatPackage
        case .docxXML: .wordDocument
        case .pdf2xml: .pdfXML
        case .markdown: .markdown
        case .text, .jsonl, .mixed: .text
        }
    }

    /// What the file's name ends with.
    var suffix: StaticString {
        switch self {
        case .flatopc: ".xml"
        case .docxXML: ".document.xml"
        case .pdf2xml: ".pdf.xml"
        case .markdown: ".md"
        case .text, .mixed: ".txt"
        case .jsonl: ".jsonl"
        }
    }
}
