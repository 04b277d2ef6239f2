import Documents
import Glibc

extension WordHandler {
    mutating func startParagraph() {
        if paragraph.isOpen { finishParagraph() }
        paragraph.isOpen = true
        paragraph.isJoined = false
        setDefaultStyle()
        paragraph.outlineLevel = -1
        paragraph.isFramed = false
    }

    /// What holds for a paragraph that names no style.
    mutating func setDefaultStyle() {
        paragraph.role = styles.defaultStyle.role
        paragraph.styleList = styles.defaultStyle.list
        paragraph.styleLevel = styles.defaultStyle.level
        paragraph.list = -1
        paragraph.listLevel = -1
        paragraph.literalLabel = nil
    }

    mutating func startProperty(_ element: WordElement, _ attributes: WordAttributes) {
        switch element {
        case .paragraphStyle:
            if parent == .paragraphProperties, let id = attributes.value(names.val) {
                let style = styleCache.style(id, styles, counters)
                paragraph.role = style.role
                paragraph.styleList = style.list
                paragraph.styleLevel = style.level
            }
        case .outlineLevel:
            if parent == .paragraphProperties { paragraph.outlineLevel = attributes.number(names.val) ?? -1 }
        case .numberingIdentifier:
            if parent == .numbering { paragraph.list = max(0, attributes.integer(names.val) ?? 0) }
        case .numberingLevel: if parent == .numbering { paragraph.listLevel = attributes.number(names.val) ?? 0 }
        default:
            paragraph.isFramed = true
            // A dropped capital is a paragraph of its own, and the first letter of the next.
            if attributes.equals(names.dropCap, "drop") || attributes.equals(names.dropCap, "margin") {
                paragraph.isJoined = true
            }
        }
    }

    mutating func endParagraph() {
        paragraph.isOpen = false
        endInstructions()
        if paragraph.isJoined { return }
        finishParagraph()
    }

    /// Delivers what the paragraph holds, then the text boxes that hung on it.
    mutating func finishParagraph() {
        if formulas > 0 { writeFormula() }
        deliverParagraph()
        paragraph.text.removeAll(keepingCapacity: true)
        paragraph.formulaEnd = 0
        paragraph.lastFormulaEnd = 0
        paragraph.isDisplayed = false
        paragraph.isOpen = false
        paragraph.isJoined = false
        paragraph.role = .prose
        paragraph.list = 0
        paragraph.literalLabel = nil
        if !waiting.isEmpty {
            let blocks = waiting
            waiting = []
            for block in blocks {
                block.text.withUnsafeBytes { deliver(block.kind, level: block.level, isTight: block.isTight, $0) }
            }
        }
        if !pendingNotes.isEmpty, sink == .body, tables.isEmpty { writePendingNotes() }
    }

    private mutating func deliverParagraph() {
        var role = paragraph.role
        let label = paragraph.list == 0 ? nil : nextLabel()
        if paragraph.outlineLevel >= 0, paragraph.outlineLevel < 9, role.kind == .prose {
            role = ParagraphRole(kind: .heading, level: paragraph.outlineLevel + 1)
        }
        if role.kind == .code, sink != .cell {
            let length = trimmedEnd(paragraph.text.count, from: 0)
            counts.remove(.whiteSpace, paragraph.text.count - length)
            return withText(0..<length) { $0.deliver(.code, level: 0, isTight: true, $1) }
        }
        if paragraph.text.isEmpty { return }
        // In a table a style of contents is somebody's choice of layout.
        if role.kind == .contents || role.kind == .index && isInIndex, sink != .cell { return dropParagraph(.contents) }
        if isCover(role) { return dropParagraph(.cover) }
        var start = 0
        while start < paragraph.text.count, isSpace(paragraph.text[start]) { start += 1 }
        let end = trimmedEnd(paragraph.text.count, from: start)
        counts.remove(.whiteSpace, paragraph.text.count - (end - start))
        if end == start { return }
        deliver(role, start..<end, label)
    }

    private mutating func deliver(_ role: ParagraphRole, _ range: Range<Int>, _ label: ParagraphLabel?) {
        if sink == .cell {
            if role.kind == .tableHeader { tables[tables.count - 1].markHeader() }
            let range = labelled(range, label, indentation: 0)
            return withText(range) { $0.deliver(.prose, level: 0, isTight: false, $1) }
        }
        var range = range
        var kind = TextSpan.Kind.prose
        var isTight = false
        switch role.kind {
        case .heading, .title: return deliverHeading(role, labelled(range, label, indentation: 0))
        case .listItem, .abbreviation:
            kind = .listItem
            isTight = true
            if role.kind == .listItem { narrowFirstTab(range) }
        case .reference:
            kind = paragraph.text[range.lowerBound] == UInt8(ascii: "[") ? .listItem : .note
            narrowFirstTab(range)
        case .caption: kind = .caption
        case .note:
            kind = .note
            narrowFirstTab(range)
        case .equation: kind = .equation
        default: break
        }
        if kind == .prose, range.lowerBound == 0, paragraph.formulaEnd == range.upperBound { kind = .equation }
        if let label {
            var depth = 0
            if role.kind == .prose || role.kind == .listItem {
                kind = .listItem
                isTight = true
                depth = min(label.level, sink == .body ? listDepth + 1 : 0)
            }
            range = labelled(range, label, indentation: depth)
            withText(range) { $0.deliver(kind, level: 0, isTight: isTight, $1) }
            if isTight, sink == .body { listDepth = depth }
            return
        }
        if role.kind == .listItem, sink == .body {
            // Styles B2, B3, … bring their labels in the text; a level deeper than the item before it would be no list.
            let depth = min(role.level - 1, listDepth + 1)
            range = indented(range, depth)
            withText(range) { $0.deliver(kind, level: 0, isTight: isTight, $1) }
            listDepth = depth
            return
        }
        withText(range) { $0.deliver(kind, level: 0, isTight: isTight, $1) }
    }

    /// The label of the paragraph in its list, counted; nil where it is in none.
    private mutating func nextLabel() -> ParagraphLabel? {
        if let label = paragraph.literalLabel {
            let isNumber = label.contains { $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
            let isMark = label.count == 1 && !(label[0] >= 0x30 && label[0] <= 0x39)
            return ParagraphLabel(
                text: isNumber && !isMark ? String(decoding: label, as: UTF8.self) : "-",
                level: max(0, paragraph.listLevel))
        }
        let isOwn = paragraph.list > 0
        let list = isOwn ? paragraph.list : paragraph.styleList
        if list == 0 { return nil }
        let level = paragraph.listLevel >= 0 ? paragraph.listLevel : isOwn ? 0 : paragraph.styleLevel
        guard let label = counters.next(list, level: level) else {
            // Without the definitions a list of the paragraph's own is known to be one, and no more.
            return isOwn && counters.numbering.definitions == 0 ? ParagraphLabel(text: "-", level: level) : nil
        }
        switch label {
        case .bullet: return ParagraphLabel(text: "-", level: level)
        case .number(let text): return ParagraphLabel(text: text, level: level)
        }
    }

    /// Puts a label before the text, unless the text brings it; where the text then stands.
    private mutating func labelled(_ range: Range<Int>, _ label: ParagraphLabel?, indentation: Int) -> Range<Int> {
        guard let label, !label.text.isEmpty else { return range }
        let isBullet = label.text == "-"
        if isBullet, startsWithLabel(range) { return range }
        if !isBullet, paragraph.text[range].starts(with: label.text.utf8) { return range }
        let text = String(repeating: "  ", count: indentation) + label.text + " "
        paragraph.text.insert(contentsOf: text.utf8, at: range.lowerBound)
        counts.add(.listLabel, text.unicodeScalars.count)
        return range.lowerBound..<range.upperBound + text.utf8.count
    }

    /// Puts two spaces for each level before the text; where the text then stands.
    private mutating func indented(_ range: Range<Int>, _ depth: Int) -> Range<Int> {
        if depth <= 0 { return range }
        paragraph.text.insert(contentsOf: repeatElement(0x20, count: 2 * depth), at: range.lowerBound)
        counts.add(.listLabel, 2 * depth)
        return range.lowerBound..<range.upperBound + 2 * depth
    }

    private mutating func deliverHeading(_ role: ParagraphRole, _ range: Range<Int>) {
        for index in range where paragraph.text[index] == 0x09 || paragraph.text[index] == 0x0A {
            paragraph.text[index] = 0x20
        }
        var level = max(role.level, 1)
        // Annex titles have level 8 (specifications) or 9 (reports), their clauses level 1 and below.
        if level >= 8, paragraph.text[range].starts(with: "Annex".utf8) { level = 1 }
        if role.kind == .title, titles.count < 8 {
            titles.append(String(decoding: paragraph.text[range], as: UTF8.self))
        } else {
            hasHeading = true
        }
        withText(range) { $0.deliver(.heading, level: level, isTight: false, $1) }
    }

    /// Sends a block where blocks go at this place.
    mutating func deliver(
        _ kind: TextSpan.Kind, level: Int, isTight: Bool, _ content: UnsafeRawBufferPointer
    ) {
        switch sink {
        case .body:
            listDepth = -1
            writer.write(kind, level: level, isTight: isTight, content, &counts)
        case .cell: tables[tables.count - 1].append(content)
        case .box:
            boxes[boxes.count - 1].blocks.append(
                BlockWriter.Block(kind: kind, level: level, isTight: isTight, text: Array(content)))
        }
    }

    /// Calls `body` with part of the paragraph's text. The text is taken out of `self` for the time, so that no copy is made.
    private mutating func withText(
        _ range: Range<Int>, _ body: (inout WordHandler, UnsafeRawBufferPointer) -> Void
    ) {
        var text: [UInt8] = []
        swap(&text, &paragraph.text)
        text.withUnsafeBytes { body(&self, UnsafeRawBufferPointer(rebasing: $0[range])) }
        swap(&text, &paragraph.text)
    }

    /// Cover styles are cover before the first heading only: authors reuse them in the body.
    private func isCover(_ role: ParagraphRole) -> Bool {
        if hasHeading { return false }
        return switch role.kind {
        case .coverIdentity, .coverTitle, .cover: true
        case .footer: paragraph.isFramed || sink == .cell
        default: false
        }
    }

    private mutating func dropParagraph(_ rule: WordRule) {
        counts.remove(rule, unicodeScalarCount(paragraph.text))
        if rule != .cover { return }
        if sink == .cell { tables[tables.count - 1].hasCover = true }
        let line = String(decoding: paragraph.text, as: UTF8.self)
        switch paragraph.role.kind {
        case .coverIdentity: if coverIdentity.count < 32 { coverIdentity.append(line) }
        case .coverTitle: if coverTitle.count < 32 { coverTitle.append(line) }
        default: break
        }
    }

    /// The tab between a label and its text becomes a space.
    private mutating func narrowFirstTab(_ range: Range<Int>) {
        for index in range where paragraph.text[index] == 0x09 {
            paragraph.text[index] = 0x20
            return
        }
    }

    /// Whether the text brings a label of its own: a dash, bullet, number or letter before a tab or space.
    private func startsWithLabel(_ range: Range<Int>) -> Bool {
        for index in range.prefix(8) where paragraph.text[index] == 0x20 || paragraph.text[index] == 0x09 {
            let last = paragraph.text[max(range.lowerBound, index - 1)]
            return index > range.lowerBound && [0x2D, 0x3E, 0x29, 0x2E].contains(last)
        }
        return false
    }

    private func trimmedEnd(_ count: Int, from start: Int) -> Int {
        var end = count
        while end > start, isSpace(paragraph.text[end - 1]) { end -= 1 }
        return end
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}

/// The label of a paragraph in a list.
struct ParagraphLabel {
    var text: String
    var level: Int
}
