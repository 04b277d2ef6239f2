extension DialectWriter {
    /// The file's beginning, the cover, and the page that the contents begin on.
    mutating func beginPages(_ identity: SpecificationIdentity, _ words: SharedWords) {
        pages.restart()
        out.append(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE pdf2xml SYSTEM "pdf2xml.dtd">

            <pdf2xml producer="poppler" version="22.12.0">

            """)
        pages.startPage(&out)
        identity.appendReference(to: &piece)
        piece.append(" V")
        identity.appendVersion(to: &piece)
        piece.append(" (")
        identity.appendDate(to: &piece)
        piece.append(")")
        pages.setHeader(piece.bytes)
        pages.element(piece.bytes, top: 59, left: 147, .cover, &out)
        piece.removeAll()
        identity.appendTitle(words, to: &piece)
        var start = 0
        var top = 537
        for index in 0...piece.count where index == piece.count || piece.bytes[index] == 0x3B {
            let end = min(index + 1, piece.count)
            pages.element(
                UnsafeBufferPointer(rebasing: piece.bytes[start..<end]), top: top, left: 300, .section, isBold: true,
                &out)
            start = min(end + 1, piece.count)
            top += 30
        }
        piece.removeAll()
        pages.element(
            "This deliverable was made by a program and describes nothing that exists.", top: 1150, left: 180, .table,
            &out)
        pages.startPage(&out)
        piece.append("Contents")
        pages.paragraph(piece.bytes, .chapter, left: PageSetter.left, textLeft: PageSetter.left, gap: 10, &out)
        piece.removeAll()
    }

    /// Writes `piece` as a line of the contents and empties it.
    mutating func contentsLine(page: Int) {
        pages.contentsLine(piece.bytes, page: page, &out)
        piece.removeAll()
    }

    /// The text proper begins on a page of its own.
    mutating func endContents() { pages.startPage(&out) }

    mutating func pageBlock(_ block: Block) {
        let left = PageSetter.left
        switch block {
        case .heading(let level):
            let font: PageSetter.Font =
                level == 1 ? .chapter : level == 2 ? .section : level == 3 ? .clause : .subclause
            // Room for the heading and two lines behind it.
            pages.skip(24, lines: 4, font, &out)
            pages.paragraph(piece.bytes, font, left: left, textLeft: left + (level < 4 ? 85 : 106), gap: 0, &out)
            pages.addOutline(piece.bytes)
        case .item(let level):
            pages.paragraph(
                piece.bytes, .prose, left: left + 21 * level, textLeft: left + 21 * level + 22, gap: 14, &out)
        case .note: pages.paragraph(piece.bytes, .prose, left: 106, textLeft: 170, gap: 14, &out)
        case .example: pages.paragraph(piece.bytes, .prose, left: 106, textLeft: 191, gap: 14, &out)
        case .reference: pages.paragraph(piece.bytes, .prose, left: 106, textLeft: 213, gap: 14, &out)
        case .abbreviation:
            // Definitions, which have no tab, stand apart.
            let hasTab = piece.bytes.contains(0x09)
            pages.paragraph(piece.bytes, .prose, left: 106, textLeft: hasTab ? 213 : 106, gap: hasTab ? 0 : 14, &out)
        case .caption: pages.paragraph(piece.bytes, .table, left: 240, textLeft: 240, gap: 18, &out)
        case .body: pages.paragraph(piece.bytes, .prose, left: left, textLeft: left, gap: 14, &out)
        case .code:
            pages.code(piece.bytes, isFirst: !isInCode, &out)
            isInCode = true
        }
    }
}
