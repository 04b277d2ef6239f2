extension DialectWriter {
    /// What stands before the contents: the package's beginning, and the cover in the frames that readers know it by.
    mutating func beginWordDocument(_ identity: SpecificationIdentity, _ words: SharedWords) {
        out.append("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")
        if dialect == .flatPackage { out.append(DialectWriter.packageBeginning) }
        out.append("<w:document ")
        out.append(DialectWriter.namespaces)
        out.append("><w:body>\n")
        identity.appendReference(to: &piece)
        piece.append(" V")
        identity.appendVersion(to: &piece)
        piece.append(" (")
        identity.appendDate(to: &piece)
        piece.append(")")
        wordParagraph(style: "ZA", isFramed: true)
        piece.append(identity.isReport ? "Technical Report" : "Technical Specification")
        wordParagraph(style: "ZB", isFramed: true)
        identity.appendTitle(words, to: &piece)
        wordParagraph(style: "ZT", isFramed: true)
        piece.append("Release ")
        piece.append(number: identity.major)
        wordParagraph(style: "ZT", isFramed: true)
        piece.append(
            "This deliverable of the Lumen Grid Forum was made by a program and describes nothing that exists.")
        wordParagraph(style: "FP", isFramed: true)
    }

    mutating func endWordDocument() {
        out.append("<w:sectPr><w:pgSz w:w=\"11907\" w:h=\"16840\"/></w:sectPr></w:body></w:document>\n")
        if dialect == .flatPackage {
            out.append("</pkg:xmlData></pkg:part>\n")
            DialectWriter.stylesPart.withUnsafeBufferPointer { out.append($0) }
            out.append("</pkg:package>\n")
        }
    }

    private static let namespaces: StaticString = """
        xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" \
        xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"
        """

    private static let packageBeginning: StaticString = """
        <?mso-application progid="Word.Document"?>
        <pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">
        <pkg:part pkg:name="/_rels/.rels" pkg:contentType="application/vnd.openxmlformats-package.relationships+xml">\
        <pkg:xmlData><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
        <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" \
        Target="word/document.xml"/></Relationships></pkg:xmlData></pkg:part>
        <pkg:part pkg:name="/word/_rels/document.xml.rels" \
        pkg:contentType="application/vnd.openxmlformats-package.relationships+xml"><pkg:xmlData>\
        <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" \
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>\
        </Relationships></pkg:xmlData></pkg:part>
        <pkg:part pkg:name="/word/document.xml" \
        pkg:contentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"><pkg:xmlData>
        """

    /// Styles by id, name and what they are based on.
    private static let stylesPart: [UInt8] = {
        var part = """
            <pkg:part pkg:name="/word/styles.xml" \
            pkg:contentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"><pkg:xmlData>\
            <w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">\
            <w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
            """
        var styles: [(id: String, name: String, base: String)] = []
        for level in 1...4 { styles.append(("Heading\(level)", "heading \(level)", "Normal")) }
        for level in 1...3 { styles.append(("TOC\(level)", "toc \(level)", "Normal")) }
        for name in ["B1", "B2", "B3", "NO", "EX", "EQ", "TH", "TAL", "PL", "TT", "ZA", "ZB", "ZT", "FP"] {
            styles.append((name, name, "Normal"))
        }
        for (name, base) in [("EW", "EX"), ("TAC", "TAL"), ("TAH", "TAC"), ("TAN", "TAL")] {
            styles.append((name, name, base))
        }
        for style in styles {
            part += """
                <w:style w:type="paragraph" w:customStyle="1" w:styleId="\(style.id)"><w:name w:val="\(style.name)"/>\
                <w:basedOn w:val="\(style.base)"/></w:style>
                """
        }
        return Array((part + "</w:styles></pkg:xmlData></pkg:part>\n").utf8)
    }()
}
