import Documents

/// A document being put together from pages. It holds the pages that furniture is found by, the block that is open, and what was written.
struct PDFDocument {
    var writer = BlockWriter()
    var counts = PDFCounts()
    private(set) var cover = PDFCover()
    /// The keys of all headings, to compare with the outline.
    var headings: [UInt64] = []

    var layout = PageLayout()
    var body = BodyFont()
    var block = OpenBlock()
    var table = OpenTable()
    /// The columns, rows and cells of the table being read.
    var columns = TableColumns()
    var rows: [TableRow] = []
    var cells: [TableCell] = []
    var cellText: [UInt8] = []
    /// Levels by font size, as numbered headings showed them.
    var levels = [Int](repeating: 0, count: 256)
    /// Whether the table of contents is being passed over.
    var isInContents = false
    /// The page being read, for what goes on over its end.
    var pageIndex = 0

    private var window: [PDFPage] = []
    private var free: [PDFPage] = []
    private var furniture = PageFurniture()
    private var pages = 0

    /// A page to fill.
    mutating func freePage() -> PDFPage {
        var page = free.popLast() ?? PDFPage()
        page.restart(index: pages)
        pages += 1
        return page
    }

    /// Takes a page that is complete, and gives an empty one for it. It is read when its neighbours are there.
    mutating func take(_ page: inout PDFPage) {
        markBlank(&page)
        PageEdge.find(in: &page)
        body.add(page)
        furniture.add(page)
        window.append(page)
        if window.count > PageFurniture.reach { readFirst() }
        page = freePage()
    }

    /// Reads what waits and closes what is open.
    mutating func finish() {
        while !window.isEmpty { readFirst() }
        closeTable()
        closeBlock()
        writer.flushCode(&counts.blocks)
    }

    private mutating func readFirst() {
        var page = window.removeFirst()
        var header: [UInt8] = []
        // The closure may not touch `self`, whose furniture works.
        var gone: [(PDFElement, PDFRule)] = []
        furniture.remove(from: &page) { gone.append(($0, $1)) }
        for (element, rule) in gone {
            remove(element, rule, page)
            if page.index < 4, rule == .pageHeader {
                header += page.text[Int(element.start)..<Int(element.end)] + [0x20]
            }
        }
        if !header.isEmpty { cover.takeHeader(header) }
        if page.index == 0, cover.take(page) {
            drop(page, .cover)
        } else if page.index < 4, PDFCover.isCopyright(page) {
            cover.takeReference(page)
            drop(page, .copyright)
        } else {
            layout.lay(&page, body: body.font, &counts)
            pageIndex = page.index
            readLines(page)
        }
        free.append(page)
    }

    private mutating func markBlank(_ page: inout PDFPage) {
        var spaces = 0
        for index in page.elements.indices {
            let element = page.elements[index]
            if element.count == 0 || page.text[Int(element.start)] != 0x20 { continue }
            var at = Int(element.start)
            while at < Int(element.end), page.text[at] == 0x20 { at += 1 }
            if at == Int(element.end) {
                page.elements[index].isGone = true
                spaces += element.count
            }
        }
        counts.remove(.whiteSpace, spaces)
    }

    private mutating func remove(_ element: PDFElement, _ rule: PDFRule, _ page: PDFPage) {
        counts.remove(
            rule,
            page.text.withUnsafeBytes {
                unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[Int(element.start)..<Int(element.end)]))
            })
    }

    private mutating func drop(_ page: PDFPage, _ rule: PDFRule) {
        for element in page.elements where !element.isGone { remove(element, rule, page) }
    }
}

/// The font that most lines of prose are in, counted as pages come.
struct BodyFont {
    private(set) var font = PDFFont.usual
    private var scalars = [Int](repeating: 0, count: 256 * 8)
    private var most = 0

    /// Counts the elements that are as long as lines of prose are, and no line of a table of contents.
    mutating func add(_ page: PDFPage) {
        let long = page.width / 3
        page.text.withUnsafeBufferPointer { text in
            for element in page.elements {
                if element.width < long || element.font.family == .mono || element.isGone { continue }
                let end = Int(element.end)
                // Before a page number stand dots.
                var dots = 0
                for index in max(Int(element.start), end - 10)..<end where text[index] == 0x2E { dots += 1 }
                if dots > 3 { continue }
                let slot = Int(element.font.size) * 8 + Int(element.font.family.rawValue)
                scalars[slot] += element.count
                if scalars[slot] > most {
                    most = scalars[slot]
                    font = element.font
                }
            }
        }
    }
}
