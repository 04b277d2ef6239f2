/// Tables in HTML, and tags that run over several lines.
extension Wikitext {
    /// The tables in HTML that are open at a place.
    struct OpenHTMLTables {
        fileprivate var count = 0
        /// Where the last one ends; asked for once a page.
        fileprivate var lastEnd: Int?
    }

    /// What a tag of a table in HTML is; written behind `tableMark`.
    ///
    /// Marks are control characters throughout, which the text itself has none of, so no content is one and none counts as visible.
    private enum TableMark: UInt8 {
        case table = 0x10
        case tableEnd, row, caption, cell, headerCell
        /// The end of a row, a cell or a caption.
        case end
    }

    /// Hexadecimal digits of a span behind the mark of a cell, those of the columns first.
    private static let spanDigits = 4

    private static func appendSpan(_ span: Int, to out: inout [UInt8]) {
        for digit in (0..<spanDigits).reversed() { out.append(0x10 + UInt8((span - 1) >> (4 * digit) & 15)) }
    }

    private static func takeSpan(_ line: inout Text) -> Int {
        let digits = line.prefix(spanDigits)
        line = line.dropFirst(spanDigits)
        return 1 + digits.reduce(0) { $0 << 4 | Int($1 & 15) }
    }

    /// Writes a tag of a table in HTML as a mark at the beginning of a line; one past the end of the tag, nil where it is none.
    mutating func tableTag(
        _ source: UnsafeBufferPointer<UInt8>, _ start: Int, _ out: inout [UInt8], _ open: inout OpenHTMLTables
    ) -> Int? {
        guard let tag = Wikitext.htmlTag(source, start) else { return nil }
        var mark = TableMark.end
        switch tag.name {
        case Wikitext.tableName where !tag.isEnd:
            if open.lastEnd == nil { open.lastEnd = Wikitext.lastTableEnd(source) }
            if start > open.lastEnd ?? 0 { return nil }
            open.count += 1
            mark = .table
        case Wikitext.tableName where open.count > 0:
            open.count -= 1
            mark = .tableEnd
        case Wikitext.rowName where open.count > 0: if !tag.isEnd { mark = .row }
        case Wikitext.cellName where open.count > 0: if !tag.isEnd { mark = .cell }
        case Wikitext.headerName where open.count > 0: if !tag.isEnd { mark = .headerCell }
        case Wikitext.captionName where open.count > 0: if !tag.isEnd { mark = .caption }
        default: return nil
        }
        counts.remove(.wikiMarkup, Wikitext.visible(source[start..<tag.end]))
        out += [0x0A, Wikitext.tableMark, mark.rawValue]
        if mark == .cell || mark == .headerCell {
            let spans = Wikitext.spans(source[tag.nameEnd..<tag.end - 1])
            Wikitext.appendSpan(spans.columns, to: &out)
            Wikitext.appendSpan(spans.rows, to: &out)
        }
        return tag.end
    }

    /// Reads a line that begins with the mark of a tag. What stands behind the tag is text, whatever it looks like.
    mutating func tagLine(_ line: Text) {
        flush()
        var rest = line.dropFirst()
        guard let mark = rest.popFirst().flatMap(TableMark.init) else { return prose(rest) }
        switch mark {
        case .table: if tables.count < Wikitext.deepest { tables.append(OpenTable(isHTML: true)) }
        case .tableEnd: endHTMLTable()
        case .row: if !tables.isEmpty { tables[tables.count - 1].table.startRow() }
        case .cell, .headerCell:
            let columns = Wikitext.takeSpan(&rest)
            let rows = Wikitext.takeSpan(&rest)
            if tables.isEmpty { break }
            return startCell(isHeader: mark == .headerCell, (columns, rows), rest)
        case .caption: if !tables.isEmpty { return caption(rest) }
        case .end: break
        }
        rest = rest.drop(while: MarkupTextCounter.isWhite)
        if !rest.isEmpty { prose(rest) }
    }

    /// Ends the innermost table in HTML, with the tables of wikitext in it that nothing ended.
    private mutating func endHTMLTable() {
        guard let last = tables.lastIndex(where: { $0.isHTML || $0.endedInside > 0 }) else { return }
        if !tables[last].isHTML {
            tables[last].endedInside -= 1
            return
        }
        while tables.count > last { endTable() }
    }

    /// Whether a line that begins with `|` or `!` belongs to a table of wikitext. It ends the tables in HTML inside that one: one
    /// whose end tag is missing keeps no rows of it. In a table in HTML alone the line is text.
    mutating func reachWikiTable() -> Bool {
        guard let wiki = tables.lastIndex(where: { !$0.isHTML }) else { return false }
        if wiki == tables.count - 1 { return true }
        flush()
        tables[wiki].endedInside += tables.count - 1 - wiki
        while tables.count - 1 > wiki { endTable() }
        return true
    }

    /// Whether tables in HTML are whole in text: every tag stands in one that the text opens and ends.
    static func holdsWholeTables(_ text: UnsafeMutableBufferPointer<UInt8>) -> Bool {
        var depth = 0
        var index = 0
        while index + 1 < text.count {
            if text[index] == tableMark {
                if text[index + 1] == TableMark.table.rawValue {
                    depth += 1
                } else if depth == 0 {
                    return false
                } else if text[index + 1] == TableMark.tableEnd.rawValue {
                    depth -= 1
                }
            }
            index += 1
        }
        return depth == 0
    }

    private static let tableName = PackedName.of("table".utf8)
    private static let rowName = PackedName.of("tr".utf8)
    private static let cellName = PackedName.of("td".utf8)
    private static let headerName = PackedName.of("th".utf8)
    private static let captionName = PackedName.of("caption".utf8)

    private static func lastTableEnd(_ source: UnsafeBufferPointer<UInt8>) -> Int {
        var last = -1
        var index = 0
        while let end = find("</table", in: source, from: index, ignoringCase: true) {
            last = end
            index = end + 1
        }
        return last
    }

    /// Appends a tag that runs over several lines on one; one past its end, nil where it is none.
    static func tagOverLines(_ source: UnsafeBufferPointer<UInt8>, _ start: Int, _ out: inout [UInt8]) -> Int? {
        guard let tag = htmlTag(source, start), tags.contains(tag.name),
            first(0x0A, in: source[start..<tag.end], from: start) != nil
        else { return nil }
        for byte in source[start..<tag.end] { out.append(byte == 0x0A ? 0x20 : byte) }
        return tag.end
    }

    /// The tag that begins at `start`: its name, whether it is an end tag, and one past its end.
    private static func htmlTag(
        _ source: UnsafeBufferPointer<UInt8>, _ start: Int
    ) -> (name: UInt128, isEnd: Bool, nameEnd: Int, end: Int)? {
        let isEnd = start + 1 < source.count && source[start + 1] == UInt8(ascii: "/")
        let name = tagName(source[min(source.count, start + (isEnd ? 2 : 1))...])
        guard !name.isEmpty, let end = tagEnd(source[...], from: name.endIndex) else { return nil }
        return (PackedName.of(name), isEnd, name.endIndex, end + 1)
    }

    /// Where the `>` of a tag stands whose name ends at `start`; nil where it is none: no tag holds `<` or an empty line, and behind its
    /// name stands white space, `/` or `>`.
    static func tagEnd(_ text: Text, from start: Int) -> Int? {
        let limit = min(text.endIndex, start + longestTag)
        guard start < limit,
            text[start] == UInt8(ascii: ">") || text[start] == UInt8(ascii: "/")
                || MarkupTextCounter.isWhite(text[start])
        else { return nil }
        var lineIsEmpty = false
        for index in start..<limit {
            switch text[index] {
            case UInt8(ascii: ">"): return index
            case UInt8(ascii: "<"): return nil
            case 0x0A:
                if lineIsEmpty { return nil }
                lineIsEmpty = true
            case let byte where !MarkupTextCounter.isWhite(byte): lineIsEmpty = false
            default: break
            }
        }
        return nil
    }

    /// The letters and digits at the front.
    static func tagName(_ text: Text) -> Text {
        text.prefix {
            let small = MarkupTextCounter.lowered($0)
            return small >= UInt8(ascii: "a") && small <= UInt8(ascii: "z") || $0 >= 0x30 && $0 <= 0x39
        }
    }
}
