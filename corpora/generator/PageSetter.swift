/// Sets text on pages, as the PDF of a standard shows it, and writes where each line stands in the manner of poppler's pdf2xml.
///
/// Pages are 892 × 1263 pixels with a header and a footer; prose is in 15 pixels of Times, tables in 14 of Helvetica, code in 12 of
/// Courier. Widths are 0.45 em a byte, which is near enough for words that nobody sees.
struct PageSetter: ~Copyable {
    /// Fonts by their number in the file.
    enum Font: Int {
        case prose, chapter, section, clause, subclause, table, code, cover

        var size: Int { [15, 27, 24, 21, 18, 14, 12, 40][rawValue] }
        var height: Int { [13, 25, 22, 19, 16, 12, 9, 37][rawValue] }
        /// From one line to the next.
        var pitch: Int { [17, 31, 27, 25, 22, 15, 14, 46][rawValue] }
        var isCode: Bool { self == .code }
    }

    static let left = 85
    static let right = 808
    private static let first = 110
    private static let last = 1180

    private(set) var page = 0
    private var top = 0
    private var isOpen = false
    private var header = ByteBuffer(capacity: 256)
    /// The outline's items, as XML.
    private var outline = ByteBuffer(capacity: 1 << 12)
    /// The cells of the row being made: their text, and for each where it ends, its first column and its span.
    private var cellText = ByteBuffer(capacity: 1 << 12)
    private var cells: [(end: Int, column: Int, span: Int)] = []

    mutating func restart() {
        page = 0
        isOpen = false
        header.removeAll()
        outline.removeAll()
        cellText.removeAll()
        cells.removeAll(keepingCapacity: true)
    }

    /// What stands at the head of every page from the second on.
    mutating func setHeader(_ text: UnsafeBufferPointer<UInt8>) {
        header.removeAll()
        header.append(text)
    }

    mutating func startPage(_ out: inout ByteBuffer) {
        endPage(&out)
        page += 1
        isOpen = true
        top = PageSetter.first
        out.append("<page number=\"")
        out.append(number: page)
        out.append("\" position=\"absolute\" top=\"0\" left=\"0\" height=\"1263\" width=\"892\">\n")
        if page == 1 { return out.append(PageSetter.fonts) }
        // As poppler does it: the footer before the text.
        element("Lumen Grid Forum", top: 1225, left: 390, .table, &out)
        element(header.bytes, top: 67, left: 592, .table, &out)
        var number = ByteBuffer(capacity: 16)
        number.append(number: page - 1)
        element(number.bytes, top: 67, left: 443, .table, &out)
    }

    mutating func endPage(_ out: inout ByteBuffer) {
        if isOpen { out.append("</page>\n") }
        isOpen = false
    }

    /// Writes the outline and closes what is open.
    mutating func finish(_ out: inout ByteBuffer) {
        endPage(&out)
        out.append("<outline>\n")
        out.append(outline.bytes)
        out.append("</outline>\n</pdf2xml>\n")
    }

    /// Moves down, to the next page where `lines` lines have no place.
    mutating func skip(_ pixels: Int, lines: Int, _ font: Font, _ out: inout ByteBuffer) {
        if !isOpen { startPage(&out) }
        if top > PageSetter.first { top += pixels }
        if top + lines * font.pitch > PageSetter.last { startPage(&out) }
    }

    /// A paragraph: its label and the text behind the tab where it has one, the text in lines from `textLeft` on.
    mutating func paragraph(
        _ text: UnsafeBufferPointer<UInt8>, _ font: Font, left: Int, textLeft: Int, gap: Int, _ out: inout ByteBuffer
    ) {
        skip(gap, lines: 1, font, &out)
        var start = 0
        var margin = left
        for index in 0..<text.count where text[index] == 0x09 {
            element(UnsafeBufferPointer(rebasing: text[..<index]), top: top, left: left, font, &out)
            start = index + 1
            margin = textLeft
            break
        }
        lines(UnsafeBufferPointer(rebasing: text[start...]), font, margin, textLeft, &out)
    }

    private mutating func lines(
        _ text: UnsafeBufferPointer<UInt8>, _ font: Font, _ firstLeft: Int, _ left: Int, _ out: inout ByteBuffer
    ) {
        var start = 0
        var margin = firstLeft
        while true {
            let end = PageSetter.lineEnd(text, start, width: PageSetter.right - margin, font)
            if top + font.pitch > PageSetter.last + font.pitch { startPage(&out) }
            element(UnsafeBufferPointer(rebasing: text[start..<end]), top: top, left: margin, font, &out)
            top += font.pitch
            start = end
            margin = left
            while start < text.count, text[start] == 0x20 { start += 1 }
            if start >= text.count { return }
        }
    }

    /// Where the line that begins at `start` ends: after the last word that has its place, at least one.
    private static func lineEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, width: Int, _ font: Font) -> Int {
        let most = max(8, width * 100 / (font.size * 45))
        if text.count - start <= most { return text.count }
        var end = start + most
        while end > start, text[end] != 0x20 { end -= 1 }
        if end > start { return end }
        end = start + most
        while end < text.count, text[end] != 0x20 { end += 1 }
        return end
    }

    /// A line of code.
    mutating func code(_ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ out: inout ByteBuffer) {
        skip(isFirst ? 14 : 0, lines: 1, .code, &out)
        element(text, top: top, left: PageSetter.left, .code, &out)
        top += Font.code.pitch
    }

    /// A line of the table of contents.
    mutating func contentsLine(_ text: UnsafeBufferPointer<UInt8>, page: Int, _ out: inout ByteBuffer) {
        skip(0, lines: 1, .prose, &out)
        begin(top: top, left: PageSetter.left, width: 723, .prose, &out)
        for index in 0..<text.count { out.append(text[index] == 0x09 ? 0x20 : text[index]) }
        out.append(0x20)
        for _ in 0..<max(6, 100 - text.count) { out.append(0x2E) }
        out.append(0x20)
        out.append(number: page)
        out.append(" </text>\n")
        top += Font.prose.pitch
    }

    /// Notes a heading for the outline.
    mutating func addOutline(_ text: UnsafeBufferPointer<UInt8>) {
        outline.append("<item page=\"")
        outline.append(number: page)
        outline.append("\">")
        for index in 0..<text.count { PageSetter.escape(text[index] == 0x09 ? 0x20 : text[index], &outline) }
        outline.append("</item>\n")
    }

    // MARK: Tables

    mutating func addCell(_ text: UnsafeBufferPointer<UInt8>, column: Int, span: Int) {
        cellText.append(text)
        cells.append((cellText.count, column, span))
    }

    /// Sets the row: every cell in lines of its own column, the row as high as its highest cell.
    mutating func endRow(columns: Int, isHeader: Bool, isFirst: Bool, _ out: inout ByteBuffer) {
        let width = (PageSetter.right - PageSetter.left - 20) / max(columns, 1)
        var height = 1
        var start = 0
        for cell in cells {
            var at = start
            var count = 0
            let text = UnsafeBufferPointer(rebasing: cellText.bytes[..<cell.end])
            while at < cell.end {
                at = PageSetter.lineEnd(text, at, width: width * cell.span - 24, .table)
                while at < cell.end, text[at] == 0x20 { at += 1 }
                count += 1
            }
            height = max(height, count)
            start = cell.end
        }
        skip(isFirst ? 14 : 3, lines: height, .table, &out)
        start = 0
        for cell in cells {
            var at = start
            var line = 0
            let text = UnsafeBufferPointer(rebasing: cellText.bytes[..<cell.end])
            while at < cell.end {
                let end = PageSetter.lineEnd(text, at, width: width * cell.span - 24, .table)
                let piece = UnsafeBufferPointer(rebasing: text[at..<end])
                // A word that is longer than its column is set narrower, so that columns stay apart.
                element(
                    piece, top: top + line * Font.table.pitch, left: PageSetter.left + 10 + cell.column * width, .table,
                    isBold: isHeader, widest: width * cell.span - 24, &out)
                at = end
                while at < cell.end, text[at] == 0x20 { at += 1 }
                line += 1
            }
            start = cell.end
        }
        top += height * Font.table.pitch
        cellText.removeAll()
        cells.removeAll(keepingCapacity: true)
    }

    // MARK: Elements

    mutating func element(_ text: StaticString, top: Int, left: Int, _ font: Font, _ out: inout ByteBuffer) {
        element(
            UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), top: top, left: left, font, &out)
    }

    mutating func element(
        _ text: UnsafeBufferPointer<UInt8>, top: Int, left: Int, _ font: Font, isBold: Bool = false, widest: Int = .max,
        _ out: inout ByteBuffer
    ) {
        let width = font.isCode ? text.count * 72 / 10 : text.count * font.size * 45 / 100
        begin(top: top, left: left, width: min(width, widest), font, &out)
        if isBold { out.append("<b>") }
        var start = 0
        for index in 0..<text.count {
            let byte = text[index]
            if byte != 0x3C, byte != 0x3E, byte != 0x26 { continue }
            out.append(UnsafeBufferPointer(rebasing: text[start..<index]))
            PageSetter.escape(byte, &out)
            start = index + 1
        }
        out.append(UnsafeBufferPointer(rebasing: text[start...]))
        // Lines end with a space.
        out.append(isBold ? " </b></text>\n" : " </text>\n")
    }

    private func begin(top: Int, left: Int, width: Int, _ font: Font, _ out: inout ByteBuffer) {
        out.append("<text top=\"")
        out.append(number: top)
        out.append("\" left=\"")
        out.append(number: left)
        out.append("\" width=\"")
        out.append(number: width)
        out.append("\" height=\"")
        out.append(number: font.height)
        out.append("\" font=\"")
        out.append(number: font.rawValue)
        out.append("\">")
    }

    private static func escape(_ byte: UInt8, _ out: inout ByteBuffer) {
        switch byte {
        case 0x3C: out.append("&lt;")
        case 0x3E: out.append("&gt;")
        case 0x26: out.append("&amp;")
        default: out.append(byte)
        }
    }

    private static let fonts: StaticString = """
        \t<fontspec id="0" size="15" family="Times" color="#000000"/>
        \t<fontspec id="1" size="27" family="Helvetica" color="#000000"/>
        \t<fontspec id="2" size="24" family="Helvetica" color="#000000"/>
        \t<fontspec id="3" size="21" family="Helvetica" color="#000000"/>
        \t<fontspec id="4" size="18" family="Helvetica" color="#000000"/>
        \t<fontspec id="5" size="14" family="Helvetica" color="#000000"/>
        \t<fontspec id="6" size="12" family="Courier" color="#000000"/>
        \t<fontspec id="7" size="40" family="Helvetica" color="#000000"/>

        """
}
