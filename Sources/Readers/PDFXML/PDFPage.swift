/// One `<text>` element: where it stands, in pixels, and where its text is in the page's text.
struct PDFElement {
    var top: Int32
    var left: Int32
    var width: Int32
    var height: Int32
    var start: Int32
    var end: Int32
    var font: PDFFont
    var isBold: Bool
    /// Nothing but spaces, or taken away by a rule; counted where that was found.
    var isGone = false

    var right: Int32 { left &+ width }
    /// Twice the vertical middle, so that it is a whole number.
    var middle: Int32 { top &* 2 &+ height }
    var bottom: Int32 { top &+ height }
    var count: Int { Int(end &- start) }
}

/// One page as the parser gave it. Pages are used again, so that their memory is.
struct PDFPage {
    /// The running number of the page in the file, from 0.
    var index = 0
    var width: Int32 = 892
    var height: Int32 = 1263
    var elements: [PDFElement] = []
    var text: [UInt8] = []
    /// What stands near the upper and the lower edge, the outermost first.
    var upperEdge: [PageEdge] = []
    var lowerEdge: [PageEdge] = []

    mutating func restart(index: Int) {
        self.index = index
        width = 892
        height = 1263
        elements.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        upperEdge.removeAll(keepingCapacity: true)
        lowerEdge.removeAll(keepingCapacity: true)
    }
}
