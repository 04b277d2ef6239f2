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

    /// How many elements are kept on each side.
    private static let most = 48

    /// Finds what stands near the edges of a page: in the upper and the lower eighth of its height.
    static func find(in page: inout PDFPage) {
        let above = page.height / 8
        let below = page.height - above
        for index in page.elements.indices {
            let element = page.elements[index]
            let isTop = element.bottom < above
            if !(isTop || element.top > below) || element.isGone || element.count > 400 { continue }
            var edge = page.text.withUnsafeBufferPointer {
                PageEdge(UnsafeBufferPointer(rebasing: $0[Int(element.start)..<Int(element.end)]))
            }
            edge.element = index
            edge.isTop = isTop
            edge.middle = element.middle
            edge.height = element.height
            if isTop {
                insert(edge, &page.upperEdge)
            } else {
                insert(edge, &page.lowerEdge)
            }
        }
    }

    private static func insert(_ edge: PageEdge, _ edges: inout [PageEdge]) {
        var place = edges.count
        while place > 0, edge.isTop ? edges[place - 1].middle > edge.middle : edges[place - 1].middle < edge.middle {
            place -= 1
        }
        if place >= most { return }
        edges.insert(edge, at: place)
        if edges.count > most { edges.removeLast() }
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
