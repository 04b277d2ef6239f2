/// The lines of a page that are the words inside its figures: short ones above a figure's caption, up to the text before it.
struct FigureAreas {
    private(set) var areas: [Range<Int>] = []
    private static let most = 200

    init(_ layout: PageLayout, body: PDFFont, pageWidth: Int32) {
        for index in layout.lines.indices {
            let line = layout.lines[index]
            guard !line.segments.isEmpty, index > 0, line.isBold || line.font.family == .sans else { continue }
            let text = layout.bytes(layout.segments[line.segments.lowerBound])
            guard text.starts(with: "Figure ".utf8), case .caption = LineLabel(text, isFirstOfSeveral: false) else {
                continue
            }
            let floor = max(areas.last?.upperBound ?? 0, index - FigureAreas.most)
            let left = layout.lines.lazy.filter { $0.flow == line.flow }.map(\.left).min() ?? 0
            var start = index
            while start > floor, FigureAreas.isInside(layout.lines[start - 1], layout, body, left, pageWidth) {
                start -= 1
            }
            if start < index { areas.append(start..<index) }
        }
    }

    func area(at line: Int) -> Range<Int>? { areas.first { $0.contains(line) } }

    /// Whether a line can be part of a figure: no prose, no heading, no item of a list, no caption of a table.
    private static func isInside(
        _ line: PageLayout.Line, _ layout: PageLayout, _ body: PDFFont, _ left: Int32, _ pageWidth: Int32
    ) -> Bool {
        guard let first = line.segments.first else { return true }
        if line.isMono { return false }
        let text = layout.bytes(layout.segments[first])
        for segment in line.segments {
            let segment = layout.segments[segment]
            if (segment.right - segment.left) * 2 > pageWidth { return false }
        }
        let isBody = line.font == body
        if isBody, line.left <= left + 4 { return false }
        if case .none = LineLabel(text, isFirstOfSeveral: line.segments.count > 1) {
        } else if isBody {
            return false
        }
        if text.starts(with: "Table ".utf8) || text.starts(with: "Figure ".utf8) { return false }
        return ClauseNumber(text) == nil || line.font.size <= body.size
    }
}
