/// The cells of one table of a markup dialect, with their spans.
struct MarkupTable {
    private struct Cell {
        var text: [UInt8]
        var columns: Int
        var rows: Int
        /// How often the cell stands there, one beside the other.
        var copies = 1

        /// Appends text with pipes escaped, line ends as `<br>` and tabs as spaces; whether anything had to be escaped.
        mutating func append(_ paragraph: [UInt8]) -> Bool {
            var start = 0
            var isEscaped = false
            for index in paragraph.indices {
                let byte = paragraph[index]
                if byte != UInt8(ascii: "|"), byte != 0x0A, byte != 0x09 { continue }
                text += paragraph[start..<index]
                start = index + 1
                switch byte {
                case UInt8(ascii: "|"): text += "\\|".utf8
                case 0x0A: text += "<br>".utf8
                default: text.append(0x20)
                }
                isEscaped = isEscaped || byte != 0x09
            }
            if start == 0 { text.append(contentsOf: paragraph) } else { text += paragraph[start...] }
            return isEscaped
        }
    }

    /// Wider spans are cut, so that an attribute of a few bytes cannot become a large table.
    static let mostColumns = 256

    private var rows: [[Cell]] = []
    private var headerRows = 0
    private var rowIsHeader = false
    private var open: Cell?
    private var gridColumns = 0
    /// Visible scalars in all cells: for a table that turns out to be empty.
    var isEmpty: Bool { rows.allSatisfy { $0.allSatisfy(\.text.isEmpty) } }
    /// Whether all rows so far are header rows.
    var isInHeader = false

    mutating func startRow() {
        endRow()
        rows.append([])
        rowIsHeader = isInHeader
    }

    mutating func endRow() {
        endCell()
        guard let last = rows.last, !last.isEmpty else {
            if rows.last?.isEmpty == true { rows.removeLast() }
            return
        }
        if rowIsHeader, headerRows == rows.count - 1 { headerRows = rows.count }
        rowIsHeader = false
    }

    /// `columns` and `rows` are the spans, 1 where there are none.
    mutating func startCell(isHeader: Bool, columns: Int, rows span: Int, copies: Int = 1) {
        endCell()
        if rows.isEmpty { rows.append([]) }
        if rows[rows.count - 1].isEmpty, isHeader { rowIsHeader = true }
        if !isHeader, !isInHeader { rowIsHeader = false }
        open = Cell(
            text: [], columns: max(1, min(columns, MarkupTable.mostColumns)), rows: max(1, min(span, 1 << 16)),
            copies: max(1, min(copies, MarkupTable.mostColumns)))
    }

    /// A cell of a table without rows: a new row begins when there are as many cells as header cells.
    mutating func startGridCell(isHeader: Bool) {
        endCell()
        if rows.isEmpty {
            startRow()
            rowIsHeader = isHeader
        }
        if isHeader { gridColumns += 1 } else if rows[rows.count - 1].count >= max(1, gridColumns) { startRow() }
        open = Cell(text: [], columns: 1, rows: 1)
    }

    /// The row being read is a header, whatever its cells are.
    mutating func markHeader() { if rows.count == 1 { rowIsHeader = true } }

    mutating func endCell() {
        guard let cell = open else { return }
        rows[rows.count - 1].append(cell)
        open = nil
    }

    /// Appends a paragraph to the open cell, or to a cell of its own where none is open.
    mutating func append(_ paragraph: [UInt8], _ counts: inout MarkupCounts) {
        if open == nil { startCell(isHeader: false, columns: 1, rows: 1) }
        if open?.text.isEmpty == false {
            open?.text += "<br>".utf8
            counts.add(.tableMarkup, 4)
        }
        if open?.append(paragraph) != true { return }
        counts.add(.tableEscape, paragraph.reduce(0) { $0 + ($1 == UInt8(ascii: "|") ? 1 : $1 == 0x0A ? 4 : 0) })
    }

    /// The table as Markdown. Cells under a row span and beside a column span are empty; where spans would make the table many times
    /// as large as its cells, they are left out and short rows stay short.
    func markdown(_ counts: inout MarkupCounts) -> [UInt8] {
        let cells = rows.reduce(0) { $0 + $1.count }
        var spanned = laid(withSpans: true, atMost: 8 * cells + 4096)
        if spanned.isEmpty { spanned = laid(withSpans: false, atMost: .max) }
        let columns = max(1, spanned.map(\.count).max() ?? 1)
        let isFilled = columns * spanned.count <= 8 * cells + 4096
        var out: [UInt8] = []
        let header = headerRows > 0 ? 1 : 0
        func append(_ line: [[UInt8]], to width: Int) {
            out += "|".utf8
            for column in 0..<width {
                out.append(0x20)
                if column < line.count { out += line[column] }
                out += " |".utf8
            }
            counts.add(.tableMarkup, width + 1)
            out.append(0x0A)
        }
        append(header == 1 ? spanned[0] : [], to: columns)
        out += "|".utf8
        for _ in 0..<columns { out += " --- |".utf8 }
        out.append(0x0A)
        counts.add(.tableMarkup, 4 * columns + 1)
        for line in spanned[header...] { append(line, to: isFilled ? columns : line.count) }
        out.removeLast()
        for row in rows {
            for cell in row where cell.copies > 1 {
                counts.add(.attribute, (cell.copies - 1) * MarkupTextCounter.scalars(cell.text).visible)
            }
        }
        return out
    }

    /// The cells row by row, spans as empty cells; empty where that takes more than `limit` cells.
    private func laid(withSpans: Bool, atMost limit: Int) -> [[[UInt8]]] {
        var covered: [Int] = []
        var laid: [[[UInt8]]] = []
        var total = 0
        for row in rows {
            var line: [[UInt8]] = []
            func skipCovered() {
                while line.count < covered.count, covered[line.count] > 0 {
                    covered[line.count] -= 1
                    line.append([])
                }
            }
            for cell in row {
                for _ in 0..<cell.copies {
                    if withSpans { skipCovered() }
                    if line.count >= MarkupTable.mostColumns {
                        // Beyond the bound cells share the last column: nothing is lost.
                        if !cell.text.isEmpty { line[line.count - 1] += [0x20] + cell.text }
                        continue
                    }
                    let width = withSpans ? min(cell.columns, MarkupTable.mostColumns - line.count) : 1
                    for column in 0..<width {
                        while covered.count <= line.count { covered.append(0) }
                        covered[line.count] = withSpans ? cell.rows - 1 : 0
                        line.append(column == 0 ? cell.text : [])
                    }
                }
            }
            if withSpans { skipCovered() }
            total += line.count
            if total > limit { return [] }
            laid.append(line)
        }
        return laid
    }

    /// The table on one line a row, cells parted by semicolons, for the cell of another table.
    func flattened(_ counts: inout MarkupCounts) -> [UInt8] {
        var out: [UInt8] = []
        for row in rows {
            let cells = row.map(\.text).filter { !$0.isEmpty }
            if cells.isEmpty { continue }
            if !out.isEmpty { out.append(0x0A) }
            for (index, cell) in cells.enumerated() {
                if index > 0 {
                    out += "; ".utf8
                    counts.add(.tableMarkup, 1)
                }
                out += cell
            }
        }
        return out
    }
}
