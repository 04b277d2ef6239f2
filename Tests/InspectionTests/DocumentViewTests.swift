import Building
import Files
import Inspection
import Parallel
import Shards
import Testing

@Suite struct DocumentViewTests {
    let pool = WorkerPool(threads: 2)

    @Test(arguments: ["concatenate", "best-fit", "structure"])
    func theDocumentIsShownWithItsTextAndWhereItsTokensAre(strategy: String) throws {
        let fixture = try CorpusFixture(strategy: strategy)
        let record = try #require(try fixture.record(title: "Clause 11"))
        let view = try DocumentView(fixture.corpus, id: record.id, pool: pool)
        #expect(view.record == record)
        let text = try #require(fixture.texts["Clause 11"])
        #expect(view.json["text"]?.string == text)
        let shown = view.text()
        for line in text.split(separator: "\n") { #expect(shown.contains(line)) }
        #expect(shown.contains("path: specs.jsonl!") && record.path?.hasPrefix("specs.jsonl!") == true)
        #expect(shown.contains("specification: 23.511") && shown.contains("[prose]"))
        #expect(view.blocks.count > 1)
        // Every block that is named has a segment of the document, and no other block has.
        let dataset = try fixture.corpus.dataset(record.split)
        for block in 0..<dataset.blockCount {
            let rows = try dataset.block(block).segmentDocuments
            #expect(rows.contains(UInt32(view.row)) == view.blocks.contains(block), "block \(block)")
        }
    }

    @Test func aBeginningOfTheIdIsEnoughWhereItIsTheOnlyOne() throws {
        let fixture = try CorpusFixture()
        let id = try #require(try fixture.record(title: "Clause 2")).id
        #expect(try DocumentView(fixture.corpus, id: String(id.prefix(12)), pool: pool).record.id == id)
        let folder = fixture.corpus.folder.path
        #expect(throws: InspectionFailure.noSuchDocument(folder: folder, id: "")) {
            try DocumentView(fixture.corpus, id: "", pool: pool)
        }
        // 35 documents and 16 digits: two ids share the first one.
        let ambiguous = "0123456789abcdef".first { digit in
            do {
                _ = try DocumentView(fixture.corpus, id: String(digit), pool: pool)
                return false
            } catch { return "\(error)".contains("give more of the id") }
        }
        #expect(ambiguous != nil)
    }

    @Test func theTerminalIsSafe() throws {
        let fixture = try CorpusFixture()
        let id = try #require(try fixture.record(title: "A <b>bold</b> & \u{1B}[31mred title")).id
        let view = try DocumentView(fixture.corpus, id: id, pool: pool)
        #expect(!view.text().unicodeScalars.contains("\u{1B}"))
        #expect(view.text(colours: true).contains("\u{1B}["))
    }
}
