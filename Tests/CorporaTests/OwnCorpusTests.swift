import Cleaning
import Deduplication
import Documents
import Files
import Readers
import TestSupport
import Testing

/// The corpus of our own under `corpora/standards`: what it must show is there.
@Suite struct OwnCorpusTests {
    private struct Item {
        let path: String
        let document: Document
        let rule: String?
    }

    private static func items() throws -> [Item] {
        let folder = TestData.repository + "/corpora/standards"
        var options = CleaningOptions()
        try options.setLanguages(["en"])
        let rules = QualityRules(options)
        var reader = DocumentReader(options: ReadOptions())
        var items: [Item] = []
        for path in try Folder.filesBelow(folder) {
            try reader.read(
                InputFile(path: folder + "/" + path, relativePath: path, source: "own"),
                emit: { read in
                    var document = read
                    UnicodeRepair.repair(&document)
                    let rule = rules.firstViolation(QualityMeasure.measure(document))?.rule
                    items.append(Item(path: path, document: document, rule: rule))
                },
                reject: { Issue.record("\($0.path): \($0.rule) \($0.value)") })
        }
        return items
    }

    @Test func everyLedgerClosesAndEverySpanFits() throws {
        for item in try OwnCorpusTests.items() {
            #expect(item.document.ledger.isClosed, "\(item.path): \(item.document.ledger.imbalance)")
            #expect(item.document.ledger.written == unicodeScalarCount(item.document.text), "\(item.path)")
            #expect(item.document.spans.allSatisfy { $0.start <= $0.end && $0.end <= item.document.text.count })
        }
    }

    @Test func eachRuleDropsWhatWasPutThereForItAndNothingElse() throws {
        let dropped = try OwnCorpusTests.items().compactMap { item in item.rule.map { "\($0) \(item.path)" } }
        #expect(
            dropped.sorted() == [
                "too-few-letters text/measured-margins.txt", "too-long-words text/firmware-dump.txt",
                "too-many-repeated-lines text/printer-test.txt", "too-short notes/notes.jsonl",
                "too-short text/void.txt",
                "wrong-script text/guide-zh.txt",
            ])
    }

    @Test func theCharterStandsThereThreeTimes() throws {
        let items = try OwnCorpusTests.items().filter { $0.rule == nil }
        let firsts = ExactDuplicates.firstOccurrences(of: items.map { ContentKey($0.document.text) })
        let pairs = firsts.enumerated().compactMap { index, first in first.map { (items[$0].path, items[index].path) } }
        #expect(pairs.count == 2)
        #expect(pairs.allSatisfy { $0.0 == "notes/notes.jsonl" && $0.1.hasPrefix("text/lgf-charter") }, "\(pairs)")
    }

    @Test func twoReleasesOfOneSpecificationAreKnownAsSuch() throws {
        let releases = try OwnCorpusTests.items().filter { $0.document.metadata.specification == "60.101" }
        #expect(releases.map(\.document.metadata.version) == ["1.2.0", "2.1.0"])
        #expect(Set(releases.map(\.document.metadata.title)).count == 1)
    }

    @Test func theCorpusHasEveryKindOfSpan() throws {
        let kinds = Set(try OwnCorpusTests.items().flatMap { $0.document.spans.map(\.kind) })
        #expect(kinds == Set(TextSpan.Kind.allCases))
    }

    @Test func coverAndContentsAreGone() throws {
        for item in try OwnCorpusTests.items()
        where item.path.hasPrefix("wordprocessing/") || item.path.hasPrefix("pdf2xml/") {
            let text = String(decoding: item.document.text, as: UTF8.self)
            #expect(!text.contains("Port Aurel"), "\(item.path)")
            #expect(!text.contains("PAGEREF"), "\(item.path)")
            #expect(text.contains("Scope"), "\(item.path)")
        }
    }

    @Test func thePagesAreReadAsTheyAreMeant() throws {
        let item = try #require(try OwnCorpusTests.items().first { $0.path.hasPrefix("pdf2xml/") })
        let text = String(decoding: item.document.text, as: UTF8.self)
        #expect(item.document.metadata.specification == "60.150")
        #expect(item.document.metadata.version == "1.0.0")
        #expect(item.document.metadata.title == "Lumen Grid; Beacon timing; Alignment of lamps on a span")
        #expect(item.document.metadata.other["outline"]?["found"]?.int == 12)
        #expect(item.document.spans.filter { $0.kind == .heading }.count == 12)
        // A hyphen at a line end, a sentence over the end of a page, a tab inside an element, scripts, cells of several lines, code.
        #expect(text.contains("The rest is its beacon offset, which"))
        #expect(text.contains("a lamp that runs ahead of the head lamp has a negative one"))
        #expect(text.contains("BTO\tBeacon Time Offset\n"))
        #expect(text.contains("B_{lamp} = t_{local} - t_{head} - n c^2 ."))
        #expect(text.contains("doubles c and tells the lamps so"))
        #expect(text.contains("| B, walkways | 4 | 90 s | Two rechecks that fail in a row end the alignment. |"))
        #expect(text.contains("\n    recheck      BOOLEAN DEFAULT FALSE\n}\n"))
        #expect(!text.contains("Release 1"))
        #expect(!text.contains("Lumen Grid Forum"))
    }
}
