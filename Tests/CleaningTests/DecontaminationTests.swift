import Cleaning
import Documents
import Files
import Testing

@Suite struct DecontaminationTests {
    private static let sets = [
        """
        {"id": "a", "question": "Which timer runs while the terminal waits for an answer of the core network to its first request?"}
        {"id": "b", "question": "How many antennas does the smallest of the base stations in that field trial have on its mast?"}
        {"id": "c", "question": "Why?", "answer": "because the second carrier starts only after the first one was found by the terminal itself"}
        """
    ]

    private static func document(_ text: String) -> Document {
        let bytes = Array(text.utf8)
        let scalars = text.unicodeScalars.count
        return Document(
            id: "d", source: "s", text: bytes, spans: [TextSpan(kind: .prose, start: 0, end: bytes.count)],
            ledger: ExtractionLedger(source: scalars, written: scalars))
    }

    private static let text = """
        First sentence. Guess which timer runs while the terminal waits for an answer of the core
        network to its first request? Last sentence.
        """

    private static func hits(_ scope: EvaluationScope, _ text: String) throws -> (
        [EvaluationSet], NGramIndex, [NGramHit]
    ) {
        let sets = try self.sets.map { try EvaluationSet(Array($0.utf8), path: "folder/set.jsonl") }
        let index = try ContaminationReport.index(sets, scope: scope, options: NGramOptions())
        return (sets, index, Array(text.utf8).withUnsafeBytes { NGramScanner(index).scan($0) })
    }

    @Test func actions() throws {
        let (_, _, hits) = try DecontaminationTests.hits(.question, DecontaminationTests.text)
        var document = DecontaminationTests.document(DecontaminationTests.text)
        #expect(Decontamination(action: .report).apply(hits, to: &document))
        #expect(document == DecontaminationTests.document(DecontaminationTests.text))
        #expect(!Decontamination(action: .drop).apply(hits, to: &document))
        #expect(Decontamination(action: .mask).apply(hits, to: &document))
        #expect(String(decoding: document.text, as: UTF8.self) == "First sentence. Last sentence.")
        #expect(document.ledgerGap == 0 && document.spans == [TextSpan(kind: .prose, start: 0, end: 30)])
        document = DecontaminationTests.document(DecontaminationTests.text)
        #expect(
            Decontamination(action: .mask, boundary: .character, marker: Array("[…]".utf8)).apply(hits, to: &document))
        #expect(String(decoding: document.text, as: UTF8.self) == "First sentence. Guess […]? Last sentence.")
        #expect(document.ledgerGap == 0)
        document = DecontaminationTests.document(DecontaminationTests.text)
        #expect(!Decontamination(action: .mask, boundary: .line).apply(hits, to: &document))
        #expect(Decontamination(action: .drop).apply([], to: &document))
    }

    @Test func theReportNamesEveryItem() throws {
        let (sets, index, hits) = try DecontaminationTests.hits(.question, DecontaminationTests.text)
        var tally = ContaminationTally(index, mostPlaces: 1)
        tally.add(document: "clean.txt", hits: [])
        tally.add(document: "one.txt", hits: hits)
        tally.add(document: "two.txt", hits: hits)
        let report = ContaminationReport(sets, scope: .question, index: index, tally: tally)
        #expect(ContaminationReport.Verdict.allCases.map(report.count) == [1, 1, 1])
        #expect(report.documents == (3, 2))
        #expect(
            String(decoding: report.cleanSubset, as: UTF8.self) == "{\"id\":\"b\",\"index\":1,\"set\":\"set.jsonl\"}\n")
        let item = try #require(report.json["items"]?.items?.first)
        #expect(item["verdict"]?.string == "contaminated" && item["documents"]?.int == 2)
        #expect(item["found"]?.int == item["ngrams"]?.int && item["share"]?.double == 1)
        let place = try #require(item["places"]?.items?.first)
        #expect(item["places"]?.items?.count == 1 && place["document"]?.string == "one.txt")
        #expect(place["start"]?.int == 22 && place["ngrams"]?.int == item["ngrams"]?.int)
        #expect(
            report.text().contains("a: 6 of 6 n-grams in 2 documents, first in one.txt, bytes 22 to"),
            "\(report.text())")
    }

    @Test func answersAreLookedForWhereTheScopeSaysSo() throws {
        let text =
            "Since then, because the second carrier starts only after the first one was found by the terminal itself."
        #expect(try DecontaminationTests.hits(.question, text).2 == [])
        let (sets, index, hits) = try DecontaminationTests.hits(.answers, text)
        #expect(hits.map(\.item) == [2])
        #expect(hits.map(\.part) == [1])
        var tally = ContaminationTally(index)
        tally.add(document: "d", hits: hits)
        #expect(ContaminationReport(sets, scope: .answers, index: index, tally: tally).count(.notCheckable) == 0)
    }

    @Test func aShareMayBeAskedFor() throws {
        let (sets, index, hits) = try DecontaminationTests.hits(
            .question, "which timer runs while the terminal waits for an answer of the core network, or so")
        var tally = ContaminationTally(index)
        tally.add(document: "d", hits: hits)
        let report = ContaminationReport(sets, scope: .question, index: index, tally: tally)
        #expect(report.count(.contaminated) == 1)
        let strict = ContaminationReport(sets, scope: .question, index: index, tally: tally, minimumShare: 0.5)
        #expect(strict.count(.contaminated) == 0)
    }
}
