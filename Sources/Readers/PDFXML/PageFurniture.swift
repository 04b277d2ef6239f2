/// Finds headers, footers and page numbers: lines nearest to an edge of the page that stand at the same height of its neighbours with
/// the same words, and numbers there that count up with the pages. A line of the text between them is never looked at: from an edge
/// inwards, the first line that does not repeat, or that stands apart, ends the search.
struct PageFurniture {
    /// What is remembered of a page that has gone by.
    private struct Past {
        var index: Int
        var edges: [PageEdge]
    }

    /// How many neighbours on each side are compared.
    static let reach = 4
    private static let mostKnown = 64

    private var past: [Past] = []
    /// What was found before: the header of one page on its side among upright ones stands elsewhere.
    private var known: [UInt64] = []

    /// Takes the furniture off `pages[0]`; the pages behind it are its neighbours to come. `found` is called with each element.
    mutating func remove(from pages: [PDFPage], found: (PDFElement, PDFRule) -> Void) {
        let page = pages[0]
        let others = past.map { ($0.index, $0.edges) } + pages.dropFirst().map { ($0.index, $0.edges) }
        let needed = min(2, others.count)
        if needed > 0 {
            for isTop in [true, false] { remove(page, isTop, others, needed, found) }
        }
        past.append(Past(index: page.index, edges: page.edges))
        if past.count > PageFurniture.reach { past.removeFirst() }
    }

    private mutating func remove(
        _ page: PDFPage, _ isTop: Bool, _ others: [(Int, [PageEdge])], _ needed: Int,
        _ found: (PDFElement, PDFRule) -> Void
    ) {
        var edges = page.edges.filter { $0.isTop == isTop }
        edges.sort { isTop ? ($0.middle, $0.element) < ($1.middle, $1.element) : ($0.middle, $0.element) > ($1.middle, $1.element) }
        var index = 0
        var last: PageEdge?
        while index < edges.count {
            let first = edges[index]
            if let last, abs(first.middle - last.middle) > 4 * max(first.height, last.height) { return }
            var end = index
            while end < edges.count, abs(edges[end].middle - first.middle) <= 12 { end += 1 }
            var matched = 0
            for edge in edges[index..<end] {
                guard let rule = rule(edge, page.index, others, needed) else { continue }
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

    private func rule(_ edge: PageEdge, _ page: Int, _ others: [(Int, [PageEdge])], _ needed: Int) -> PDFRule? {
        var same = 0
        for (index, edges) in others {
            let hasTwin = edges.contains { other in
                guard other.isTop == edge.isTop, other.hash == edge.hash else { return false }
                if let number = edge.number {
                    // A number counts up with the pages, wherever in the line it stands.
                    guard let otherNumber = other.number else { return false }
                    return otherNumber - number == index - page
                }
                return abs(other.middle - edge.middle) <= 8
            }
            if hasTwin { same += 1 }
        }
        if edge.number != nil { return same >= needed ? .pageNumber : nil }
        let isKnown = edge.letters >= 4 && known.contains(edge.hash)
        return same >= needed || isKnown ? (edge.isTop ? .pageHeader : .pageFooter) : nil
    }
}
