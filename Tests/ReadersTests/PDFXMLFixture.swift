@testable import Readers

/// Writes pdf2xml by hand, as poppler would.
struct PDFXMLFixture {
    private static let fonts = [
        (15, "Times"), (27, "Helvetica"), (24, "Helvetica"), (21, "Helvetica"), (18, "Helvetica"), (14, "Helvetica"),
        (12, "Courier"), (10, "Times"), (40, "Helvetica"), (15, "ABCDEF+Symbol"),
    ]
    static let head =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE pdf2xml SYSTEM \"pdf2xml.dtd\">\n\n"
        + "<pdf2xml producer=\"poppler\" version=\"22.12.0\">\n"

    private var body = ""
    private var pages = 0
    private var isOpen = false
    private var hasFonts = false

    /// Starts a page with the fonts 0 (prose), 1 … 4 (headings of level 1 … 4), 5 (tables), 6 (code), 7 (small), 8 (cover), 9 (symbols).
    mutating func page(width: Int = 892, height: Int = 1263) {
        endPage()
        pages += 1
        isOpen = true
        body +=
            "<page number=\"\(pages)\" position=\"absolute\" top=\"0\" left=\"0\" height=\"\(height)\" width=\"\(width)\">\n"
        if hasFonts { return }
        hasFonts = true
        for (index, (size, family)) in PDFXMLFixture.fonts.enumerated() {
            body += "\t<fontspec id=\"\(index)\" size=\"\(size)\" family=\"\(family)\" color=\"#000000\"/>\n"
        }
    }

    private mutating func endPage() {
        if isOpen { body += "</page>\n" }
        isOpen = false
    }

    /// One element; its width is what the text needs in its font.
    mutating func text(_ top: Int, _ left: Int, _ text: String, font: Int = 0, width: Int? = nil, height: Int = 13) {
        let width = width ?? PDFXMLFixture.width(text, font)
        body +=
            "<text top=\"\(top)\" left=\"\(left)\" width=\"\(width)\" height=\"\(height)\" font=\"\(font)\">\(text)</text>\n"
    }

    private static func width(_ text: String, _ font: Int) -> Int {
        let (size, family) = fonts[font]
        // Without the tags, which take no room.
        var plain: [UInt8] = []
        var isInTag = false
        for byte in text.utf8 {
            // A reference is one letter wide.
            if byte == UInt8(ascii: "&") { plain.append(UInt8(ascii: "n")) }
            if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { isInTag = true }
            if !isInTag { plain.append(byte) }
            if byte == UInt8(ascii: ">") || byte == UInt8(ascii: ";") { isInTag = false }
        }
        return plain.withUnsafeBufferPointer { bytes in
            Array(family.utf8).withUnsafeBufferPointer {
                Int(GlyphWidths.measure(bytes, PDFFont(size: size, name: $0)).whole)
            }
        }
    }

    /// Any XML.
    mutating func raw(_ xml: String) { body += xml }

    /// The whole, with an outline.
    func finished(outline: [(Int, String)] = []) -> String {
        var text = PDFXMLFixture.head + body + (isOpen ? "</page>\n" : "")
        if !outline.isEmpty {
            text += "<outline>\n"
            for (page, title) in outline { text += "<item page=\"\(page)\">\(title)</item>\n" }
            text += "</outline>\n"
        }
        return text + "</pdf2xml>\n"
    }

    /// The header and footer of a page.
    mutating func furniture(_ number: Int) {
        text(67, 85, "LGF TS 70.100 V1.0.0 (2031-04) ", font: 5)
        text(67, 440, "\(number) ", font: 5)
        text(1225, 430, "Lumen Grid Forum ", font: 5)
    }

    /// Lines of prose from `top` on, at `left`.
    mutating func prose(_ top: Int, _ lines: [String], left: Int = 85) {
        for (index, line) in lines.enumerated() { text(top + index * 17, left, line) }
    }
}
