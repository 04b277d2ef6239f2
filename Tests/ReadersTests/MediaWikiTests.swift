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
                "redirect", "other-namespace", "empty", "other-model", "empty", "unreadable",
            ])
        #expect(result.rejections.count { $0.isUnreadable } == 3)
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
