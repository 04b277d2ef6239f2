import Documents
import Files
import Glibc
import TestSupport
import Testing

@testable import Readers

/// Real ETSI deliverables as pdf2xml and as PDF.
@Suite(.enabled(if: TestData.isPresent), .serialized) struct PDFXMLRealFilesTests {
    private static let hasConverter = ["/usr/bin", "/usr/local/bin", "/bin"].contains {
        access($0 + "/pdftohtml", X_OK) == 0
    }

    private static let names = [
        "ARCH_138.413_v19.02.00", "PDCP_138.322_v19.02.00", "PHY_138.201_v19.00.00",
        "PHY_138.201_v19.00.00.with-images",
        "PHY_138.211_v19.03.00", "PHY_138.213_v19.03.00", "RLC_138.323_v19.01.00", "SDAP_137.324_v19.00.00",
        "TS_24.234",
        "TS_24.341_v18_r18", "ts_11941108v010101p", "ts_11947202v010101p", "ts_119475v010101p", "ts_119475v010201p",
        "ts_119612v020401p",
    ]
    private static let pdfs = [
        "PDCP_138.322_v19.02.00", "PHY_138.201_v19.00.00", "PHY_138.211_v19.03.00", "RLC_138.323_v19.01.00",
        "SDAP_137.324_v19.00.00", "TS_24.234", "TS_24.341_v18_r18", "ts_11941108v010101p", "ts_11947202v010101p",
        "ts_119475v010101p", "ts_119475v010201p", "ts_119612v020401p",
    ]

    private static func read(_ name: String, options: ReadOptions = ReadOptions()) -> ReadResult {
        ReaderFixture.read(
            file: TestData.path("pdf2xml/\(name).xml.zst"), relativePath: name + ".xml", options: options)
    }

    @Test(arguments: names) func ledgersCloseAndNothingIsLost(name: String) throws {
        let result = PDFXMLRealFilesTests.read(name)
        #expect(result.failureText == "")
        let document = try #require(result.documents.first)
        #expect(document.ledger.isClosed, "\(document.ledger)")
        #expect(document.ledger.written == unicodeScalarCount(document.text))
        #expect(String(validating: document.text, as: UTF8.self) != nil)
        var end = 0
        for span in document.spans {
            #expect(span.start >= end && span.end > span.start)
            end = span.end
        }
        // The same from memory as from the stream, with the scanner of pages as without.
        let file = try ByteStream.open(TestData.path("pdf2xml/\(name).xml.zst")).readAll(limit: 1 << 26)
        var slow = ReadOptions()
        slow.scansPages = false
        let parsed = ReaderFixture.read(file, name: name + ".xml", options: slow)
        #expect(parsed.documents == result.documents)

        let reference = PDFXMLReference(file)
        let words = PDFXMLReference.words(document.text)
        #expect(reference.words.count > 2000)
        // Prose stands in order, whatever the order of the file's other elements.
        let missing = reference.outOfOrder(in: words)
        let prose = reference.isProse.count { $0 }
        #expect(prose > 1000)
        // A caption that poppler wrote before the words in its figure is four words.
        #expect(
            Double(missing.count) <= max(4, Double(prose) * 0.001),
            "\(missing.count) of \(prose): \(missing.prefix(20))")
        // And every word is somewhere. What a repeated table header took, letters that figures set upright, and halves of words
        // that were joined are all that may be missing.
        var left: [[UInt8]: Int] = [:]
        for word in reference.words { left[word, default: 0] += 1 }
        for word in words { left[word, default: 0] -= 1 }
        let lost = left.values.reduce(0) { $0 + max(0, $1) }
        #expect(Double(lost) <= Double(reference.words.count) * 0.002, "\(lost) of \(reference.words.count)")
    }

    @Test(arguments: names) func headingsAgreeWithTheOutline(name: String) throws {
        let file = try ByteStream.open(TestData.path("pdf2xml/\(name).xml.zst")).readAll(limit: 1 << 26)
        let reference = PDFXMLReference(file)
        let document = try #require(PDFXMLRealFilesTests.read(name).documents.first)
        let headings = document.spans.filter { $0.kind == .heading }.map {
            document.text[$0.start..<$0.end].drop { $0 == UInt8(ascii: "#") }.filter { $0 != 0x20 }
        }
        let known = Set(headings.map { Array($0.prefix(40)) })
        let found = reference.outline.filter { known.contains(Array($0.prefix(40))) }.count
        // Formulas in headings are other characters in the outline.
        #expect(found * 100 >= reference.outline.count * 96, "\(found) of \(reference.outline.count)")
        #expect(headings.count * 100 <= reference.outline.count * 104 + 300, "\(headings.count) headings")
        let outline = document.metadata.other["outline"]
        #expect(outline?["items"]?.int == reference.outline.count)
    }

    @Test(arguments: names) func furnitureCoverAndContentsAreGone(name: String) throws {
        let document = try #require(PDFXMLRealFilesTests.read(name).documents.first)
        let lines = document.text.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        #expect(!lines.contains("ETSI"))
        #expect(!lines.contains { $0.hasPrefix("ETSI TS 1") && $0.hasSuffix(")") && $0.utf8.count < 40 })
        #expect(!lines.contains { $0.hasSuffix(" Release 19") && $0.utf8.count < 60 })
        #expect(!lines.contains { $0.contains("..........") })
        #expect(!lines.contains { $0.contains("650 Route des Lucioles") })
        #expect(lines.contains { $0.hasPrefix("# 1 Scope") })
        for rule in ["page-header", "page-footer", "page-number", "cover", "copyright-page", "contents"] {
            #expect(document.ledger.removed[rule] ?? 0 > 0, "\(rule)")
        }
    }

    /// Read off the covers by eye.
    @Test(
        arguments: [
            ("PHY_138.211_v19.03.00", "38.211", "19.3.0", "19", "2026-04", "5G; NR; Physical channels and modulation"),
            (
                "TS_24.341_v18_r18", "24.341", "18.0.0", "18", "2024-05",
                "Digital cellular telecommunications system (Phase 2+) (GSM); Universal Mobile Telecommunications System (UMTS); "
                    + "LTE; 5G; Support of SMS over IP networks; Stage 3"
            ),
            (
                "ts_119612v020401p", "119 612", "2.4.1", nil, "2025-08",
                "Electronic Signatures and Trust Infrastructures (ESI); Trusted Lists"
            ),
        ] as [(String, String, String, String?, String, String)])
    func coversAreUnderstood(
        name: String, specification: String, version: String, release: String?, date: String, title: String
    ) throws {
        let metadata = try #require(PDFXMLRealFilesTests.read(name).documents.first).metadata
        #expect(metadata.publisher == "ETSI")
        #expect(metadata.specification == specification)
        #expect(metadata.version == version)
        #expect(metadata.release == release)
        #expect(metadata.date == date)
        #expect(metadata.title == title)
    }

    /// A table of information elements, compared with what the page shows.
    @Test func cellsStandInTheirColumns() throws {
        let text = PDFXMLRealFilesTests.read("ARCH_138.413_v19.02.00").text
        #expect(
            text.contains(
                "| IE/Group Name | Presence | Range | IE type and reference | Semantics description |\n| --- |"))
        #expect(
            text.contains(
                "| NB-IoT Default Paging DRX | M |  | ENUMERATED (128, 256, 512, 1024, …) | Unit: [number of radioframes] |"
            ))
        #expect(text.contains("| RSN | M |  | ENUMERATED (v1, v2, …) |  | - |  |"))
        // Code keeps its lines and its tabs.
        #expect(text.contains("\nIMPORTS\n\n    Criticality,\n    ProcedureCode\nFROM NGAP-CommonDataTypes\n"))
    }

    @Test func aPlantedLossShows() {
        var options = ReadOptions()
        options.swallowedAppend = 1000
        let result = PDFXMLRealFilesTests.read("SDAP_137.324_v19.00.00", options: options)
        #expect(result.documents.first.map { $0.ledger.imbalance > 0 } == true)
    }

    @Test(.enabled(if: hasConverter), arguments: pdfs) func pdfsGiveWhatTheirPages(name: String) throws {
        let result = ReaderFixture.read(file: TestData.path("etsi-pdf/\(name).pdf"))
        #expect(result.failureText == "")
        let document = try #require(result.documents.first)
        #expect(document.ledger.isClosed)
        #expect(document.metadata.other["converter"]?.string?.hasPrefix("poppler ") == true)
        // Of another version of poppler the text may differ by little.
        let pages = try #require(PDFXMLRealFilesTests.read(name).documents.first)
        #expect(abs(pages.text.count - document.text.count) * 50 < pages.text.count)
        #expect(document.metadata.specification == pages.metadata.specification)
    }
}
