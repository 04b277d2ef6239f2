import Documents

extension WordHandler {
    mutating func startTablePart(_ element: WordElement, _ attributes: WordAttributes) {
        if element == .table {
            finishParagraph()
            sinksOfTables.append(sink)
            tables.append(WordTable())
            return
        }
        guard let table = tables.indices.last else { return }
        switch element {
        case .row: tables[table].startRow()
        case .cell:
            finishParagraph()
            tables[table].startCell(&counts)
            sink = .cell
        case .gridColumn: tables[table].gridColumns += 1
        case .gridSpan: tables[table].span = max(1, attributes.number(names.val) ?? 1)
        case .gridBefore: tables[table].gridBefore = attributes.number(names.val) ?? 0
        case .gridAfter: tables[table].gridAfter = attributes.number(names.val) ?? 0
        default: if attributes.isOn(names.val) { tables[table].markHeader() }
        }
    }

    mutating func endCell() {
        guard let table = tables.indices.last else { return }
        finishParagraph()
        tables[table].endCell()
        sink = sinksOfTables[table]
    }

    mutating func endTable() {
        guard var table = tables.last, let outer = sinksOfTables.last else { return }
        finishParagraph()
        table.endRow()
        tables.removeLast()
        sinksOfTables.removeLast()
        sink = outer
        if table.isEmpty {
            if table.hasCover, sink == .cell { tables[tables.count - 1].hasCover = true }
            return
        }
        if table.hasCover, !hasHeading {
            // The cover is laid out as a table; what stands beside the title on it is cover too.
            return counts.remove(.cover, table.scalars)
        }
        scratch.removeAll(keepingCapacity: true)
        if sink == .cell {
            table.appendFlattened(to: &scratch, &counts)
        } else {
            table.appendMarkdown(to: &scratch, &counts)
        }
        var text: [UInt8] = []
        swap(&text, &scratch)
        text.withUnsafeBytes { deliver(.table, level: 0, isTight: false, $0) }
        swap(&text, &scratch)
    }

    /// A text box is read after the paragraph it hangs on.
    mutating func startBox() {
        var host = Paragraph()
        swap(&host, &paragraph)
        boxes.append(Box(host: host, sink: sink, formulas: formulas, formula: formula))
        formulas = 0
        formula = FormulaTree()
        sink = .box
        tables.append(WordTable())
        sinksOfTables.append(.box)
    }

    mutating func endBox() {
        guard !boxes.isEmpty else { return }
        finishParagraph()
        var stray = tables.removeLast()
        stray.endRow()
        if !stray.isEmpty {
            // Cells without a table are damage, but their text is text.
            var text: [UInt8] = []
            stray.appendFlattened(to: &text, &counts)
            text.withUnsafeBytes { deliver(.prose, level: 0, isTight: false, $0) }
        }
        let box = boxes.removeLast()
        sinksOfTables.removeLast()
        paragraph = box.host
        sink = box.sink
        formulas = box.formulas
        formula = box.formula
        waiting += box.blocks
    }
}
