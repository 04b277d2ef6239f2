import Parallel

/// Writes blocks in one dialect. A block's text is put into `piece`, then `block` or `cell` takes it.
///
/// Every dialect gets the same words in the same order: what differs is markup, and the equations' marks.
struct DialectWriter: ~Copyable {
    let dialect: Dialect
    /// The text of the block that is being made: words, spaces, tabs after labels, no line ends.
    var piece = ByteBuffer()
    /// What was written.
    var out = ByteBuffer(capacity: 1 << 16)
    /// The document's words, where the dialect is `words`.
    var words = WordSequence()
    /// What happens to words on their way; nil where the document is no copy of another.
    var editor: WordEditor?
    /// Chance that concerns markup only: where runs are cut.
    var layout = SeededRandom(seed: 0)
    var isInCode = false
    var columns = 0
    var column = 0
    var isHeaderRow = false
    /// Where the next row is the first of its table.
    var isFirstRow = false
    /// The pages, where the dialect is `pdfXML`.
    var pages = PageSetter()

    init(_ dialect: Dialect) { self.dialect = dialect }

    var isWord: Bool { dialect == .flatPackage || dialect == .wordDocument }

    /// Forgets everything, keeps the memory.
    mutating func restart(layoutSeed: UInt64) {
        piece.removeAll()
        out.removeAll()
        words.removeAll()
        editor = nil
        layout = SeededRandom(seed: layoutSeed)
        isInCode = false
    }

    private mutating func takeEdits() {
        if editor != nil { editor!.edit(&piece) }
    }

    /// Writes `piece` as a block and empties it. What not every dialect writes as text must not be edited.
    mutating func block(_ block: Block, isEdited: Bool = true) {
        if isEdited { takeEdits() }
        if isInCode, block != .code { endCode() }
        switch dialect {
        case .flatPackage, .wordDocument: wordParagraph(block)
        case .pdfXML: pageBlock(block)
        case .markdown: markdownBlock(block)
        case .text: textBlock(block)
        case .words: words.add(piece.bytes)
        }
        piece.removeAll()
    }

    /// Starts a table of so many columns.
    mutating func beginTable(columns: Int) {
        if isInCode { endCode() }
        self.columns = columns
        isFirstRow = true
        if isWord { beginWordTable() }
    }

    /// Starts a row.
    mutating func beginRow(isHeader: Bool) {
        column = 0
        isHeaderRow = isHeader
        switch dialect {
        case .flatPackage, .wordDocument: out.append(isHeader ? "<w:tr><w:trPr><w:tblHeader/></w:trPr>" : "<w:tr>")
        case .markdown: out.append("|")
        case .pdfXML, .text, .words: break
        }
    }

    /// Writes `piece` as the next cell, `span` columns wide, and empties it. A continued merge has an empty piece.
    mutating func cell(_ style: CellStyle, span: Int = 1, merge: VerticalMerge = .none) {
        takeEdits()
        switch dialect {
        case .flatPackage, .wordDocument: wordCell(isHeaderRow ? .head : style, span, merge)
        case .markdown:
            for index in 0..<span {
                out.append(0x20)
                if index == 0 { out.append(piece.bytes) }
                out.append(" |")
            }
        case .pdfXML: pages.addCell(piece.bytes, column: column, span: span)
        case .text:
            if column > 0 { out.append(" | ") }
            out.append(piece.bytes)
        case .words: words.add(piece.bytes)
        }
        column += span
        piece.removeAll()
    }

    /// Ends a row; in Markdown the rule below the header follows.
    mutating func endRow() {
        switch dialect {
        case .flatPackage, .wordDocument: out.append("</w:tr>\n")
        case .markdown:
            out.append(0x0A)
            if isHeaderRow {
                for _ in 0..<columns { out.append("| --- ") }
                out.append("|\n")
            }
        case .pdfXML:
            pages.endRow(columns: columns, isHeader: isHeaderRow, isFirst: isFirstRow, &out)
            isFirstRow = false
        case .text: out.append(0x0A)
        case .words: break
        }
    }

    /// Ends a table.
    mutating func endTable() {
        switch dialect {
        case .flatPackage, .wordDocument: out.append("</w:tbl>\n<w:p/>\n")
        case .markdown, .text: out.append(0x0A)
        case .pdfXML, .words: break
        }
    }

    /// Closes what is open: call once, after the last block.
    mutating func finish() {
        if isInCode { endCode() }
        if dialect == .pdfXML { pages.finish(&out) }
    }

    private mutating func endCode() {
        isInCode = false
        switch dialect {
        case .markdown: out.append("```\n\n")
        case .text: out.append(0x0A)
        case .flatPackage, .wordDocument, .pdfXML, .words: break
        }
    }

    private mutating func markdownBlock(_ block: Block) {
        switch block {
        case .heading(let level):
            for _ in 0..<level { out.append(0x23) }
            out.append(0x20)
            appendUntabbed(separator: 0x20)
            out.append("\n\n")
        case .item(let level):
            out.append(spaces: level * 2 - 2)
            appendUntabbed(separator: 0x20)
            out.append(0x0A)
            out.append(0x0A)
        case .code:
            if !isInCode { out.append("```\n") }
            isInCode = true
            out.append(piece.bytes)
            out.append(0x0A)
        case .note:
            out.append("> ")
            appendUntabbed(separator: 0x20)
            out.append("\n\n")
        case .caption:
            out.append("**")
            out.append(piece.bytes)
            out.append("**\n\n")
        case .body, .example, .reference, .abbreviation:
            appendUntabbed(separator: 0x20)
            out.append("\n\n")
        }
    }

    private mutating func textBlock(_ block: Block) {
        switch block {
        case .heading(let level):
            if level == 1 { out.append(0x0A) }
            appendUntabbed(separator: 0x20)
            out.append("\n\n")
        case .item(let level):
            out.append(spaces: level * 2)
            appendUntabbed(separator: 0x20)
            out.append(0x0A)
        case .code:
            isInCode = true
            out.append("    ")
            out.append(piece.bytes)
            out.append(0x0A)
        case .abbreviation, .reference:
            appendUntabbed(separator: 0x20)
            out.append(0x0A)
        case .body, .note, .example, .caption:
            appendUntabbed(separator: 0x20)
            out.append("\n\n")
        }
    }

    /// Appends the piece with two separators in place of each tab.
    private mutating func appendUntabbed(separator: UInt8) {
        var start = 0
        let bytes = piece.bytes
        for index in 0..<bytes.count where bytes[index] == 0x09 {
            out.append(UnsafeBufferPointer(rebasing: bytes[start..<index]))
            out.append(separator)
            start = index + 1
        }
        out.append(UnsafeBufferPointer(rebasing: bytes[start...]))
    }
}
