import Documents
import Glibc

/// The cells of one table, row by row, in flat arrays, as the document has them; `TableWriter` writes them down.
struct WordTable {
    /// How a cell takes part in a vertical merge (`w:vMerge`).
    enum Merge: UInt8 { case none, begins, continues }

    /// A paragraph of a cell in `text`, or a table inside the cell.
    struct Item {
        var start: Int
        var end: Int
        /// Index in `nested`; -1 for a paragraph.
        var table = -1
    }

    struct Cell {
        /// Its first item.
        var first: Int
        /// Column of the grid where it begins.
        var column: Int
        /// Columns of the grid that it covers.
        var span: Int
        var merge: Merge
    }

    struct Row {
        /// Its first cell.
        var first: Int
        /// Columns of the grid before its first cell and behind its last.
        var before: Int
        var after: Int
        /// Whether it is declared a header (`w:tblHeader`).
        var isDeclared: Bool
        /// Cells in the style of table headers.
        var headerCells: Int
    }

    private(set) var text: [UInt8] = []
    private(set) var items: [Item] = []
    private(set) var cells: [Cell] = []
    private(set) var rows: [Row] = []
    private(set) var nested: [WordTable] = []
    /// Whether some cell is merged with the one above.
    private(set) var hasMerges = false
    /// Whether some cell covers several columns, or a row begins late or ends early.
    private(set) var hasSpans = false
    /// Whether a cover style occurs inside.
    var hasCover = false

    // The row being read.
    private var row = WordTable.newRow
    private var column = 0
    // The cell being read.
    private var isInHeaderCell = false

    private static let newRow = Row(first: 0, before: 0, after: 0, isDeclared: false, headerCells: 0)

    /// Word has at most 63 columns. Spans are cut here, and rows are filled up to here, so that a few bytes of a hostile document
    /// cannot become many.
    static let mostColumns = 128

    /// Empties the table and keeps its memory.
    mutating func reset() {
        text.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        nested.removeAll()
        hasMerges = false
        hasSpans = false
        hasCover = false
        row = WordTable.newRow
        column = 0
    }

    mutating func startRow() {
        // Cells without a row are damage, but their text is text.
        if cells.count > row.first { rows.append(row) }
        row = WordTable.newRow
        row.first = cells.count
        column = 0
    }

    mutating func startCell() {
        if cells.count == row.first { column = row.before }
        cells.append(Cell(first: items.count, column: column, span: 1, merge: .none))
        isInHeaderCell = false
    }

    mutating func setSpan(_ span: Int) {
        if cells.isEmpty || span < 2 { return }
        cells[cells.count - 1].span = min(span, WordTable.mostColumns)
        hasSpans = true
    }

    mutating func setMerge(_ merge: Merge) {
        if cells.isEmpty { return }
        cells[cells.count - 1].merge = merge
        hasMerges = true
    }

    mutating func setBefore(_ count: Int) {
        row.before = min(count, WordTable.mostColumns)
        hasSpans = true
    }

    mutating func setAfter(_ count: Int) {
        row.after = min(count, WordTable.mostColumns)
        hasSpans = true
    }

    mutating func declareHeader() { row.isDeclared = true }

    /// Says that the open cell has a paragraph in the style of table headers.
    mutating func markHeader() {
        if !isInHeaderCell { row.headerCells += 1 }
        isInHeaderCell = true
    }

    /// Appends a paragraph to the open cell.
    mutating func append(_ content: UnsafeRawBufferPointer) {
        if content.isEmpty { return }
        // Text before the first cell is damage, but it is text.
        if cells.isEmpty { startCell() }
        let start = text.count
        text.append(contentsOf: content)
        items.append(Item(start: start, end: text.count))
    }

    /// Appends a table to the open cell.
    mutating func append(_ table: WordTable) {
        if cells.isEmpty { startCell() }
        items.append(Item(start: text.count, end: text.count, table: nested.count))
        nested.append(table)
    }

    mutating func endCell() {
        if let cell = cells.last { column = cell.column + cell.span }
    }

    mutating func endRow() { startRow() }

    var isEmpty: Bool { items.isEmpty }

    /// Everything in the cells, for a table that a rule drops.
    var scalars: Int { nested.reduce(unicodeScalarCount(text)) { $0 + $1.scalars } }

    /// The cells of a row.
    func cells(ofRow row: Int) -> Range<Int> {
        rows[row].first..<(row + 1 < rows.count ? rows[row + 1].first : cells.count)
    }

    /// The items of a cell.
    func items(ofCell cell: Int) -> Range<Int> {
        cells[cell].first..<(cell + 1 < cells.count ? cells[cell + 1].first : items.count)
    }

    /// How many rows at the top are headers: the first where any of its cells is in a header's style, those behind it where all that
    /// have text are, and all that are declared. A table of nothing but such rows has one.
    var headerRows: Int {
        var count = 0
        while count < rows.count {
            let row = rows[count]
            if !row.isDeclared {
                let filled =
                    count == 0 ? min(1, row.headerCells) : cells(ofRow: count).count { !items(ofCell: $0).isEmpty }
                if row.headerCells == 0 || row.headerCells < filled { break }
            }
            count += 1
        }
        return count == rows.count ? min(1, count) : count
    }
}
