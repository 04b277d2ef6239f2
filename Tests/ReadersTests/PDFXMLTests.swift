import Documents
import Files
import TestSupport
import Testing

@testable import Readers

/// pdf2xml by hand: what becomes of pages, lines and elements.
@Suite struct PDFXMLTests {
    private static func read(_ fixture: PDFXMLFixture, outline: [(Int, String)] = []) -> ReadResult {
        let result = ReaderFixture.read(fixture.finished(outline: outline), name: "a.xml")
        for document in result.documents {
            #expect(document.ledger.isClosed, "\(document.ledger)")
            #expect(document.ledger.written == unicodeScalarCount(document.text))
        }
        return result
    }

    private static func blocks(_ result: ReadResult) -> [String] {
        guard let document = result.documents.first else { return [result.failureText] }
        return document.spans.map {
            "\($0.kind.rawValue): " + String(decoding: document.text[$0.start..<$0.end], as: UTF8.self)
        }
    }

    @Test func linesBecomeParagraphsAndHeadings() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.text(119, 85, "1 Scope ", font: 1, height: 25)
        pdf.prose(161, ["The first line of a paragraph that is long and full goes ", "on here. "])
        pdf.prose(226, ["A second paragraph. "])
        pdf.text(300, 85, "1.1 ", font: 2, height: 22)
        pdf.text(300, 170, "A part of it ", font: 2, height: 22)
        pdf.text(327, 170, "that goes on ", font: 2, height: 22)
        pdf.prose(370, ["Text. "])
        let result = PDFXMLTests.read(
            pdf, outline: [(1, "1 Scope"), (1, "1.1 A part of it that goes on"), (1, "2 Absent")])
        #expect(
            PDFXMLTests.blocks(result) == [
                "heading: # 1 Scope", "prose: The first line of a paragraph that is long and full goes on here.",
                "prose: A second paragraph.", "heading: ## 1.1 A part of it that goes on", "prose: Text.",
            ])
        #expect(result.documents[0].spans.map(\.level) == [1, 0, 0, 2, 0])
        let outline = result.documents[0].metadata.other["outline"]
        #expect(outline?["items"]?.int == 3)
        #expect(outline?["found"]?.int == 2)
        #expect(result.documents[0].metadata.other["converter"]?.string == "poppler 22.12.0")
    }

    @Test func furnitureGoesAndSentencesCrossPages() {
        var pdf = PDFXMLFixture()
        for page in 1...4 {
            pdf.page()
            pdf.furniture(page)
            pdf.prose(110, ["and of page \(page - 1) it goes on to its end here, where it stops. "])
            pdf.prose(600, ["Something else is said in the middle of page \(page). "])
            pdf.prose(1100, ["A sentence that begins at the foot of page \(page) and then "])
        }
        let result = PDFXMLTests.read(pdf)
        #expect(!result.text.contains("Lumen Grid Forum"))
        #expect(!result.text.contains("70.100"))
        #expect(result.text.contains("at the foot of page 2 and then and of page 2 it goes on"))
        let removed = result.documents[0].ledger.removed
        #expect(removed["page-header"] == 4 * 31)
        #expect(removed["page-footer"] == 4 * 17)
        #expect(removed["page-number"] == 4 * 2)
        // What the header says stands in where there is no cover.
        #expect(result.documents[0].metadata.version == "1.0.0")
        #expect(result.documents[0].metadata.date == "2031-04")
    }

    @Test func aLineThatRepeatsBetweenTheEdgesStays() {
        var pdf = PDFXMLFixture()
        for page in 1...5 {
            pdf.page()
            pdf.furniture(page)
            pdf.prose(110, ["The same words stand on every page. "])
            pdf.prose(500, ["Other words for page number \(page). "])
        }
        let text = PDFXMLTests.read(pdf).text
        #expect(
            text.split(separator: "The same words stand on every page.", omittingEmptySubsequences: false).count == 6)
    }

    @Test func coverCopyrightAndContentsGoByTheirRules() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.text(60, 147, "LGF TS 70.100 ", font: 8, height: 40)
        pdf.text(70, 528, "V1.2.3 ", font: 1, height: 25)
        pdf.text(72, 640, "(2031-04)", font: 2, height: 22)
        pdf.text(537, 300, "<b>Lumen Grid; </b>", font: 2, width: 120, height: 24)
        pdf.text(567, 300, "<b>Relay metering </b>", font: 2, width: 140, height: 24)
        pdf.page()
        pdf.furniture(1)
        pdf.prose(300, ["Important notice ", "All rights reserved. ", "No part may be reproduced without asking. "])
        pdf.page()
        pdf.furniture(2)
        pdf.text(119, 85, "Contents ", font: 1, height: 25)
        pdf.text(170, 85, "1 Scope ........................................................... 3 ")
        pdf.text(190, 85, "2 A title that takes two lines ")
        pdf.text(207, 100, "and ends here ..................................................... 4 ")
        pdf.page()
        pdf.furniture(3)
        pdf.text(119, 85, "1 Scope ", font: 1, height: 25)
        pdf.prose(161, ["This is about metering. "])
        let result = PDFXMLTests.read(pdf)
        #expect(result.text == "# 1 Scope\n\nThis is about metering.")
        let document = result.documents[0]
        #expect(document.metadata.specification == "70.100")
        #expect(document.metadata.version == "1.2.3")
        #expect(document.metadata.date == "2031-04")
        #expect(document.metadata.title == "Lumen Grid; Relay metering")
        #expect(document.ledger.removed["cover"]! > 40)
        #expect(document.ledger.removed["copyright-page"]! > 40)
        #expect(document.ledger.removed["contents"]! > 140)
    }

    @Test func listsNotesAndReferences() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.prose(110, ["The following holds: "])
        pdf.text(141, 106, "-  the first item that is long enough to need another line, as ")
        pdf.text(158, 128, "it has here; ")
        pdf.text(189, 106, "-")
        pdf.text(189, 128, "the second. ")
        pdf.text(220, 106, "NOTE 1: A note that is long enough to need another line of its own, ")
        pdf.text(237, 164, "as it has. ")
        pdf.text(268, 106, "[1] ")
        pdf.text(268, 213, "LGF TS 70.101: \"Terms\". ")
        pdf.text(299, 106, "[2] ")
        pdf.text(299, 213, "LGF TS 70.102. ")
        // A word space as wide as a tab: poppler makes one element of the two words, too wide by twice the gap.
        pdf.text(330, 106, "LGF Lumen ", width: 236)
        pdf.text(330, 258, "Grid ", width: 116)
        pdf.text(330, 288, "Forum ", width: 128)
        #expect(
            PDFXMLTests.blocks(PDFXMLTests.read(pdf)) == [
                "prose: The following holds:",
                "list_item: - the first item that is long enough to need another line, as it has here;",
                "list_item: - the second.",
                "note: NOTE 1: A note that is long enough to need another line of its own, as it has.",
                "list_item: [1] LGF TS 70.101: \"Terms\".", "list_item: [2] LGF TS 70.102.",
                "list_item: LGF\tLumen Grid Forum",
            ])
    }

    @Test func tablesGoOnOverPages() {
        var pdf = PDFXMLFixture()
        func header(_ top: Int) {
            for (left, word) in [(94, "Name "), (300, "Presence "), (500, "Meaning ")] {
                pdf.text(top, left, "<b>\(word)</b>", font: 5, width: word.count * 8, height: 12)
            }
        }
        pdf.page()
        pdf.prose(110, ["The fields of the message are these, and there are not many of them at all. "])
        pdf.text(140, 300, "<b>Table 1-1: Fields </b>", font: 5, width: 120, height: 12)
        header(170)
        pdf.text(187, 94, "Relay | count ", font: 5, height: 12)
        pdf.text(187, 300, "M ", font: 5, height: 12)
        pdf.text(187, 500, "How many relays ", font: 5, height: 12)
        pdf.text(202, 500, "there are ", font: 5, height: 12)
        pdf.text(219, 94, "Margin ", font: 5, height: 12)
        pdf.text(219, 500, "Its margin ", font: 5, height: 12)
        pdf.page()
        header(170)
        pdf.text(187, 94, "Phase ", font: 5, height: 12)
        pdf.text(187, 300, "O ", font: 5, height: 12)
        pdf.text(187, 500, "Its phase ", font: 5, height: 12)
        let result = PDFXMLTests.read(pdf)
        #expect(
            PDFXMLTests.blocks(result).dropFirst() == [
                "caption: Table 1-1: Fields",
                """
                table: | Name | Presence | Meaning |
                | --- | --- | --- |
                | Relay \\| count | M | How many relays there are |
                | Margin |  | Its margin |
                | Phase | O | Its phase |
                """,
            ])
        #expect(result.documents[0].ledger.removed["repeated-table-header"] == 19)
    }

    @Test func codeIsFencedWithItsColumns() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.prose(110, ["The module is this, and it is short enough to stand on one page. "])
        pdf.text(140, 85, "RelayModule DEFINITIONS ::= BEGIN ", font: 6, height: 9)
        // A tab: the space at the beginning is four wide, as the width says for each space.
        pdf.text(154, 85, " RelayCount ::= INTEGER ", font: 6, width: (24 + 4 * 3) * 72 / 10, height: 9)
        pdf.text(181, 85, "END ", font: 6, height: 9)
        #expect(
            PDFXMLTests.blocks(PDFXMLTests.read(pdf)).last
                == "code: ```asn1\nRelayModule DEFINITIONS ::= BEGIN\n    RelayCount    ::=    INTEGER\n\nEND\n```")
    }

    @Test func scriptsStandWithTheirLetters() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.text(110, 85, "The delay is ", width: 80)
        pdf.text(110, 165, "T", width: 9)
        pdf.text(117, 174, "max", font: 7, width: 18, height: 9)
        pdf.text(110, 197, "= 10", width: 27)
        pdf.text(106, 224, "3", font: 7, width: 6, height: 9)
        pdf.text(110, 232, " seconds, and the unit is ", width: 150)
        pdf.text(106, 384, "\u{F06D}", font: 9, width: 9, height: 19)
        pdf.text(110, 395, "s. ", width: 12)
        #expect(
            PDFXMLTests.blocks(PDFXMLTests.read(pdf)) == [
                "prose: The delay is T_{max} = 10^3 seconds, and the unit is μs."
            ])
    }

    @Test func aLetterThatPopplerLostStillHasItsSubscript() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.text(110, 85, "The first slot after ", width: 130)
        pdf.text(106, 216, "", width: 11, height: 19)
        pdf.text(114, 227, "slot", font: 7, width: 17, height: 9)
        pdf.text(110, 248, " is used. ", width: 60)
        #expect(PDFXMLTests.blocks(PDFXMLTests.read(pdf)) == ["prose: The first slot after _{slot} is used."])
    }

    @Test func hyphensAtLineEndsGoWhereTheWordIsKnown() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.prose(110, ["The configuration is stored in the relay and in the NG-RAN node. "])
        pdf.prose(
            150,
            [
                "A relay that is without a config-", "uration, which happens in the time-", "domain and in the NG-",
                "RAN node. ",
            ])
        pdf.prose(260, ["A soft hyphen parts the metering of re\u{AD}", "lays in all releases. "])
        let text = PDFXMLTests.read(pdf).text
        #expect(text.contains("without a configuration, which happens in the time-domain and in the NG-RAN node."))
        #expect(text.contains("metering of relays in all"))
    }

    @Test func twoColumnsAreReadOneAfterTheOther() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.text(80, 100, "A title across both of the columns of this page ", font: 1, height: 25)
        for line in 0..<20 {
            // The right column's lines come first in the file.
            pdf.text(130 + line * 17, 460, "right\(line) words of the right column and its sentence here ")
            pdf.text(130 + line * 17, 85, "left\(line) words of the left column and its sentence here ")
        }
        let text = PDFXMLTests.read(pdf).text
        var expected = "A title"
        for side in ["left", "right"] {
            for line in 0..<20 { expected += "|\(side)\(line) words" }
        }
        var position = text.startIndex
        for part in expected.split(separator: "|") {
            let range = text[position...].firstRange(of: part)
            #expect(range != nil, "\(part) is not in order")
            position = range?.upperBound ?? position
        }
    }

    @Test func aTableOfTwoColumnsIsNoPageOfTwoColumns() {
        var pdf = PDFXMLFixture()
        pdf.page()
        for line in 0..<20 {
            pdf.text(130 + line * 17, 94, "Name \(line) ", font: 5, width: 60, height: 12)
            pdf.text(130 + line * 17, 480, "What it means \(line) ", font: 5, width: 120, height: 12)
        }
        let text = PDFXMLTests.read(pdf).text
        #expect(text.contains("| Name 7 | What it means 7 |"))
    }

    @Test func wordsInFiguresAreNoTable() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.prose(110, ["The figure shows the parts of the relay and how they stand in a line to each other. "])
        pdf.text(200, 150, "Meter ", font: 5, height: 12)
        pdf.text(200, 500, "Relay ", font: 5, height: 12)
        pdf.text(260, 150, "Grid ", font: 5, height: 12)
        pdf.text(260, 500, "Lamp ", font: 5, height: 12)
        pdf.text(320, 300, "<b>Figure 2-1: Parts </b>", font: 5, width: 120, height: 12)
        #expect(
            PDFXMLTests.blocks(PDFXMLTests.read(pdf)).dropFirst() == [
                "prose: Meter Relay\nGrid Lamp", "caption: Figure 2-1: Parts",
            ])
    }

    /// The scanner of pages and the XML parser agree, whatever stands there.
    @Test func theScannerReadsWhatTheParserReads() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.text(110, 85, "<i><b>Bold &amp; slanted</b></i> &lt;tag&gt; &quot;x&quot; &apos;y&apos; ")
        pdf.text(130, 85, "<a href=\"http://grid.invalid/?a=1&amp;b=2\">a link</a> and more ")
        pdf.text(150, 85, "a reference &#228; and &#xE4; ")
        pdf.text(170, 85, "fast again ]] &gt; ")
        pdf.page()
        pdf.raw("<!-- <text top=\"1\" left=\"1\" width=\"1\" height=\"1\" font=\"0\">not text</text>\n-->\n")
        pdf.text(200, 85, "after a comment ")
        pdf.raw("<text left=\"85\" top=\"240\" width=\"90\" height=\"13\" font=\"0\">another order</text>\n")
        pdf.raw("<text top=\"-280.5\" left=\"85\" width=\"90\" height=\"13\" font=\"0\">a fraction</text>\n")
        pdf.raw("<text top=\"300\" left=\"85\" width=\"90\" height=\"13\" font=\"0\"><![CDATA[<in> CDATA]]></text>\n")
        pdf.raw(
            "<text top=\"340\" left=\"85\" width=\"90\" height=\"13\" font=\"0\">outer <text top=\"9\">inner</text> </text>\r\n"
        )
        pdf.raw("<text top=\"380\" left=\"85\" width=\"90\" height=\"13\" font=\"0\"\n>split</text>")
        pdf.raw("<image top=\"1\" left=\"2\" width=\"3\" height=\"4\" src=\"a&gt;b.png\"/>\n")
        pdf.text(420, 85, "the &last; one ")
        let xml = pdf.finished(outline: [(1, "An &amp; in a title")])
        var slow = ReadOptions()
        slow.scansPages = false
        let fast = ReaderFixture.read(xml, name: "a.xml")
        let reference = ReaderFixture.read(xml, name: "a.xml", options: slow)
        #expect(fast.documents == reference.documents)
        #expect(fast.failureText == "")
        #expect(fast.documents[0].ledger.isClosed)
        #expect(fast.text.contains("Bold & slanted <tag> \"x\" 'y'"))
        #expect(fast.text.contains("a reference ä and ä"))
        #expect(fast.text.contains("the &last; one"))
        #expect(!fast.text.contains("not text"))
        // As a stream, in pieces that cut lines and letters.
        for size in [7, 64, 1000] {
            var documents: [Document] = []
            let context = ReadContext(
                input: InputFile(path: "a.xml", relativePath: "a.xml", source: "test"), options: ReadOptions(),
                place: "")
            let stream = SlowStream(Array(xml.utf8), size: size)
            #expect(throws: Never.self) { try PDFXMLReader(context).read(stream) { documents.append($0) } }
            #expect(documents.map(\.text) == reference.documents.map(\.text), "\(size)")
            #expect(documents.map(\.ledger) == reference.documents.map(\.ledger), "\(size)")
        }
    }
}

/// A stream that gives a few bytes at a time.
final class SlowStream: ByteStream {
    private let bytes: [UInt8]
    private let size: Int
    private var position = 0

    init(_ bytes: [UInt8], size: Int) {
        self.bytes = bytes
        self.size = size
        super.init(name: "stream")
    }

    override func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(size, buffer.count, bytes.count - position)
        if count > 0 { buffer.copyBytes(from: bytes[position..<position + count]) }
        position += count
        return count
    }
}
