import Documents
import Testing

@testable import Readers

/// Labels that lists compute.
@Suite struct WordNumberingTests {
    private func level(_ index: Int, _ format: String, _ text: String, _ more: String = "", start: Int = 1) -> String {
        "<w:lvl w:ilvl=\"\(index)\"><w:start w:val=\"\(start)\"/><w:numFmt w:val=\"\(format)\"/>\(more)<w:lvlText w:val=\"\(text)\"/></w:lvl>"
    }

    private func definition(_ id: Int, _ levels: String...) -> String {
        "<w:abstractNum w:abstractNumId=\"\(id)\">\(levels.joined())</w:abstractNum>"
    }

    private func list(_ id: Int, _ definition: Int, _ overrides: String = "") -> String {
        "<w:num w:numId=\"\(id)\"><w:abstractNumId w:val=\"\(definition)\"/>\(overrides)</w:num>"
    }

    private func item(_ text: String, _ list: Int, _ level: Int = 0, style: String? = nil) -> String {
        let name = style.map { "<w:pStyle w:val=\"\($0)\"/>" } ?? ""
        return "<w:p><w:pPr>\(name)<w:numPr><w:ilvl w:val=\"\(level)\"/><w:numId w:val=\"\(list)\"/></w:numPr></w:pPr>"
            + "<w:r><w:t>\(text)</w:t></w:r></w:p>"
    }

    private func read(
        _ body: String, _ numbering: String..., styles: [(String, String, String, Int?)] = [], styleSheet: String = ""
    ) -> [String] {
        let part = "<w:numbering xmlns:w=\"\(ReaderFixture.word)\">\(numbering.joined())</w:numbering>"
        let result = ReaderFixture.read(
            ReaderFixture.package(body, styles: styles, parts: [("word/numbering.xml", part)], styleSheet: styleSheet),
            name: "a.docx")
        #expect(result.failure == nil, "\(result.failureText)")
        for document in result.documents { #expect(document.ledger.isClosed, "\(document.ledger)") }
        return result.text.split(separator: "\n").map(String.init)
    }

    @Test func levelsCountAndBeginAgain() {
        let numbers = definition(
            0, level(0, "decimal", "%1."), level(1, "lowerLetter", "%2)"), level(2, "lowerRoman", "%1.%2.%3"))
        let body = [
            item("a", 1), item("b", 1, 1), item("c", 1, 1), item("d", 1, 2), item("e", 1), item("f", 1, 1),
            item("g", 1, 2),
        ].joined()
        #expect(
            read(body, numbers, list(1, 0)) == [
                "1. a", "  a) b", "  b) c", "    1.b.i d", "2. e", "  a) f", "    2.a.i g",
            ])
    }

    @Test func listsOfOneDefinitionGoOnUnlessTheyStartAnew() {
        let numbers = definition(0, level(0, "decimal", "%1."))
        let restarting = list(3, 0, "<w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"5\"/></w:lvlOverride>")
        let body = [item("a", 1), item("b", 2), item("c", 3), item("d", 3), item("e", 1)].joined()
        #expect(read(body, numbers, list(1, 0), list(2, 0), restarting) == ["1. a", "2. b", "5. c", "6. d", "7. e"])
        let own = list(4, 0, "<w:lvlOverride w:ilvl=\"0\">\(level(0, "upperRoman", "(%1)", start: 3))</w:lvlOverride>")
        #expect(read(item("a", 4) + item("b", 4), numbers, own) == ["(III) a", "(IV) b"])
    }

    @Test func restartLevelsAndLegalNumbers() {
        let never = definition(0, level(0, "decimal", "%1"), level(1, "decimal", "%2", "<w:lvlRestart w:val=\"0\"/>"))
        #expect(
            read([item("a", 1), item("b", 1, 1), item("c", 1), item("d", 1, 1)].joined(), never, list(1, 0)) == [
                "1 a", "  1 b", "2 c", "  2 d",
            ])
        let legal = definition(0, level(0, "upperRoman", "%1"), level(1, "decimal", "%1.%2", "<w:isLgl/>"))
        #expect(read(item("a", 1) + item("b", 1, 1), legal, list(1, 0)) == ["I a", "  1.1 b"])
        // A level whose parent has not been met shows where the parent would begin.
        #expect(read(item("b", 1, 1), legal, list(1, 0)) == ["1.1 b"])
    }

    @Test(arguments: [
        ("decimalZero", 9, "09"), ("decimalZero", 10, "10"), ("upperLetter", 26, "Z"), ("lowerLetter", 28, "bb"),
        ("upperRoman", 1994, "MCMXCIV"), ("ordinal", 2, "2nd"), ("ordinal", 13, "13th"), ("ordinal", 21, "21st"),
        ("decimalEnclosedCircle", 3, "③"), ("decimalEnclosedCircle", 30, "30"), ("decimalFullWidth", 12, "１２"),
        ("ideographTraditional", 2, "乙"), ("chineseCounting", 25, "二十五"), ("aiueoFullWidth", 6, "カ"),
        ("irohaFullWidth", 3, "ハ"),
        ("decimalEnclosedFullstop", 1, "⒈"), ("none", 4, ""), ("russianLower", 2, "б"), ("upperRoman", 0, "0"),
        ("unheardOf", 7, "7"),
    ])
    func formats(name: String, number: Int, text: String) {
        #expect(NumberFormat(name: name).text(number) == text)
    }

    @Test func bulletsAndLabelsOfTheirOwn() {
        let bullets = definition(0, level(0, "bullet", "\u{F0B7}"), level(1, "none", ""))
        #expect(read(item("a", 1) + item("b", 1, 1), bullets, list(1, 0)) == ["- a", "b"])
        let numbers = definition(0, level(0, "decimal", "%1)"))
        #expect(read(item("1)\u{A0}literal", 1), numbers, list(1, 0)) == ["1)\u{A0}literal"])
        #expect(read(item("x", 0), numbers, list(1, 0)) == ["x"])
        #expect(read(item("unknown", 9), numbers, list(1, 0)) == ["unknown"])
    }

    @Test func stylesBringListsAndTheirLevels() {
        let numbers = definition(
            0, level(0, "decimal", "%1", "<w:pStyle w:val=\"H1\"/>"),
            level(1, "decimal", "%1.%2", "<w:pStyle w:val=\"H2\"/>"))
        let sheet = [("H1", "heading 1", ""), ("H2", "heading 2", ""), ("Mine", "my heading", "H2")].map {
            "<w:style w:type=\"paragraph\" w:styleId=\"\($0)\"><w:name w:val=\"\($1)\"/>"
                + ($2.isEmpty
                    ? "<w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr>" : "<w:basedOn w:val=\"\($2)\"/>")
                + "</w:style>"
        }.joined()
        let body =
            ReaderFixture.paragraph("Scope", style: "H1") + ReaderFixture.paragraph("Terms", style: "H2")
            + ReaderFixture.paragraph("More", style: "Mine") + item("No number", 0, style: "H2")
        #expect(
            read(body, numbers, list(1, 0), styleSheet: sheet) == [
                "# 1 Scope", "## 1.1 Terms", "## 1.2 More", "## No number",
            ])
    }

    @Test func numberingStylesAreFollowed() {
        let held =
            "<w:abstractNum w:abstractNumId=\"1\"><w:styleLink w:val=\"Mine\"/>\(level(0, "upperLetter", "%1."))</w:abstractNum>"
        let pointing = "<w:abstractNum w:abstractNumId=\"0\"><w:numStyleLink w:val=\"Mine\"/></w:abstractNum>"
        #expect(read(item("a", 1), pointing, held, list(1, 0)) == ["A. a"])
    }

    @Test func labelsInCells() {
        let numbers = definition(0, level(0, "decimal", "%1"))
        let row = "<w:tr><w:tc>\(item("x", 1))</w:tc></w:tr>"
        #expect(read("<w:tbl>\(row)\(row)</w:tbl>", numbers, list(1, 0)).suffix(2) == ["| 1 x |", "| 2 x |"])
    }

    @Test func hostileDefinitions() {
        let numbers =
            definition(0, level(0, "decimal", "%1%%9%", start: 99_999_999)) + definition(0, level(0, "decimal", "%1"))
        #expect(
            read(item("a", 1, 12) + item("b", 1) + item("c", -4), numbers, list(1, 0), list(1, 7)) == [
                "a", "1000000%0% b", "c",
            ])
        let broken = ReaderFixture.package(item("a", 1), parts: [("word/numbering.xml", "<w:numbering")])
        #expect(ReaderFixture.read(broken, name: "a.docx").text == "- a")
    }

    @Test(arguments: [
        ("berschrift2", 2), ("Titre1", 1), ("Ttulo3", 3), ("Nagwek2", 2), ("3", 3), ("Kop1", 1), ("Rubrik4", 4),
        ("标题1", 1),
    ])
    func headingsOfOtherLanguagesWithoutAStyleSheet(id: String, level: Int) {
        let text = ReaderFixture.readBody(ReaderFixture.paragraph("x", style: id)).text
        #expect(text == String(repeating: "#", count: level) + " x")
    }
}
