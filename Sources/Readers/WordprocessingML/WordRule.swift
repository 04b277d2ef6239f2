/// The rules by which the reader adds text and takes text away; each has its own count in the ledger.
enum WordRule: Int, CaseIterable {
    // added
    case separator, heading, codeFence, listLabel, tableMarkup, tableEscape, tableRepeat, nestedTable, tab, lineBreak
    case hyphen, symbol, equation, equationPlaceholder, noteMark
    // removed
    case contents, cover, fieldInstruction, deletedText, insertedText, fallback, whiteSpace, formerProperties,
        unreferencedNote, comment

    var name: String {
        switch self {
        case .separator: "separator"
        case .heading: "heading-mark"
        case .codeFence: "code-fence"
        case .listLabel: "list-label"
        case .tableMarkup: "table-markup"
        case .tableEscape: "table-escape"
        case .tableRepeat: "table-repeat"
        case .nestedTable: "nested-table"
        case .tab: "tab"
        case .lineBreak: "line-break"
        case .hyphen: "no-break-hyphen"
        case .symbol: "symbol"
        case .equation: "equation-markup"
        case .equationPlaceholder: "equation-placeholder"
        case .noteMark: "note-mark"
        case .comment: "comment"
        case .unreferencedNote: "unreferenced-note"
        case .contents: "contents"
        case .cover: "cover"
        case .fieldInstruction: "field-instruction"
        case .deletedText: "deleted-text"
        case .insertedText: "inserted-text"
        case .fallback: "fallback"
        case .whiteSpace: "white-space"
        case .formerProperties: "former-properties"
        }
    }
}
