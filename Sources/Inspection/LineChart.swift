/// One line over a count as inline SVG, with the first and the last value of each axis written at its ends.
struct LineChart {
    /// What the chart shows, for those who cannot see it.
    let title: String
    /// The points from left to right.
    let points: [(x: Int, y: Double)]
    let label: (Double) -> String

    private static let width = 640.0
    private static let height = 240.0
    private static let margin = 28.0

    var html: String {
        let least = points.map(\.y).min() ?? 0
        let most = max(points.map(\.y).max() ?? 1, least + 1e-9)
        let last = max(points.last?.x ?? 1, 1)
        let room = LineChart.height - 2 * LineChart.margin
        let path = points.map { point in
            let x = Double(point.x) / Double(last) * LineChart.width
            let y = LineChart.margin + (1 - (point.y - least) / (most - least)) * room
            return "\(LineChart.tenths(x)),\(LineChart.tenths(y))"
        }.joined(separator: " ")
        let bottom = LineChart.tenths(LineChart.height - 4)
        return
            "<svg class=\"curve\" role=\"img\" viewBox=\"0 0 640 240\" width=\"100%\" aria-label=\"\(HTMLText.escape(title))\">\n"
            + "<title>\(HTMLText.escape(title))</title>\n<polyline points=\"\(path)\"/>\n"
            + "<text x=\"0\" y=\"16\">\(HTMLText.escape(label(most)))</text>\n"
            + "<text x=\"0\" y=\"\(bottom)\">\(HTMLText.escape(label(least)))</text>\n"
            + "<text x=\"640\" y=\"\(bottom)\" class=\"end\">\(NumberText.count(last))</text>\n</svg>\n"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
