/// A page of the house's look: one file, no scripts, nothing loaded from elsewhere.
enum ReportPage {
    static func html(
        _ kind: String, _ title: String, _ sections: [(title: String, body: String)], tiles: [(String, String)] = []
    )
        -> String
    {
        let name = HTMLText.escape(title)
        var out =
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            + "<title>\(name): \(HTMLText.escape(kind))</title>\n<style>\n\(ReportStyle.css)\n</style>\n</head>\n<body>\n<main>\n"
            + "<p class=\"faint\">\(HTMLText.escape(kind))</p>\n<h1>\(name)</h1>\n"
        if !tiles.isEmpty {
            out += "<div class=\"tiles\">\n"
            for (term, value) in tiles {
                out +=
                    "<div class=\"tile\"><b>\(HTMLText.escape(value))</b><span>\(HTMLText.escape(term))</span></div>\n"
            }
            out += "</div>\n"
        }
        for section in sections {
            out += "<section>\n<h2>\(HTMLText.escape(section.title))</h2>\n\(section.body)</section>\n"
        }
        return out + "</main>\n</body>\n</html>\n"
    }
}
