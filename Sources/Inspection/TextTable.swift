/// A table for the terminal: columns as wide as their longest cell, numbers to the right.
struct TextTable {
    enum Alignment { case left, right }

    private let header: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) {
        header = columns.map(\.title)
        alignments = columns.map(\.alignment)
    }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// Lines without spaces at their ends, each with a line feed.
    var text: String {
        var widths = header.map(TextTable.width)
        for row in rows {
            for (column, cell) in row.enumerated() where column < widths.count {
                widths[column] = max(widths[column], TextTable.width(cell))
            }
        }
        var out = ""
        for row in [header] + rows {
            var line = ""
            for (column, cell) in row.enumerated() where column < widths.count {
                let padding = String(repeating: " ", count: widths[column] - TextTable.width(cell))
                if column > 0 { line += "  " }
                line += alignments[column] == .left ? cell + padding : padding + cell
            }
            while line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
            out += line + "\n"
        }
        return out
    }

    /// Columns of a terminal that a text takes, by its characters.
    static func width(_ text: String) -> Int { text.count }
}
