import Building
import Deduplication
import Parallel
import TestSupport
import Testing

@testable import Inspection

@Suite struct DuplicateReportTests {
    @Test(
        arguments: [
            ("a b c", "a b c", "… 3 equal words …"), ("a b c", "a x c", "a [-b-] {+x+} c"), ("", "a b", "{+a b+}"),
            ("a", "", "[-a-]"),
            ("one two", "two", "[-one-] two"), ("one two", "one two three", "one two {+three+}"),
            ("a b c d", "x b c y", "[-a-] {+x+} b c [-d-] {+y+}"),
        ])
    func differencesAreShownWordByWord(_ old: String, _ new: String, _ expected: String) {
        #expect(WordDifference(Array(old.utf8), Array(new.utf8)).text(colours: false) == expected)
    }

    /// Pieces put together give both texts back.
    @Test func differencesLoseNothing() {
        var random = SeededRandom(seed: 2)
        for _ in 0..<300 {
            let old = (0..<random.nextInt(below: 12)).map { _ in "w\(random.nextInt(below: 4))" }
            var new = old
            for _ in 0..<random.nextInt(below: 4) {
                let place = random.nextInt(below: new.count + 1)
                if place < new.count, random.nextInt(below: 2) == 0 {
                    new.remove(at: place)
                } else {
                    new.insert("n", at: place)
                }
            }
            let difference = WordDifference(
                Array(old.joined(separator: " ").utf8), Array(new.joined(separator: " ").utf8))
            var left: [String] = []
            var right: [String] = []
            var isWhole = true
            for piece in difference.pieces {
                switch piece {
                case .equal(let words):
                    left += words.split(separator: " ").map(String.init)
                    right += words.split(separator: " ").map(String.init)
                case .skipped: isWhole = false
                case .removed(let words): left += words.split(separator: " ").map(String.init)
                case .added(let words): right += words.split(separator: " ").map(String.init)
                }
            }
            if isWhole {
                #expect(left == old)
                #expect(right == new)
            }
        }
    }

    @Test func longEqualStretchesAndLongTextsAreCut() {
        let words = (0..<100).map { "w\($0)" }
        var changed = words
        changed[50] = "new"
        let text = WordDifference(Array(words.joined(separator: " ").utf8), Array(changed.joined(separator: " ").utf8))
            .text(colours: false)
        #expect(
            text
                == "… 44 equal words … w44 w45 w46 w47 w48 w49 [-w50-] {+new+} w51 w52 w53 w54 w55 w56 … 43 equal words …"
        )
        let long = (0..<20_000).map { "a\($0)" }.joined(separator: " ")
        let other = (0..<20_000).map { "b\($0)" }.joined(separator: " ")
        #expect(WordDifference(Array(long.utf8), Array(other.utf8)).isCut)
    }

    @Test func theReportShowsTheLargestClusterFirstAndNoMarkup() throws {
        let folder = TemporaryFolder()
        var random = SeededRandom(seed: 4)
        func text() -> String { (0..<80).map { _ in "w\(random.nextInt(below: 900))" }.joined(separator: " ") }
        let (two, three) = (text(), text())
        let records = [
            ("p1", two), ("q1", three), ("p2", two), ("q<2>", three + " <b>\u{1B}[2Jmore</b>"), ("q3", three),
            ("alone", text()),
        ]
        let path = folder.write(
            records.map { "{\"id\":\"\($0.0)\",\"text\":\"\($0.1.replacing("\u{1B}", with: "\\u001b"))\"}\n" }.joined(),
            to: "in.jsonl")
        let search = DuplicateSearch(MinHashOptions(), temporaryFolder: folder.path, pool: WorkerPool(threads: 1))
        try search.read([path])
        try search.find(.first)
        let report = try DuplicateReport(search, most: 5)
        #expect(report.clusters.map(\.number) == [2, 1])
        let shown = report.text(colours: false)
        #expect(shown.contains("6 documents, 3 duplicates in 2 clusters"))
        #expect(shown.contains("cluster 2: 3 documents, q1 stays"))
        #expect(shown.contains("{+<b>␛[2Jmore</b>+}"))
        #expect(shown.contains("all texts are equal"))
        #expect(!shown.contains("\u{1B}"))
        let page = report.html(title: "in.jsonl")
        #expect(page.contains("q&lt;2&gt;") && !page.contains("<b>more"))
        #expect(page.contains("prefers-color-scheme:dark"))
        #expect(try DuplicateReport(search, most: 1).clusters.count == 1)
    }

    @Test func thePlanSaysWhatTheCurveSays() {
        let plan = DuplicatePlan(MinHashOptions(), documents: 1000)
        #expect(plan.text.contains("0.80        0.9235"))
        #expect(plan.keyBytes == 112_000)
        for (most, one) in plan.suggestions {
            let options = MinHashOptions(bands: one.bands, rows: one.rows)
            #expect(options.expectedMissRate <= most)
            #expect(options.expectedMissRate == one.missRate)
            // No fewer bands of these rows would do.
            if one.bands > 1 { #expect(MinHashOptions(bands: one.bands - 1, rows: one.rows).expectedMissRate > most) }
        }
        #expect(plan.suggestions.count == 3)
        #expect(plan.html.contains("<polyline"))
    }
}
