import Documents
import Testing

@Suite struct AbbreviationTests {
    private static func pairs(_ blocks: [String], kind: TextSpan.Kind = .listItem) -> [String] {
        var document = ClauseTests.document(blocks)
        for index in document.spans.indices where document.spans[index].kind == .prose {
            document.spans[index].kind = kind
        }
        return AbbreviationTable(document).pairs.map { "\($0.abbreviation)=\($0.expansion)" }
    }

    @Test(
        arguments: [
            ("QXT\tQuiet Exchange Table", "QXT=Quiet Exchange Table"),
            ("5G XYZ\t5G Extended Yard Zone", "5G XYZ=5G Extended Yard Zone"),
            ("Q-XT  Quiet Exchange Table", "Q-XT=Quiet Exchange Table"),
            ("QXT Quiet Exchange Table", "QXT=Quiet Exchange Table"),
            ("QXT: Quiet Exchange", "QXT=Quiet Exchange"),
            ("- QXT Quiet Exchange", "QXT=Quiet Exchange"), ("**QXT**\tQuiet Exchange", "QXT=Quiet Exchange"),
            ("xDB\tany Data Base", "xDB=any Data Base"), ("QXT\tQuiet\tExchange", "QXT=Quiet Exchange"),
            ("For the purposes of this text the following apply:", nil), ("NOTE: Not a pair.", nil), ("QXT", nil),
            ("", nil),
            ("QXT\t", nil), ("\tExchange", nil), ("the terminal\tis a thing", nil),
            ("a sentence of several words\tand a tab", nil),
        ] as [(String, String?)]) func aLineIsAPairOrNot(_ line: String, _ expected: String?)
    {
        #expect(AbbreviationTests.pairs(["## 3.2 Abbreviations", line]) == (expected.map { [$0] } ?? []))
    }

    /// Where headings have lost what stood behind their number, lines have too.
    @Test func gluedLinesArePartedWhereHeadingsAreGlued() {
        let lines = ["QXTQuiet Exchange Table", "QX-RSQX Reference Signal", "XY-ABOther", "nothing here"]
        #expect(
            AbbreviationTests.pairs(["# 3Terms", "## 3.2Abbreviations"] + lines) == [
                "QXT=Quiet Exchange Table", "QX-RS=QX Reference Signal",
            ])
        #expect(AbbreviationTests.pairs(["# 3 Terms", "## 3.2 Abbreviations", "TNTerrestrial net"]).isEmpty)
    }

    @Test func tablesAndSectionsCount() {
        let table = "| Abbreviation | Meaning |\n| --- | --- |\n| QXT | Quiet Exchange |\n| ZZ | Zone | of three |"
        #expect(AbbreviationTests.pairs(["## 3.2 Abbreviations", table], kind: .table) == ["QXT=Quiet Exchange"])
        // Letters of the alphabet as headings belong to the clause; the next clause does not.
        #expect(
            AbbreviationTests.pairs([
                "# 4 Abbreviations", "## A", "AB\tAll Bits", "## B", "BC\tBig Cell", "AB\tAnother Bit", "# 5 Rules",
                "CD\tNo Pair",
            ]) == ["AB=All Bits", "BC=Big Cell"])
        #expect(
            AbbreviationTests.pairs(["# 3 Terms and abbreviations", "AB\tAll Bits", "## 3.1 Terms", "BC\tNo Pair"]) == [
                "AB=All Bits"
            ])
        #expect(AbbreviationTests.pairs(["# 3 Terms", "AB\tAll Bits"]).isEmpty)
    }

    @Test func aTableIsBounded() {
        let lines = (0..<AbbreviationTable.mostPairs + 10).map { "Q\($0)\tQuiet \($0)" }
        #expect(AbbreviationTests.pairs(["# 3 Abbreviations"] + lines).count == AbbreviationTable.mostPairs)
        #expect(
            AbbreviationTests.pairs(["# 3 Abbreviations", "QXT\t" + String(repeating: "long ", count: 200)]).isEmpty)
    }
}
