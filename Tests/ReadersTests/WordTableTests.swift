import Documents
import Testing

@testable import Readers

/// Tables as Markdown.
@Suite struct WordTableTests {
    private func cell(_ text: String, _ properties: String = "", style: String? = nil) -> String {
        "<w:tc><w:tcPr>\(properties)</w:tcPr>\(ReaderFixture.paragraph(text, style: style))</w:tc>"
    }

    private func row(_ cells: String..., properties: String = "") -> String {
        "<w:tr><w:trPr>\(properties)</w:trPr>\(cells.joined())</w:tr>"
    }

    private func table(_ rows: String...) -> String { "<w:tbl><w:tblPr/>\(rows.joined())</w:tbl>" }

    private func text(_ body: String, _ options: ReadOptions = ReadOptions()) -> String {
        let result = ReaderFixture.readBody(body, options: options)
        #expect(result.failure == nil, "\(result.failureText)")
        for document in result.documents { #expect(document.ledger.isClosed, "\(document.ledger)") }
        return result.text
    }

    @Test func headerByStyleOrByProperty() {
        let first = row(cell("A", style: "TAH"), cell("B", style: "TAH"))
        let second = row(cell("1"), cell("2"))
        #expect(text(table(first, second)) == "| A | B |\n| --- | --- |\n| 1 | 2 |")
        let declared = row(cell("A"), cell("B"), properties: "<w:tblHeader/>")
        #expect(text(table(declared, second)) == "| A | B |\n| --- | --- |\n| 1 | 2 |")
        #expect(text(table(second)) == "|  |  |\n| --- | --- |\n| 1 | 2 |")
    }

    @Test func mergedCellsKeepTheGrid() {
        let wide = row(cell("AB", "<w:gridSpan w:val=\"2\"/>", style: "TAH"), cell("C", style: "TAH"))
        let merged = row(cell("", "<w:vMerge/>"), cell("2"), cell("3"))
        let before = row(cell("x"), properties: "<w:gridBefore w:val=\"1\"/><w:gridAfter w:val=\"1\"/>")
        #expect(text(table(wide, merged, before)) == "| AB |  | C |\n| --- | --- | --- |\n|  | 2 | 3 |\n|  | x |  |")
    }

    @Test func shortRowsAreFilled() {
        let first = row(cell("A", style: "TAH"), cell("B", style: "TAH"))
        #expect(text(table(first, row(cell("1")))) == "| A | B |\n| --- | --- |\n| 1 |  |")
    }

    @Test func paragraphsPipesAndLineEndsInCells() {
        let two =
            "<w:tc>\(ReaderFixture.paragraph("a|b"))\(ReaderFixture.paragraph(""))\(ReaderFixture.paragraph("c"))</w:tc>"
        let broken = "<w:tc><w:p><w:r><w:t>d</w:t><w:br/><w:t>e</w:t></w:r></w:p></w:tc>"
        #expect(text(table(row(two, broken))) == "|  |  |\n| --- | --- |\n| a\\|b<br>c | d<br>e |")
    }

    @Test func nestedTablesAreFlattened() {
        let inner = table(row(cell("1"), cell("2")), row(cell("3"), cell("4")))
        let outer = "<w:tc>\(ReaderFixture.paragraph("before"))\(inner)\(ReaderFixture.paragraph("after"))</w:tc>"
        #expect(text(table(row(outer))) == "|  |\n| --- |\n| before<br>1; 2<br>3; 4<br>after |")
    }

    @Test func emptyTablesAndCoverTablesGo() {
        #expect(text(table(row(cell(""), cell(""))) + ReaderFixture.paragraph("x")) == "x")
        let cover = table(row(cell("3GPP TS 23.501 V18.5.0", style: "ZA")), row(cell("disclaimer")))
        let result = ReaderFixture.readBody(cover + ReaderFixture.paragraph("1 Scope", style: "Heading1"))
        #expect(result.text == "# 1 Scope")
        #expect(result.documents[0].ledger.removed["cover"] == 32)
        #expect(result.documents[0].ledger.isClosed)
    }

    @Test func coverStylesInTheBodyAreText() {
        let body =
            ReaderFixture.paragraph("1 Scope", style: "Heading1") + ReaderFixture.paragraph("Reserved", style: "ZK")
        #expect(text(body) == "# 1 Scope\n\nReserved")
    }

    @Test func deletedRowsGo() {
        let deleted = row(cell("gone"), properties: "<w:del w:id=\"1\"/>")
        #expect(text(table(row(cell("A", style: "TAH")), deleted, row(cell("1")))) == "| A |\n| --- |\n| 1 |")
        var options = ReadOptions()
        options.revisions = .reject
        #expect(text(table(row(cell("A", style: "TAH")), deleted), options) == "| A |\n| --- |\n| gone |")
    }

    @Test func damageLosesNoText() {
        #expect(text("<w:tc>\(ReaderFixture.paragraph("stray"))</w:tc>") == "stray")
        #expect(text("<w:r><w:t>loose</w:t></w:r>") == "loose")
        let nested =
            "<w:p><w:r><w:t>outer</w:t></w:r>\(ReaderFixture.paragraph("inner"))<w:r><w:t>rest</w:t></w:r></w:p>"
        #expect(text(nested) == "outer\n\ninner\n\nrest")
        #expect(text("<w:tbl>\(cell("a"))</w:tbl>") == "|  |\n| --- |\n| a |")
        let box = "<w:p><w:r><w:txbxContent><w:tr>\(cell("in"))</w:tr></w:txbxContent><w:t>host</w:t></w:r></w:p>"
        #expect(text(box) == "host\n\nin")
    }

    @Test func spansOfAHostileTableAreBounded() {
        let wide = row(cell("a", "<w:gridSpan w:val=\"99999\"/>"))
        let result = ReaderFixture.readBody(table(wide))
        #expect(result.documents[0].text.count < 2000)
        #expect(result.documents[0].ledger.isClosed)
    }
}
