import Documents

/// Turns the elements of a page into lines in reading order, each of segments that wide gaps part.
///
/// Pieces are elements, or what they come apart into: poppler makes one element of two words that the PDF sets apart with a wide word
/// space (a tab, the next cell of a table), and states a width that gives it away. Pieces whose middles agree make a line; small ones
/// beside larger ones are its superscripts and subscripts. Cost: one sort of the pieces, the rest is linear.
struct PageLayout {
    struct Piece {
        var left: Int32
        /// Where the ink ends.
        var right: Int32
        /// Where the spaces behind it end.
        var end: Int32
        var middle: Int32
        var height: Int32
        var start: Int32
        var stop: Int32
        var font: PDFFont
        var isBold: Bool
        var script = Script.none
        var flow: Int32 = 0
    }

    enum Script: UInt8 {
        case none, raised, lowered
    }

    struct Segment {
        var left: Int32
        var right: Int32
        /// Its bytes in `text`, without white space around them.
        var start: Int
        var end: Int
    }

    struct Line {
        var middle: Int32
        var height: Int32
        var left: Int32
        var right: Int32
        var font: PDFFont
        var isBold: Bool
        var isMono: Bool
        /// Lines of one column and stretch of the page have one flow.
        var flow: Int32
        /// How many pieces it has, and how many of them are scripts, symbols or a character or two.
        var pieces: Int32
        var fragments: Int32
        /// The bytes of its longest piece.
        var longest: Int32
        var firstPiece = 0
        var lastPiece = 0
        var segments = 0..<0
    }

    private static let mostPieces = 1 << 21

    private(set) var lines: [Line] = []
    private(set) var segments: [Segment] = []
    /// The text of the lines.
    private(set) var text: [UInt8] = []
    /// The text of the page, as long as its lines are used.
    private(set) var page: [UInt8] = []
    private var pieces: [Piece] = []
    private var keys: [UInt64] = []
    private var sorted: [Piece] = []
    private var scripts: [Piece] = []
    private var attached: [(line: Int, piece: Piece)] = []

    /// The bytes of a segment.
    func bytes(_ segment: Segment) -> ArraySlice<UInt8> { text[segment.start..<segment.end] }

    /// Lays a page out. `body` is the font of the document's prose.
    mutating func lay(_ page: PDFPage, body: PDFFont, _ counts: inout PDFCounts) {
        lines.removeAll(keepingCapacity: true)
        segments.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
        scripts.removeAll(keepingCapacity: true)
        swap(&self.page, &page.text)
        collectPieces(page, body, &counts)
        assignFlows(page)
        buildLines()
        if !scripts.isEmpty { attachScripts() }
        for index in lines.indices { lines[index].segments = assemble(lines[index], &counts) }
        swap(&self.page, &page.text)
    }

    // MARK: Pieces

    private mutating func collectPieces(_ page: PDFPage, _ body: PDFFont, _ counts: inout PDFCounts) {
        var index = 0
        let elements = page.elements
        while index < elements.count {
            var element = elements[index]
            index += 1
            if element.isGone { continue }
            if element.width == 0, element.count < 64 {
                // Turned text: a run of elements without width at one place, in the order of reading.
                while index < elements.count, !elements[index].isGone, elements[index].width == 0,
                    elements[index].left == element.left, abs(elements[index].top - element.top) < 4 * element.height + 200
                {
                    element.end = elements[index].end
                    index += 1
                }
            }
            add(element, body, &counts)
        }
    }

    private mutating func add(_ element: PDFElement, _ body: PDFFont, _ counts: inout PDFCounts) {
        var start = Int(element.start)
        var stop = Int(element.end)
        while start < stop, isSpace(self.page, start, &start) {}
        while stop > start, self.page[stop - 1] == 0x20 { stop -= 1 }
        if start == stop {
            let scalars = self.page.withUnsafeBytes {
                unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[Int(element.start)..<Int(element.end)]))
            }
            return counts.remove(.whiteSpace, scalars)
        }
        let size = Int32(element.font.size)
        var piece = Piece(
            left: element.left, right: element.right, end: element.right, middle: element.middle,
            height: max(element.height, 1), start: element.start, stop: element.end, font: element.font,
            isBold: element.isBold)
        let trailing = Int32(truncatingIfNeeded: min(Int(element.end) - stop, 1000))
        // A quick look first: ordinary text is narrower than half an em a byte.
        if trailing > 0 || element.width > Int32(truncatingIfNeeded: element.count) &* size / 2, size > 4 {
            if element.width &* 2 > Int32(truncatingIfNeeded: element.count) &* size {
                if split(element, piece, body) { return }
            }
            piece.right = max(piece.left + 1, element.right - trailing * size / 4)
        }
        keep(piece, body)
    }

    /// Skips a space or a no-break space at `index`.
    @inline(__always) private func isSpace(_ bytes: [UInt8], _ index: Int, _ next: inout Int) -> Bool {
        if bytes[index] == 0x20 {
            next = index + 1
            return true
        }
        if bytes[index] == 0xC2, index + 1 < bytes.count, bytes[index + 1] == 0xA0 {
            next = index + 2
            return true
        }
        return false
    }

    private mutating func keep(_ piece: Piece, _ body: PDFFont) {
        if Int32(piece.font.size) * 5 < Int32(body.size) * 4, piece.font.family != .mono {
            scripts.append(piece)
        } else {
            pieces.append(piece)
        }
    }

    /// Takes an element apart at its spaces where they are wide. Every space in it then has the same width, the one at the end too.
    private mutating func split(_ element: PDFElement, _ whole: Piece, _ body: PDFFont) -> Bool {
        let size = Int32(element.font.size)
        let measure = self.page.withUnsafeBufferPointer {
            GlyphWidths.measure(UnsafeBufferPointer(rebasing: $0[Int(element.start)..<Int(element.end)]), element.font)
        }
        guard measure.spaces > 0, measure.spaces < 64, pieces.count < PageLayout.mostPieces else { return false }
        let gap = (element.width - measure.whole) / measure.spaces
        if element.font.family == .mono || gap * 10 < size * 7 { return false }
        var left = element.left
        var start = Int(element.start)
        let end = Int(element.end)
        while start < end {
            var stop = start
            while stop < end, self.page[stop] != 0x20 { stop += 1 }
            // The spaces behind a word go with it.
            var next = stop
            while next < end, self.page[next] == 0x20 { next += 1 }
            let width = self.page.withUnsafeBufferPointer {
                GlyphWidths.measure(UnsafeBufferPointer(rebasing: $0[start..<next]), element.font)
            }
            var piece = whole
            piece.start = Int32(truncatingIfNeeded: start)
            piece.stop = Int32(truncatingIfNeeded: next)
            piece.left = left
            piece.right = left + max(1, width.width)
            piece.end = piece.right
            left = min(left + width.whole + gap * Int32(truncatingIfNeeded: min(next - stop, 64)), 1_000_000)
            start = next
            keep(piece, body)
        }
        return true
    }

    // MARK: Columns

    /// Gives every piece the number of its flow: 0 for a page of one column; else, from top to bottom, what spans the page, then the
    /// left column beside it, then the right.
    private mutating func assignFlows(_ page: PDFPage) {
        guard pieces.count >= 30, let gutter = ColumnGutter(pieces, pageWidth: page.width) else { return }
        let across = pieces.filter { gutter.isCrossed(by: $0) }.map(\.middle).sorted()
        func flow(_ piece: Piece) -> Int32 {
            var above: Int32 = 0
            for middle in across where middle <= piece.middle { above += 1 }
            if gutter.isCrossed(by: piece) { return above * 3 }
            return above * 3 + (piece.left < gutter.middle ? 1 : 2)
        }
        for index in pieces.indices { pieces[index].flow = flow(pieces[index]) }
        for index in scripts.indices { scripts[index].flow = flow(scripts[index]) }
    }

    // MARK: Lines

    private mutating func buildLines() {
        keys.removeAll(keepingCapacity: true)
        for index in pieces.indices {
            let piece = pieces[index]
            // Flow, then height, then the place from the left, then the order in the file.
            let middle = UInt64(UInt32(bitPattern: min(max(piece.middle, -400_000), 400_000) + 400_000))
            keys.append(UInt64(UInt32(bitPattern: min(piece.flow, 0xFFFF))) << 44 | middle << 22 | UInt64(index))
        }
        PageLayout.sort(&keys)
        sorted.removeAll(keepingCapacity: true)
        for key in keys { sorted.append(pieces[Int(key & 0x3F_FFFF)]) }
        swap(&sorted, &pieces)
        var index = 0
        while index < pieces.count {
            let first = pieces[index]
            var end = index + 1
            var reference = first
            while end < pieces.count {
                let next = pieces[end]
                // In half pixels: six tenths of the smaller height.
                let tolerance = max(4, min(reference.height, next.height) * 6 / 10)
                if next.flow != first.flow || next.middle - reference.middle > tolerance { break }
                // Tall brackets and signs do not say where a line stands.
                if next.height <= reference.height, next.stop - next.start > reference.stop - reference.start {
                    reference = next
                }
                end += 1
            }
            sortByLeft(index, end)
            lines.append(line(index, end))
            index = end
        }
    }

    /// Ascending; nearly sorted input costs one pass.
    private static func sort(_ keys: inout [UInt64]) {
        var steps = 0
        let limit = 8 * keys.count + 64
        keys.withUnsafeMutableBufferPointer { keys in
            var index = 1
            while index < keys.count, steps <= limit {
                let key = keys[index]
                var place = index
                while place > 0, keys[place - 1] > key {
                    keys[place] = keys[place - 1]
                    place -= 1
                }
                keys[place] = key
                steps += index - place
                index += 1
            }
        }
        if steps > limit { keys.sort() }
    }

    private mutating func sortByLeft(_ start: Int, _ end: Int) {
        if end - start < 2 { return }
        if end - start > 64 {
            pieces[start..<end].sort { ($0.left, $0.start) < ($1.left, $1.start) }
            return
        }
        for index in start + 1..<end {
            let piece = pieces[index]
            var place = index
            while place > start,
                pieces[place - 1].left > piece.left
                    || (pieces[place - 1].left == piece.left && pieces[place - 1].start > piece.start)
            {
                pieces[place] = pieces[place - 1]
                place -= 1
            }
            pieces[place] = piece
        }
    }

    private func line(_ start: Int, _ end: Int) -> Line {
        var main = pieces[start]
        var line = Line(
            middle: main.middle, height: main.height, left: main.left, right: main.right, font: main.font, isBold: true,
            isMono: true, flow: main.flow, pieces: Int32(truncatingIfNeeded: end - start), fragments: 0, longest: 0,
            firstPiece: start, lastPiece: end)
        for index in start..<end {
            let piece = pieces[index]
            let count = piece.stop - piece.start
            if count > main.stop - main.start { main = piece }
            if count <= 3 || piece.font.family == .symbol || piece.script != .none { line.fragments += 1 }
            if piece.script == .none, !piece.isBold { line.isBold = false }
            if piece.font.family != .mono { line.isMono = false }
            line.left = min(line.left, piece.left)
            line.right = max(line.right, piece.right)
        }
        line.longest = main.stop - main.start
        line.font = main.font
        line.height = main.height
        line.middle = main.middle
        return line
    }

    // MARK: Scripts

    /// Puts small pieces into the line of the larger piece that they stand beside; the rest make lines of their own.
    private mutating func attachScripts() {
        attached.removeAll(keepingCapacity: true)
        scripts.sort { ($0.left, $0.middle, $0.start) < ($1.left, $1.middle, $1.start) }
        var rest: [Piece] = []
        // The right ends of what is attached, by line: scripts follow one another.
        var reached: [Int: Int32] = [:]
        for piece in scripts {
            guard let line = host(of: piece, reached) else {
                rest.append(piece)
                continue
            }
            var script = piece
            script.script = piece.middle < lines[line].middle ? .raised : .lowered
            attached.append((line, script))
            reached[line] = max(reached[line] ?? .min, piece.right)
        }
        if attached.isEmpty, rest.isEmpty { return }
        attached.sort { $0.line < $1.line }
        let old = pieces
        let oldLines = lines
        pieces.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        var next = 0
        for (index, line) in oldLines.enumerated() {
            let start = pieces.count
            pieces += old[line.firstPiece..<line.lastPiece]
            while next < attached.count, attached[next].line == index {
                pieces.append(attached[next].piece)
                next += 1
            }
            sortByLeft(start, pieces.count)
            lines.append(self.line(start, pieces.count))
        }
        if rest.isEmpty { return }
        let main = lines
        let mainPieces = pieces
        pieces = rest
        lines.removeAll(keepingCapacity: true)
        buildLines()
        let offset = mainPieces.count
        for index in lines.indices {
            lines[index].firstPiece += offset
            lines[index].lastPiece += offset
        }
        pieces = mainPieces + pieces
        lines = merged(main, lines)
    }

    private func merged(_ left: [Line], _ right: [Line]) -> [Line] {
        var all: [Line] = []
        var index = 0
        for line in left {
            while index < right.count, (right[index].flow, right[index].middle) < (line.flow, line.middle) {
                all.append(right[index])
                index += 1
            }
            all.append(line)
        }
        return all + right[index...]
    }

    private func host(of piece: Piece, _ reached: [Int: Int32]) -> Int? {
        var low = 0
        var high = lines.count
        while low < high {
            let middle = (low + high) / 2
            if (lines[middle].flow, lines[middle].middle) < (piece.flow, piece.middle) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var best: Int?
        var distance = Int32.max
        for index in max(0, low - 4)..<min(lines.count, low + 4) {
            let line = lines[index]
            if line.flow != piece.flow { continue }
            let apart = abs(line.middle - piece.middle)
            // Half pixels: nine tenths of the line's height.
            if apart * 10 > line.height * 18 || apart >= distance { continue }
            if isBeside(piece, line, reached[index]) {
                best = index
                distance = apart
            }
        }
        return best
    }

    private func isBeside(_ piece: Piece, _ line: Line, _ reached: Int32?) -> Bool {
        let slack = Int32(piece.font.size) * 6 / 10
        if let reached, piece.left >= reached - slack, piece.left <= reached + slack { return true }
        for other in pieces[line.firstPiece..<line.lastPiece]
        where Int32(other.font.size) * 4 >= Int32(piece.font.size) * 5 {
            if piece.left >= other.left, piece.left <= other.end + slack { return true }
        }
        return false
    }

    // MARK: Text

    /// Writes the text of a line in segments, and says which.
    private mutating func assemble(_ line: Line, _ counts: inout PDFCounts) -> Range<Int> {
        let first = segments.count
        let wide = Int32(line.font.size)
        var reach = Int32.min
        var ink = Int32.min
        var start = text.count
        var left = line.left
        for index in line.firstPiece..<line.lastPiece {
            let piece = pieces[index]
            if index > line.firstPiece {
                let gap = piece.left - ink
                if gap > wide, !line.isMono {
                    close(left, ink, start, first, &counts)
                    start = text.count
                    left = piece.left
                } else if line.isMono, gap > wide {
                    // Code keeps its columns.
                    let columns = Int(gap) * 10 / max(1, Int(line.font.size) * 6)
                    append(spaces: columns - trailingSpaces(from: start), &counts)
                } else if piece.left - reach > max(1, Int32(line.font.size) / 7), text.last != 0x20,
                    page[Int(piece.start)] != 0x20, text.count > start
                {
                    text.append(0x20)
                    counts.add(.space, 1)
                }
            }
            append(piece, isFirst: text.count == start, line.isMono, &counts)
            // An overlong width ends where the next piece begins.
            reach = max(reach, piece.end)
            ink = max(ink, piece.right)
            if index + 1 < line.lastPiece, pieces[index + 1].left < ink {
                ink = pieces[index + 1].left
                reach = ink
            }
        }
        close(left, ink, start, first, &counts)
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

    private mutating func close(
        _ left: Int32, _ right: Int32, _ start: Int, _ first: Int, _ counts: inout PDFCounts
    ) {
        let spaces = trailingSpaces(from: start)
        text.removeLast(spaces)
        counts.remove(.whiteSpace, spaces)
        if text.count > start { segments.append(Segment(left: left, right: right, start: start, end: text.count)) }
    }

    private mutating func append(_ piece: Piece, isFirst: Bool, _ isMono: Bool, _ counts: inout PDFCounts) {
        if isMono { return appendCode(piece, &counts) }
        var index = Int(piece.start)
        let stop = Int(piece.stop)
        var mark = false
        if piece.script != .none, !isFirst, text.last != 0x20 { mark = beginScript(piece, &counts) }
        let isSymbol = piece.font.family == .symbol || piece.font.family == .wingdings
        text.reserveCapacity(text.count + stop - index + 8)
        while index < stop {
            let byte = page[index]
            if byte == 0x20 {
                if text.last == 0x20 || (isFirst && index == Int(piece.start)) {
                    counts.remove(.whiteSpace, 1)
                } else if mark, index == stop - 1 {
                    text.append(UInt8(ascii: "}"))
                    mark = false
                    text.append(0x20)
                } else {
                    text.append(0x20)
                }
                index += 1
            } else if byte == 0xEF, index + 2 < stop, page[index + 1] >= 0x80, page[index + 1] < 0x84 {
                appendPrivate(UInt32(page[index + 1] & 0x3F) << 6 | UInt32(page[index + 2] & 0x3F), piece.font, isSymbol)
                index += 3
            } else {
                text.append(byte)
                index += 1
            }
        }
        if mark { text.append(UInt8(ascii: "}")) }
    }

    /// Private-use characters of the symbol fonts as what they show: one scalar for one.
    private mutating func appendPrivate(_ code: UInt32, _ font: PDFFont, _ isSymbol: Bool) {
        let value = 0xF000 + code
        var scalar = Unicode.Scalar(value)
        switch font.family {
        case .symbol: scalar = SymbolFonts.scalar(value, font: "symbol")
        case .wingdings: scalar = SymbolFonts.scalar(value, font: "wingdings")
        default:
            // The two bullets of Word's lists, whose fonts poppler often calls by another's name.
            if code == 0xB7 { scalar = "\u{2022}" }
            if code == 0xA7 { scalar = "\u{25AA}" }
        }
        text += String(Character(scalar ?? "\u{FFFD}")).utf8
    }

    /// `_x`, `^2`, `_{slot}`: whether a closing brace is due. Marks of trade stay as they are.
    private mutating func beginScript(_ piece: Piece, _ counts: inout PDFCounts) -> Bool {
        let bytes = page[Int(piece.start)..<Int(piece.stop)]
        var scalars = 0
        for byte in bytes where byte & 0xC0 != 0x80 && byte != 0x20 { scalars += 1 }
        if scalars == 1, bytes.starts(with: "®".utf8) || bytes.starts(with: "™".utf8) { return false }
        if scalars == 0 || text.isEmpty { return false }
        text.append(piece.script == .raised ? UInt8(ascii: "^") : UInt8(ascii: "_"))
        counts.add(.scriptMark, scalars == 1 ? 1 : 3)
        if scalars == 1 { return false }
        text.append(UInt8(ascii: "{"))
        return true
    }

    /// Code: spaces stay, and a wide space, as a tab leaves it, becomes as many as fit.
    private mutating func appendCode(_ piece: Piece, _ counts: inout PDFCounts) {
        let width = max(1, Int(piece.font.size) * 6 / 10)
        var spaces = 0
        var scalars = 0
        for index in Int(piece.start)..<Int(piece.stop) {
            if page[index] == 0x20 { spaces += 1 }
            if page[index] & 0xC0 != 0x80 { scalars += 1 }
        }
        let surplus = (Int(piece.end - piece.left) * 10 - scalars * Int(piece.font.size) * 6) / 10
        let each = spaces > 0 ? min(max(0, (surplus / spaces + width / 2) / width), 40) : 0
        for index in Int(piece.start)..<Int(piece.stop) {
            text.append(page[index])
            if page[index] == 0x20, each > 0 { append(spaces: each, &counts) }
        }
    }
}
