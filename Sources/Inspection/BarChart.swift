/// Horizontal bars as inline SVG. Positions are percentages and letters keep their size, so the chart fits a phone and a wide
/// screen without scripts.
struct BarChart {
    struct Bar {
        var label: String
        var value: Int
        /// What stands behind the bar.
        var note: String
        /// Which of several things that are compared it belongs to: its colour.
        var series = 0
    }

    /// What the chart shows, for those who cannot see it.
    let title: String
    let bars: [Bar]

    /// Letters of a label that a phone has room for.
    static let labelLetters = 24
    private static let rowHeight = 26

    /// The attribute that colours what belongs to a series. There are four colours; they come again.
    static func color(_ series: Int) -> String { series % 4 == 0 ? "" : " class=\"s\(series % 4)\"" }

    /// How many letters' room a text takes: those of Chinese, Japanese and Korean and pictures take two.
    static func letters(_ text: String) -> Int {
        text.reduce(0) { count, character in
            let first = character.unicodeScalars.first?.value ?? 0
            return count + (first >= 0x2E80 || (0x1100...0x115F).contains(first) ? 2 : 1)
        }
    }

    /// A text that fits beside a bar.
    static func label(_ text: String) -> String {
        if letters(text) <= labelLetters { return text }
        var short = ""
        for character in text {
            if letters(short) + letters(String(character)) >= labelLetters { break }
            short.append(character)
        }
        return short + "…"
    }

    /// The bars in words.
    private var description: String {
        bars.isEmpty
            ? "No bars."
            : bars.map { $0.label.isEmpty ? "against \($0.note)" : "\($0.label): \($0.note)" }.joined(separator: "; ")
                + "."
    }

    var html: String {
        let most = max(bars.map(\.value).max() ?? 0, 1)
        // Share of the width for the labels, in percent: on a phone a letter takes a little less than two.
        let letters = bars.map { BarChart.letters($0.label) }.max() ?? 0
        let labelWidth = min(44, 4 + (letters * 17 + 9) / 10)
        let room = 100 - labelWidth - 18
        var out =
            "<svg class=\"bars\" role=\"img\" width=\"100%\" height=\"\(bars.count * BarChart.rowHeight + 4)\" "
            + "aria-label=\"\(HTMLText.escape(title))\">\n<title>\(HTMLText.escape(title))</title>\n"
            + "<desc>\(HTMLText.escape(description))</desc>\n"
        for (row, bar) in bars.enumerated() {
            let top = row * BarChart.rowHeight
            let tenths = bar.value * room * 10 / most
            let width = "\(tenths / 10).\(tenths % 10)"
            let end = labelWidth * 10 + tenths
            out +=
                "<text class=\"label\" x=\"\(labelWidth)%\" dx=\"-8\" y=\"\(top + 17)\">\(HTMLText.escape(BarChart.label(bar.label)))</text>"
                + "<rect x=\"\(labelWidth)%\" y=\"\(top + 4)\" width=\"\(width)%\" height=\"18\" rx=\"2\"\(BarChart.color(bar.series))/>"
                + "<text x=\"\(end / 10).\(end % 10)%\" dx=\"6\" y=\"\(top + 17)\">\(HTMLText.escape(bar.note))</text>\n"
        }
        return out + "</svg>\n"
    }
}
