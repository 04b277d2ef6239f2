import Documents
import Glibc

/// Writes a table as Markdown, HTML, tab-separated lines or lines of keys and values, and counts every scalar it adds.
struct TableWriter {
    private(set) var out: [UInt8] = []
    private var markup = 0
    private var escapes = 0
    private var repeated = 0
    private var flattened = 0

    /// Empties the text and keeps its memory.
    mutating func reset() { out.removeAll(keepingCapacity: true) }

    /// Writes a table.
    mutating func write(_ table: WordTable, as form: ReadOptions.Tables, _ counts: inout WordCounts) {
        (markup, escapes, repeated, flattened) = (0, 0, 0, 0)
        let geometry = TableGeometry(table)
        switch form {
        case .markdown: markdown(table, geometry)
        case .html: html(table, geometry)
        case .tsv: separated(table, geometry)
        case .keyvalue: keysAndValues(table, geometry)
        case .auto:
            if geometry.hasMergedCells || !table.nested.isEmpty {
                html(table, geometry)
            } else {
                markdown(table, geometry)
            }
        }
        counts.add(.tableMarkup, markup)
        counts.add(.tableEscape, escapes)
        counts.add(.tableRepeat, repeated)
        counts.add(.nestedTable, flattened)
    }

    /// Writes the cells one row a line, parted by semicolons: a table where no table can stand.
    mutating func writeFlattened(_ table: WordTable, _ counts: inout WordCounts) {
        flattened = 0
        flatten(table) { $0.out.append(contentsOf: $1) }
        counts.add(.nestedTable, flattened)
    }

    // MARK: Forms

    private mutating func markdown(_ table: WordTable, _ geometry: TableGeometry) {
        let columns = min(geometry.columns, WordTable.mostColumns)
        let hasHeader = table.headerRows > 0
        if !hasHeader {
            for _ in 0..<columns { put("|  ") }
            put("|\n")
            rule(columns)
        }
        for row in table.rows.indices {
            if row > 0 || !hasHeader { put("\n") }
            var column = 0
            for cell in table.cells(ofRow: row) {
                while column < geometry.first[cell] {
                    put("|  ")
                    column += 1
                }
                put("| ")
                content(table, cell, "<br>") { $0.pipeCell($1) }
                put(" ")
                for _ in 1..<max(2, geometry.span[cell]) where geometry.span[cell] > 1 { put("|  ") }
                column += geometry.span[cell]
            }
            while column < columns {
                put("|  ")
                column += 1
            }
            put("|")
            if row == 0, hasHeader {
                put("\n")
                rule(columns)
            }
        }
    }

    private mutating func rule(_ columns: Int) {
        for _ in 0..<columns { put("| --- ") }
        put("|")
    }

    private mutating func html(_ table: WordTable, _ geometry: TableGeometry) {
        put("<table>")
        let headers = table.headerRows
        for row in table.rows.indices {
            put("\n<tr>")
            var column = 0
            for cell in table.cells(ofRow: row) {
                let gap = geometry.first[cell] - column
                column = geometry.first[cell] + geometry.span[cell]
                if gap > 0 {
                    put("<td")
                    attribute(" colspan=\"", gap)
                    put("></td>")
                }
                if geometry.rowSpan[cell] == 0 { continue }
                put(row < headers ? "<th" : "<td")
                attribute(" colspan=\"", geometry.span[cell])
                attribute(" rowspan=\"", geometry.rowSpan[cell])
                put(">")
                for (number, item) in table.items(ofCell: cell).enumerated() {
                    let entry = table.items[item]
                    if entry.table >= 0 {
                        let inner = table.nested[entry.table]
                        html(inner, TableGeometry(inner))
                    } else {
                        if number > 0, table.items[item - 1].table < 0 { put("<br>") }
                        table.text.withUnsafeBytes {
                            htmlCell(UnsafeRawBufferPointer(rebasing: $0[entry.start..<entry.end]))
                        }
                    }
                }
                put(row < headers ? "</th>" : "</td>")
            }
            put("</tr>")
        }
        put("\n</table>")
    }

    private mutating func attribute(_ name: StaticString, _ value: Int) {
        if value < 2 { return }
        put(name)
        let digits = String(value).utf8
        out += digits
        markup += digits.count
        put("\"")
    }

    private mutating func separated(_ table: WordTable, _ geometry: TableGeometry) {
        for row in table.rows.indices {
            if row > 0 { put("\n") }
            var column = 0
            for cell in table.cells(ofRow: row) {
                while column < geometry.first[cell] {
                    put("\t")
                    column += 1
                }
                content(table, cell, " ") { $0.lineCell($1) }
                if geometry.span[cell] > 1 { for _ in 1..<geometry.span[cell] { put("\t") } }
                column += geometry.span[cell] - 1
            }
        }
    }

    private mutating func keysAndValues(_ table: WordTable, _ geometry: TableGeometry) {
        let headers = table.rows.count > table.headerRows ? table.headerRows : 0
        let keys = keys(table, geometry, headers)
        // What stands in columns below a merged cell.
        var carried = [ArraySlice<UInt8>](repeating: [], count: geometry.columns)
        var isFirst = true
        for row in headers..<table.rows.count {
            let range = table.cells(ofRow: row)
            var isFirstValue = true
            for cell in range {
                var value: ArraySlice<UInt8>
                let column = min(geometry.first[cell], geometry.columns - 1)
                if geometry.rowSpan[cell] == 0 {
                    value = carried[column]
                    repeated += unicodeScalarCount(Array(value))
                } else {
                    value = plain(table, cell)
                    carried[column] = value
                }
                if value.isEmpty { continue }
                if isFirstValue {
                    if !isFirst { put("\n") }
                } else {
                    put("; ")
                }
                isFirst = false
                isFirstValue = false
                let isWhole = range.count == 1 && geometry.span[cell] == geometry.columns && geometry.columns > 1
                if !isWhole, !keys.isEmpty, !keys[column].isEmpty {
                    out += keys[column]
                    repeated += unicodeScalarCount(keys[column])
                    put(": ")
                }
                out += value
            }
        }
        if isFirst, headers > 0 {
            // Rows without a value say nothing; the keys alone are what there is.
            for (number, key) in keys.enumerated() where !key.isEmpty {
                if number > 0 { put("; ") }
                out += key
                repeated += unicodeScalarCount(key)
            }
        }
    }

    /// The key of every column: the texts of its header cells, from the top down. The header rows themselves are not written.
    private mutating func keys(_ table: WordTable, _ geometry: TableGeometry, _ headers: Int) -> [[UInt8]] {
        if headers == 0 { return [] }
        var keys = [[UInt8]](repeating: [], count: geometry.columns)
        let before = out.count
        for row in 0..<headers {
            for cell in table.cells(ofRow: row) where geometry.rowSpan[cell] > 0 {
                let text = plain(table, cell)
                if text.isEmpty { continue }
                repeated -= unicodeScalarCount(Array(text))
                let first = geometry.first[cell]
                for column in first..<min(geometry.columns, first + geometry.span[cell]) {
                    if !keys[column].isEmpty { keys[column].append(0x20) }
                    keys[column] += text
                }
            }
        }
        out.removeLast(out.count - before)
        return keys
    }

    /// A cell on one line. What joins its paragraphs counts as markup.
    private mutating func plain(_ table: WordTable, _ cell: Int) -> ArraySlice<UInt8> {
        let start = out.count
        content(table, cell, " ") { $0.lineCell($1) }
        let text = out[start...]
        out.removeLast(out.count - start)
        return Array(text)[...]
    }

    // MARK: Cells

    /// Writes the items of a cell one after another; tables inside are flattened.
    private mutating func content(
        _ table: WordTable, _ cell: Int, _ joint: StaticString,
        _ body: (inout TableWriter, UnsafeRawBufferPointer) -> Void
    ) {
        var isFirst = true
        for item in table.items(ofCell: cell) {
            let entry = table.items[item]
            if !isFirst { put(joint) }
            isFirst = false
            if entry.table >= 0 {
                flatten(table.nested[entry.table], body)
            } else {
                table.text.withUnsafeBytes {
                    body(&self, UnsafeRawBufferPointer(rebasing: $0[entry.start..<entry.end]))
                }
            }
        }
    }

    private mutating func flatten(
        _ table: WordTable, _ body: (inout TableWriter, UnsafeRawBufferPointer) -> Void
    ) {
        var isFirstRow = true
        for row in table.rows.indices {
            var isFirst = true
            for cell in table.cells(ofRow: row) where !table.items(ofCell: cell).isEmpty {
                if !isFirst {
                    withUnsafeBytes(of: (UInt8(ascii: ";"), UInt8(0x20))) { body(&self, $0) }
                    flattened += 2
                } else if !isFirstRow {
                    withUnsafeBytes(of: UInt8(0x0A)) { body(&self, $0) }
                    flattened += 1
                }
                isFirst = false
                isFirstRow = false
                for (number, item) in table.items(ofCell: cell).enumerated() {
                    if number > 0 {
                        withUnsafeBytes(of: UInt8(0x0A)) { body(&self, $0) }
                        flattened += 1
                    }
                    let entry = table.items[item]
                    if entry.table >= 0 {
                        flatten(table.nested[entry.table], body)
                    } else {
                        table.text.withUnsafeBytes {
                            body(&self, UnsafeRawBufferPointer(rebasing: $0[entry.start..<entry.end]))
                        }
                    }
                }
            }
        }
    }

    private mutating func put(_ text: StaticString) {
        out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        markup &+= text.utf8CodeUnitCount
    }

    private mutating func escape(_ text: StaticString) {
        out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        escapes &+= text.utf8CodeUnitCount - 1
    }

    /// Pipes are escaped, line ends become `<br>`, tabs spaces.
    private mutating func pipeCell(_ content: UnsafeRawBufferPointer) {
        var start = 0
        for index in 0..<content.count {
            let byte = content[index]
            if byte != UInt8(ascii: "|"), byte != 0x0A, byte != 0x09 { continue }
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[start..<index]))
            start = index + 1
            switch byte {
            case UInt8(ascii: "|"): escape("\\|")
            case 0x0A: escape("<br>")
            default: out.append(0x20)
            }
        }
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[start...]))
    }

    private mutating func htmlCell(_ content: UnsafeRawBufferPointer) {
        var start = 0
        for index in 0..<content.count {
            let byte = content[index]
            if byte != UInt8(ascii: "<"), byte != UInt8(ascii: ">"), byte != UInt8(ascii: "&"), byte != 0x0A,
                byte != 0x09
            {
                continue
            }
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[start..<index]))
            start = index + 1
            switch byte {
            case UInt8(ascii: "<"): escape("&lt;")
            case UInt8(ascii: ">"): escape("&gt;")
            case UInt8(ascii: "&"): escape("&amp;")
            case 0x0A: escape("<br>")
            default: out.append(0x20)
            }
        }
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[start...]))
    }

    /// Tabs and line ends become spaces.
    private mutating func lineCell(_ content: UnsafeRawBufferPointer) {
        for byte in content { out.append(byte == 0x0A || byte == 0x09 ? 0x20 : byte) }
    }
}
