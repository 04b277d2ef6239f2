import Documents
import Testing

@testable import Readers

/// Footnotes, endnotes, comments, and formulas that are fields or objects.
@Suite struct WordNotesTests {
    private let open = "xmlns:w=\"\(ReaderFixture.word)\""

    private func note(_ element: String, _ id: Int, _ inner: String, _ more: String = "") -> String {
        "<w:\(element) w:id=\"\(id)\" \(more)>\(inner)</w:\(element)>"
    }

    private func reference(_ name: String, _ id: Int) -> String { "<w:r><w:\(name) w:id=\"\(id)\"/></w:r>" }

    private func read(_ body: String, _ parts: [(String, String)], comments: Bool = false) -> ReadResult {
        var options = ReadOptions()
        options.comments = comments
        let result = ReaderFixture.read(ReaderFixture.package(body, parts: parts), name: "a.docx", options: options)
        #expect(result.failure == nil, "\(result.failureText)")
        for document in result.documents { #expect(document.ledger.isClosed, "\(document.ledger)") }
        return result
    }

    @Test func notesFollowTheBlockTheyAreIn() {
        let notes =
            "<w:footnotes \(open)>"
            + note("footnote", -1, "<w:p><w:r><w:separator/></w:r></w:p>", "w:type=\"separator\"")
            + note("footnote", 2, ReaderFixture.paragraph("first") + ReaderFixture.paragraph("second"))
            + note("footnote", 3, ReaderFixture.paragraph("unused")) + "</w:footnotes>"
        let ends = "<w:endnotes \(open)>" + note("endnote", 2, ReaderFixture.paragraph("at the end")) + "</w:endnotes>"
        let body =
            "<w:p><w:r><w:t>one</w:t></w:r>\(reference("footnoteReference", 2))<w:r><w:t>, two</w:t></w:r>"
            + "\(reference("endnoteReference", 2))\(reference("footnoteReference", 2))</w:p>"
            + ReaderFixture.paragraph("next")
        let result = read(body, [("word/footnotes.xml", notes), ("word/endnotes.xml", ends)])
        #expect(
            result.text == "one[^1], two[^2][^1]\n\n[^1]: first\n\n    second\n\n[^2]: at the end\n\nnext")
        #expect(result.documents[0].ledger.removed["unreferenced-note"] == 6)
        #expect(result.documents[0].spans.map(\.kind) == [.prose, .note, .note, .prose])
    }

    @Test func notesOfATableStandBehindIt() {
        let notes = "<w:footnotes \(open)>" + note("footnote", 1, ReaderFixture.paragraph("n")) + "</w:footnotes>"
        let cell = "<w:tc><w:p><w:r><w:t>x</w:t></w:r>\(reference("footnoteReference", 1))</w:p></w:tc>"
        let result = read("<w:tbl><w:tr>\(cell)\(cell)</w:tr></w:tbl>", [("word/footnotes.xml", notes)])
        #expect(result.text == "|  |  |\n| --- | --- |\n| x[^1] | x[^1] |\n\n[^1]: n")
    }

    @Test func commentsAreAnOption() {
        let comments =
            "<w:comments \(open)>" + note("comment", 0, ReaderFixture.paragraph("why?"), "w:author=\"Ann\"")
            + "</w:comments>"
        let body = "<w:p><w:r><w:t>text</w:t></w:r>\(reference("commentReference", 0))</w:p>"
        #expect(read(body, [("word/comments.xml", comments)]).text == "text")
        #expect(
            read(body, [("word/comments.xml", comments)], comments: true).text
                == "text[^1]\n\n[^1]: Comment by Ann: why?")
        // Of what is switched off nothing has to be sound.
        #expect(read(body, [("word/comments.xml", "<broken")]).text == "text")
    }

    @Test func brokenNotesAreNamed() {
        let bytes = ReaderFixture.package(ReaderFixture.paragraph("x"), parts: [("word/footnotes.xml", "<w:footnotes")])
        #expect(ReaderFixture.read(bytes, name: "a.docx").failureText.contains("footnotes"))
        let twice =
            "<w:footnotes \(open)>" + note("footnote", 1, ReaderFixture.paragraph("a"))
            + note("footnote", 1, ReaderFixture.paragraph("b"))
            + "</w:footnotes>"
        let body =
            "<w:p><w:r><w:t>x</w:t></w:r>\(reference("footnoteReference", 1))\(reference("footnoteReference", 8))</w:p>"
        #expect(read(body, [("word/footnotes.xml", twice)]).text == "x[^1]\n\n[^1]: a")
    }

    private func field(_ instruction: String, _ result: String?) -> String {
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>\(instruction)</w:instrText></w:r>"
            + (result.map { "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>\($0)</w:t></w:r>" } ?? "")
            + "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
    }

    private func text(_ body: String) -> String {
        let result = ReaderFixture.readBody(body)
        for document in result.documents { #expect(document.ledger.isClosed, "\(document.ledger)") }
        return result.text
    }

    @Test func formulasThatAreFieldsOrObjects() {
        #expect(text("<w:p>\(field(" EQ \\f(a,b)", nil))</w:p>") == "[equation]")
        #expect(text("<w:p>\(field("eq \\r(x)", ""))</w:p>") == "[equation]")
        #expect(text("<w:p>\(field("EQ \\f(a,b)", "a/b"))</w:p>") == "a/b")
        #expect(text("<w:p><w:r><w:t>x</w:t></w:r>\(field("EQUAL a", nil))\(field("REF EQ", nil))</w:p>") == "x")
        let split =
            "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>E</w:instrText><w:instrText>Q </w:instrText>"
            + "<w:instrText>abc</w:instrText><w:fldChar w:fldCharType=\"end\"/></w:r>"
        #expect(text("<w:p>\(split)</w:p>") == "[equation]")
        func object(_ program: String) -> String {
            "<w:p><w:r><w:t>y</w:t><w:object><o:OLEObject xmlns:o=\"urn:schemas-microsoft-com:office:office\" ProgID=\"\(program)\"/></w:object></w:r></w:p>"
        }
        let result = ReaderFixture.readBody(object("Equation.3") + object("Visio.Drawing.11"))
        #expect(result.text == "y[equation]\n\ny")
        #expect(result.documents[0].ledger.added["equation-placeholder"] == 10)
    }

    @Test func nestedFieldsKeepTheirResults() {
        let inner = field("PAGE", "7")
        let nested =
            "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>IF </w:instrText></w:r>\(inner)<w:r><w:instrText> x</w:instrText>"
            + "<w:fldChar w:fldCharType=\"separate\"/><w:t>kept</w:t><w:fldChar w:fldCharType=\"end\"/></w:r>"
        #expect(text("<w:p>\(nested)</w:p>") == "kept")
    }

    @Test func privateUseCharactersByFont() {
        func run(_ font: String?, _ text: String) -> String {
            let fonts = font.map { "<w:rPr><w:rFonts w:ascii=\"\($0)\" w:hAnsi=\"\($0)\"/></w:rPr>" } ?? ""
            return "<w:p><w:r>\(fonts)<w:t>\(text)</w:t></w:r></w:p>"
        }
        #expect(text(run("Symbol", "a\u{F0A3}b\u{F061}")) == "a≤bα")
        #expect(text(run("Wingdings", "\u{F0E0}\u{F0FC}")) == "→✔")
        #expect(text(run(nil, "\u{F0B1}1")) == "±1")
        #expect(text(run("Webdings", "\u{F0B1}")) == "\u{F0B1}")
        #expect(text(run("Arial", "\u{E000}\u{FEFF}x\u{F300}")) == "\u{E000}\u{FEFF}x\u{F300}")
    }
}
