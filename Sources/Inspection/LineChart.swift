import Files

/// One line over a count as inline SVG: both axes with a title and with their values at the ends and between. Letters keep their size
/// on a narrow screen; the line is drawn in what room there is.
struct LineChart {
    /// What the chart shows, for those who cannot see it.
    let title: String
    /// The points from left to right.
    let points: [(x: Int, y: Double)]
    /// What the horizontal axis counts.
    let horizontal: String
    /// What the vertical axis measures.
    let vertical: String
    let label: (Double) -> String

    private static let height = 260
    /// Where the room of the line begins and ends.
    private static let top = 34
    private static let bottom = 214
    /// Share of the width for the values of the vertical axis, in percent.
    private static let left = 14
    private static let right = 97
    private static let lines = 4

    /// Both ends of the line in words.
    private var description: String {
        guard let first = points.first, let last = points.last else { return "No points." }
        return
            "\(vertical): \(label(first.y)) at \(NumberText.count(first.x)) \(horizontal), \(label(last.y)) at \(NumberText.count(last.x))."
    }

    var html: String {
        let least = points.map(\.y).min() ?? 0
        let most = max(points.map(\.y).max() ?? 1, least + 1e-9)
        let last = max(points.last?.x ?? 1, 1)
        let path = points.map { point in
            let x = Double(point.x) / Double(last) * 1000
            let y = (1 - (point.y - least) / (most - least)) * 1000
            return "\(Int(x.rounded())),\(Int(y.rounded()))"
        }.joined(separator: " ")
        let (top, bottom, left, right) = (LineChart.top, LineChart.bottom, LineChart.left, LineChart.right)
        var out =
            "<svg class=\"curve\" role=\"img\" width=\"100%\" height=\"\(LineChart.height)\" "
            + "aria-label=\"\(HTMLText.escape(title))\">\n<title>\(HTMLText.escape(title))</title>\n"
            + "<desc>\(HTMLText.escape(description))</desc>\n"
            + "<text class=\"title\" x=\"0\" y=\"16\">\(HTMLText.escape(vertical))</text>\n"
        for line in 0...LineChart.lines {
            let y = bottom - (bottom - top) * line / LineChart.lines
            let value = least + (most - least) * Double(line) / Double(LineChart.lines)
            out +=
                "<line x1=\"\(left)%\" x2=\"\(right)%\" y1=\"\(y)\" y2=\"\(y)\"/>"
                + "<text class=\"end\" x=\"\(left)%\" dx=\"-8\" y=\"\(y + 4)\">\(HTMLText.escape(label(value)))</text>\n"
        }
        let middle = (left + right) / 2
        for (place, x) in [(0, "start"), (1, "middle"), (2, "end")] {
            out +=
                "<text class=\"\(x)\" x=\"\(left + (right - left) * place / 2)%\" y=\"\(bottom + 18)\">"
                + "\(NumberText.count(last * place / 2))</text>\n"
        }
        return out
            + "<text class=\"title middle\" x=\"\(middle)%\" y=\"\(bottom + 40)\">\(HTMLText.escape(horizontal))</text>\n"
            + "<svg x=\"\(left)%\" y=\"\(top)\" width=\"\(right - left)%\" height=\"\(bottom - top)\" viewBox=\"0 0 1000 1000\" "
            + "preserveAspectRatio=\"none\" overflow=\"visible\"><polyline points=\"\(path)\"/></svg>\n</svg>\n"
    }
}
