import CXML2
import Documents
import Glibc

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
            tables[tables.count - 1].startRow()
        } else if Wikitext.begins("|+", line) {
            counts.remove(.wikiMarkup, 2)
            withInline(withoutAttributes(line.dropFirst(2)).content) { page, text in
                if text.isEmpty { return }
                if page.tables.count > 1 { return page.emit(.caption, level: 0, text) }
                page.writer.write(.caption, text, &page.counts)
            }
        } else {
            cells(line.dropFirst(), isHeader: isHeader)
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
        tables[tables.count - 1].startCell(
            isHeader: isHeader, columns: Wikitext.number("colspan", attributes),
            rows: Wikitext.number("rowspan", attributes))
        withInline(content) { page, text in
            if !text.isEmpty { page.tables[page.tables.count - 1].append(text, &page.counts) }
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

    /// The first number behind `name`, 1 where there is none.
    static func number(_ name: StaticString, _ attributes: Text) -> Int {
        guard let base = attributes.base.baseAddress, !attributes.isEmpty,
            let hit = memmem(base + attributes.startIndex, attributes.count, name.utf8Start, name.utf8CodeUnitCount)
        else { return 1 }
        var index = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(hit)) + name.utf8CodeUnitCount
        while index < attributes.endIndex, attributes[index] < 0x30 || attributes[index] > 0x39 { index += 1 }
        if index == attributes.endIndex { return 1 }
        var number = 0
        while index < attributes.endIndex, attributes[index] >= 0x30, attributes[index] <= 0x39 {
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            if overflows || product > Int.max - 9 { return 1 }
            number = product + Int(attributes[index] - 0x30)
            index += 1
        }
        return number
    }

    mutating func endTable() {
        guard var table = tables.popLast() else { return }
        table.endRow()
        if table.isEmpty { return }
        if tables.isEmpty {
            writer.write(.table, table.markdown(&counts), &counts)
        } else {
            tables[tables.count - 1].append(table.flattened(&counts), &counts)
        }
    }
}
