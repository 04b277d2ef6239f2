import Documents
import Glibc

/// The cells of one table, row by row, in flat arrays.
struct WordTable {
    private var text: [UInt8] = []
    /// Where each cell's text ends in `text`.
    private var cellEnds: [Int] = []
    /// One past the last cell of each row.
    private var rowEnds: [Int] = []
    /// Columns that the table's grid declares.
    var gridColumns = 0
    /// Whether the first row is a header, by its style or by its own property.
    private var hasHeader = false
    /// Whether a cover style occurs inside.
    var hasCover = false

    // The row being read.
    var gridBefore = 0
    var gridAfter = 0
    private var rowStart = 0
    // The cell being read.
    var span = 1
    private var cellStart = 0

    /// Word has at most 63 columns. Spans are cut here, and rows are filled up to here, so that a few bytes of a hostile document
    /// cannot become many.
    static let mostColumns = 128

    mutating func startRow() {
        gridBefore = 0
        gridAfter = 0
        rowStart = cellEnds.count
    }

    mutating func startCell(_ counts: inout WordCounts) {
        if cellEnds.count == rowStart {
            for _ in 0..<min(gridBefore, WordTable.mostColumns) { cellEnds.append(text.count) }
        }
        cellStart = text.count
        span = 1
    }

    mutating func markHeader() { if rowEnds.isEmpty { hasHeader = true } }

    /// Appends a paragraph to the open cell, on a line of its own; pipes are escaped, line ends become `<br>`.
    mutating func append(_ content: UnsafeRawBufferPointer, _ counts: inout WordCounts) {
        if content.isEmpty { return }
        if text.count > cellStart {
            text += "<br>".utf8
            counts.add(.tableMarkup, 4)
        }
        var start = 0
        for index in 0..<content.count {
            let byte = content[index]
            if byte != UInt8(ascii: "|"), byte != 0x0A, byte != 0x09 { continue }
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[start..<index]))
            start = index + 1
            switch byte {
            case UInt8(ascii: "|"):
                text += "\\|".utf8
                counts.add(.tableEscape, 1)
            case 0x0A:
                text += "<br>".utf8
                counts.add(.tableEscape, 3)
            default: text.append(0x20)
            }
        }
        text.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[start...]))
    }

    mutating func endCell() {
        cellEnds.append(text.count)
        for _ in 1..<max(2, min(span, WordTable.mostColumns)) where span > 1 { cellEnds.append(text.count) }
    }

    mutating func endRow() {
        if cellEnds.count == rowStart { return }
        for _ in 0..<min(gridAfter, WordTable.mostColumns) { cellEnds.append(text.count) }
        rowEnds.append(cellEnds.count)
        rowStart = cellEnds.count
        gridAfter = 0
    }

    var isEmpty: Bool { text.isEmpty }

    /// Everything in the cells, for a table that a rule drops.
    var scalars: Int { unicodeScalarCount(text) }

    /// Appends the table as a Markdown pipe table. Without a header row of its own it gets an empty one, which the syntax asks for.
    func appendMarkdown(to out: inout [UInt8], _ counts: inout WordCounts) {
        var columns = 1
        var first = 0
        for end in rowEnds {
            columns = max(columns, end - first)
            first = end
        }
        let start = out.count
        if !hasHeader {
            for _ in 0..<columns { out += "|  ".utf8 }
            out += "|\n".utf8
            appendRule(columns, &out)
        }
        var cell = 0
        for (row, end) in rowEnds.enumerated() {
            if row > 0 { out.append(0x0A) }
            let cells = max(end - cell, min(columns, WordTable.mostColumns))
            for column in 0..<cells {
                out += "| ".utf8
                if cell < end {
                    let from = cell == 0 ? 0 : cellEnds[cell - 1]
                    out += text[from..<cellEnds[cell]]
                    cell += 1
                }
                out.append(0x20)
                if column == cells - 1 { out.append(UInt8(ascii: "|")) }
            }
            if row == 0, hasHeader {
                out.append(0x0A)
                appendRule(columns, &out)
                out.removeLast()
            }
        }
        let written = out.withUnsafeBytes { unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        counts.add(.tableMarkup, written - scalars)
    }

    private func appendRule(_ columns: Int, _ out: inout [UInt8]) {
        for _ in 0..<columns { out += "| --- ".utf8 }
        out += "|\n".utf8
    }

    /// Appends the table on one line a row, cells parted by semicolons, for the cell of another table.
    func appendFlattened(to out: inout [UInt8], _ counts: inout WordCounts) {
        var cell = 0
        var isFirstRow = true
        for end in rowEnds {
            let rowStart = cell
            var isFirst = true
            for index in rowStart..<end {
                let from = index == 0 ? 0 : cellEnds[index - 1]
                if cellEnds[index] == from { continue }
                if isFirst {
                    if !isFirstRow {
                        out.append(0x0A)
                        counts.add(.nestedTable, 1)
                    }
                } else {
                    out += "; ".utf8
                    counts.add(.nestedTable, 2)
                }
                isFirst = false
                isFirstRow = false
                out += text[from..<cellEnds[index]]
            }
            cell = end
        }
    }
}
