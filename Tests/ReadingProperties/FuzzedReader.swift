import Files

@testable import Readers

/// A reader as the fuzzer drives it: what its inputs are called, under which options they are read, what they are made of.
public enum FuzzedReader: String, CaseIterable, Sendable {
    /// A bare `document.xml`.
    case word
    /// A .docx; the input is its parts as text, see `PackedParts`.
    case docx
    /// Flat OPC and Word 2003 XML.
    case flat
    case pdfxml, html, jats, tei, rfc
    /// The content of an OpenDocument text.
    case odt
    case mediawiki
    /// Plain text in any encoding.
    case text
    case markdown, jsonl, csv, parquet
    /// Zip, tar, 7z and what is compressed.
    case archive

    /// The name under which an input is read.
    var fileName: String {
        switch self {
        case .word: "document.xml"
        case .docx: "a.docx"
        case .flat, .jats, .tei, .rfc, .mediawiki, .pdfxml: "a.xml"
        case .html: "a.html"
        case .odt: "content.xml"
        case .text: "a.txt"
        case .markdown: "a.md"
        case .jsonl: "a.jsonl"
        case .csv: "a.csv"
        case .parquet: "a.parquet"
        case .archive: "a.bin"
        }
    }

    /// Bounds for inputs of a few kilobytes, and no other program started.
    private static var bounded: ReadOptions {
        var options = ReadOptions()
        options.maximumMemberBytes = 8 << 20
        options.maximumExpandedBytes = 16 << 20
        options.pdfConverter = "/nonexistent/pdftohtml"
        return options
    }

    /// The options of an input: the usual ones first.
    var options: [ReadOptions] {
        let usual = FuzzedReader.bounded
        func changed(_ change: (inout ReadOptions) -> Void) -> ReadOptions {
            var options = usual
            change(&options)
            return options
        }
        switch self {
        case .word, .docx, .flat:
            return [
                usual,
                changed {
                    $0.revisions = .both
                    $0.tables = .html
                    $0.comments = true
                },
                changed {
                    $0.revisions = .reject
                    $0.tables = .keyvalue
                },
                changed { $0.tables = .tsv },
            ]
        case .text, .markdown:
            return [
                usual, changed { $0.records = .line }, changed { $0.records = .paragraph },
                changed { $0.records = .separator("---") },
                changed { $0.encoding = "UTF-16LE" }, changed { $0.encoding = "GB18030" },
            ]
        case .jsonl: return [usual, changed { $0.fields.text = ["head", "body.text"] }]
        case .csv:
            return [
                usual,
                changed {
                    $0.tableHeader = false; $0.textField = "2"
                },
            ]
        case .pdfxml, .html, .jats, .tei, .rfc, .odt, .mediawiki, .parquet, .archive: return [usual]
        }
    }

    /// Options that must give what the usual ones give: those without the fast path of the reader.
    var slowOptions: ReadOptions? {
        var options = FuzzedReader.bounded
        switch self {
        case .pdfxml: options.scansPages = false
        case .word, .docx, .flat: options.scansXML = false
        default: return nil
        }
        return options
    }

    /// The bytes of the file that an input stands for.
    func file(_ input: [UInt8]) -> [UInt8] { self == .docx ? PackedParts.zip(input) : input }
}
