import Documents

/// The rules by which this reader adds text and takes text away, beside those of the block writer; each has its own count in the ledger.
enum PDFRule: Int, CaseIterable {
    // added
    case space, scriptMark, indentation, tab, entity
    // removed
    case pageHeader, pageFooter, pageNumber, cover, copyright, contents, hyphenation, repeatedTableHeader, whiteSpace

    var name: String {
        switch self {
        case .space: "word-space"
        case .scriptMark: "script-mark"
        case .indentation: "indentation"
        case .tab: "tab"
        case .entity: "unknown-entity"
        case .pageHeader: "page-header"
        case .pageFooter: "page-footer"
        case .pageNumber: "page-number"
        case .cover: "cover"
        case .copyright: "copyright-page"
        case .contents: "contents"
        case .hyphenation: "line-end-hyphen"
        case .repeatedTableHeader: "repeated-table-header"
        case .whiteSpace: "white-space"
        }
    }
}

/// Counts of scalars by rule.
struct PDFCounts {
    /// What the block writer and the tables count.
    var blocks = WordCounts()
    private var added = [Int](repeating: 0, count: PDFRule.allCases.count)
    private var removed = [Int](repeating: 0, count: PDFRule.allCases.count)

    @inline(__always) mutating func add(_ rule: PDFRule, _ count: Int) { added[rule.rawValue] &+= count }
    @inline(__always) mutating func remove(_ rule: PDFRule, _ count: Int) { removed[rule.rawValue] &+= count }

    func ledger(source: Int, written: Int) -> ExtractionLedger {
        var ledger = blocks.ledger(source: source, written: written)
        for rule in PDFRule.allCases {
            ledger.add(added[rule.rawValue], rule: rule.name)
            ledger.remove(removed[rule.rawValue], rule: rule.name)
        }
        return ledger
    }
}
