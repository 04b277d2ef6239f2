/// Finds headers, footers and page numbers: lines nearest to an edge of the page that stand at the same height of its neighbours with
/// the same words, and numbers there that count up with the pages. A line of the text between them is never looked at: from an edge
/// inwards, the first line that does not repeat, or that stands apart, ends the search.
struct PageFurniture {
    /// What is remembered of a page.
    private struct Neighbour {
        var index: Int
        var height: Int32
        var upper: [PageEdge]
        var lower: [PageEdge]

        init(_ page: PDFPage) {
            index = page.index
            height = page.height
            upper = page.upperEdge
            lower = page.lowerEdge
        }
    }

    /// How many neighbours on each side are compared.
    static let reach = 4
    private static let mostKnown = 64

    private var neighbours: [Neighbour] = []
    /// What was found before: the header of one page on its side among upright ones stands elsewhere.
    private var known: [UInt64] = []

    /// Takes note of a page before any page is asked for that has it as neighbour.
    mutating func add(_ page: PDFPage) { neighbours.append(Neighbour(page)) }

    /// Takes the furniture off a page; `found` is called with each element.
    mutating func remove(from page: inout PDFPage, found: (PDFElement, PDFRule) -> Void) {
        while let first = neighbours.first, first.index < page.index - PageFurniture.reach { neighbours.removeFirst() }
        let needed = min(2, neighbours.count - 1)
        if needed > 0 {
            let height = page.height
            remove(&page, page.upperEdge, height, needed, found)
            remove(&page, page.lowerEdge, height, needed, found)
        }
    }

    private mutating func remove(
        _ page: inout PDFPage, _ edges: [PageEdge], _ height: Int32, _ needed: Int,
        _ found: (PDFElement, PDFRule) -> Void
    ) {
        var index = 0
        var last: PageEdge?
        while index < edges.count {
            let first = edges[index]
            if let last, abs(first.middle - last.middle) > 5 * min(first.height, last.height) { return }
            var end = index
            while end < edges.count, abs(edges[end].middle - first.middle) <= 12 { end += 1 }
            var matched = 0
            for edge in edges[index..<end] {
                guard let rule = rule(edge, page.index, height, needed) else { continue }
                matched += 1
                page.elements[edge.element].isGone = true
                found(page.elements[edge.element], rule)
                if edge.letters >= 4, known.count < PageFurniture.mostKnown, !known.contains(edge.hash) {
                    known.append(edge.hash)
                }
            }
            if matched < end - index { return }
            last = first
            index = end
        }
    }

    private func rule(_ edge: PageEdge, _ page: Int, _ height: Int32, _ needed: Int) -> PDFRule? {
        var same = 0
        for neighbour in neighbours where neighbour.index != page {
            if isTwin(
                edge, edge.isTop ? neighbour.upper : neighbour.lower, neighbour.index - page,
                isSameSize: neighbour.height == height)
            {
                same += 1
                if same >= needed { break }
            }
        }
        if edge.number != nil { return same >= needed ? .pageNumber : nil }
        let isKnown = edge.letters >= 4 && known.contains(edge.hash)
        return same >= needed || isKnown ? (edge.isTop ? .pageHeader : .pageFooter) : nil
    }

    private func isTwin(_ edge: PageEdge, _ others: [PageEdge], _ distance: Int, isSameSize: Bool) -> Bool {
        for other in others where other.hash == edge.hash {
            if let number = edge.number {
                // A number counts up with the pages, wherever in the line it stands.
                let isAtHeight = !isSameSize || abs(other.middle - edge.middle) <= 8
                if isAtHeight, let otherNumber = other.number, otherNumber - number == distance { return true }
            } else if abs(other.middle - edge.middle) <= 8 {
                return true
            }
        }
        return false
    }
}
