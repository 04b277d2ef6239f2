import Documents

extension PDFDocument {
    /// Where the table that begins with the line at `start` ends; `start` where none does.
    ///
    /// A table is two lines or more of several segments whose columns agree, not in the face and size of the text unless it has three
    /// columns; lines of one segment belong to it as long as they stand in its columns.
    mutating func tableEnd(_ start: Int, _ label: LineLabel) -> Int {
        let first = layout.lines[start]
        if !canBegin(first, label) { return start }
        let end = ownTableEnd(start)
        return end > start ? end : continuedEnd(start)
    }

    /// Where the lines end that go on a table of the last page, too few to be known as a table by themselves.
    private mutating func continuedEnd(_ start: Int) -> Int {
        let first = layout.lines[start]
        guard table.isOpen, table.page + 1 == pageIndex, table.font == first.font, table.columns.count > 1 else {
            return start
        }
        columns.take(table.columns)
        var end = start
        while end < layout.lines.count {
            let line = layout.lines[end]
            if line.flow != first.flow || line.isMono || line.font != first.font { break }
            if end > start, line.middle - layout.lines[end - 1].middle > Int32(first.font.size) * 3 { break }
            let stands = line.segments.allSatisfy { segment in
                table.columns.contains { abs($0.lowerBound - layout.segments[segment].left) <= 8 }
            }
            if !stands { break }
            end += 1
        }
        return end
    }

    private mutating func ownTableEnd(_ start: Int) -> Int {
        let first = layout.lines[start]
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
        // The header of a table may stand alone at the foot of a page.
        let isHeader = first.isBold && first.segments.count > 2
        if rows < 2, !isHeader { return start }
        columns.find(layout, start..<end)
        if columns.bounds.count < 2 { return start }
        // What stands in no column ends the table.
        var stop = start
        var rowsInside = 0
        while stop < end {
            let line = layout.lines[stop]
            let isInside = line.segments.allSatisfy {
                columns.column(of: layout.segments[$0], within: 6) != nil
            }
            if !isInside, line.segments.count == 1 { break }
            if line.segments.count > 1 { rowsInside += 1 }
            stop += 1
        }
        return rowsInside >= 2 || (isHeader && rowsInside == 1) ? stop : start
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

    /// Reads the lines of a table into rows, after `tableEnd` found its columns. A table of the same columns that the last page ended
    /// with goes on.
    mutating func takeTable(_ range: Range<Int>) {
        closeBlock()
        findRows(range)
        let first = layout.lines[range.lowerBound]
        var header = 0
        while header < rows.count, rows[header].isBold { header += 1 }
        // A table of bold text only has no header but its first row.
        if header == rows.count { header = min(1, header) }
        var start = 0
        if table.isOpen, table.page + 1 == pageIndex, table.font == first.font, columns.agree(with: table.columns) {
            if header > 0, text(ofRows: 0..<header) == table.header {
                for cell in 0..<rows[header - 1].end {
                    counts.remove(.repeatedTableHeader, scalars(layout.segments[cells[cell].segment]))
                }
                start = header
            }
        } else {
            closeTable()
            table.isOpen = true
            table.rows = WordTable()
            table.columns = columns.bounds
            table.header = text(ofRows: 0..<header)
            table.font = first.font
        }
        for row in start..<rows.count { add(row, isHeader: row == 0 && header > 0) }
        table.page = pageIndex
    }

    private func text(ofRows range: Range<Int>) -> [UInt8] {
        var all: [UInt8] = []
        if range.isEmpty { return all }
        for cell in 0..<rows[range.upperBound - 1].end { all += layout.bytes(layout.segments[cells[cell].segment]) }
        return all
    }

    private mutating func add(_ row: Int, isHeader: Bool) {
        table.rows.startRow()
        var cell = row == 0 ? 0 : rows[row - 1].end
        let end = rows[row].end
        for column in 0..<columns.bounds.count {
            table.rows.startCell()
            if isHeader { table.rows.markHeader() }
            if cell < end, cells[cell].column == column {
                if cell + 1 == end || cells[cell + 1].column != column {
                    let segment = layout.segments[cells[cell].segment]
                    layout.text.withUnsafeBytes {
                        table.rows.append(
                            UnsafeRawBufferPointer(rebasing: $0[segment.start..<segment.end]))
                    }
                    cell += 1
                } else {
                    cellText.removeAll(keepingCapacity: true)
                    while cell < end, cells[cell].column == column {
                        joinCell(layout.segments[cells[cell].segment])
                        cell += 1
                    }
                    cellText.withUnsafeBytes { table.rows.append($0) }
                }
            }
            table.rows.endCell()
        }
        table.rows.endRow()
    }

    /// Appends the next line of a cell. Behind a hyphen it follows without a space.
    private mutating func joinCell(_ segment: PageLayout.Segment) {
        if cellText.count > 1, cellText.last != UInt8(ascii: "-") || cellText[cellText.count - 2] == 0x20 {
            cellText.append(0x20)
            counts.add(.space, 1)
        } else if cellText.count == 1 {
            cellText.append(0x20)
            counts.add(.space, 1)
        }
        cellText += layout.bytes(segment)
    }

    /// Writes the table that is open.
    mutating func closeTable() {
        if !table.isOpen { return }
        table.isOpen = false
        var writer = TableWriter()
        writer.write(table.rows, as: .markdown, &counts.blocks)
        table.rows.reset()
        write(.table, level: 0, isTight: false, writer.out)
    }

    /// Lines to rows. A line begins a row where its first column has text, and it is further down than lines of one cell are or has as
    /// many cells as the row began with.
    private mutating func findRows(_ range: Range<Int>) {
        rows.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        var pitch: Int32 = 1 << 24
        for index in range.dropFirst() {
            let apart = layout.lines[index].middle - layout.lines[index - 1].middle
            if apart > Int32(layout.lines[index].font.size) { pitch = min(pitch, apart) }
        }
        // Where lines of cells stand closer than rows, closeness tells them apart: then not only a few lines stand further.
        var near = 0
        var far = 0
        for index in range.dropFirst() where layout.lines[index].segments.count > 1 {
            let apart = layout.lines[index].middle - layout.lines[index - 1].middle
            if apart * 5 >= pitch * 8
                || columns.column(of: layout.segments[layout.lines[index].segments.lowerBound]) != 0
            {
                continue
            }
            if apart > pitch + 3 {
                far += 1
            } else {
                near += 1
            }
        }
        let hasTwoPitches = far * 3 >= near
        // Columns as bits.
        var began: UInt64 = 0
        var last: Int32 = -(1 << 28)
        for index in range {
            let line = layout.lines[index]
            var filled: UInt64 = 0
            for segment in line.segments { filled |= 1 << UInt64(columns.column(of: layout.segments[segment])) }
            let apart = line.middle - last
            let isFar = apart > pitch + 3
            let overlaps = apart < Int32(line.font.size)
            var begins = rows.isEmpty
            if !overlaps, !begins {
                let isInside = filled & ~began == 0
                // Lines of one cell stand closer than 1.18 em, rows further, whichever of their cells are empty.
                let isRow = apart * 100 > Int32(line.font.size) * 236
                if filled & 1 != 0 {
                    begins =
                        isFar || isRow || !isInside
                        || (filled.nonzeroBitCount >= began.nonzeroBitCount && !hasTwoPitches)
                    if line.isBold != rows[rows.count - 1].isBold { begins = true }
                } else {
                    begins = apart > pitch * 8 / 5 || (isRow && filled.nonzeroBitCount > 1)
                }
            }
            if begins {
                rows.append(TableRow(end: cells.count, isBold: line.isBold))
                began = filled
            } else if overlaps {
                began |= filled
            }
            let start = rows.count > 1 ? rows[rows.count - 2].end : 0
            for segment in line.segments {
                // Sorted by column, in one column by line.
                let column = columns.column(of: layout.segments[segment])
                var place = cells.count
                while place > start, cells[place - 1].column > column { place -= 1 }
                cells.insert(TableCell(column: column, segment: segment), at: place)
            }
            rows[rows.count - 1].end = cells.count
            if !line.isBold { rows[rows.count - 1].isBold = false }
            last = line.middle
        }
    }

    // MARK: Numbers

    /// Where the lines end that hold nothing but numbers, three or more in each: a matrix, or a table whose cells poppler ran together.
    func numbersEnd(_ start: Int) -> Int {
        let first = layout.lines[start]
        var end = start
        while end < layout.lines.count {
            let line = layout.lines[end]
            if line.flow != first.flow || line.segments.count != 1
                || !isNumbers(layout.segments[line.segments.lowerBound])
            {
                break
            }
            if end > start, line.middle - layout.lines[end - 1].middle > Int32(first.font.size) * 6 { break }
            end += 1
        }
        return end - start >= 2 ? end : start
    }

    private func isNumbers(_ segment: PageLayout.Segment) -> Bool {
        var words = 0
        var isInWord = false
        for byte in layout.bytes(segment) {
            if byte == 0x20 {
                isInWord = false
                continue
            }
            // Digits, signs and full stops.
            if !(byte &- 0x30 < 10 || byte == 0x2D || byte == 0x2B || byte == 0x2E) { return false }
            if !isInWord { words += 1 }
            isInWord = true
        }
        return words >= 3
    }

    /// Reads lines of numbers as a table with a cell for each.
    mutating func takeNumbers(_ range: Range<Int>) {
        closeBlock()
        closeTable()
        table.isOpen = true
        table.rows = WordTable()
        table.columns = []
        table.header = []
        for index in range {
            let segment = layout.segments[layout.lines[index].segments.lowerBound]
            table.rows.startRow()
            var at = segment.start
            while at < segment.end {
                var end = at
                while end < segment.end, layout.text[end] != 0x20 { end += 1 }
                table.rows.startCell()
                layout.text.withUnsafeBytes {
                    table.rows.append(UnsafeRawBufferPointer(rebasing: $0[at..<end]))
                }
                table.rows.endCell()
                at = end
                while at < segment.end, layout.text[at] == 0x20 { at += 1 }
                counts.remove(.whiteSpace, at - end)
            }
            table.rows.endRow()
        }
        closeTable()
    }
}

/// One row of a table: where its cells' lines end, and whether all of them are bold.
struct TableRow {
    var end: Int
    var isBold: Bool
}

/// A line of a cell.
struct TableCell {
    var column: Int
    var segment: Int
}
