import Documents
import Files
import ReadingProperties
import TestSupport
import Testing

@testable import Readers

/// HTML, JATS, TEI, RFC XML and OpenDocument: what becomes of their elements, and that every ledger closes.
@Suite struct MarkupTests {
    /// The text of a document, after checking that its ledger closes over the text that was written.
    func text(_ source: String, _ name: String, encoding: [UInt8]? = nil) -> String {
        let result = ReaderFixture.read(encoding ?? Array(source.utf8), name: name)
        #expect(result.failure == nil, "\(result.failureText)")
        for document in result.documents {
            #expect(document.ledger.isClosed, "off by \(document.ledger.imbalance): \(document.ledger)")
            #expect(document.ledger.written == unicodeScalarCount(document.text))
            var last = 0
            for span in document.spans {
                #expect(span.start >= last && span.end > span.start && span.end <= document.text.count)
                last = span.end
            }
        }
        return result.text
    }

    func page(_ body: String, head: String = "") -> String {
        text("<!DOCTYPE html><html lang=\"en\"><head>\(head)</head><body>\(body)</body></html>", "a.html")
    }

    @Test func aPageBecomesMarkdown() {
        let source = """
            <h1>Timers</h1><p>The  timer\n starts <b>at once</b>.<p>It stops<br>later.
            <ul><li>first<ul><li>inner</ul><li>second<p>more</ul><ol start=3><li>third</ol>
            <pre>a  b\n  c</pre><script>var x = "<p>no</p>";</script><style>p { }</style><nav>Home</nav>
            """
        #expect(
            page(source) == """
                # Timers

                The timer starts at once.

                It stops
                later.

                - first
                  - inner
                - second
                  more
                3. third

                ```
                a  b
                  c
                ```
                """)
    }

    @Test func tablesKeepTheirSpansAndLoseNoCell() {
        let source = """
            <table><caption>Values</caption><tr><th>Name<th>Value<th>Unit</tr>
            <tr><td rowspan=2>T1<td>5<td>s<tr><td colspan=2>a|b<p>c</td></tr></table>
            """
        #expect(
            page(source) == """
                Values

                | Name | Value | Unit |
                | --- | --- | --- |
                | T1 | 5 | s |
                |  | a\\|b<br>c |  |
                """)
    }

    @Test func aTableInACellIsFlattened() {
        let source = "<table><tr><td>x<table><tr><td>1<td>2<tr><td>3<td>4</table>y<td>z</table>"
        #expect(page(source) == "|  |  |\n| --- | --- |\n| x<br>1; 2<br>3; 4<br>y | z |")
    }

    @Test(arguments: [
        ("10<sup>-3</sup>", "10^{-3}"), ("m<sup>2</sup>", "m^2"), ("N<sub>RB</sub>", "N_{RB}"),
        ("the 1<sup>st</sup>", "the 1st"), ("0.01<sup>b</sup>", "0.01^b"),
        ("seen<sup><a href=x>4</a></sup>", "seen[4]"), ("a <sup>b</sup>", "a b"), ("a<sup></sup>b", "ab"),
    ]) func scriptsKeepTheirMark(source: String, written: String) {
        #expect(page("<p>\(source)") == written)
    }

    @Test func referencesAndBrokenMarkupAreReadAsBrowsersDo() {
        #expect(
            page("<p>a&amp;b &lt;c&gt; &#65;&#x42; &hellip; &unknown; AT&T R&D; x &")
                == "a&b <c> AB … &unknown; AT&T R&D; x &")
        #expect(page("<p>1 < 2 <![if !supportLists]>kept<![endif]> <!-- gone --> <b>open") == "1 < 2 kept open")
        #expect(page("<p>one\u{1E}two\u{5}") == "onetwo")
        #expect(page("<p>&nbsp;</p><p>x</p><p> \u{A0} \u{A0} </p>") == "x")
    }

    @Test func theTitleAndTheLanguageAreMetadata() {
        let source = "<html lang=en-GB><head><title>My &amp; page</title></head><body><p>text</html>"
        let document = ReaderFixture.read(source, name: "38413-f00.htm").documents.first
        #expect(document?.metadata.title == "My & page")
        #expect(document?.metadata.language == "en-GB")
        #expect(document?.metadata.specification == "38.413")
        #expect(document?.ledger.removed["document-head"] == 7)
    }

    @Test func stylesOfWordAreKnownByTheirClasses() {
        let source = """
            <p class=MsoToc1>1 Scope 5</p><h1>1 Scope</h1><p class=PL>A ::= SEQUENCE {</p><p class=PL>}</p>
            <p class=NO>NOTE: x</p><p class=B1>-&nbsp;item</p><p class=TH>Table 1</p>
            <p>a <span style='font-family:Symbol'>&#174;</span> b</p>
            """
        #expect(
            page(source)
                == "# 1 Scope\n\n```\nA ::= SEQUENCE {\n}\n```\n\nNOTE: x\n\n-\u{A0}item\n\nTable 1\n\na → b")
    }

    @Test func pagesComeInTheEncodingTheyState() {
        let latin: [UInt8] = Array("<meta charset=iso-8859-1><p>caf".utf8) + [0xE9, 0x20, 0x93, 0x78, 0x94]
        #expect(text("", "a.html", encoding: latin) == "café “x”")
        let stated =
            Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><TEI><text><p>caf".utf8) + [0xE9]
            + Array("</p></text></TEI>".utf8)
        #expect(text("", "a.xml", encoding: stated) == "café")
        let unknown =
            Array("<?xml version=\"1.0\" encoding=\"martian\"?><TEI><p>".utf8) + [0xE9] + Array("</p></TEI>".utf8)
        let result = ReaderFixture.read(unknown, name: "a.xml")
        #expect(result.failureText.contains("stated encoding: expected one that is known here, found martian"))
    }

    @Test func anArticle() {
        let source = """
            <!DOCTYPE article PUBLIC "-//NLM//DTD X//EN" "http://example.invalid/x.dtd">
            <article><front><journal-meta><journal-title>J</journal-title></journal-meta><article-meta><volume>8</volume>
            <title-group><article-title>On <italic>timers</italic></article-title></title-group><contrib-group><contrib>
            <name><surname>A</surname><given-names>B</given-names></name></contrib></contrib-group>
            <abstract><title>Abstract</title><p>Short.</p></abstract></article-meta></front>
            <body><sec><label>1.</label><title>Intro</title><p>Text &mdash; more&nbsp;x<xref><sup>1</sup></xref>.</p>
            <sec><title>Deep</title><fig><label>Figure 1</label><caption><title>Shape.</title><p>Long.</p></caption></fig>
            <p>We have <inline-formula><alternatives><mml:math xmlns:mml="m"><mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac>
            </mml:math><tex-math>x</tex-math></alternatives></inline-formula>.</p></sec></sec></body>
            <back><ref-list><title>References</title><ref><label>1</label><element-citation><person-group><name><surname>C</surname>
            <given-names>D</given-names></name></person-group><year>2001</year><article-title>A title</article-title></element-citation>
            </ref></ref-list></back></article>
            """
        #expect(
            text(source, "a.nxml") == """
                # On timers

                ## Abstract

                Short.

                ## 1. Intro

                Text — more\u{A0}x[1].

                ### Deep

                Figure 1 Shape.

                Long.

                We have $\\frac{a}{b}$.

                ## References

                - 1 C D 2001 A title
                """)
    }

    @Test func formulasInMathMLAreLaTeX() {
        func formula(_ body: String) -> String { page("<p>x <math>\(body)</math>") }
        #expect(formula("<msup><mi>x</mi><mn>2</mn></msup>") == "x $x^{2}$")
        #expect(formula("<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt>") == "x $\\sqrt{a + b}$")
        #expect(formula("<msubsup><mi>N</mi><mi>a</mi><mi>b</mi></msubsup>") == "x $N_{a}^{b}$")
        #expect(formula("<mover><mi>x</mi><mo>¯</mo></mover>") == "x $\\overline{x}$")
        #expect(formula("<mtext>50% of it</mtext>") == "x $\\text{50\\% of it}$")
        #expect(
            formula("<mfenced><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable></mfenced>")
                == "x $(\\begin{matrix}1 & 2\\end{matrix})$")
        #expect(formula("<mi></mi>") == "x")
    }

    @Test func teiJoinsPrintedLines() {
        let source = """
            <tei><teiHeader><title>h</title></teiHeader><text><head>Intro<lb/></head><p>sci-<lb/>ence and state-<lb/> of-the-<lb/>Art
            here<lb/>on</p><div><head>Part</head><list><item>one</item></list><note>n</note></div></text></tei>
            """
        #expect(
            text(source, "a.xml")
                == "# h\n\n# Intro\n\nscience and state-of-the-Art here on\n\n## Part\n\n- one\n\nn")
    }

    @Test func anRFCInBothVocabularies() {
        let source = """
            <rfc><front><title>On X</title><author fullname="A"><organization>O</organization></author><abstract><t>Abs.</t></abstract></front>
            <middle><section title="Intro"><t>See <xref target="RFC2119"/> and <xref target="S">below</xref>.
            <list style="numbers"><t>one</t><t hangText="two:">2</t></list></t>
            <figure><artwork><![CDATA[ a <- b
              c]]></artwork></figure><texttable><ttcol>A</ttcol><ttcol>B</ttcol><c>1</c><c>2</c><c>3</c><c>4</c></texttable></section>
            <section><name>Two</name><section><name>Deep</name><t>x<br/>y</t></section></section></middle></rfc>
            """
        #expect(
            text(source, "a.xml") == """
                # On X

                Abs.

                ## Intro

                See [RFC2119] and below.

                1. one
                2. two: 2

                ```
                 a <- b
                  c
                ```

                | A | B |
                | --- | --- |
                | 1 | 2 |
                | 3 | 4 |

                ## Two

                ### Deep

                x
                y
                """)
    }

    static let office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"

    @Test func anOpenDocumentText() {
        let source = """
            <office:document-content xmlns:office="\(MarkupTests.office)" xmlns:text="t" xmlns:table="b"><office:automatic-styles><x>gone</x>
            </office:automatic-styles><office:body><office:text><text:tracked-changes><p>old</p></text:tracked-changes>
            <text:h text:outline-level="2">1<text:tab/>Scope</text:h><text:p>a<text:s text:c="3"/>b<text:line-break/>c</text:p>
            <text:list><text:list-item><text:p>item</text:p></text:list-item></text:list><table:table><table:table-row>
            <table:table-cell table:number-columns-spanned="2"><text:p>wide</text:p></table:table-cell><table:covered-table-cell/>
            </table:table-row></table:table></office:text></office:body></office:document-content>
            """
        let content = text(source, "content.xml")
        #expect(content.hasPrefix("## 1 Scope\n\na b\nc\n\n- item\n\n"))
        #expect(content.contains("| wide |"))
        var package = StoredZip()
        package.add("mimetype", "application/vnd.oasis.opendocument.text")
        package.add("content.xml", source)
        let result = ReaderFixture.read(package.finished(), name: "a.odt")
        #expect(result.text == content, "\(result.failureText)")
    }

    @Test func entitiesAreReplacedOnceAndBombsAreNone() {
        func article(_ subset: String, _ body: String) -> String {
            "<!DOCTYPE article [\(subset)]><article><body><p>\(body)</p></body></article>"
        }
        #expect(text(article("<!ENTITY co \"Company Ltd\">", "&co; &eacute;"), "a.xml") == "Company Ltd é")
        let unknown = ReaderFixture.read(
            article("<!ENTITY f SYSTEM \"/etc/passwd\">", "x &f; &nothing; y"), name: "a.xml")
        #expect(unknown.text == "x &f; &nothing; y")
        #expect(unknown.documents.first?.metadata.other["unknown_entities"]?.int == 2)
        #expect(unknown.documents.first?.ledger.isClosed == true)
        var bomb = "<!ENTITY a0 \"xxxxxxxxxx\">"
        for level in 1..<12 { bomb += "<!ENTITY a\(level) \"\(String(repeating: "&a\(level - 1);", count: 10))\">" }
        #expect(ReaderFixture.read(article(bomb, "&a11;"), name: "a.xml").text == "&a11;")
        let long = "<!ENTITY a \"\(String(repeating: "x", count: 5000))\">"
        let many = ReaderFixture.read(article(long, String(repeating: "&a; ", count: 5000)), name: "a.xml")
        #expect(many.rule == "too-large", "\(many.failureText)")
        #expect(text("<TEI><text><p n=\"&bull;&eacute;\">&bull;&zwnj;x</p></text></TEI>", "a.xml") == "•\u{200C}x")
    }

    @Test func brokenDocumentsAreRejectedWithTheirPlace() {
        let broken = ReaderFixture.read("<article><body><p>a</q></body></article>", name: "a.xml")
        #expect(broken.failureText.contains("a.xml: line 1, column") && broken.rule == "unreadable")
        #expect(ReaderFixture.read("<article><body/></article>", name: "a.xml").rule == "empty")
        let deep = String(repeating: "<div>", count: 100_000) + "x"
        #expect(ReaderFixture.read("<html><body>" + deep, name: "a.html").rule == "too-large")
        let deepXML = "<TEI>" + String(repeating: "<div>", count: 100_000) + "x"
        #expect(!ReaderFixture.read(deepXML, name: "a.xml").failureText.isEmpty)
    }

    /// What a review of the first version found on real structures.
    @Test(arguments: [
        (
            "<article><body><p>in accordance with <std><std-ref>ISO 5725-2</std-ref></std>.</p></body></article>",
            "in accordance with ISO 5725-2."
        ),
        (
            "<article><body><p>in <year>1999</year>, <named-content>ok</named-content></p></body></article>",
            "in 1999, ok"
        ),
        (
            "<standard><body><sec><title>A</title><table><tgroup><tbody><row><entry>a</entry><entry>b</entry></row><row><entry>c</entry></row>"
                + "</tbody></tgroup></table></sec></body></standard>",
            "## A\n\n|  |  |\n| --- | --- |\n| a | b |\n| c |  |"
        ),
        (
            "<TEI><teiHeader><titleStmt><title>My Paper</title></titleStmt><profileDesc><abstract><p>Short.</p></abstract></profileDesc>"
                + "</teiHeader><text><p>See <title>Nature</title> <choice><sic>teh</sic><corr>the</corr></choice> end.</p></text></TEI>",
            "# My Paper\n\nShort.\n\nSee Nature the end."
        ),
        (
            "<rfc><middle><section title=\"S\"><figure title=\"Fig\"><artwork>x</artwork></figure></section></middle><back><references>"
                + "<reference anchor=\"RFC2119\"><front><title>Key words</title></front></reference></references></back></rfc>",
            "## S\n\nFig\n\n```\nx\n```\n\n- [RFC2119] Key words"
        ),
    ]) func whatTheReviewFoundLost(source: String, written: String) {
        #expect(text(source, "a.xml") == written)
    }

    @Test func pagesAsTheyAreFoundInTheWild() {
        #expect(page("<p>pages 5&#150;10 it&#146;s") == "pages 5–10 it’s")
        #expect(page("<div class=\"TOC-layout\">all my text</div>") == "all my text")
        #expect(page("<h1>A<br>B</h1>") == "# A B")
        #expect(page("<p>x<script src=\"a.js\"/>") == "x")
        #expect(page("<script>//<![CDATA[\nif (a > b) { }\n//]]></script><p>x") == "x")
        let mixed = Array("<p>café – naïve ".utf8) + [0xFF]
        #expect(text("", "a.html", encoding: mixed) == "café – naïve \u{FFFD}")
        let docBook =
            "<!DOCTYPE article PUBLIC \"-//OASIS//DTD DocBook XML V4.5//EN\" \"x\"><article><para>a</para></article>"
        #expect(ReaderFixture.read(docBook, name: "a.xml").failureText.contains("DocBook is not read"))
    }

    @Test func spansCannotMakeATableManyTimesItsSize() {
        let wide =
            "<table><tr><td colspan=256 rowspan=65536>x" + String(repeating: "<tr><td>", count: 20_000) + "</table>"
        let result = ReaderFixture.read("<html><body>" + wide, name: "a.html")
        #expect(result.text.utf8.count < 4 * wide.utf8.count)
        #expect(result.documents.first?.ledger.isClosed == true)
    }

    @Test func openDocumentTablesKeepTheirColumns() {
        func cell(_ text: String, _ attributes: String = "") -> String {
            "<table:table-cell \(attributes)><text:p>\(text)</text:p></table:table-cell>"
        }
        let table =
            "<table:table><table:table-row>" + cell("wide", "table:number-columns-spanned=\"2\"")
            + "<table:covered-table-cell/>" + cell("c") + "</table:table-row><table:table-row>"
            + cell("5", "table:number-columns-repeated=\"2\"") + cell("6") + "</table:table-row></table:table>"
        func content(_ body: String) -> String {
            "<office:document-content xmlns:office=\"\(MarkupTests.office)\" xmlns:text=\"t\" xmlns:table=\"b\"><office:body>\(body)"
                + "</office:body></office:document-content>"
        }
        #expect(
            text(content("<office:text>\(table)</office:text>"), "content.xml")
                == "|  |  |  |\n| --- | --- | --- |\n| wide |  | c |\n| 5 | 5 | 6 |")
        let sheet = ReaderFixture.read(
            content("<office:spreadsheet>\(table)</office:spreadsheet>"), name: "content.xml")
        #expect(sheet.rule == "unsupported", "\(sheet.failureText)")
    }

    @Test func aPlantedLossOpensTheLedger() {
        var options = ReadOptions()
        options.swallowedAppend = 1
        let result = ReaderFixture.read("<html><body><p>one<p>two<p>three", name: "a.html", options: options)
        #expect(result.documents.first?.ledger.isClosed == false)
    }

    @Test func notesInsideParagraphsStandBehindThem() {
        #expect(
            text(
                "<article><body><p>One<fn><label>a</label><p>first</p><p>second</p></fn>, two<sup><fn><p>n</p></fn></sup>.</p><p>next</p>"
                    + "<table><tr><td>x<fn><p>of a cell</p></fn></td></tr></table></body></article>", "a.xml")
                == "One[^1], two[^2].\n\n[^1]: a first\n\n    second\n\n[^2]: n\n\nnext\n\n|  |\n| --- |\n| x[^3] |\n\n[^3]: of a cell"
        )
        #expect(
            text(
                "<TEI><text><p>a <note place=\"foot\">n <note>in</note></note> b</p><note>own</note></text></TEI>",
                "a.xml")
                == "a[^2] b\n\n[^1]: in\n\n[^2]: n[^1]\n\nown")
        let note =
            "<text:note><text:note-citation>7</text:note-citation><text:note-body><text:p>n</text:p></text:note-body></text:note>"
        let office =
            "<office:document-content xmlns:office=\"\(MarkupTests.office)\" xmlns:text=\"t\"><office:body><office:text>"
            + "<text:p>a\(note)b</text:p></office:text></office:body></office:document-content>"
        #expect(text(office, "content.xml") == "a[^1]b\n\n[^1]: n")
        let titled =
            "<article><front><article-meta><article-title>On<fn><p>n</p></fn> X</article-title></article-meta></front></article>"
        let document = ReaderFixture.read(titled, name: "a.xml").documents.first
        #expect(document?.metadata.title == "On X")
    }

    @Test func formulasOfTEIArePartOfTheirParagraph() {
        #expect(
            text(
                "<TEI><text><p><formula>x</formula> is <formula>y</formula>.</p><formula>z</formula></text></TEI>",
                "a.xml")
                == "x is y.\n\nz")
    }

    @Test func wellFormedPagesThatSayTheyAreXMLAreReadAsXML() {
        let head = "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"de\">"
        let whole = head + "<head><title>T</title></head><body><p>a<b/>b <![CDATA[1 < 2]]> &hellip;</p></body></html>"
        #expect(text(whole, "a.xhtml") == "ab 1 < 2 …")
        #expect(ReaderFixture.read(whole, name: "a.html").documents.first?.metadata.language == "de")
        #expect(text(head + "<body><p>a<br>b &hellip; <o:p>c</o:p></body></html>", "a.html") == "a\nb … c")
        let prefixed =
            "<html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:o=\"o\"><body><p>a<o:p>b</o:p>c</p></body></html>"
        #expect(text(prefixed, "a.html") == "abc")
    }

    /// A long document of any shape gives the same text whatever the parser's chunks are cut at: every place is one.
    @Test func textDoesNotDependOnWhereChunksEnd() {
        let piece = "<p>é–𝄞 &amp; <b>x</b>y&hellip;</p><!-- c --><table><tr><td>1</td></tr></table>"
        var lengths: Set<Int> = []
        for shift in 0..<97 {
            let filler = String(repeating: " ", count: shift)
            let body = filler + String(repeating: piece, count: 2500)
            lengths.insert(page(body).utf8.count)
        }
        #expect(lengths.count == 1)
    }
}
