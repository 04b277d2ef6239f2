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

        init(_ element: PDFElement) {
            left = element.left
            right = element.right
            end = element.right
            middle = element.middle
            height = max(element.height, 1)
            start = element.start
            stop = element.end
            font = element.font
            isBold = element.isBold
        }
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

    static let mostPieces = 1 << 21

    var lines: [Line] = []
    var segments: [Segment] = []
    /// The text of the lines.
    var text: [UInt8] = []
    /// The text of the page, as long as its lines are used.
    var page: [UInt8] = []
    var pieces: [Piece] = []
    var keys: [UInt64] = []
    var sorted: [Piece] = []
    var scripts: [Piece] = []
    var attached: [(line: Int, piece: Piece)] = []

    /// The bytes of a segment.
    func bytes(_ segment: Segment) -> ArraySlice<UInt8> { text[segment.start..<segment.end] }

    /// Lays a page out. `body` is the font of the document's prose.
    mutating func lay(_ page: inout PDFPage, body: PDFFont, _ counts: inout PDFCounts) {
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
}
