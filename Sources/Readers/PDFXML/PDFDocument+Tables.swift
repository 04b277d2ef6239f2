import Documents

extension PDFDocument {
    /// Where the table that begins with the line at `start` ends; `start` where none does.
    ///
    /// A table is two lines or more of several segments whose columns agree, not in the face and size of the text unless it has three
    /// columns; lines of one segment belong to it as long as they stand in its columns.
    func tableEnd(_ start: Int, _ label: LineLabel) -> Int {
        let first = layout.lines[start]
        if !canBegin(first, label) { return start }
        var end = start + 1
        var rows = 1
        var last = first
        var lastRow = start
        while end < layout.lines.count {
            let line = layout.lines[end]
            if line.flow != first.flow || line.isMono || line.segments.isEmpty { break }
            // Half pixels: three lines at most between two.
            if line.middle - last.middle > Int32(first.font.size) * 6 || !isSameFace(line, first) { break }
            if line.segments.count > 1 {
                rows += 1
                lastRow = end
            } else if end - lastRow > 40 {
                break
            }
            last = line
            end += 1
        }
        if rows < 2 { return start }
        let columns = TableColumns.find(layout, start..<end)
        if columns.count < 2 { return start }
        // What stands in no column ends the table.
        var stop = start
        var rowsInside = 0
        while stop < end {
            let line = layout.lines[stop]
            let isInside = line.segments.allSatisfy {
                TableColumns.column(of: layout.segments[$0], columns, within: 6) != nil
            }
            if !isInside, line.segments.count == 1 { break }
            if line.segments.count > 1 { rowsInside += 1 }
            stop += 1
        }
        return rowsInside >= 2 ? stop : start
    }

    private func isSameFace(_ line: PageLayout.Line, _ first: PageLayout.Line) -> Bool {
        abs(line.font.size - first.font.size) <= 2
            && (line.font.family == first.font.family || line.longest < 8 || first.longest < 8)
    }

    private func canBegin(_ line: PageLayout.Line, _ label: LineLabel) -> Bool {
        let count = line.segments.count
        if count < 2 { return false }
        if case .none = label {
        } else if count == 2 {
            return false
        }
        let isBody = line.font.size == body.font.size && line.font.family == body.font.family
        if isBody {
            // Prose with gaps has one long segment.
            return count >= 3 && line.longest < 40 && line.fragments * 2 <= line.pieces
        }
        return true
    }

    /// Reads the lines of a table into rows. A table that the last page ended with, of the same columns, goes on.
    mutating func takeTable(_ range: Range<Int>, pageWidth: Int32) {
        closeBlock()
        let columns = TableColumns.find(layout, range)
        let rows = tableRows(range, columns)
        let first = layout.lines[range.lowerBound]
        var header = 0
        while header < rows.count, rows[header].isBold { header += 1 }
        // A table of bold text only has no header.
        if header == rows.count { header = min(1, header) }
        var start = 0
        if table.isOpen, table.page + 1 == pageIndex, TableColumns.agree(table.columns, columns), table.font == first.font {
            if header > 0, text(of: rows[0..<header]) == table.header {
                for row in rows[0..<header] {
                    for cell in row.cells {
                        for segment in cell { counts.remove(.repeatedTableHeader, scalars(layout.segments[segment])) }
                    }
                }
                start = header
            }
        } else {
            closeTable()
            table.isOpen = true
            table.rows = WordTable()
            table.columns = columns
            table.header = text(of: rows[0..<header])
            table.font = first.font
        }
        for index in start..<rows.count { add(rows[index], isHeader: index == 0 && header > 0, columns.count) }
        table.page = pageIndex
        table.middle = layout.lines[range.upperBound - 1].middle
        table.flow = first.flow
    }

    private func text(of rows: ArraySlice<TableRow>) -> [UInt8] {
        var all: [UInt8] = []
        for row in rows {
            for cell in row.cells {
                for segment in cell { all += layout.bytes(layout.segments[segment]) }
            }
        }
        return all
    }

    private mutating func add(_ row: TableRow, isHeader: Bool, _ columns: Int) {
        table.rows.startRow()
        var text: [UInt8] = []
        for cell in row.cells {
            table.rows.startCell(&counts.blocks)
            if isHeader { table.rows.markHeader() }
            text.removeAll(keepingCapacity: true)
            for segment in cell {
                if !text.isEmpty {
                    let needsSpace = text.last != UInt8(ascii: "-") || text.count < 2
                    if needsSpace {
                        text.append(0x20)
                        counts.add(.space, 1)
                    }
                }
                text += layout.bytes(layout.segments[segment])
            }
            text.withUnsafeBytes { table.rows.append($0, &counts.blocks) }
            table.rows.endCell()
        }
        table.rows.endRow()
    }

    /// Writes the table that is open.
    mutating func closeTable() {
        if !table.isOpen { return }
        table.isOpen = false
        var text: [UInt8] = []
        table.rows.appendMarkdown(to: &text, &counts.blocks)
        table.rows = WordTable()
        write(.table, level: 0, isTight: false, text)
    }

    /// One row: for each column the segments of its cell, in order.
    struct TableRow {
        var cells: [[Int]]
        var isBold: Bool
    }

    /// Lines to rows. A line begins a row where its first column has text, and it is further down than lines of one cell are or has as
    /// many cells as the row began with.
    private func tableRows(_ range: Range<Int>, _ columns: [Range<Int32>]) -> [TableRow] {
        var rows: [TableRow] = []
        var pitch: Int32 = 1 << 24
        for index in range.dropFirst() {
            let apart = layout.lines[index].middle - layout.lines[index - 1].middle
            if apart > Int32(layout.lines[index].font.size) { pitch = min(pitch, apart) }
        }
        var began = Set<Int>()
        var last: PageLayout.Line?
        for index in range {
            let line = layout.lines[index]
            var filled = Set<Int>()
            for segment in line.segments {
                filled.insert(TableColumns.column(of: layout.segments[segment], columns, within: .max) ?? 0)
            }
            let apart = last.map { line.middle - $0.middle } ?? 1 << 28
            let isFar = apart > pitch + 3
            let overlaps = apart < Int32(line.font.size)
            var begins = rows.isEmpty
            if !overlaps, !begins {
                if filled.contains(0) {
                    begins = isFar || !filled.isSubset(of: began) || filled.count >= began.count
                } else {
                    begins = apart > pitch * 8 / 5 || (isFar && filled.count > 1 && !filled.isSubset(of: began))
                }
                if line.isBold != (rows.last?.isBold ?? false), filled.contains(0) { begins = true }
            }
            if begins {
                rows.append(TableRow(cells: Array(repeating: [], count: columns.count), isBold: line.isBold))
                began = filled
            } else if overlaps {
                began.formUnion(filled)
            }
            for segment in line.segments {
                let column = TableColumns.column(of: layout.segments[segment], columns, within: .max) ?? 0
                rows[rows.count - 1].cells[column].append(segment)
            }
            if !line.isBold { rows[rows.count - 1].isBold = false }
            last = line
        }
        return rows
    }
}

/// The columns of a table, from where its segments stand.
enum TableColumns {
    private static let most = 64

    /// The stretches of the page that segments of lines with several of them cover, where hardly any line crosses what is between.
    static func find(_ layout: PageLayout, _ range: Range<Int>) -> [Range<Int32>] {
        var ends: [(x: Int32, change: Int)] = []
        var rows = 0
        for index in range where layout.lines[index].segments.count > 1 {
            rows += 1
            for segment in layout.lines[index].segments {
                let segment = layout.segments[segment]
                ends.append((segment.left, 1))
                ends.append((max(segment.right, segment.left + 1), -1))
            }
        }
        ends.sort { ($0.x, $0.change) < ($1.x, $1.change) }
        // One row in twelve may reach over a gap.
        let limit = rows / 12
        var columns: [Range<Int32>] = []
        var open = 0
        var start: Int32?
        for end in ends {
            open += end.change
            if open > limit, start == nil {
                start = end.x
            } else if open <= limit, let from = start {
                if let last = columns.last, from - last.upperBound < 6 {
                    columns[columns.count - 1] = last.lowerBound..<max(end.x, last.upperBound)
                } else {
                    columns.append(from..<max(end.x, from + 1))
                }
                start = nil
            }
        }
        return columns.count > most ? [] : columns
    }

    /// The column a segment stands in: the first that it overlaps; nil where it reaches more than `within` beyond it into another.
    static func column(of segment: PageLayout.Segment, _ columns: [Range<Int32>], within: Int32) -> Int? {
        var found: Int?
        for (index, column) in columns.enumerated() {
            if segment.right <= column.lowerBound || segment.left >= column.upperBound { continue }
            if let found {
                return within == .max || segment.right - column.lowerBound <= within ? found : nil
            }
            found = index
        }
        if found != nil { return found }
        // Beside all columns: the nearest.
        var best = 0
        var distance = Int32.max
        for (index, column) in columns.enumerated() {
            let apart = max(column.lowerBound - segment.right, segment.left - column.upperBound)
            if apart < distance {
                distance = apart
                best = index
            }
        }
        return columns.isEmpty || (within != .max && distance > 60) ? nil : best
    }

    /// Whether two tables have the same columns: each overlaps the other's of the same number.
    static func agree(_ left: [Range<Int32>], _ right: [Range<Int32>]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0.overlaps($1) }
    }
}
