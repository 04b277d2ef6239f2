import Building
import Files
import Glibc
import Packing
import Parallel
import TestSupport
import Testing

@testable import Inspection

@Suite struct CorpusStatisticsTests {
    @Test func figuresAreThoseOfTheDocuments() throws {
        let fixture = try CorpusFixture()
        let statistics = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 2))
        let specs = statistics.sources[0]
        let counts = fixture.texts.values.map { $0.utf8.count }
        #expect(statistics.sources.map(\.name) == ["specs", "notes"])
        #expect(specs.documents == 30 && specs.tokens == counts.reduce(0, +) && specs.textBytes == specs.tokens)
        #expect(specs.bytesPerToken == 1 && specs.lengths.longest == counts.max())
        #expect(statistics.total.documents == 35)
        #expect(specs.packVersusTruncate == PackVersusTruncate(tokenCounts: counts, length: CorpusFixture.length))
        #expect(specs.lengths.buckets.reduce(0) { $0 + $1.documents } == 30)
        for bucket in specs.lengths.buckets {
            #expect(bucket.documents == counts.count { $0 >= bucket.from && $0 <= bucket.to })
        }
        var ids = Set(fixture.texts.values.flatMap { $0.utf8 })
        for number in 0..<5 { ids.formUnion(CorpusFixture.prose(1000 + number, sentences: 20).utf8) }
        // The end token is used too.
        #expect(statistics.vocabulary?.used == ids.count + 1 && statistics.vocabulary?.size == 258)
        #expect(statistics.vocabulary?.outside == 0)
    }

    @Test func anyNumberOfThreadsGivesTheSame() throws {
        let fixture = try CorpusFixture()
        let one = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1)).json
        #expect(try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 3)).json == one)
        #expect(one["schema"]?.int == CorpusStatistics.schemaVersion)
        #expect(one["total"]?["documents"]?.int == 35 && one["rejected"]?["too-short"]?.int == 1)
        var options = StatisticsOptions()
        options.readsBlocks = false
        let unread = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1), options: options)
        #expect(unread.vocabulary == nil && unread.ngrams.isEmpty && unread.json["vocabulary"] == .null)
    }

    @Test func tablesForTheTerminal() throws {
        let fixture = try CorpusFixture()
        let text = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1)).text
        #expect(text.contains("specs ") && text.contains("total ") && text.contains("  validation\n"))
        #expect(text.contains("too-short") && text.contains("ids used"))
        #expect(!text.split(separator: "\n").contains { $0.hasSuffix(" ") || $0.count > 80 })
    }

    @Test func bucketsDouble() {
        var histogram = LengthHistogram()
        for tokens in [0, 1, 2, 3, 4, 1023, 1024, Int.max, -5] { histogram.add(tokens: tokens) }
        let filled = histogram.buckets.filter { $0.documents > 0 }
        #expect(filled.map(\.from) == [0, 1, 2, 4, 512, 1024, 1 << 61])
        #expect(filled.map(\.documents) == [2, 1, 2, 1, 1, 1, 1])
        #expect(filled.prefix(6).map(\.to) == [0, 1, 3, 7, 1023, 2047])
        #expect(LengthHistogram().buckets.isEmpty)
    }

    @Test func numbersForPeople() {
        #expect([0, 999, 1000, -1_234_567].map(NumberText.count) == ["0", "999", "1,000", "-1,234,567"])
        #expect(NumberText.decimal(3.14159, 2) == "3.14" && NumberText.decimal(-0.04, 1) == "0.0")
        #expect(NumberText.decimal(1.999, 2) == "2.00" && NumberText.decimal(.nan, 1) == "–")
        #expect(NumberText.percent(0.1234) == "12.3%")
        #expect([512, 1500, 999_600, 12_345_678].map(NumberText.bytes) == ["512 B", "1.5 kB", "1.0 MB", "12.3 MB"])
    }

    @Test func whatIsNoCorpusIsNamed() throws {
        let folder = TemporaryFolder()
        #expect(throws: InspectionFailure.notACorpus(folder: folder.path)) { try BuiltCorpus(folder.path) }
        let fixture = try CorpusFixture()
        let pool = WorkerPool(threads: 1)
        #expect(throws: InspectionFailure.noSuchDocument(folder: fixture.corpus.folder.path, id: "x")) {
            try fixture.corpus.record(id: "x", pool: pool)
        }
        let part = fixture.corpus.manifest.documentParts[0].name
        var writer = try ZstdFileWriter(PathText.join(fixture.corpus.folder.documents, part), level: 1)
        try writer.write(Array("{\"id\": \"a\", \"source\": \"b\"}\n".utf8))
        try writer.commit()
        let failure = #expect(throws: InspectionFailure.self) { try CorpusStatistics(fixture.corpus, pool: pool) }
        #expect(failure?.description.contains("\(part):1: expected a string member \"text\"") == true)
    }
}
