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

    private func text(_ body: String, as form: ReadOptions.Tables) -> String {
        var options = ReadOptions()
        options.tables = form
        return text(body, options)
    }

    @Test func mergedCellsKeepTheGrid() {
        let wide = row(cell("AB", "<w:gridSpan w:val=\"2\"/>", style: "TAH"), cell("C", style: "TAH"))
        let merged = row(cell("", "<w:vMerge/>"), cell("2"), cell("3"))
        let before = row(cell("x"), properties: "<w:gridBefore w:val=\"1\"/><w:gridAfter w:val=\"1\"/>")
        #expect(
            text(table(wide, merged, before), as: .markdown)
                == "| AB |  | C |\n| --- | --- | --- |\n|  | 2 | 3 |\n|  | x |  |")
        #expect(
            text(table(wide, merged, before))
                == "<table>\n<tr><th colspan=\"2\">AB</th><th>C</th></tr>\n<tr><td></td><td>2</td><td>3</td></tr>\n"
                + "<tr><td></td><td>x</td></tr>\n</table>")
    }

    @Test func spansThatNoRowDividesAreNone() {
        let two = "<w:gridSpan w:val=\"2\"/>"
        let rows = table(row(cell("A", two, style: "TAH"), cell("B", style: "TAH")), row(cell("1", two), cell("2")))
        #expect(text(rows) == "| A | B |\n| --- | --- |\n| 1 | 2 |")
        // A row of one cell over the whole width is a line of its own in Markdown too.
        let note = table(row(cell("A", style: "TAH"), cell("B", style: "TAH")), row(cell("NOTE: n", two)))
        #expect(text(note) == "| A | B |\n| --- | --- |\n| NOTE: n |  |")
    }

    @Test func verticalMergesBecomeRowSpans() {
        let rows = table(
            row(cell("A", "<w:vMerge w:val=\"restart\"/>"), cell("1")), row(cell("", "<w:vMerge/>"), cell("2")),
            row(cell("", "<w:vMerge w:val=\"continue\"/>"), cell("3")),
            row(cell("B", "<w:vMerge w:val=\"restart\"/>"), cell("4")))
        #expect(
            text(rows)
                == "<table>\n<tr><td rowspan=\"3\">A</td><td>1</td></tr>\n<tr><td>2</td></tr>\n<tr><td>3</td></tr>\n"
                + "<tr><td>B</td><td>4</td></tr>\n</table>")
        #expect(text(rows, as: .tsv) == "A\t1\n\t2\n\t3\nB\t4")
        // Text that Word hides below a merge is text.
        let hidden = table(row(cell("A", "<w:vMerge w:val=\"restart\"/>")), row(cell("h", "<w:vMerge/>")))
        #expect(text(hidden, as: .html) == "<table>\n<tr><td>A</td></tr>\n<tr><td>h</td></tr>\n</table>")
    }

    @Test func keysAndValues() {
        let two = "<w:gridSpan w:val=\"2\"/>"
        let rows = table(
            row(cell("Item", "<w:vMerge w:val=\"restart\"/>", style: "TAH"), cell("Range", two, style: "TAH")),
            row(cell("", "<w:vMerge/>", style: "TAH"), cell("low", style: "TAH"), cell("high", style: "TAH")),
            row(cell("a", "<w:vMerge w:val=\"restart\"/>"), cell("1"), cell("2")),
            row(cell("", "<w:vMerge/>"), cell(""), cell("3")),
            row(cell("NOTE", "<w:gridSpan w:val=\"3\"/>")))
        #expect(
            text(rows, as: .keyvalue)
                == "Item: a; Range low: 1; Range high: 2\nItem: a; Range high: 3\nNOTE")
        #expect(text(table(row(cell("1"), cell("2"))), as: .keyvalue) == "1; 2")
        #expect(text(table(row(cell("A", style: "TAH"))), as: .keyvalue) == "A")
        #expect(text(table(row(cell("A", style: "TAH")), row(cell(""))), as: .keyvalue) == "A")
    }

    @Test func headersAreAllDeclaredRows() {
        let rows = table(
            row(cell("A"), properties: "<w:tblHeader/>"), row(cell("B"), properties: "<w:tblHeader/>"), row(cell("1")))
        #expect(
            text(rows, as: .html) == "<table>\n<tr><th>A</th></tr>\n<tr><th>B</th></tr>\n<tr><td>1</td></tr>\n</table>")
        let labels = table(
            row(cell("A", style: "TAH"), cell("B")), row(cell("C", style: "TAH"), cell("D")))
        #expect(text(labels) == "| A | B |\n| --- | --- |\n| C | D |")
    }

    @Test func shortRowsAreFilled() {
        let first = row(cell("A", style: "TAH"), cell("B", style: "TAH"))
        #expect(text(table(first, row(cell("1")))) == "| A | B |\n| --- | --- |\n| 1 |  |")
    }

    @Test func paragraphsPipesAndLineEndsInCells() {
        let two =
            "<w:tc>\(ReaderFixture.paragraph("a|b"))\(ReaderFixture.paragraph(""))\(ReaderFixture.paragraph("c"))</w:tc>"
        let broken = "<w:tc><w:p><w:r><w:t>d</w:t><w:br/><w:t>e</w:t></w:r></w:p></w:tc>"
        let rows = table(row(two, broken))
        #expect(text(rows) == "|  |  |\n| --- | --- |\n| a\\|b<br>c | d<br>e |")
        #expect(text(rows, as: .tsv) == "a|b c\td e")
        #expect(text(rows, as: .html) == "<table>\n<tr><td>a|b<br>c</td><td>d<br>e</td></tr>\n</table>")
        #expect(text(table(row(cell("a &lt; b &amp; c"))), as: .html).contains("<td>a &lt; b &amp; c</td>"))
    }

    @Test func nestedTablesAreFlattened() {
        let inner = table(row(cell("1"), cell("2")), row(cell("3"), cell("4")))
        let outer = "<w:tc>\(ReaderFixture.paragraph("before"))\(inner)\(ReaderFixture.paragraph("after"))</w:tc>"
        let rows = table(row(outer))
        #expect(text(rows, as: .markdown) == "|  |\n| --- |\n| before<br>1; 2<br>3; 4<br>after |")
        #expect(text(rows, as: .tsv) == "before 1; 2 3; 4 after")
        #expect(
            text(rows)
                == "<table>\n<tr><td>before<table>\n<tr><td>1</td><td>2</td></tr>\n<tr><td>3</td><td>4</td></tr>\n</table>after"
                + "</td></tr>\n</table>")
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
        #expect(text("<w:tbl>\(cell("a"))\(row(cell("b")))</w:tbl>") == "|  |\n| --- |\n| a |\n| b |")
        let inner = "<w:tbl><w:tblGrid><w:r><w:t>stray</w:t></w:r></w:tblGrid>\(row(cell("b")))</w:tbl>"
        #expect(text("<w:tbl><w:tr><w:tc>\(inner)</w:tc></w:tr></w:tbl>", as: .tsv) == "stray; b")
        let box = "<w:p><w:r><w:txbxContent><w:tr>\(cell("in"))</w:tr></w:txbxContent><w:t>host</w:t></w:r></w:p>"
        #expect(text(box) == "host\n\nin")
    }

    @Test func spansOfAHostileTableAreBounded() {
        let wide = row(cell("a", "<w:gridSpan w:val=\"99999\"/>"), properties: "<w:gridBefore w:val=\"9999\"/>")
        let many = "<w:tr>" + String(repeating: cell(""), count: 3000) + cell("z") + "</w:tr>"
        for form in ReadOptions.Tables.allCases {
            var options = ReadOptions()
            options.tables = form
            for rows in [table(wide), table(wide, many, wide), table(many, wide, wide)] {
                let document = ReaderFixture.readBody(rows, options: options).documents[0]
                #expect(document.text.count < 60_000, "\(form)")
                #expect(document.ledger.isClosed, "\(form): \(document.ledger)")
            }
        }
    }
}
