import Documents
import Files
import Glibc
import TestSupport
import Testing

@testable import Readers

/// pdf2xml that is broken or means harm: a clear failure or a document, never a crash.
@Suite struct PDFXMLHostileTests {
    private static func read(_ body: String, head: String = PDFXMLFixture.head) -> ReadResult {
        ReaderFixture.read(head + body + "</pdf2xml>\n", name: "a.xml")
    }

    private static let page =
        "<page number=\"1\" position=\"absolute\" top=\"0\" left=\"0\" height=\"1263\" width=\"892\">\n"

    private static func text(
        _ text: String, _ attributes: String = "top=\"110\" left=\"85\" width=\"90\" height=\"13\" font=\"0\""
    )
        -> String
    {
        "<text \(attributes)>\(text)</text>\n"
    }

    @Test func recognitionIsByContent() throws {
        let folder = TemporaryFolder()
        for (name, head) in [
            ("a.xml", PDFXMLFixture.head), ("b.txt", PDFXMLFixture.head), ("c.pdf", "<pdf2xml>"),
            ("d.xml", "<?xml version=\"1.0\"?><!DOCTYPE pdf2xml><pdf2xml>"),
        ] {
            let path = folder.write(head + "<page>" + PDFXMLHostileTests.text("x") + "</page></pdf2xml>", to: name)
            let dialect = try DocumentReader.recognise(InputFile(path: path, relativePath: name, source: "s"))
            #expect(dialect == .pdfXML, "\(name)")
            #expect(ReaderFixture.read(file: path).text == "x", "\(name)")
        }
    }

    @Test func truncationIsAFailureWithItsPlace() {
        var pdf = PDFXMLFixture()
        for page in 1...3 {
            pdf.page()
            pdf.prose(200, ["Words of page \(page). "])
        }
        let whole = Array(pdf.finished().utf8)
        for cut in stride(from: PDFXMLFixture.head.utf8.count, to: whole.count - 14, by: 37) {
            let result = ReaderFixture.read(Array(whole[..<cut]), name: "a.xml")
            #expect(result.rule == "unreadable", "\(cut): \(result.failureText)")
            #expect(result.failureText.contains("a.xml: line "), "\(cut): \(result.failureText)")
        }
        // The line is that of the file, though the parser does not see every line.
        let broken = String(decoding: whole, as: UTF8.self).replacing("Words of page 3", with: "Words </b> 3")
        let line =
            broken.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("</b>") }! + 1
        let result = ReaderFixture.read(broken, name: "a.xml")
        #expect(result.failureText.contains("line \(line),"), "\(line): \(result.failureText)")
    }

    @Test(arguments: [
        "<!DOCTYPE pdf2xml [<!ENTITY a \"b\">]>",
        "<!DOCTYPE pdf2xml [<!ENTITY a \"bbbbbbbbbb\"><!ENTITY c \"&a;&a;&a;&a;&a;&a;\"><!ENTITY d \"&c;&c;&c;&c;&c;\">]>",
        "<!DOCTYPE pdf2xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE pdf2xml [<!ENTITY % a \"b\"> %a;]>",
    ]) func declaredEntitiesAreRefused(doctype: String) {
        let result = PDFXMLHostileTests.read(
            PDFXMLHostileTests.page + PDFXMLHostileTests.text("&a;") + "</page>", head: doctype + "<pdf2xml>")
        #expect(result.documents.isEmpty)
        #expect(result.failureText.contains("entity"), "\(result.failureText)")
    }

    @Test func anEntityThatNobodyDeclaresStays() {
        let result = PDFXMLHostileTests.read(PDFXMLHostileTests.page + PDFXMLHostileTests.text("a&nbsp;b") + "</page>")
        #expect(result.text == "a&nbsp;b")
        #expect(result.documents[0].ledger.isClosed, "\(result.documents[0].ledger)")
    }

    @Test func aTextWithoutEndIsBounded() {
        let megabyte = String(repeating: "word ", count: 200_000)
        let long = PDFXMLHostileTests.page + PDFXMLHostileTests.text(String(repeating: megabyte, count: 20)) + "</page>"
        let result = PDFXMLHostileTests.read(long)
        #expect(result.rule == "too-large")
        #expect(result.failureText.contains("bytes of text on one page"), "\(result.failureText)")
    }

    @Test func manyElementsOnOnePageAreBounded() {
        let many = String(repeating: PDFXMLHostileTests.text("x"), count: PDFXMLHandler.mostPageElements + 1)
        let result = PDFXMLHostileTests.read(PDFXMLHostileTests.page + many + "</page>")
        #expect(result.rule == "too-large", "\(result.failureText)")
    }

    @Test func deepNestingIsBounded() {
        let deep = String(repeating: "<i>", count: 5000) + "x" + String(repeating: "</i>", count: 5000)
        let result = PDFXMLHostileTests.read(PDFXMLHostileTests.page + PDFXMLHostileTests.text(deep) + "</page>")
        #expect(result.rule == "too-large")
        let pages = String(repeating: PDFXMLHostileTests.page, count: 600) + String(repeating: "</page>", count: 600)
        #expect(PDFXMLHostileTests.read(pages).rule == "too-large")
    }

    @Test func wrongEncodingIsNamed() {
        let bytes =
            Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><pdf2xml>\(PDFXMLHostileTests.page)<text>caf".utf8)
            + [0xE9]
            + Array("</text></page></pdf2xml>".utf8)
        #expect(ReaderFixture.read(bytes, name: "a.xml").rule == "encoding")
        let wide = ReaderFixture.utf16(
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><pdf2xml>\(PDFXMLHostileTests.page)<text>café</text></page></pdf2xml>",
            isBigEndian: true)
        #expect(ReaderFixture.read(wide, name: "a.xml").text == "café")
    }

    @Test func controlCharactersAreSpaces() {
        let result = PDFXMLHostileTests.read(
            PDFXMLHostileTests.page + PDFXMLHostileTests.text("alpha\u{1}beta\u{0C}gamma") + "</page>")
        #expect(result.text == "alpha beta gamma")
        #expect(result.documents[0].ledger.isClosed)
    }

    @Test(arguments: [
        "top=\"-99999999999999999999\" left=\"99999999999999999999\" width=\"-5\" height=\"-7\" font=\"-1\"",
        "top=\"x\" left=\"\" width=\"NaN\" height=\"1e9\" font=\"zero\"", "",
        "top=\"99999\" left=\"99999\" width=\"99999\" height=\"99999\" font=\"99999\"",
        "top=\"-99999\" left=\"-99999\" width=\"0\" height=\"0\" font=\"65536\"",
        "top=\"110\" left=\"85\" width=\"99999\" height=\"1\" font=\"0\"",
    ]) func lyingAttributesLoseNoText(attributes: String) {
        let words = (0..<40).map { PDFXMLHostileTests.text("w\($0) and more words of it ", attributes) }.joined()
        let honest = (0..<40).map {
            PDFXMLHostileTests.text(
                "h\($0) ", "top=\"\(100 + $0 * 9)\" left=\"\(85 + $0 * 11)\" width=\"30\" height=\"13\" font=\"0\"")
        }.joined()
        let result = PDFXMLHostileTests.read(
            "<page width=\"-1\" height=\"99999999999\"><fontspec id=\"0\" size=\"-3\" family=\"\"/>"
                + "<fontspec id=\"99999999\" size=\"9\"/>" + words + honest + "</page>")
        #expect(result.failureText == "")
        #expect(result.documents.first?.ledger.isClosed == true)
        for index in 0..<40 {
            #expect(result.text.contains("w\(index)") && result.text.contains("h\(index)"))
        }
    }

    @Test func randomPagesKeepTheirLedger() {
        var random = SystemLikeRandom(state: 7)
        let words = [
            "a", "Table 1:", "4.2.1 ", "NOTE: ", "-", "\u{F0B7}", "word ", "  ", "1 2 3 ", "end-", "Figure 2-1: ",
            "Contents ", "..... 7", "x|y", "[3] ",
        ]
        for round in 0..<300 {
            var body = ""
            for id in 0..<6 {
                let family = ["Times", "Helvetica", "Courier", "X+Symbol"][id % 4]
                body += "<fontspec id=\"\(id)\" size=\"\(8 + id * 4)\" family=\"\(family)\"/>\n"
            }
            for _ in 0..<(1 + random.next(60)) {
                let text = (0..<(1 + random.next(4))).map { _ in words[random.next(words.count)] }.joined()
                let top = round % 3 == 0 ? random.next(20) * 17 : random.next(1300) - 20
                body +=
                    "<text top=\"\(top)\" left=\"\(random.next(40) * 22)\" width=\"\(random.next(300))\" height=\"\(random.next(30))\" "
                body += "font=\"\(random.next(7))\">\(random.next(4) == 0 ? "<b>\(text)</b>" : text)</text>\n"
                if random.next(30) == 0 { body += "</page>\n" + PDFXMLHostileTests.page }
            }
            let xml = PDFXMLFixture.head + PDFXMLHostileTests.page + body + "</page></pdf2xml>"
            let result = ReaderFixture.read(xml, name: "a.xml")
            var slow = ReadOptions()
            slow.scansPages = false
            #expect(ReaderFixture.read(xml, name: "a.xml", options: slow).documents == result.documents)
            if result.rule == "empty" { continue }
            #expect(result.failureText == "", "\(round)")
            for document in result.documents {
                #expect(document.ledger.isClosed, "\(round): \(document.ledger)")
                #expect(String(validating: document.text, as: UTF8.self) != nil)
                var end = 0
                for span in document.spans {
                    #expect(span.start >= end && span.end > span.start && span.end <= document.text.count)
                    end = span.end
                }
            }
        }
    }

    @Test func aPlantedLossShows() {
        var pdf = PDFXMLFixture()
        pdf.page()
        pdf.prose(110, ["Some words. ", "Others. "])
        for scans in [true, false] {
            var options = ReadOptions()
            options.swallowedAppend = 1
            options.scansPages = scans
            let result = ReaderFixture.read(pdf.finished(), name: "a.xml", options: options)
            #expect(result.documents[0].ledger.imbalance == 8)
        }
    }

    @Test func aPageOfScansOnlyIsEmpty() {
        let result = PDFXMLHostileTests.read(PDFXMLHostileTests.page + "<image top=\"0\" src=\"a.png\"/></page>")
        #expect(result.rule == "empty")
    }
}

/// A small generator of the test's own, the same everywhere.
struct SystemLikeRandom {
    var state: UInt64

    mutating func next(_ below: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(below))
    }
}
