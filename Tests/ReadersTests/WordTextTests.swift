import Documents
import Files
import Testing

@testable import Readers

/// What paragraphs, lists, code and inline elements become.
@Suite struct WordTextTests {
    private func text(_ body: String, _ options: ReadOptions = ReadOptions()) -> String {
        let result = ReaderFixture.readBody(body, options: options)
        #expect(result.failure == nil, "\(result.failureText)")
        for document in result.documents { #expect(document.ledger.isClosed, "\(document.ledger)") }
        return result.text
    }

    private func run(_ inner: String) -> String { "<w:p><w:r>\(inner)</w:r></w:p>" }

    @Test func headingsKeepTheirNumbersAndGetMarks() {
        let heading =
            "<w:p><w:pPr><w:pStyle w:val=\"Heading2\"/></w:pPr><w:r><w:t>3.1</w:t><w:tab/><w:t>Terms</w:t></w:r></w:p>"
        #expect(text(heading + ReaderFixture.paragraph("Body.")) == "## 3.1 Terms\n\nBody.")
        let annex =
            "<w:p><w:pPr><w:pStyle w:val=\"Heading8\"/></w:pPr><w:r><w:br w:type=\"page\"/><w:t>Annex A (informative):</w:t><w:br/>"
            + "<w:t>Title</w:t></w:r></w:p>"
        #expect(text(annex) == "# Annex A (informative): Title")
    }

    @Test func outlineLevelMakesAHeading() {
        let body = "<w:p><w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr><w:r><w:t>Deep</w:t></w:r></w:p>"
        #expect(text(body) == "### Deep")
    }

    @Test func listItemsStandOnConsecutiveLines() {
        let item = "<w:p><w:pPr><w:pStyle w:val=\"B1\"/></w:pPr><w:r><w:t>-</w:t><w:tab/><w:t>one</w:t></w:r></w:p>"
        #expect(text(item + item + ReaderFixture.paragraph("End.")) == "- one\n- one\n\nEnd.")
        let listed =
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"4\"/></w:numPr></w:pPr><w:r><w:t>two</w:t></w:r></w:p>"
        #expect(text(listed) == "- two")
        #expect(text(listed.replacing("\"4\"", with: "\"0\"")) == "two")
    }

    @Test func codeParagraphsBecomeOneFence() {
        let code = ["A ::= SEQUENCE {", "", "    b INTEGER", "}"].map { ReaderFixture.paragraph($0, style: "PL") }
            .joined()
        #expect(
            text(code + ReaderFixture.paragraph("After."))
                == "```asn1\nA ::= SEQUENCE {\n\n    b INTEGER\n}\n```\n\nAfter."
        )
        #expect(text(ReaderFixture.paragraph("a ```` b", style: "PL")) == "`````\na ```` b\n`````")
    }

    @Test(arguments: [
        ("<a>\n<b/>", "xml"), ("{\n  \"a\": 1\n}", "json"), ("[{\"a\" : 1}]", "json"),
        ("openapi: 3.0.0\ninfo:\n  title: x", "yaml"),
        ("<a> ::= <b>", ""), ("if x {", ""), ("T ::= INTEGER", "asn1"), ("note: this is prose: really", ""), ("", ""),
        ("{ a }", ""),
    ])
    func languagesOfCode(code: String, language: String) {
        let bytes = Array(code.utf8)
        #expect(bytes.withUnsafeBytes { CodeLanguage.name($0) } == language)
    }

    @Test func aDroppedCapitalBelongsToItsWord() {
        let capital = "<w:p><w:pPr><w:framePr w:dropCap=\"drop\" w:lines=\"3\"/></w:pPr><w:r><w:t>D</w:t></w:r></w:p>"
        #expect(text(capital + ReaderFixture.paragraph("ropped")) == "Dropped")
        #expect(text(capital) == "D")
    }

    @Test func bothReadingsOfTrackedChanges() {
        let body =
            "<w:p><w:r><w:t>a </w:t></w:r><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>"
        var options = ReadOptions()
        options.revisions = .both
        let result = ReaderFixture.readBody(body, options: options)
        #expect(result.documents.map { String(decoding: $0.text, as: UTF8.self) } == ["a old", "a new"])
        #expect(result.documents.allSatisfy { $0.ledger.isClosed })
        #expect(result.documents.map { $0.metadata.other["revision"] } == [.string("before"), .string("after")])
        let usual = ReaderFixture.readBody(body).documents[0].id
        #expect(result.documents[1].id == usual && result.documents[0].id != usual)
        #expect(result.documents.allSatisfy { $0.metadata.other["whole"] == .string(usual) })
        // Without a change there is one document, and nothing is said of it.
        let plain = ReaderFixture.readBody(ReaderFixture.paragraph("x"), options: options).documents
        #expect(plain.count == 1 && plain[0].metadata.other.isEmpty)
    }

    @Test func breaksTabsHyphensAndSymbols() {
        #expect(text(run("<w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t><w:tab/><w:t>d</w:t>")) == "a\nb\nc\td")
        #expect(text(run("<w:t>TS 23</w:t><w:noBreakHyphen/><w:t>501</w:t><w:softHyphen/>")) == "TS 23-501")
        #expect(
            text(run("<w:sym w:font=\"Symbol\" w:char=\"F0A3\"/><w:sym w:font=\"Wingdings\" w:char=\"F0E0\"/>")) == "≤→"
        )
        #expect(text(run("<w:sym w:font=\"Marlett\" w:char=\"F0A3\"/>")) == "\u{F0A3}")
        let stops =
            "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\" w:pos=\"1\"/></w:tabs></w:pPr><w:r><w:t>x</w:t></w:r></w:p>"
        #expect(text(stops) == "x")
        #expect(text(run("<w:t>a\nb</w:t>")) == "a b")
    }

    @Test func fieldResultsStayAndInstructionsGo() {
        let field =
            "<w:p><w:r><w:t>see </w:t></w:r><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> REF x </w:instrText></w:r>"
            + "<w:r><w:t>hidden</w:t></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>4.2</w:t></w:r>"
            + "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>"
        let result = ReaderFixture.readBody(field)
        #expect(result.text == "see 4.2")
        #expect(result.documents[0].ledger.removed == ["field-instruction": 13])
        // A field that never ends loses no more than its paragraph's instruction.
        let open = "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r></w:p>" + ReaderFixture.paragraph("kept")
        #expect(text(open) == "kept")
    }

    @Test func revisionsAreAcceptedOrRejected() {
        let body =
            "<w:p><w:r><w:t>a </w:t></w:r><w:ins><w:r><w:t>new </w:t></w:r></w:ins><w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
            + "<w:moveFrom><w:r><w:t>there </w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>here </w:t></w:r></w:moveTo><w:r><w:t>z</w:t></w:r></w:p>"
        #expect(text(body) == "a new here z")
        var options = ReadOptions()
        options.revisions = .reject
        #expect(text(body, options) == "a old there z")
    }

    @Test func aDeletedParagraphMarkJoinsParagraphs() {
        let body =
            "<w:p><w:pPr><w:rPr><w:del w:id=\"1\"/></w:rPr></w:pPr><w:r><w:t>one </w:t></w:r></w:p>"
            + ReaderFixture.paragraph("two")
        #expect(text(body) == "one two")
        var options = ReadOptions()
        options.revisions = .reject
        #expect(text(body, options) == "one\n\ntwo")
    }

    @Test func alternateContentIsReadOnce() {
        let box = "<w:txbxContent>\(ReaderFixture.paragraph("boxed"))</w:txbxContent>"
        let body =
            "<w:p><w:r><w:t>host </w:t><mc:AlternateContent><mc:Choice Requires=\"wps\">\(box)</mc:Choice><mc:Fallback><w:pict>"
            + "<v:textbox>\(box)</v:textbox></w:pict></mc:Fallback></mc:AlternateContent><w:t>goes on</w:t></w:r></w:p>"
        let result = ReaderFixture.readBody(body)
        #expect(result.text == "host goes on\n\nboxed")
        #expect(result.documents[0].ledger.removed["fallback"] == 5)
        #expect(result.documents[0].ledger.isClosed)
    }

    @Test func textBoxesOfOneParagraphKeepTheirOrder() {
        func box(_ paragraphs: String...) -> String {
            "<w:txbxContent>\(paragraphs.joined())</w:txbxContent>"
        }
        let nested = "<w:p><w:r><w:t>b</w:t>\(box(ReaderFixture.paragraph("c")))</w:r></w:p>"
        let body =
            "<w:p><w:r><w:t>host</w:t>\(box(ReaderFixture.paragraph("a")))\(box(nested, ReaderFixture.paragraph("d")))"
            + "\(box(ReaderFixture.paragraph("e")))</w:r></w:p>" + ReaderFixture.paragraph("after")
        #expect(text(body) == "host\n\na\n\nb\n\nc\n\nd\n\ne\n\nafter")
    }

    @Test func anIndexGoesOnlyWhereAFieldMadeIt() {
        let styled = ReaderFixture.paragraph("General requirements:", style: "Index1")
        #expect(text(styled) == "General requirements:")
        let field =
            "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>INDEX \\e</w:instrText></w:r>"
            + "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r></w:p>"
            + styled + "<w:p><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>"
        let result = ReaderFixture.readBody(field + ReaderFixture.paragraph("x"))
        #expect(result.text == "x")
        #expect(result.documents[0].ledger.removed["contents"] == 21)
    }

    @Test func wrappersAreTransparentAndOldPropertiesIgnored() {
        let body =
            "<w:p><w:pPr><w:pPrChange><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr></w:pPrChange></w:pPr><w:smartTag><w:r><w:t>a</w:t></w:r>"
            + "</w:smartTag><w:sdt><w:sdtContent><w:hyperlink><w:r><w:t>b</w:t></w:r></w:hyperlink></w:sdtContent></w:sdt></w:p>"
        #expect(text(body) == "ab")
    }

    @Test func contentsAndCoverAreDroppedAndCounted() {
        let result = ReaderFixture.readBody(
            ReaderFixture.paragraph("3GPP TS 23.501 V18.5.0 (2024-3)", style: "ZA")
                + ReaderFixture.paragraph("3rd Generation Partnership Project; Big title; (Release 18)", style: "ZT")
                + ReaderFixture.paragraph("Contents", style: "TT") + ReaderFixture.paragraph("1 Scope 5", style: "TOC1")
                + ReaderFixture.paragraph("1 Scope", style: "Heading1"))
        #expect(result.text == "# 1 Scope")
        let document = result.documents[0]
        #expect(document.ledger.isClosed)
        #expect(document.ledger.removed["contents"] == 17)
        #expect(document.metadata.specification == "23.501")
        #expect(document.metadata.version == "18.5.0")
        #expect(document.metadata.release == "18")
        #expect(document.metadata.date == "2024-03")
        #expect(document.metadata.title == "Big title")
        #expect(document.metadata.publisher == "3GPP")
    }

    @Test func spansSayWhatBlocksAre() {
        let styles: [(String, String)] = [
            ("Heading1", "1 Scope"), ("TH", "Table 1"), ("NO", "NOTE: n"), ("B1", "- item"), ("PL", "code"),
            ("EQ", "a=b"),
        ]
        let body = styles.map { ReaderFixture.paragraph($1, style: $0) }.joined() + ReaderFixture.paragraph("prose")
        let document = ReaderFixture.readBody(body).documents[0]
        #expect(document.spans.map(\.kind) == [.heading, .caption, .note, .listItem, .code, .equation, .prose])
        #expect(document.spans[0].level == 1)
        let parts = document.spans.map { String(decoding: document.text[$0.start..<$0.end], as: UTF8.self) }
        #expect(parts == ["# 1 Scope", "Table 1", "NOTE: n", "- item", "```\ncode\n```", "a=b", "prose"])
    }

    @Test func aSwallowedRunBreaksTheLedger() {
        let body = ["one", "two", "three"].map { ReaderFixture.paragraph($0) }.joined()
        for append in 0..<3 {
            var options = ReadOptions()
            options.swallowedAppend = append
            let document = ReaderFixture.readBody(body, options: options).documents[0]
            #expect(!document.ledger.isClosed)
        }
    }
}
