import CXML2
import Documents
import Glibc

extension PDFDocument {
    /// Reads the lines of the page that was laid out.
    mutating func readLines(_ page: PDFPage) {
        let count = layout.lines.count
        let margins = PageMargins(layout.lines)
        let figures = FigureAreas(layout, body: body.font, pageWidth: page.width)
        var index = 0
        while index < count {
            let line = layout.lines[index]
            if line.segments.isEmpty {
                index += 1
                continue
            }
            if takeContents(line, index) {
                index += 1
                continue
            }
            if line.isMono {
                index = takeCode(index)
                continue
            }
            if let area = figures.area(at: index) {
                takeFigure(index..<area.upperBound)
                index = area.upperBound
                continue
            }
            if let level = headingLevel(line) {
                index = takeHeading(index, level)
                continue
            }
            let label = LineLabel(
                layout.bytes(layout.segments[line.segments.lowerBound]), isFirstOfSeveral: line.segments.count > 1)
            if case .caption = label, line.isBold || line.font.family == .sans {
                index = takeCaption(index)
                continue
            }
            let end = tableEnd(index, label)
            if end > index {
                takeTable(index..<end)
                index = end
                continue
            }
            if line.font != body.font || line.segments.count == 1 {
                let end = numbersEnd(index)
                if end > index {
                    takeNumbers(index..<end)
                    index = end
                    continue
                }
            }
            takeParagraphLine(line, label, margins)
            index += 1
        }
    }

    // MARK: Contents

    /// Passes over the table of contents: from its heading on, until a line in the size of a heading; and any line that dots lead to a
    /// page number.
    private mutating func takeContents(_ line: PageLayout.Line, _ index: Int) -> Bool {
        let isLarge = Int(line.font.size) * 4 >= Int(body.font.size) * 5
        if isLarge {
            let text = layout.bytes(layout.segments[line.segments.lowerBound])
            let isTitle = ["Contents", "Table of contents", "Table of Contents", "CONTENTS"].contains {
                text.elementsEqual($0.utf8)
            }
            isInContents = isTitle && line.segments.count == 1 && leadsFollow(index)
            if !isInContents { return false }
        } else if !hasLeader(line) {
            // A page of which no line has dots is none of a table of contents.
            if !isInContents { return false }
            if !leadsFollow(index) {
                isInContents = false
                return false
            }
        }
        for segment in line.segments { counts.remove(.contents, scalars(layout.segments[segment])) }
        return true
    }

    private func leadsFollow(_ index: Int) -> Bool {
        layout.lines[index..<min(layout.lines.count, index + 12)].contains { hasLeader($0) }
    }

    /// `Scope ........ 9`: dots, and a number or nothing behind them.
    private func hasLeader(_ line: PageLayout.Line) -> Bool {
        guard let last = line.segments.last else { return false }
        let text = layout.bytes(layout.segments[last])
        var index = text.endIndex
        while index > text.startIndex, text[index - 1] &- 0x30 < 10 || text[index - 1] == 0x20 { index -= 1 }
        if text.endIndex - index > 8 { return false }
        var dots = 0
        while index > text.startIndex, text[index - 1] == 0x2E || text[index - 1] == 0x20 {
            if text[index - 1] == 0x2E { dots += 1 }
            index -= 1
        }
        if dots >= 5 { return true }
        // Dots in one segment, the number in another.
        guard line.segments.count > 1, index == text.startIndex, dots == 0 else { return false }
        let before = layout.bytes(layout.segments[last - 1]).suffix(5)
        return before.count == 5 && before.allSatisfy { $0 == 0x2E }
    }

    func scalars(_ segment: PageLayout.Segment) -> Int {
        layout.text.withUnsafeBytes {
            unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[segment.start..<segment.end]))
        }
    }

    // MARK: Code

    /// Lines of a typewriter face, as one fenced block: the left-most line stands at its edge, a wide gap is an empty line.
    private mutating func takeCode(_ start: Int) -> Int {
        closeTable()
        closeBlock()
        var end = start
        var edge = Int32.max
        while end < layout.lines.count, layout.lines[end].isMono, layout.lines[end].flow == layout.lines[start].flow {
            edge = min(edge, layout.lines[end].left)
            end += 1
        }
        var row: [UInt8] = []
        for index in start..<end {
            let line = layout.lines[index]
            guard let segment = line.segments.first.map({ layout.segments[$0] }) else { continue }
            let width = max(1, Int(line.font.size) * 6 / 10)
            if index > start {
                let apart = Int(line.middle - layout.lines[index - 1].middle)
                if apart > Int(line.font.size) * 4 {
                    write(.code, level: 0, isTight: true, [])
                }
            }
            let indent = min(max(0, (Int(line.left - edge) + width / 2) / width), 120)
            row.removeAll(keepingCapacity: true)
            for _ in 0..<indent { row.append(0x20) }
            counts.add(.indentation, indent)
            row += layout.bytes(segment)
            write(.code, level: 0, isTight: true, row)
        }
        return end
    }

    // MARK: Headings

    /// The level of a heading, nil where the line is none: larger than the text or set in another face, and numbered or large.
    private func headingLevel(_ line: PageLayout.Line) -> Int? {
        let size = Int(line.font.size)
        let normal = Int(body.font.size)
        if size < normal || line.segments.count > 3 || line.longest < 1 { return nil }
        let differs = line.font.family != body.font.family && line.font.family != .symbol
        if size == normal, !differs, !line.isBold { return nil }
        let first = layout.bytes(layout.segments[line.segments.lowerBound])
        if let number = ClauseNumber(first) {
            let hasTitle = number.hasTitle || line.segments.count > 1
            if !hasTitle { return nil }
            // Of a numbered list in bold, or a row of a table, the first number is one of one part.
            if size == normal, number.level < 2 { return nil }
            return number.level
        }
        // Without a number only what is much larger than the text.
        if size * 4 < normal * 5 || !hasWord(first) || line.font.family == .symbol || line.fragments * 2 > line.pieces {
            return nil
        }
        if levels[size] > 0 { return levels[size] }
        return size * 10 >= normal * 17 ? 1 : size * 10 >= normal * 15 ? 2 : 3
    }

    /// Whether three letters stand side by side.
    private func hasWord(_ text: ArraySlice<UInt8>) -> Bool {
        var letters = 0
        for byte in text {
            letters = (byte | 0x20) &- 0x61 < 26 || byte >= 0x80 ? letters + 1 : 0
            if letters == 3 { return true }
        }
        return false
    }

    private mutating func takeHeading(_ start: Int, _ level: Int) -> Int {
        closeTable()
        closeBlock()
        let first = layout.lines[start]
        var end = start + 1
        while end < layout.lines.count, end < start + 6 {
            let line = layout.lines[end]
            if line.font.size != first.font.size || line.font.family != first.font.family || line.isBold != first.isBold
                || line.flow != first.flow
            {
                break
            }
            // Half pixels: a line and a half.
            if line.middle - layout.lines[end - 1].middle > Int32(first.font.size) * 3 || line.segments.isEmpty {
                break
            }
            if ClauseNumber(layout.bytes(layout.segments[line.segments.lowerBound])) != nil { break }
            end += 1
        }
        var text: [UInt8] = []
        for index in start..<end {
            for segment in layout.lines[index].segments {
                if !text.isEmpty {
                    text.append(0x20)
                    counts.add(.space, 1)
                }
                text += layout.bytes(layout.segments[segment])
            }
        }
        if ClauseNumber(text) != nil, Int(first.font.size) < levels.count {
            levels[Int(first.font.size)] = min(level, 6)
        }
        headings.append(DocumentOutline.key(text))
        write(.heading, level: level, isTight: false, text)
        return end
    }

    // MARK: Captions

    private mutating func takeCaption(_ start: Int) -> Int {
        closeTable()
        closeBlock()
        let first = layout.lines[start]
        var text = joined(first, 0x20, .space)
        var end = start + 1
        while end < layout.lines.count, end < start + 4 {
            let line = layout.lines[end]
            if line.segments.count != 1 || line.font != first.font || line.isBold != first.isBold
                || line.flow != first.flow
            {
                break
            }
            if line.middle - layout.lines[end - 1].middle > Int32(first.font.size) * 3 { break }
            let segment = layout.bytes(layout.segments[line.segments.lowerBound])
            if case .none = LineLabel(segment, isFirstOfSeveral: false) {
                text.append(0x20)
                counts.add(.space, 1)
                text += segment
                end += 1
            } else {
                break
            }
        }
        write(.caption, level: 0, isTight: false, text)
        return end
    }

    /// The segments of a line with a byte between them.
    mutating func joined(_ line: PageLayout.Line, _ separator: UInt8, _ rule: PDFRule) -> [UInt8] {
        var text: [UInt8] = []
        for segment in line.segments {
            if segment > line.segments.lowerBound {
                text.append(separator)
                counts.add(rule, 1)
            }
            text += layout.bytes(layout.segments[segment])
        }
        return text
    }

    /// The words inside a figure: a block of prose with a line for each line of them.
    private mutating func takeFigure(_ range: Range<Int>) {
        closeTable()
        closeBlock()
        var text: [UInt8] = []
        for index in range {
            if !text.isEmpty {
                text.append(0x0A)
                counts.add(.space, 1)
            }
            let line = layout.lines[index]
            text += joined(line, 0x20, .space)
        }
        write(.prose, level: 0, isTight: false, text)
    }

    // MARK: Paragraphs

    private mutating func takeParagraphLine(_ line: PageLayout.Line, _ label: LineLabel, _ margins: PageMargins) {
        closeTable()
        if block.isOpen, continues(line, label, margins) {
            append(line)
        } else {
            closeBlock()
            begin(line, label)
        }
        block.middle = line.middle
        block.right = line.right
        block.flow = line.flow
        block.page = pageIndex
    }

    /// Whether a line is mathematics and nothing else: many short pieces, no long one.
    private func isFormula(_ line: PageLayout.Line) -> Bool {
        (line.pieces >= 4 && line.fragments * 2 > line.pieces && line.longest < 14)
            || (line.font.family == .symbol && line.longest < 14)
    }

    private func continues(_ line: PageLayout.Line, _ label: LineLabel, _ margins: PageMargins) -> Bool {
        let size = Int32(block.font.size)
        let isNext = line.flow == block.flow && block.page == pageIndex
        let apart = line.middle - block.middle
        if isNext, apart >= 0, apart * 10 < size * 18,
            isFormula(line) || block.kind == .equation || line.left > block.right
        {
            // What overlaps in height is one line to the eye.
            return true
        }
        guard case .none = label else { return false }
        if block.kind == .equation { return isNext && isFormula(line) && apart < size * 6 }
        if isFormula(line) { return false }
        if abs(Int32(line.font.size) - size) > 1 || line.font.family != block.font.family { return false }
        let first = layout.segments[line.segments.lowerBound]
        let lead = layout.text[first.start]
        let isLower = lead &- 0x61 < 26
        if !isNext {
            // Over the end of a column or page: a sentence that has not ended.
            if line.flow == block.flow + 1 || block.page + 1 == pageIndex {
                return line.segments.count == 1 && !block.endsSentence
                    && (isLower || block.kind != .prose || isWide(margins))
                    && block.text.count > 30
            }
            return false
        }
        if apart <= 0 { return false }
        // Half pixels: a line and a half; formulas in a line push the next one down.
        if apart > size * 3, apart > size * 9 / 2 || block.endsSentence || !isLower { return false }
        if block.hanging >= 0, abs(line.left - block.hanging) > 8 { return false }
        if block.hanging < 0 {
            let isLabelled = block.textLeft > block.left
            let expected = isLabelled ? block.textLeft : block.left
            // A first line may be set in or out.
            let isNear =
                abs(line.left - expected) <= 8 || (!isLabelled && abs(line.left - block.left) <= size * 3)
                || (isLabelled && !block.isTerm && abs(line.left - block.left) <= 3 && !block.endsSentence)
                || (isLabelled && line.left > block.left
                    && line.left <= block.textLeft + size * (block.kind == .note ? 7 : 2))
            if !isNear { return false }
        }
        if line.segments.count > 1, line.left <= block.left + 4, block.textLeft > block.left { return false }
        // The first word would have had its place on the line before: a new paragraph.
        if block.endsSentence, !isLower {
            let word = layout.bytes(first).prefix { $0 != 0x20 }
            let width = Int32(truncatingIfNeeded: word.count) * size * 6 / 10
            if block.right + width + size < margins.right(of: line.flow) { return false }
        }
        return true
    }

    private func isWide(_ margins: PageMargins) -> Bool {
        block.right > margins.left(of: block.flow) + (margins.right(of: block.flow) - margins.left(of: block.flow)) * 3
            / 4
    }

    private mutating func begin(_ line: PageLayout.Line, _ label: LineLabel) {
        block.isOpen = true
        block.kind = .prose
        block.isTight = false
        block.text.removeAll(keepingCapacity: true)
        block.font = line.font
        block.left = line.left
        block.hanging = -1
        block.textLeft = line.left
        block.isTerm = false
        var separator: UInt8 = 0x20
        switch label {
        case .item, .reference: block.kind = .listItem
        case .note: block.kind = .note
        case .caption: block.kind = .caption
        case .none:
            if isFormula(line) {
                block.kind = .equation
            } else if line.segments.count == 2, isTerm(line) {
                // A term and what it means, a tab apart.
                block.kind = .listItem
                block.isTerm = true
                separator = 0x09
            }
        }
        block.isTight = block.kind == .listItem
        switch label {
        case .item, .reference, .note:
            // The text stands in a segment of its own, or behind the label in this one: then the next line shows where.
            block.textLeft =
                line.segments.count > 1
                ? layout.segments[line.segments.lowerBound + 1].left : line.left + Int32(line.font.size)
        default: if separator == 0x09 { block.textLeft = layout.segments[line.segments.lowerBound + 1].left }
        }
        for segment in line.segments {
            if segment > line.segments.lowerBound {
                block.text.append(separator)
                counts.add(separator == 0x09 ? .tab : .space, 1)
                separator = 0x20
            }
            block.text += layout.bytes(layout.segments[segment])
        }
    }

    private func isTerm(_ line: PageLayout.Line) -> Bool {
        let term = layout.segments[line.segments.lowerBound]
        return term.end - term.start <= 40
            && term.right - term.left < layout.segments[line.segments.lowerBound + 1].left
    }

    private mutating func append(_ line: PageLayout.Line) {
        if block.page == pageIndex, line.flow == block.flow, line.middle - block.middle > Int32(block.font.size) {
            block.hanging = line.left
        } else if block.page != pageIndex || line.flow != block.flow {
            block.hanging = -1
            block.left = line.left
            block.textLeft = line.left
        }
        for segment in line.segments {
            let bytes = layout.segments[segment]
            if segment == line.segments.lowerBound, joinsHyphen(bytes) {
                block.text += layout.bytes(bytes)
                continue
            }
            if let last = block.text.last, last != 0x20 {
                block.text.append(0x20)
                counts.add(.space, 1)
            }
            block.text += layout.bytes(bytes)
        }
    }

    /// Whether the block ends with a hyphen that parts a word from the rest in `segment`; takes the hyphen away where that is safe.
    ///
    /// The hyphen goes if the text has the joined word already, or knows neither half as a word; it stays, without a space behind it,
    /// in all other cases: `NG-` `RAN`, `time-` `domain`.
    private mutating func joinsHyphen(_ segment: PageLayout.Segment) -> Bool {
        let softHyphen: [UInt8] = [0xC2, 0xAD]
        if block.text.count > 4, block.text.suffix(2).elementsEqual(softHyphen) {
            block.text.removeLast(2)
            counts.remove(.hyphenation, 1)
            return true
        }
        guard block.text.last == UInt8(ascii: "-"), block.text.count > 2 else { return false }
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
        func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
        guard isLetter(block.text[block.text.count - 2]) || block.text[block.text.count - 2] &- 0x30 < 10 else {
            return false
        }
        let left = Array(block.text.dropLast().reversed().prefix { isLetter($0) }.reversed())
        let right = Array(layout.bytes(segment).prefix { isLetter($0) })
        guard left.count >= 2, right.count >= 2, right.allSatisfy(isLower), left.dropFirst().allSatisfy(isLower) else {
            return true
        }
        let isKnown = knows(left + right)
        let areParts = writer.text.count < 20_000 || knows(left) || knows(right)
        if isKnown || !areParts {
            block.text.removeLast()
            counts.remove(.hyphenation, 1)
        }
        return true
    }

    /// Whether the last 64 KiB of the text hold this word.
    private func knows(_ word: [UInt8]) -> Bool {
        let start = max(0, writer.text.count - (1 << 16))
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte == 0x2D }
        return writer.text.withUnsafeBytes { text in
            guard let base = text.baseAddress else { return false }
            var from = start
            while from < text.count, let hit = memmem(base + from, text.count - from, word, word.count) {
                let at = base.distance(to: hit)
                let end = at + word.count
                if at == 0 || !isLetter(text[at - 1]), end == text.count || !isLetter(text[end]) { return true }
                from = at + 1
            }
            return false
        }
    }

    /// Writes the block that is open.
    mutating func closeBlock() {
        if !block.isOpen { return }
        block.isOpen = false
        var text: [UInt8] = []
        swap(&text, &block.text)
        write(block.kind, level: 0, isTight: block.isTight, text)
        swap(&text, &block.text)
    }

    mutating func write(_ kind: TextSpan.Kind, level: Int, isTight: Bool, _ text: [UInt8]) {
        text.withUnsafeBytes { writer.write(kind, level: level, isTight: isTight, $0, &counts.blocks) }
    }
}

/// Where the lines of each flow of a page begin and end.
struct PageMargins {
    private var bounds: [(flow: Int32, left: Int32, right: Int32)] = []

    init(_ lines: [PageLayout.Line]) {
        for line in lines {
            if let last = bounds.indices.last, bounds[last].flow == line.flow {
                bounds[last].left = min(bounds[last].left, line.left)
                bounds[last].right = max(bounds[last].right, line.right)
            } else {
                bounds.append((line.flow, line.left, line.right))
            }
        }
    }

    func left(of flow: Int32) -> Int32 { bounds.first { $0.flow == flow }?.left ?? 0 }
    func right(of flow: Int32) -> Int32 { bounds.first { $0.flow == flow }?.right ?? 0 }
}
