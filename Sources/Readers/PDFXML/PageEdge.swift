/// What stands near the upper or lower edge of a page, as headers and footers do.
struct PageEdge {
    /// The index of the element on its page.
    var element: Int
    var isTop: Bool
    /// Twice the vertical middle.
    var middle: Int32
    var height: Int32
    /// The text with every run of digits as one mark and without white space.
    var hash: UInt64
    var letters: Int
    /// The number, where the text is one.
    var number: Int?

    /// How much of a page's height, above and below, can hold headers and footers: an eighth.
    static func edges(of page: PDFPage) -> [PageEdge] {
        var edges: [PageEdge] = []
        let above = page.height / 8
        let below = page.height - above
        page.text.withUnsafeBufferPointer { text in
            for index in page.elements.indices {
                let element = page.elements[index]
                let isTop = element.bottom < above
                if element.isGone || !(isTop || element.top > below) { continue }
                let bytes = UnsafeBufferPointer(rebasing: text[Int(element.start)..<Int(element.end)])
                if bytes.count > 400 { continue }
                var edge = PageEdge(bytes)
                edge.element = index
                edge.isTop = isTop
                edge.middle = element.middle
                edge.height = element.height
                edges.append(edge)
            }
        }
        return edges
    }

    private init(_ text: UnsafeBufferPointer<UInt8>) {
        element = 0
        isTop = true
        middle = 0
        height = 0
        hash = 0xCBF2_9CE4_8422_2325
        letters = 0
        var digits = 0
        var value = 0
        var others = 0
        var inDigits = false
        for byte in text where byte > 0x20 {
            let isDigit = byte &- 0x30 < 10
            if isDigit {
                digits += 1
                if digits < 9 { value = value * 10 + Int(byte - 0x30) }
                if inDigits { continue }
            } else {
                others += 1
                if (byte | 0x20) &- 0x61 < 26 || byte >= 0x80 { letters += 1 }
            }
            inDigits = isDigit
            hash = (hash ^ (isDigit ? 0x23 : UInt64(byte))) &* 0x0000_0100_0000_01B3
        }
        if digits > 0, digits < 9, letters == 0, others <= 2 { number = value }
    }
}
