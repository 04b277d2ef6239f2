/// Elements that hold others: lists, tables, figures, citations, code.
extension MarkupHandler {
    mutating func beginStructure(
        _ role: MarkupRole, _ attributes: MarkupAttributes, _ frame: inout Frame
    ) {
        switch role {
        case .bulletList, .numberedList:
            startBlock()
            let style = attributes.value("style") ?? attributes.value("list-type") ?? ""
            let isNumbered =
                role == .numberedList || style.hasPrefix("number") || style.hasPrefix("format") || style == "order"
            lists.append(List(isNumbered: isNumbered, next: attributes.number("start") ?? 1))
        case .item:
            flush()
            itemWaits = true
            if let value = attributes.number("value"), !lists.isEmpty { lists[lists.count - 1].next = value }
            if let text = attributes.value("hangText") {
                put(text, .attribute)
                hasSpace = true
            }
        case .code:
            flush()
            codeDepth += 1
        case .codeLine:
            flush()
            isCodeLine = true
        case .table:
            flush()
            writeCaption(fromAttribute: attributes)
            tables.append(MarkupTable())
        case .headerRows:
            if !tables.isEmpty { tables[tables.count - 1].isInHeader = true }
        case .row:
            flush()
            if !tables.isEmpty { tables[tables.count - 1].startRow() }
        case .cell, .headerCell:
            flush()
            if !tables.isEmpty {
                tables[tables.count - 1].startCell(
                    isHeader: role == .headerCell,
                    columns: attributes.number("colspan") ?? attributes.number("number-columns-spanned")
                        ?? attributes.number("cols") ?? 1,
                    rows: attributes.number("rowspan") ?? attributes.number("number-rows-spanned")
                        ?? attributes.number("rows") ?? 1,
                    copies: vocabulary.kind == .openDocument ? attributes.number("number-columns-repeated") ?? 1 : 1)
            }
        case .gridHeader, .gridCell:
            flush()
            if !tables.isEmpty { tables[tables.count - 1].startGridCell(isHeader: role == .gridHeader) }
        case .caption:
            startBlock()
            captions += 1
        case .note:
            if isInsideParagraph { return openNote(&frame) }
            startBlock()
            notes += 1
        case .figure:
            startBlock()
            writeCaption(fromAttribute: attributes)
            figures += 1
        case .citation:
            if citations == 0 { startBlock() }
            citations += 1
            if vocabulary.kind == .rfc, let anchor = attributes.value("anchor"), !anchor.isEmpty {
                put("[\(anchor)]", .attribute)
                hasSpace = true
            }
        case .lineBreak: breakLine()
        case .printedLineEnd: hasPrintedLineEnd = true
        case .tab: hasSpace = true
        case .spaces: hasSpace = true
        case .superscript, .lowered: startScript(&frame)
        case .link, .reference:
            links += 1
            for index in frames.indices { frames[index].holdsLink = true }
            if hasSpace { appendSpace() }
            frame.mark = buffer.count
            if role == .reference { frame.holdsLink = false }
            if role == .reference { pendingTarget.append(target(attributes)) }
        case .mathematics:
            formula = MathMLFormula()
            formulaDepth = frames.count + 1
            takeAlternative()
        case .tex:
            if hasSpace { appendSpace() }
            texStart = buffer.count
            takeAlternative()
            codeDepth += 1
        case .alternatives: alternatives.append(false)
        default: break
        }
    }

    mutating func finishStructure(_ frame: Frame) {
        switch frame.role {
        case .bulletList, .numberedList:
            flush()
            _ = lists.popLast()
            itemWaits = false
        case .item:
            flush()
            itemWaits = false
        case .code:
            codeDepth -= 1
            if codeDepth == 0 { flushCode() }
        case .codeLine:
            flushCode()
            isCodeLine = false
        case .table:
            flush()
            endTable()
        case .row:
            flush()
            if !tables.isEmpty { tables[tables.count - 1].endRow() }
        case .cell, .headerCell, .gridHeader, .gridCell:
            flush()
            if !tables.isEmpty { tables[tables.count - 1].endCell() }
        case .caption:
            flush()
            captions -= 1
        case .note:
            if frame.holdsNote { return closeNote() }
            flush()
            notes -= 1
        case .figure:
            flush()
            figures -= 1
        case .citation:
            if citations == 1 { flush() } else { hasSpace = true }
            citations -= 1
        case .superscript, .lowered: endScript(frame)
        case .link: links -= 1
        case .reference:
            links -= 1
            if let target = pendingTarget.popLast(), buffer.count == frame.mark, !target.isEmpty {
                put(target, .attribute)
            }
        case .mathematics: endFormula()
        case .tex: endTeX()
        case .alternatives: _ = alternatives.popLast()
        default: break
        }
    }

    var isCaption: Bool {
        if captions > 0 { return false }
        return figures > 0 || !tables.isEmpty && frames.last?.role == .table
    }
}
