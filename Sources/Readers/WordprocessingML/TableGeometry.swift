/// Where the cells of a table stand once grid lines that no cell ends at are taken out.
struct TableGeometry {
    /// Number of columns.
    private(set) var columns = 0
    /// For each cell its first column and how many it covers.
    private(set) var first: [Int] = []
    private(set) var span: [Int] = []
    /// For each cell how many rows it covers; 0 where it is the continuation of one above.
    private(set) var rowSpan: [Int] = []
    /// Whether plain rows of cells would not say which cells are merged. A row of one cell over the whole width says it.
    private(set) var hasMergedCells = false

    init(_ table: WordTable) {
        let cells = table.cells
        rowSpan = [Int](repeating: 1, count: cells.count)
        if table.hasSpans {
            placeOnGrid(table)
        } else {
            span = rowSpan
            first = cells.map(\.column)
            columns = (first.max() ?? 0) + 1
        }
        for row in table.rows.indices {
            let range = table.cells(ofRow: row)
            let isWhole = range.count == 1 && span[range.lowerBound] == columns
            if !isWhole, range.contains(where: { span[$0] > 1 }) { hasMergedCells = true }
        }
        if table.hasMerges { merge(table) }
    }

    private mutating func placeOnGrid(_ table: WordTable) {
        var width = 1
        for cell in table.cells { width = max(width, cell.column + cell.span) }
        for row in table.rows.indices {
            if let last = table.cells(ofRow: row).last {
                width = max(width, table.cells[last].column + table.cells[last].span + table.rows[row].after)
            }
        }
        var isLine = [Bool](repeating: false, count: width + 1)
        for cell in table.cells {
            isLine[cell.column] = true
            isLine[cell.column + cell.span] = true
        }
        // The number of a column is the number of lines before it.
        var number = [Int](repeating: 0, count: width + 1)
        var lines = -1
        for position in 0...width {
            if isLine[position] { lines += 1 }
            number[position] = max(0, lines)
        }
        columns = max(1, lines)
        for cell in table.cells {
            first.append(number[cell.column])
            span.append(max(1, number[cell.column + cell.span] - number[cell.column]))
        }
    }

    private mutating func merge(_ table: WordTable) {
        var open = [Int](repeating: -1, count: columns + 1)
        var lastRow = [Int](repeating: -1, count: columns + 1)
        for row in table.rows.indices {
            for cell in table.cells(ofRow: row) {
                let column = min(first[cell], columns)
                let above = open[column]
                if table.cells[cell].merge == .continues, table.items(ofCell: cell).isEmpty, above >= 0,
                    lastRow[column] == row - 1, span[above] == span[cell]
                {
                    rowSpan[above] += 1
                    rowSpan[cell] = 0
                    hasMergedCells = true
                } else {
                    open[column] = table.cells[cell].merge == .none ? -1 : cell
                }
                lastRow[column] = row
            }
        }
    }
}
