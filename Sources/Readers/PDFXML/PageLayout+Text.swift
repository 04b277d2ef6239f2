import Documents

extension PageLayout {
    /// Writes the text of a line in segments, and says which.
    mutating func assemble(_ line: Line, _ counts: inout PDFCounts) -> Range<Int> {
        let first = segments.count
        let wide = Int32(line.font.size)
        var reach = Int32.min
        var ink = Int32.min
        var start = text.count
        var left = line.left
        var index = line.firstPiece
        while index < line.lastPiece {
            let piece = pieces[index]
            if index > line.firstPiece {
                let gap = piece.left - ink
                if gap > wide, !line.isMono {
                    close(left, ink, start, &counts)
                    start = text.count
                    left = piece.left
                } else if line.isMono, gap > wide {
                    // Code keeps its columns.
                    let columns = Int(gap) * 10 / max(1, Int(line.font.size) * 6)
                    append(spaces: columns - trailingSpaces(from: start), &counts)
                } else if piece.left - reach > max(1, Int32(line.font.size) / 7), piece.script == .none,
                    text.count > start,
                    text.last != 0x20, piece.stop > piece.start, page[Int(piece.start)] != 0x20
                {
                    text.append(0x20)
                    counts.add(.space, 1)
                }
            }
            var next = index + 1
            if line.isMono {
                appendCode(piece, &counts)
            } else if piece.script != .none {
                while next < line.lastPiece, pieces[next].script == piece.script,
                    pieces[next].left - pieces[next - 1].right <= wide
                {
                    next += 1
                }
                appendScript(
                    index..<next, start,
                    isOverSpace: index > line.firstPiece && pieces[index - 1].stop > pieces[index - 1].start
                        && piece.left <= reach,
                    &counts)
            } else {
                append(piece, start, &counts)
            }
            for done in index..<next {
                reach = max(reach, pieces[done].end)
                ink = max(ink, pieces[done].right)
            }
            index = next
            // An overlong width ends where the next piece begins.
            if index < line.lastPiece, pieces[index].left < ink, pieces[index].script == .none {
                ink = pieces[index].left
                reach = ink
            }
        }
        close(left, ink, start, &counts)
        return first..<segments.count
    }

    private func trailingSpaces(from start: Int) -> Int {
        var count = 0
        while text.count - count > start, text[text.count - count - 1] == 0x20 { count += 1 }
        return count
    }

    private mutating func append(spaces: Int, _ counts: inout PDFCounts) {
        let spaces = min(max(spaces, 0), 200)
        for _ in 0..<spaces { text.append(0x20) }
        counts.add(.indentation, spaces)
    }

    private mutating func close(_ left: Int32, _ right: Int32, _ start: Int, _ counts: inout PDFCounts) {
        let spaces = trailingSpaces(from: start)
        text.removeLast(spaces)
        counts.remove(.whiteSpace, spaces)
        if text.count > start { segments.append(Segment(left: left, right: right, start: start, end: text.count)) }
    }

    /// Appends the text of a piece to the segment that begins at `start`; of spaces side by side one stays, at its beginning none.
    private mutating func append(_ piece: Piece, _ start: Int, _ counts: inout PDFCounts) {
        var from = Int(piece.start)
        let stop = Int(piece.stop)
        if from < stop, page[from] == 0x20, text.count == start || text.last == 0x20 {
            var index = from
            while index < stop, page[index] == 0x20 { index += 1 }
            counts.remove(.whiteSpace, index - from)
            from = index
        }
        let source = page
        source.withUnsafeBufferPointer { source in
            var index = from
            while index < stop {
                index = PageLayout.plainEnd(source, index, stop)
                if index >= stop { break }
                let byte = source[index]
                index += 1
                if byte == 0x20 {
                    let end = index
                    while index < stop, source[index] == 0x20 { index += 1 }
                    if index == end { continue }
                    text.append(contentsOf: UnsafeBufferPointer(rebasing: source[from..<end]))
                    counts.remove(.whiteSpace, index - end)
                    from = index
                } else if byte == 0xEF, index + 1 < stop, source[index] >= 0x80, source[index] < 0x84 {
                    text.append(contentsOf: UnsafeBufferPointer(rebasing: source[from..<index - 1]))
                    appendPrivate(UInt32(source[index] & 0x3F) << 6 | UInt32(source[index + 1] & 0x3F), piece.font)
                    index += 2
                    from = index
                }
            }
            text.append(contentsOf: UnsafeBufferPointer(rebasing: source[from..<max(from, stop)]))
        }
    }

    /// The first place from `index` on that needs a look: two spaces side by side, or a byte that private-use characters begin with.
    /// Eight bytes at a time, each time one again, for the two that the border parts.
    private static func plainEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ stop: Int) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = index
        while index &+ 8 <= stop {
            let eight = EightBytes(raw, at: index)
            let spaces = eight.marks(0x20)
            let found = (spaces & spaces >> 8) | eight.marks(0xEF)
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 7
        }
        while index < stop, bytes[index] != 0x20, bytes[index] != 0xEF { index &+= 1 }
        return index
    }

    /// Private-use characters of the symbol fonts as what they show: one scalar for one.
    private mutating func appendPrivate(_ code: UInt32, _ font: PDFFont) {
        let value = 0xF000 + code
        var scalar = Unicode.Scalar(value)
        switch font.family {
        case .symbol: scalar = SymbolFonts.scalar(value, font: .symbol)
        case .wingdings: scalar = SymbolFonts.scalar(value, font: .wingdings)
        default:
            // The two bullets of Word's lists, whose fonts poppler often calls by another's name.
            if code == 0xB7 { scalar = "\u{2022}" }
            if code == 0xA7 { scalar = "\u{25AA}" }
        }
        text += String(Character(scalar ?? "\u{FFFD}")).utf8
    }

    /// `_x`, `^2`, `_{slot}`: pieces side by side that stand on one side of the line. A space that the larger letter before them
    /// ended with goes behind them. Marks of trade stay as they are.
    private mutating func appendScript(
        _ run: Range<Int>, _ start: Int, isOverSpace: Bool, _ counts: inout PDFCounts
    ) {
        var scalars = 0
        for index in run {
            for at in Int(pieces[index].start)..<Int(pieces[index].stop)
            where page[at] & 0xC0 != 0x80 && page[at] != 0x20 {
                scalars += 1
            }
        }
        let first = pieces[run.lowerBound]
        let bytes = page[Int(first.start)..<Int(first.stop)]
        let isMark = scalars == 1 && (bytes.starts(with: "®".utf8) || bytes.starts(with: "™".utf8))
        let movesSpace = isOverSpace && text.count > start && text.last == 0x20
        if movesSpace {
            text.removeLast()
            counts.remove(.whiteSpace, 1)
        }
        if scalars > 0, !isMark {
            text.append(first.script == .raised ? UInt8(ascii: "^") : UInt8(ascii: "_"))
            if scalars > 1 { text.append(UInt8(ascii: "{")) }
            counts.add(.scriptMark, scalars > 1 ? 3 : 1)
        }
        let inner = text.count
        for index in run { append(pieces[index], inner, &counts) }
        let spaces = trailingSpaces(from: inner)
        text.removeLast(spaces)
        counts.remove(.whiteSpace, spaces)
        if scalars > 1 { text.append(UInt8(ascii: "}")) }
        if movesSpace || spaces > 0 {
            text.append(0x20)
            counts.add(.space, 1)
        }
    }

    /// Code: spaces stay, and a wide space, as a tab leaves it, becomes as many as fit.
    private mutating func appendCode(_ piece: Piece, _ counts: inout PDFCounts) {
        let width = max(1, Int(piece.font.size) * 6 / 10)
        var spaces = 0
        var scalars = 0
        let range = Int(piece.start)..<Int(piece.stop)
        for index in range {
            if page[index] == 0x20 { spaces += 1 }
            if page[index] & 0xC0 != 0x80 { scalars += 1 }
        }
        let surplus = (Int(piece.end - piece.left) * 10 - scalars * Int(piece.font.size) * 6) / 10
        let each = spaces > 0 ? min(max(0, (surplus / spaces + width / 2) / width), 40) : 0
        if each == 0 { return text.append(contentsOf: page[range]) }
        for index in range {
            text.append(page[index])
            if page[index] == 0x20 { append(spaces: each, &counts) }
        }
    }
}
