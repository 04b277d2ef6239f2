import CXML2
import Documents

/// Tables and their cells.
extension Wikitext {
    mutating func tableLine(_ line: Text) {
        flush()
        let isHeader = line.first == UInt8(ascii: "!")
        if Wikitext.begins("|}", line) {
            counts.remove(.wikiMarkup, 2)
            endTable()
            let rest = line.dropFirst(2)
            if !rest.allSatisfy(MarkupTextCounter.isWhite) { self.line(rest) }
        } else if Wikitext.begins("|-", line) {
            counts.remove(.wikiMarkup, scalars(line))
            tables[tables.count - 1].table.startRow()
        } else if Wikitext.begins("|+", line) {
            counts.remove(.wikiMarkup, 2)
            caption(withoutAttributes(line.dropFirst(2)).content)
        } else {
            cells(line.dropFirst(), isHeader: isHeader)
        }
    }

    mutating func caption(_ content: Text) {
        withInline(content) { page, text in
            if text.isEmpty { return }
            if page.tables.count > 1 { return page.emit(.caption, level: 0, text) }
            page.writer.write(.caption, text, &page.counts)
        }
    }

    mutating func cells(_ line: Text, isHeader: Bool) {
        counts.remove(.wikiMarkup, 1)
        var start = line.startIndex
        var index = start
        var depth = 0
        while index + 1 < line.endIndex {
            let byte = line[index]
            if line[index + 1] != byte {
                index += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "["):
                depth += 1
                index += 2
            case UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                index += 2
            case UInt8(ascii: "|") where depth == 0, UInt8(ascii: "!") where depth == 0 && isHeader:
                cell(line[start..<index], isHeader: isHeader)
                counts.remove(.wikiMarkup, 2)
                index += 2
                start = index
            default: index += 1
            }
        }
        cell(line[start...], isHeader: isHeader)
    }

    mutating func cell(_ piece: Text, isHeader: Bool) {
        let (attributes, content) = withoutAttributes(piece)
        startCell(isHeader: isHeader, Wikitext.spans(attributes), content)
    }

    mutating func startCell(isHeader: Bool, _ spans: (columns: Int, rows: Int), _ content: Text) {
        tables[tables.count - 1].table.startCell(isHeader: isHeader, columns: spans.columns, rows: spans.rows)
        withInline(content) { page, text in
            if !text.isEmpty { page.tables[page.tables.count - 1].table.append(text, &page.counts) }
        }
    }

    /// Splits `attributes | content`; the attributes are counted as markup.
    mutating func withoutAttributes(
        _ piece: Text
    ) -> (attributes: Text, content: Text) {
        // A cell whose content was a template may have attributes alone.
        let hasValue = Wikitext.first(0x3D, in: piece, from: piece.startIndex) != nil
        if hasValue, Wikitext.isAttributes(piece) {
            counts.remove(.wikiMarkup, scalars(piece))
            return (piece, piece[piece.endIndex...])
        }
        guard let bar = Wikitext.first(0x7C, in: piece, from: piece.startIndex),
            Wikitext.first(0x5B, in: piece[..<bar], from: piece.startIndex) == nil,
            Wikitext.first(0x7B, in: piece[..<bar], from: piece.startIndex) == nil
        else { return (piece[piece.endIndex...], piece) }
        counts.remove(.wikiMarkup, scalars(piece[...bar]))
        return (piece[..<bar], piece[(bar + 1)...])
    }

    static let cellAttributes: Set<String> = [
        "align", "bgcolor", "class", "colspan", "data-sort-value", "dir", "height", "id", "lang", "nowrap", "rowspan",
        "scope", "style", "title", "valign", "width",
    ]

    /// Whether there is nothing but `name=value` and `name="value"`.
    static func isAttributes(_ piece: Text) -> Bool {
        var rest = piece.drop(while: MarkupTextCounter.isWhite)
        while !rest.isEmpty {
            let name = rest.prefix {
                MarkupTextCounter.lowered($0) >= 0x61 && MarkupTextCounter.lowered($0) <= 0x7A
                    || $0 == UInt8(ascii: "-")
            }
            rest = rest[name.endIndex...]
            guard rest.first == UInt8(ascii: "="),
                Wikitext.cellAttributes.contains(String(decoding: name, as: UTF8.self).lowercased())
            else { return false }
            rest.removeFirst()
            if let quote = rest.first, quote == 0x22 || quote == 0x27 {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: quote) else { return false }
                rest = rest[(end + 1)...]
            } else {
                let value = rest.prefix { !MarkupTextCounter.isWhite($0) && $0 != UInt8(ascii: "|") }
                if value.isEmpty { return false }
                rest = rest[value.endIndex...]
            }
            rest = rest.drop(while: MarkupTextCounter.isWhite)
        }
        return true
    }

    private static let columnSpan = PackedName.of("colspan".utf8)
    private static let rowSpan = PackedName.of("rowspan".utf8)

    /// The spans that the attributes of a cell name, each 1 where none does. Of an attribute that stands twice the first counts.
    static func spans(_ attributes: Text) -> (columns: Int, rows: Int) {
        var columns: Int?
        var rows: Int?
        let equals = UInt8(ascii: "=")
        var rest = attributes
        while !rest.isEmpty {
            let name = rest.prefix { !MarkupTextCounter.isWhite($0) && $0 != equals && $0 != UInt8(ascii: "/") }
            if name.isEmpty {
                rest.removeFirst()
                continue
            }
            rest = rest[name.endIndex...]
            let behind = rest.drop(while: MarkupTextCounter.isWhite)
            guard behind.first == equals else { continue }
            rest = behind.dropFirst().drop(while: MarkupTextCounter.isWhite)
            let quote = rest.first.flatMap { $0 == 0x22 || $0 == 0x27 ? $0 : nil }
            if quote != nil { rest.removeFirst() }
            let value = rest.prefix { quote == nil ? !MarkupTextCounter.isWhite($0) : $0 != quote }
            rest = rest[value.endIndex...]
            if quote != nil, !rest.isEmpty { rest.removeFirst() }
            switch PackedName.of(name) {
            case columnSpan: columns = columns ?? span(value)
            case rowSpan: rows = rows ?? span(value)
            default: break
            }
        }
        return (columns ?? 1, rows ?? 1)
    }

    /// No span is wider: the table cuts it further.
    static let widestSpan = 1 << 16

    /// The number at the front of a value, between 1 and `widestSpan`.
    private static func span(_ value: Text) -> Int {
        var number = 0
        for digit in value.drop(while: MarkupTextCounter.isWhite) {
            if digit < 0x30 || digit > 0x39 || number > widestSpan { break }
            number = number * 10 + Int(digit - 0x30)
        }
        return max(1, min(number, widestSpan))
    }

    mutating func endTable() {
        guard var table = tables.popLast()?.table else { return }
        table.endRow()
        if table.isEmpty { return }
        if tables.isEmpty {
            writer.write(.table, table.markdown(&counts), &counts)
        } else {
            tables[tables.count - 1].table.append(table.flattened(&counts), &counts)
        }
    }
}
