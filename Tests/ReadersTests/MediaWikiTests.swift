import Documents
import Files
import TestSupport
import Testing

@testable import Readers

/// Wiki dumps: pages, and what becomes of their markup.
@Suite struct MediaWikiTests {
    func dump(_ pages: String...) -> String { "<mediawiki xml:lang=\"en\"><siteinfo/>\(pages.joined())</mediawiki>" }

    func page(_ text: String, title: String = "T", fields: String = "<ns>0</ns><id>7</id>") -> String {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        return "<page><title>\(title)</title>\(fields)<revision><id>1</id><timestamp>2020-01-02T03:04:05Z</timestamp>"
            + "<text xml:space=\"preserve\">\(escaped)</text></revision></page>"
    }

    /// The text below the title, after checking the ledger.
    func text(_ wikitext: String) -> String {
        let result = ReaderFixture.read(dump(page(wikitext)), name: "a.xml")
        for document in result.documents {
            #expect(document.ledger.isClosed, "off by \(document.ledger.imbalance): \(document.ledger)")
            #expect(document.ledger.written == unicodeScalarCount(document.text))
            #expect(document.ledger.source == wikitext.replacing("\r\n", with: "\n").unicodeScalars.count)
            let counts = document.ledger.added.merging(document.ledger.removed) { min($0, $1) }
            #expect(counts.values.allSatisfy { $0 > 0 }, "\(document.ledger)")
        }
        let text = result.text
        return text.hasPrefix("# T\n\n") ? String(text.dropFirst(5)) : text
    }

    @Test(arguments: [
        ("'''Bold''' and ''it'' and '''''both''''' don't", "Bold and it and both don't"),
        ("a [[link]], [[target|shown]] and [[:Category:X]]s[[Category:Y]]", "a link, shown and Category:Xs"),
        ("x [[File:a.png|thumb|A [[b]] caption]] y", "x  y"),
        ("[http://a.invalid shown] [http://b.invalid] [c]", "shown http://b.invalid [c]"),
        ("a{{t|{{u}}|[[x]]}}b {{open", "ab {{open"), ("a<ref>gone</ref>b<ref name=x/>c<!-- gone -->d", "abcd"),
        ("<nowiki>'''[[x]]</nowiki> <math>a &lt; b</math>", "'''[[x]] $a &lt; b$"),
        ("5&nbsp;km &mdash; &x; &#65;", "5\u{A0}km — &x; A"),
        ("H<sub>2</sub>O 10<sup>-9</sup><br />x <unknown>", "H_2O 10^{-9}\nx <unknown>"),
        ("__NOTOC__text __init__", "text __init__"),
        ("one\ntwo\n\nthree", "one\ntwo\n\nthree"), ("== A ==\n=== B ===\ntext", "## A\n\n### B\n\ntext"),
        (
            "* a\n** b\n* c\n# x\n# y\n## z\n# w\n; term\n: def",
            "- a\n  - b\n- c\n1. x\n2. y\n  1. z\n3. w\n  term\n  def"
        ),
        ("----\nx", "x"), ("a = b", "a = b"), ("=", "="),
        ("<syntaxhighlight lang=c>\nint a;\n</syntaxhighlight>", "```\nint a;\n```"),
        ("[[a|b", "[[a|b"), ("''", ""), ("x]] }} |}", "x]] }} |}"),
    ]) func inlineAndBlockMarkup(wikitext: String, written: String) {
        #expect(text("first\n\n" + wikitext) == (written.isEmpty ? "first" : "first\n\n" + written))
    }

    @Test func tables() {
        let wikitext = """
            {| class="wikitable"
            |+ Timers
            ! Name !! Value
            |-
            | T1 || style="x" | 5
            more
            |-
            | colspan=2 | [[a|b]]
            {|
            | in || ner
            |}
            |-
            | colspan="2" {{yes}}
            | last
            |}
            after
            """
        #expect(
            text(wikitext)
                == """
                Timers

                | Name | Value |
                | --- | --- |
                | T1 | 5<br>more |
                | b<br>in; ner |  |
                |  |  | last |

                after
                """.replacing(
                    "| Name | Value |\n| --- | --- |\n| T1 | 5<br>more |\n| b<br>in; ner |  |",
                    with: "| Name | Value |  |\n| --- | --- | --- |\n| T1 | 5<br>more |  |\n| b<br>in; ner |  |  |"))
    }

    @Test(arguments: [
        ("x <table><tr><td>1</td><td>2</td></tr></table>", "x\n\n|  |  |\n| --- | --- |\n| 1 | 2 |"),
        (
            "<TABLE class=\"a|b\"\n border=1>\n<caption>Of '''two'''</caption>\n<tr><th>A<th colspan=\"2\">B</tr>\n"
                + "<tr>\n<td rowspan=2>[[c|d]]\n\n* e</td><td>f|g<td>h</table> after",
            "Of two\n\n| A | B |  |\n| --- | --- | --- |\n| d<br>e | f\\|g | h |\n\nafter"
        ),
        (
            "<table><tr><td>a <table><tr><td>in</td><td>ner</td></tr></table></td></tr></table>",
            "|  |\n| --- |\n| a<br>in; ner |"
        ),
        ("{|\n| a <tr> b\n|}", "|  |\n| --- |\n| a <br> b |"),
        ("a <table> b", "a \n b"), ("a </table> b <td>", "a \n b"),
    ]) func tablesInHTML(wikitext: String, written: String) {
        #expect(text("first\n\n" + wikitext) == "first\n\n" + written)
    }

    @Test(arguments: [
        ("[[File:a.png|thumb\n|A caption\nof [[two|2]] lines]] x", "x"),
        ("a [[b|c\nd]] e", "a c d e"), ("[[a\nb|c]]", "[[a\nb|c]]"), ("[[a|b\n\nc]]", "[[a|b\n\nc]]"),
        ("a <span\nstyle=\"x\">b</span\n> <unknown\nx>", "a b <unknown\nx>"),
        ("[[[[a|b\nc]]", "[[b c"), ("'''a\nb''' ''c\n\nd''", "a\nb c\n\nd"), ("a{{b\n|c}} d", "a d"),
    ]) func markupOverLines(wikitext: String, written: String) {
        #expect(text("first\n\n" + wikitext) == "first\n\n" + written)
    }

    @Test(arguments: [
        (
            "For 0<p the bound\nholds.\n\nIt is sharp.<ref>Smith 1999</ref> More",
            "For 0<p the bound\nholds.\n\nIt is sharp. More"
        ),
        ("0<p x\n \t\ny > 1", "0<p x\n\ny > 1"), ("0<p x\r\n\r\ny > 1", "0<p x\n\ny > 1"),
        ("0<p <i>x</i> > 1", "0<p x > 1"), ("0<b\n<i\n>x</i\n> > 1", "0<b\nx > 1"),
        ("a<b,c> d<br/>e<br\n/>f<i\r\nid=1\r\n>g</i>", "a<b,c> d\ne\nfg"),
    ]) func aTagEndsBeforeATagAndAnEmptyLine(wikitext: String, written: String) {
        #expect(text("first\n\n" + wikitext) == "first\n\n" + written)
    }

    /// The cells of the table that is all of a page, row by row.
    func cells(_ wikitext: String) -> [[String]] {
        let lines = text(wikitext).split(separator: "\n")
        guard lines.count > 1, lines[1].hasPrefix("| ---") else { return [lines.map(String.init)] }
        return (lines[..<1] + lines[2...]).map { line in
            line.replacing("\\|", with: "\u{1}").dropFirst().dropLast().split(
                separator: "|", omittingEmptySubsequences: false
            ).map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).replacing("\u{1}", with: "|")
            }
        }
    }

    @Test func contentOfTablesInHTMLIsNoMark() {
        func rows(_ content: String) -> [[String]] { Array(cells("<table>\(content)</table>").dropFirst()) }
        #expect(rows("<td>a || b</td><td>c</td>") == [["a || b", "c"]])
        #expect(
            rows("<tr><td>op\n!x is not\n|y is abs</td><td>z</td></tr>") == [["op<br>!x is not<br>|y is abs", "z"]])
        #expect(cells("<table><th>a !! b<th>c !! d || e</table>") == [["a !! b", "c !! d || e"]])
        #expect(
            rows("<td>|}<td>\n|}\n<td>|-<td>\n|-\n|+ e\n<td>x=1 | y") == [["|}", "|}", "|-", "|-<br>|+ e", "x=1 | y"]])
        #expect(rows("<td>|-</td>|-<td>style=\"a\" | b</td></tr>|}") == [["|-<br>|-", "style=\"a\" | b<br>|}"]])
        #expect(rows("<td class=x >* a\n* b</td><td>== c ==") == [["* a<br>b", "== c =="]])
        // A caption is text as well.
        #expect(text("<table><caption>a | b</caption><td>c</table>") == "a | b\n\n|  |\n| --- |\n| c |")
        // Tables of wikitext in one in HTML, and the other way round, whether they end or not.
        #expect(rows("<tr><td>\n{|\n| a || b\n|}\n</td><td>c") == [["a; b", "c"]])
        #expect(rows("<tr><td>\n{|\n| a || b\n</td></tr>").joined().joined().contains("a; b"))
        #expect(
            cells("{|\n| a <table><td>b||c\n</table>\n| d\n|}").dropFirst() == [
                ["a<br>b\\|\\|c", "d"]
            ])
        #expect(cells("{|\n| a <table><td>b\n| d\n|-\n| e </table> || f\n|}").dropFirst().joined().contains("d"))
        #expect(
            text("{|\n| a <table><tr><td>b\n|-\n| c\n|}\nafter\n\n<table><td>d</table>")
                == "|  |\n| --- |\n| a<br>b |\n| c |\n\nafter\n\n|  |\n| --- |\n| d |")
        #expect(text("x <table>\u{3}\u{14}<td>a</table>\n\u{3}\u{11}b") == "x\n\n|  |\n| --- |\n| a |\n\nb")
    }

    @Test func nothingIsMadeUpForTablesInHTML() {
        let cell = "<td colspan rowspan9>x\n"
        let written = text("<table>\n|}\n" + String(repeating: cell, count: 20) + "</table>")
        #expect(!written.contains("9") && !written.contains("span"))
        #expect(written.count { $0 == "x" } == 20)
        // Deeper than tables are followed.
        let deep = text(String(repeating: "<table><tr><td>a", count: 80) + String(repeating: "</table>z", count: 80))
        #expect(deep.count { $0 == "a" } == 80 && deep.count { $0 == "z" } == 80)
        #expect(text("a<table>\n<table><td>b</table><caption>c</caption><th>d</table><td>e</table> f").contains("f"))
    }

    @Test func linksJoinNoRowsOfTables() {
        #expect(
            Array(cells("{|\n| [[A|x\n| y ]]\n|-\n| z\n|}").dropFirst()) == [["[[A|x", "y ]]"], ["z", ""]])
        #expect(
            Array(cells("{|\n| [[File:a|x\n|-\n| y ]]\n|}").dropFirst()) == [["[[File:a|x"], ["y ]]"]])
        #expect(text("{|\n| [[A|x\n|}\ny ]]").hasSuffix("|\n\ny ]]"))
        #expect(text("[[A|x\n:{|\n| y ]]\n|}").hasSuffix("| y ]] |"))
        #expect(text("[[A|x\n== B ==\ny]]") == "[[A|x\n\n## B\n\ny]]")
        #expect(text("[[A|x\n* b\ny]]") == "[[A|x\n\n- b\n\ny]]")
        #expect(text("[[A|x\n# b\ny]]") == "[[A|x\n\n1. b\n\ny]]")
        #expect(text("[[A|x\n \t\ny]] [[B|c\r\n\r\nd]]") == "[[A|x\n\ny]] [[B|c\n\nd]]")
        #expect(text("a [[B|c\n - d\n]] e") == "a c  - d  e")
        // A caption may hold a whole table in HTML.
        let table = "<table>\n<tr>\n<td>x</td>\n</tr>\n</table>"
        #expect(text("a [[File:b|thumb\n|c \(table) d]] e") == "a  e")
        #expect(text("<table><td>[[File:b|c</td><td>d]] e</table>").contains("| [[File:b\\|c | d]] e |"))
        #expect(text("[[A|c \(table) d]] e").contains("| x |"))
    }

    @Test(arguments: [
        ("colspan=3", 3), ("COLSPAN=3", 3), ("colspan = \"3\"", 3), ("colspan='3'", 3), ("ColSpan=\n 3", 3),
        ("colspan=3px", 3), ("class=x colspan=3", 3), ("nowrap colspan=3", 3), ("style=\"a\"colspan=3", 3),
        ("colspan=\"\" style=\"width:40%\"", 1), ("data-colspan=3", 1), ("colspan style=\"top:3\"", 1),
        ("colspan3", 1), ("title=\"colspan=3\"", 1), ("colspan=x3", 1), ("colspan=-3", 1), ("colspan=0", 1),
        ("colspan=3 colspan=5", 3), ("xcolspan=3", 1), ("colspan=\"99999999999999999999999\"", 256),
    ]) func spansAreThoseOfTheirAttribute(attributes: String, columns: Int) {
        let html = "<table>\n<td \(attributes) >x</td></table>"
        #expect(cells(html).map(\.count) == [columns, columns], "\(attributes)")
        if attributes.contains("\n") { return }
        #expect(cells("{|\n| \(attributes) | x\n|}").map(\.count) == [columns, columns], "\(attributes)")
        let rows = attributes.replacing("colspan", with: "rowspan").replacing("COLSPAN", with: "ROWSPAN")
        let below = cells("{|\n| \(rows) | x\n|-\n| y\n|}").last
        #expect(below == (columns > 1 ? ["", "y"] : ["y"]), "\(rows)")
    }

    @Test func aDumpNamesItsNamespaces() {
        let info =
            "<siteinfo><namespaces><namespace key=\"6\" case=\"x\">Datei</namespace><namespace key=\"14\">Kategorie</namespace></namespaces></siteinfo>"
        let text = "x [[Datei:a.png|thumb]] y [[Kategorie:Z]][[File:b]] [[Fichier:c]]"
        let result = ReaderFixture.read("<mediawiki>\(info)\(page(text))\(page(text))</mediawiki>", name: "a.xml")
        #expect(result.text == "# T\n\nx  y  Fichier:c\u{1}# T\n\nx  y  Fichier:c")
    }

    /// Found by the fuzzer: what was set aside in text that is taken out.
    @Test func whatIsSetAsideIsCountedWhereverItStands() {
        #expect(text("a [[File:<nowiki>x</nowiki>|y]] b {|<nowiki>c</nowiki>") == "a  b {|c")
        #expect(
            text("{|<nowiki>c</nowiki>\n|-<math>d</math>\n| style=\"<nowiki>e</nowiki>\" | f\n|}")
                == "|  |\n| --- |\n| f |")
        #expect(
            text("[http://a.invalid/<nowiki>b</nowiki>] [http://a.invalid/<nowiki>c</nowiki> d]")
                == "http://a.invalid/b d")
    }

    @Test func onlyArticlesAreReadAndTheOthersAreNamed() {
        let result = ReaderFixture.read(
            dump(
                page("article text"), page("#REDIRECT [[x]]", fields: "<ns>0</ns><id>8</id><redirect title=\"x\"/>"),
                page("talk", fields: "<ns>1</ns><id>9</id>"), page("{{only}}", fields: "<ns>0</ns><id>10</id>"),
                "<page><title>D</title><ns>0</ns><id>11</id><revision><text>{}</text><model>json</model></revision></page>",
                "<page><title>E</title><ns>0</ns><id>12</id><revision><text/></revision></page>",
                "<page><ns>0</ns></page>"), name: "a.xml")
        #expect(result.documents.count == 1)
        #expect(result.documents.first?.metadata.title == "T")
        #expect(result.documents.first?.metadata.date == "2020-01-02")
        #expect(
            result.rejections.map(\.rule) == [
                "redirect", "other-namespace", "empty-page", "other-model", "empty-page", "unreadable",
            ])
        #expect(result.rejections.count { $0.isUnreadable } == 1)
    }

    @Test func theLastRevisionCountsAndCDATAIsText() {
        let revisions =
            "<page><title>T</title><ns>0</ns><id>7</id><revision><text>old</text></revision>"
            + "<revision><text><![CDATA[new <b>&amp;</b>]]> &amp; more</text></revision></page>"
        #expect(ReaderFixture.read(dump(revisions), name: "a.xml").text == "# T\n\nnew & & more")
    }

    @Test func whatTheReviewFound() {
        // Control characters of the page are no numbers of ours.
        #expect(text("hello\n\u{1}99\u{2}\nmore") == "hello\n99\nmore")
        #expect(text("a{{t}} {{open b {{cite|x=1}} c {{d}}") == "a {{open b  c")
        #expect(
            text("{|\n| n=5 || p=0.05 || style=\"x\" || ok\n|}")
                == "|  |  |  |  |\n| --- | --- | --- | --- |\n| n=5 | p=0.05 |  | ok |")
        #expect(text("# a\n# b\n== H ==\n# c") == "1. a\n2. b\n\n## H\n\n1. c")
        #expect(text(":{|\n| x\n|}") == "|  |\n| --- |\n| x |")
        let cut = "<page><title>A</title><ns>0</ns><id>1</id><revision><text>cut" + page("text of b", title: "B")
        let result = ReaderFixture.read(dump(cut), name: "a.xml")
        #expect(result.documents.map(\.metadata.title) == ["B"])
        #expect(result.rejections.map(\.rule) == ["unreadable"])
        let redirect = ReaderFixture.read(dump(page("#redirect [[x]]")), name: "a.xml")
        #expect(redirect.rejections.map(\.rule) == ["redirect"])
    }

    @Test func cutDumpsGiveTheirWholePages() {
        let whole = dump(page("one", title: "A"), page("two", title: "B", fields: "<ns>0</ns><id>8</id>"))
        for count in stride(from: 30, to: whole.utf8.count, by: 7) {
            let result = ReaderFixture.read(Array(whole.utf8.prefix(count)), name: "a.xml")
            #expect(result.documents.count + result.rejections.count { $0.isUnreadable } <= 2)
            for document in result.documents { #expect(document.ledger.isClosed) }
        }
        let first = ReaderFixture.read(Array(whole.utf8.prefix(whole.utf8.count - 40)), name: "a.xml")
        #expect(first.documents.count == 1 && first.rejections.count == 1)
        #expect(first.rejections.first?.value.contains("the end of the file") == true)
    }

    /// Each of these took minutes when an end was looked for again from every beginning: a hang here is a failure.
    @Test(.timeLimit(.minutes(2))) func hostileMarkupTakesLinearTime() {
        for piece in [
            "{{", "[[", "{|\n", "<ref>", "<ref ", "<b ", "<!--", "'''", "[[File:", "&amp;", "|", "\u{1F600}<math>",
            "__A", "[http://", "<table>", "<td>", "<table></table>", "[[a|\n", "[[a|\n]]", "<b\n",
            "[[File:a|\n|", "[[File:a|<table><td>x</table>]]", "<td colspan=", "{|\n|<table>", "<table>{|\n|",
            "</table>\n|}\n",
        ] {
            let long = String(repeating: piece, count: 200_000)
            let result = ReaderFixture.read(dump(page("x\n" + long)), name: "a.xml")
            for document in result.documents { #expect(document.ledger.isClosed, "\(piece): \(document.ledger)") }
        }
    }

    /// The fields that are cut out are those that an XML parser finds.
    @Test(.enabled(if: TestData.isPresent, "the shared test data are not here"))
    func fieldsAreThoseOfAnXMLParser() throws {
        for file in ["enwiki-sample-A.xml.zst", "simplewiki-44pages.xml.zst", "enwiki-table-markup.xml.zst"] {
            let bytes = try ByteStream.open(TestData.path("mediawiki/" + file)).readAll(limit: 1 << 28)
            var expected: [(title: String, text: String)] = []
            var path: [String] = []
            var title = ""
            var text = ""
            // A sample that ends in the middle of a page is an error at its end: the pages before it count.
            try? SmallXMLParser.parse(bytes, name: file) { event in
                switch event {
                case .start(let element):
                    path.append(element.localName)
                    if element.localName == "page" { (title, text) = ("", "") }
                    if element.localName == "text" { text = "" }
                case .text(let piece):
                    if path.last == "title" { title += piece }
                    if path.last == "text" { text += piece }
                case .end(let name):
                    path.removeLast()
                    if name == "page" { expected.append((title, text)) }
                }
            }
            #expect(expected.count > 4, "\(file)")
            var position = 0
            bytes.withUnsafeBytes { whole in
                for (number, wanted) in expected.enumerated() {
                    guard let start = MediaWikiReader.find("<page>", in: whole, from: position),
                        let end = MediaWikiReader.find("</page>", in: whole, from: start)
                    else {
                        Issue.record("\(file): page \(number) was not found")
                        return
                    }
                    position = end + 7
                    let slice = UnsafeRawBufferPointer(rebasing: whole[start + 6..<end])
                    guard let page = try? MediaWikiReader.page(slice, name: file, number: number) else {
                        Issue.record("\(file): page \(number) cannot be read")
                        continue
                    }
                    #expect(String(decoding: page.title, as: UTF8.self) == wanted.title)
                    let text = page.rawText.map { String(decoding: MediaWikiReader.decoded($0), as: UTF8.self) } ?? ""
                    #expect(text.replacing("\r\n", with: "\n") == wanted.text, "\(file): \(wanted.title)")
                }
            }
        }
    }
}
