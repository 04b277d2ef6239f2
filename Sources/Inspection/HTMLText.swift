/// Builds HTML: every text goes through `escape`, so that a document's title is never markup.
enum HTMLText {
    /// Text for element content and quoted attributes. Characters that HTML forbids become U+FFFD.
    static func escape(_ text: String) -> String {
        var out: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;".utf8
            case "<": out += "&lt;".utf8
            case ">": out += "&gt;".utf8
            case "\"": out += "&quot;".utf8
            case "'": out += "&#39;".utf8
            case "\t", "\n": out += String(scalar).utf8
            default:
                let forbidden = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                out += (forbidden ? "\u{FFFD}" : String(scalar)).utf8
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// A table; columns after the first `textColumns` are numbers.
    static func table(_ header: [String], _ rows: [[String]], textColumns: Int = 1, footer: [String]? = nil) -> String {
        func row(_ cells: [String], _ element: String) -> String {
            var out = "<tr>"
            for (column, cell) in cells.enumerated() {
                let scope = element == "th" ? " scope=\"col\"" : ""
                let kind = column < textColumns ? "" : " class=\"n\""
                out += "<\(element)\(scope)\(kind)>\(escape(cell))</\(element)>"
            }
            return out + "</tr>\n"
        }
        // A wide table scrolls by itself, with the keyboard too.
        var out = "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>" + row(header, "th") + "</thead>\n<tbody>\n"
        for cells in rows { out += row(cells, "td") }
        out += "</tbody>\n"
        if let footer { out += "<tfoot>" + row(footer, "td") + "</tfoot>\n" }
        return out + "</table></div>\n"
    }

    /// Terms and their values.
    static func list(_ items: [(term: String, value: String)]) -> String {
        "<dl>\n" + items.map { "<dt>\(escape($0.term))</dt><dd>\(escape($0.value))</dd>\n" }.joined() + "</dl>\n"
    }
}
