import Documents

extension WordHandler {
    mutating func startTablePart(_ element: WordElement, _ attributes: WordAttributes) {
        if element == .table {
            finishParagraph()
            sinksOfTables.append(sink)
            tables.append(spareTables.popLast() ?? WordTable())
            return
        }
        guard let table = tables.indices.last else { return }
        switch element {
        case .row: tables[table].startRow()
        case .cell:
            finishParagraph()
            tables[table].startCell()
            sink = .cell
        case .gridSpan: tables[table].setSpan(attributes.number(names.val) ?? 1)
        case .verticalMerge:
            tables[table].setMerge(attributes.equals(names.val, "restart") ? .begins : .continues)
        case .gridBefore: tables[table].setBefore(attributes.number(names.val) ?? 0)
        case .gridAfter: tables[table].setAfter(attributes.number(names.val) ?? 0)
        default: if attributes.isOn(names.val) { tables[table].declareHeader() }
        }
    }

    mutating func endCell() {
        guard let table = tables.indices.last else { return }
        finishParagraph()
        tables[table].endCell()
        sink = sinksOfTables[table]
    }

    mutating func endTable() {
        if tables.isEmpty { return }
        finishParagraph()
        var table = tables.removeLast()
        table.endRow()
        sink = sinksOfTables.removeLast()
        if table.isEmpty {
            if table.hasCover, sink == .cell { tables[tables.count - 1].hasCover = true }
            return recycle(&table)
        }
        if table.hasCover, !hasHeading {
            // The cover is laid out as a table; what stands beside the title on it is cover too.
            counts.remove(.cover, table.scalars)
            return recycle(&table)
        }
        if sink == .cell { return tables[tables.count - 1].append(table) }
        tableWriter.reset()
        tableWriter.write(table, as: tableForm, &counts)
        recycle(&table)
        deliverWritten(.table)
        if !pendingNotes.isEmpty, sink == .body, tables.isEmpty { writePendingNotes() }
    }

    /// Keeps the memory of a table for the next one.
    private mutating func recycle(_ table: inout WordTable) {
        if spareTables.count > 8 { return }
        table.reset()
        spareTables.append(table)
        table = WordTable()
    }

    /// Delivers what the table writer holds. The writer is taken out of `self` for the time, so that no copy is made.
    private mutating func deliverWritten(_ kind: TextSpan.Kind) {
        var writer = TableWriter()
        swap(&writer, &tableWriter)
        writer.out.withUnsafeBytes { if !$0.isEmpty { deliver(kind, level: 0, isTight: false, $0) } }
        swap(&writer, &tableWriter)
    }

    /// A text box is read after the paragraph it hangs on.
    mutating func startBox() {
        var host = Paragraph()
        swap(&host, &paragraph)
        boxes.append(Box(host: host, sink: sink, formulas: formulas, formula: formula, waiting: waiting))
        waiting = []
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
            tableWriter.reset()
            tableWriter.writeFlattened(stray, &counts)
            deliverWritten(.prose)
        }
        let box = boxes.removeLast()
        sinksOfTables.removeLast()
        paragraph = box.host
        sink = box.sink
        formulas = box.formulas
        formula = box.formula
        waiting = box.waiting + box.blocks + waiting
    }
}
