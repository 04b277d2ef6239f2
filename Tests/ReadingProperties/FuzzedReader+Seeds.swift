import Files

extension FuzzedReader {
    /// Small inputs that reach most of the reader; what the fuzzer and the test of mutations begin with.
    public var seeds: [[UInt8]] {
        switch self {
        case .word: FuzzedReader.wordBodies.map { Array(FuzzedReader.documentXML($0).utf8) }
        case .docx: [Array(FuzzedReader.packedParts.utf8)]
        case .flat: [Array(FuzzedReader.flatPackage.utf8), Array(FuzzedReader.word2003.utf8)]
        case .pdfxml: [Array(FuzzedReader.pages.utf8)]
        case .html: FuzzedReader.webPages.map { Array($0.utf8) }
        case .jats: [Array(FuzzedReader.article.utf8)]
        case .tei: [Array(FuzzedReader.edition.utf8)]
        case .rfc: [Array(FuzzedReader.memo.utf8)]
        case .odt: [Array(FuzzedReader.openDocument.utf8)]
        case .mediawiki: [Array(FuzzedReader.wiki.utf8)]
        case .text: FuzzedReader.plainTexts
        case .markdown: [Array(FuzzedReader.markdownText.utf8)]
        case .jsonl:
            [
                Array(
                    """
                    {"text": "one \\u00e9 \\ud83d\\ude00\\n", "id": "a", "title": "T", "n": 3, "list": ["x", null]}
                    {"body": {"text": ["a", "b"]}, "head": "H"}

                    {"text": 5}
                    {"text": "two"} trailing
                    {"text": "three
                    """.utf8)
            ]
        case .csv:
            [
                Array(
                    "id,title,text,note\r\n7,T,\"a \"\"quoted\"\" word,\r\nand a line\",\r\n8,,plain,n\n\n9,U,last".utf8
                ),
                Array("\u{FEFF}x;text\n1;a,b\n2;\"d\"e;f\n".utf8), Array("text\tx\na,b\tc\n".utf8),
            ]
        case .parquet: [FuzzedReader.tinyParquet]
        case .archive: FuzzedReader.archives
        }
    }

    private static let wordNamespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    private static let mathematics = "http://schemas.openxmlformats.org/officeDocument/2006/math"

    private static func documentXML(_ body: String) -> String {
        "<w:document xmlns:w=\"\(wordNamespace)\" xmlns:m=\"\(mathematics)\" "
            + "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><w:body>\(body)</w:body></w:document>"
    }

    private static let wordBodies = [
        """
        <w:p><w:pPr><w:pStyle w:val="Heading1"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>
        <w:r><w:t>1</w:t><w:tab/><w:t xml:space="preserve">Scope </w:t></w:r></w:p>
        <w:p><w:r><w:t>a</w:t><w:br/><w:sym w:font="Symbol" w:char="F061"/><w:noBreakHyphen/></w:r>
        <w:ins w:id="1"><w:r><w:t>new</w:t></w:r></w:ins><w:del w:id="2"><w:r><w:delText>old</w:delText></w:r></w:del></w:p>
        <w:p><w:pPr><w:pStyle w:val="PL"/></w:pPr><w:r><w:t>A ::= SEQUENCE {}</w:t></w:r></w:p>
        <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>EQ \\f(a;b)</w:instrText></w:r>
        <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>r</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
        """,
        """
        <w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:tc></w:tr>
        <w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>a|b</w:t></w:r></w:p></w:tc><w:tc><w:p/><w:tbl><w:tr><w:tc><w:p>
        <w:r><w:t>in</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>
        """,
        """
        <w:p><m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r>
        <m:t>2</m:t></m:r></m:sup></m:sSup></m:den></m:f><m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub/><m:sup/><m:e><m:d>
        <m:dPr><m:begChr m:val="["/></m:dPr><m:e><m:r><m:t>y</m:t></m:r></m:e></m:d></m:e></m:nary></m:oMath></w:p>
        <w:p><w:r><mc:AlternateContent><mc:Choice><w:t>one</w:t></mc:Choice><mc:Fallback><w:t>two</w:t></mc:Fallback></mc:AlternateContent></w:r>
        <w:sdt><w:sdtContent><w:r><w:t>kept</w:t></w:r></w:sdtContent></w:sdt></w:p>
        """,
    ]

    private static let packedParts = """
        %%% _rels/.rels
        <Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>
        %%% word/document.xml
        \(documentXML("<w:p><w:pPr><w:pStyle w:val=\"T1\"/><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>"
            + "<w:r><w:t>Scope</w:t><w:footnoteReference w:id=\"1\"/><w:commentReference w:id=\"1\"/></w:r></w:p>"))
        %%% word/styles.xml
        <w:styles xmlns:w="\(wordNamespace)"><w:style w:type="paragraph" w:styleId="T1"><w:name w:val="heading 1"/><w:basedOn w:val="T0"/>
        <w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style></w:styles>
        %%% word/numbering.xml
        <w:numbering xmlns:w="\(wordNamespace)"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/>
        <w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>
        %%% word/footnotes.xml
        <w:footnotes xmlns:w="\(wordNamespace)"><w:footnote w:id="1"><w:p><w:r><w:t>note</w:t></w:r></w:p></w:footnote></w:footnotes>
        %%% word/comments.xml
        <w:comments xmlns:w="\(wordNamespace)"><w:comment w:id="1" w:author="A"><w:p><w:r><w:t>why</w:t></w:r></w:p></w:comment></w:comments>
        """

    private static let flatPackage = """
        <pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/document.xml"><pkg:xmlData>
        \(documentXML("<w:p><w:r><w:t>text</w:t></w:r></w:p>"))</pkg:xmlData></pkg:part><pkg:part pkg:name="/word/styles.xml"><pkg:xmlData>
        <w:styles xmlns:w="\(wordNamespace)"/></pkg:xmlData></pkg:part></pkg:package>
        """

    private static let word2003 = """
        <?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:styles/>
        <w:body><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>old</w:t></w:r></w:p></w:body></w:wordDocument>
        """

    private static let pages = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE pdf2xml SYSTEM "pdf2xml.dtd">

        <pdf2xml producer="poppler" version="22.12.0">
        <page number="1" position="absolute" top="0" left="0" height="1263" width="892">
        \t<fontspec id="0" size="15" family="Times" color="#000000"/>
        \t<fontspec id="1" size="24" family="Helvetica" color="#000000"/>
        <text top="67" left="85" width="200" height="13" font="0">LGF TS 70.100 V1.0.0 </text>
        <text top="110" left="85" width="90" height="20" font="1">1 Scope</text>
        <text top="150" left="85" width="400" height="13" font="0">A <b>timer</b> starts &amp; runs until it is stop-</text>
        <text top="167" left="85" width="300" height="13" font="0">ped. <i>Then</i> x</text>
        <text top="163" left="390" width="8" height="9" font="0">2</text>
        <text top="200" left="85" width="40" height="13" font="0">Name</text>
        <text top="200" left="285" width="40" height="13" font="0">Value</text>
        <text top="217" left="85" width="40" height="13" font="0">T1</text>
        <text top="217" left="285" width="40" height="13" font="0">5</text>
        </page>
        <outline>
        <item page="1">1 Scope</item>
        </outline>
        </pdf2xml>

        """

    private static let webPages = [
        """
        <!DOCTYPE html><html lang=en><head><title>P &amp; q</title><style>p{}</style></head><body><h1>One</h1><p>a <b>b</b> &hellip; 10<sup>-3</sup>
        <ul><li>x<ol start=3><li>y</ol></ul><pre>c  d</pre><script>if (a < b) "</p>"</script><!-- gone --><table><caption>C</caption><tr><th>h<td rowspan=2>
        1<tr><td colspan=2>2|3<table><tr><td>in</table></table><p class=MsoToc1>t<p class=PL>code<p class=B1>-&nbsp;item<![if x]>k<![endif]>
        """,
        "<p>1 < 2 & 3 </> <_x> <a href='>'>l</a><math><msup><mi>x</mi><mn>2</mn></msup></math><span style='font-family:Symbol'>&#174;</span><br/>&#150;",
    ]

    private static let article = """
        <!DOCTYPE article [<!ENTITY co "Company">]><article><front><article-meta><title-group><article-title>On <italic>t</italic></article-title>
        </title-group><abstract><p>S.</p></abstract></article-meta></front><body><sec><label>1.</label><title>In</title><p>T &mdash; &co;<xref><sup>1</sup></xref>
        <fn><p>note</p></fn></p><list list-type="order"><list-item><p>i</p></list-item></list><fig><label>F</label><caption><p>c</p></caption></fig>
        <inline-formula><alternatives><mml:math xmlns:mml="m"><mml:mi>a</mml:mi></mml:math><tex-math>x</tex-math></alternatives></inline-formula>
        <table-wrap><table><tr><th>h</th></tr><tr><td>1</td></tr></table></table-wrap></sec></body><back><ref-list><ref><label>1</label>
        <element-citation><year>2001</year><article-title>A</article-title></element-citation></ref></ref-list></back></article>
        """

    private static let edition = """
        <TEI><teiHeader><titleStmt><title>h</title></titleStmt></teiHeader><text><head>I<lb/></head><p>sci-<lb/>ence <choice><sic>teh</sic><corr>the</corr></choice>
        <note place="foot">n</note> <formula notation="TeX">x^2</formula></p><div><head>P</head><list><item>one</item></list><table><row role="label"><cell>a</cell>
        </row><row><cell cols="2">b</cell></row></table></div></text></TEI>
        """

    private static let memo = """
        <rfc><front><title>On X</title><author fullname="A"/><abstract><t>Abs.</t></abstract></front><middle><section title="I"><t>See <xref target="R"/>.
        <list style="numbers"><t>one</t><t hangText="two:">2</t></list></t><figure title="F"><artwork><![CDATA[ a <- b ]]></artwork></figure><texttable><ttcol>A</ttcol>
        <c>1</c></texttable></section></middle><back><references><reference anchor="R"><front><title>K</title></front></reference></references></back></rfc>
        """

    private static let openDocument = """
        <office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="t" xmlns:table="b"><office:body><office:text>
        <text:h text:outline-level="2">1<text:tab/>S</text:h><text:p>a<text:s text:c="3"/>b<text:line-break/>c<text:note><text:note-citation>1</text:note-citation>
        <text:note-body><text:p>n</text:p></text:note-body></text:note></text:p><text:list><text:list-item><text:p>i</text:p></text:list-item></text:list>
        <table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>w</text:p></table:table-cell><table:covered-table-cell/>
        </table:table-row></table:table></office:text></office:body></office:document-content>
        """

    private static let wiki = """
        <mediawiki xml:lang="en"><siteinfo><namespaces><namespace key="0"/><namespace key="14">Category</namespace></namespaces></siteinfo>
        <page><title>T</title><ns>0</ns><id>7</id><revision><id>1</id><timestamp>2020-01-02T03:04:05Z</timestamp><text xml:space="preserve">'''B''' {{t|{{u}}}}
        == H ==
        * a [[b|c]][[Category:X]] [http://a.invalid d]
        # n&lt;ref&gt;gone&lt;/ref&gt; &amp;nbsp; &lt;math&gt;a^2&lt;/math&gt;
        {| class="x"
        |+ C
        ! N !! V
        |-
        | 1 || style="x" | 2
        |}
        &lt;nowiki&gt;'''&lt;/nowiki&gt;&lt;syntaxhighlight&gt;
        c
        &lt;/syntaxhighlight&gt; 10&lt;sup&gt;2&lt;/sup&gt; &lt;table&gt;&lt;tr&gt;&lt;td&gt;1&lt;/table&gt;</text></revision></page></mediawiki>
        """

    private static let markdownText = """
        # Title

        Text with *words*.

        ---

        ```swift
        # no heading
        ```

        | a | b |
        | - | - |
        | 1 | 2 |

        - item
          more
        """

    private static let plainTexts: [[UInt8]] = [
        Array("first line\r\n\r\nsecond – paragraph\n---\nthird\u{2028}x".utf8),
        // windows-1252, GB18030, UTF-16 with and without a mark, UTF-32.
        Array("Gr".utf8) + [0xF6, 0xDF, 0x65, 0x20, 0x93] + Array("x".utf8) + [0x94],
        [0xD6, 0xD0, 0xCE, 0xC4, 0xB2, 0xE2, 0xCA, 0xD4, 0x0A, 0x81, 0x30, 0x84, 0x36],
        [0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00, 0x3D, 0xD8, 0x00, 0xDE], [0xFE, 0xFF, 0x00, 0x61, 0x00, 0x0A],
        [0xFF, 0xFE, 0x00, 0x00, 0x61, 0x00, 0x00, 0x00], Array("a b c d e f g h".utf8.flatMap { [$0, 0] }),
    ]

    /// Four rows of one optional text column, `a`, `bc`, null, `ü`: a dictionary page of four entries' bytes (PLAIN, uncompressed), one
    /// data page (v1, RLE_DICTIONARY, levels as runs), the footer. 218 bytes, checked by hand against the format's Thrift file.
    public static let tinyParquet: [UInt8] = [
        0x50, 0x41, 0x52, 0x31, 0x15, 0x04, 0x15, 0x22, 0x15, 0x22, 0x4C, 0x15, 0x06, 0x15, 0x00, 0x12,
        0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x61, 0x02, 0x00, 0x00, 0x00, 0x62, 0x63, 0x02, 0x00, 0x00,
        0x00, 0xC3, 0xBC, 0x15, 0x00, 0x15, 0x14, 0x15, 0x14, 0x2C, 0x15, 0x08, 0x15, 0x10, 0x15, 0x06,
        0x15, 0x06, 0x1C, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, 0x0B, 0x02, 0x03, 0x24, 0x00,
        0x15, 0x04, 0x19, 0x2C, 0x35, 0x00, 0x18, 0x06, 0x73, 0x63, 0x68, 0x65, 0x6D, 0x61, 0x15, 0x02,
        0x00, 0x15, 0x0C, 0x25, 0x02, 0x18, 0x04, 0x74, 0x65, 0x78, 0x74, 0x25, 0x00, 0x4C, 0x1C, 0x00,
        0x00, 0x00, 0x16, 0x08, 0x19, 0x1C, 0x19, 0x1C, 0x26, 0x00, 0x1C, 0x15, 0x0C, 0x19, 0x35, 0x00,
        0x06, 0x10, 0x19, 0x18, 0x04, 0x74, 0x65, 0x78, 0x74, 0x15, 0x00, 0x16, 0x08, 0x16, 0x78, 0x16,
        0x78, 0x26, 0x46, 0x26, 0x08, 0x29, 0x2C, 0x15, 0x04, 0x15, 0x00, 0x15, 0x02, 0x00, 0x15, 0x00,
        0x15, 0x10, 0x15, 0x02, 0x00, 0x3C, 0x16, 0x0A, 0x19, 0x06, 0x19, 0x26, 0x02, 0x06, 0x00, 0x00,
        0x00, 0x16, 0x78, 0x16, 0x08, 0x26, 0x08, 0x16, 0x78, 0x00, 0x28, 0x20, 0x70, 0x61, 0x72, 0x71,
        0x75, 0x65, 0x74, 0x2D, 0x63, 0x70, 0x70, 0x2D, 0x61, 0x72, 0x72, 0x6F, 0x77, 0x20, 0x76, 0x65,
        0x72, 0x73, 0x69, 0x6F, 0x6E, 0x20, 0x32, 0x36, 0x2E, 0x30, 0x2E, 0x31, 0x19, 0x1C, 0x1C, 0x00,
        0x00, 0x00, 0x92, 0x00, 0x00, 0x00, 0x50, 0x41, 0x52, 0x31,
    ]

    private static var archives: [[UInt8]] {
        var inner = StoredZip()
        inner.add("a.txt", "text")
        var zip = StoredZip()
        zip.add("f/a.html", "<html><p>x")
        zip.add("b.jsonl", "{\"text\": \"second\"}")
        zip.add("c.zip", inner.finished())
        zip.add("d.txt.zst", ZstdCompressor(level: 1).compress(Array("packed".utf8)))
        var openDocument = StoredZip()
        openDocument.add("mimetype", "application/vnd.oasis.opendocument.text")
        openDocument.add("content.xml", FuzzedReader.openDocument)
        var split = StoredZip()
        split.add("38521-3-i11_s00-05.docx", FuzzedReader.docx.file(Array(packedParts.utf8)))
        split.add("38521-3-i11_cover.docx", FuzzedReader.docx.file(Array(packedParts.utf8)))
        return [
            inner.finished(), zip.finished(), openDocument.finished(), split.finished(),
            ZstdCompressor(level: 1).compress(Array("plain, packed".utf8)), tar, sevenZip,
        ]
    }

    /// A tar of `a.txt`, written by hand.
    private static var tar: [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
        }
        put("a.txt", at: 0)
        put("0000644", at: 100)
        put("00000000004", at: 124)
        put("00000000000", at: 136)
        put("        0", at: 148)
        put("ustar\u{0}00", at: 257)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ", at: 148)
        return header + Array("text".utf8) + [UInt8](repeating: 0, count: 508 + 1024)
    }

    /// A 7z of `a.txt` and `f/b.jsonl`, as libarchive writes it.
    public static let sevenZip: [UInt8] = [
        0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0x00, 0x03, 0x54, 0xF8, 0x70, 0x2A, 0x8C, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x1A, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40, 0x09, 0xFA, 0x41,
        0xE0, 0x00, 0x35, 0x00, 0x2A, 0x5D, 0x00, 0x33, 0x1A, 0x4A, 0xAC, 0x0C, 0x72, 0xBF, 0x99, 0x01,
        0x33, 0x78, 0xB1, 0x21, 0x61, 0x39, 0xF6, 0xC0, 0x65, 0x76, 0x8C, 0x75, 0x68, 0x37, 0x66, 0x0E,
        0x2D, 0x93, 0x4B, 0xC2, 0x5A, 0xE7, 0x38, 0xF0, 0x66, 0x4D, 0xD6, 0xE1, 0x67, 0x70, 0xDB, 0x21,
        0x2E, 0x00, 0xE0, 0x00, 0x57, 0x00, 0x52, 0x5D, 0x00, 0x00, 0x81, 0x33, 0x07, 0xAE, 0x0F, 0xD1,
        0x1F, 0x19, 0x34, 0xA0, 0x90, 0xA0, 0x77, 0x5E, 0xBA, 0x58, 0x3E, 0x11, 0x07, 0xD4, 0x98, 0xC0,
        0x2E, 0x4C, 0x92, 0x0C, 0x06, 0x75, 0xB9, 0x13, 0x3D, 0xF6, 0x77, 0x4D, 0x97, 0x71, 0x81, 0x1F,
        0x75, 0xE8, 0x7D, 0xD4, 0x05, 0x51, 0x63, 0x67, 0x63, 0x3E, 0x6E, 0x23, 0x6C, 0x68, 0xB4, 0x59,
        0x4B, 0x34, 0x9B, 0x92, 0x93, 0xA4, 0x0C, 0xF7, 0x83, 0x39, 0xA6, 0xC9, 0x14, 0x66, 0x32, 0xA6,
        0x48, 0xD8, 0xDB, 0xD6, 0xF5, 0x8F, 0x90, 0x13, 0xEA, 0x00, 0x00, 0x00, 0x17, 0x06, 0x32, 0x01,
        0x09, 0x5A, 0x00, 0x07, 0x0B, 0x01, 0x00, 0x01, 0x21, 0x21, 0x01, 0x16, 0x0C, 0x58, 0x0A, 0x01,
        0xF9, 0xAE, 0x29, 0x63, 0x00, 0x00,
    ]
}
