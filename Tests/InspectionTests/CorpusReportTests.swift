import Building
import Files
import Parallel
import TestSupport
import Testing

@testable import Inspection

@Suite struct CorpusReportTests {
    @Test func isOneSafeFile() throws {
        let fixture = try CorpusFixture()
        let pool = WorkerPool(threads: 1)
        let html = CorpusReport(try CorpusStatistics(fixture.corpus, pool: pool)).html
        #expect(html.hasPrefix("<!doctype html>") && html.hasSuffix("</html>\n"))
        #expect(html.contains("fixture &lt;corpus&gt;") && !html.contains("fixture <corpus>"))
        for forbidden in ["<script", "http://", "https://", "src=", "url(", "@import", "javascript:"] {
            #expect(!html.contains(forbidden))
        }
        #expect(html.contains("prefers-color-scheme:dark") && html.contains("name=\"viewport\""))
        #expect(html.contains("too-short") && html.contains(fixture.corpus.manifest.rootDigest))
        #expect(html.contains("<span class=\"good\">closed</span>") && !html.contains("class=\"bad\">"))
        #expect(CorpusReport(try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 3))).html == html)
    }

    @Test func everyElementIsClosed() throws {
        let fixture = try CorpusFixture()
        let html = CorpusReport(try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1))).html
        var open: [Substring] = []
        for part in html.split(separator: "<", omittingEmptySubsequences: true).dropFirst() {
            let tag = part.prefix { $0 != ">" }
            if tag.hasSuffix("/") || tag.hasPrefix("meta") { continue }
            if tag.hasPrefix("/") {
                #expect(open.popLast() == tag.dropFirst())
            } else {
                open.append(tag.prefix { $0 != " " })
            }
        }
        #expect(open.isEmpty)
    }
}

@Suite struct BarChartTests {
    @Test func labelsFitBesideTheirBars() {
        #expect(BarChart.label("short") == "short")
        #expect(BarChart.label(String(repeating: "a", count: 24)).count == 24)
        let long = BarChart.label(String(repeating: "a", count: 25))
        #expect(long == String(repeating: "a", count: 23) + "…")
        // Twelve of these take the room of 24 letters.
        #expect(BarChart.label(String(repeating: "文", count: 12)).count == 12)
        #expect(BarChart.letters(BarChart.label(String(repeating: "文", count: 40))) <= 24)
        #expect(BarChart.letters("1,024–2,047…") == 12)
    }

    @Test func theNumbersStandThereInWords() {
        let chart = BarChart(
            title: "Shares <x>",
            bars: [
                BarChart.Bar(label: "a&b", value: 3, note: "30%"),
                BarChart.Bar(label: "", value: 7, note: "70%", series: 1),
            ])
        #expect(chart.html.contains("<title>Shares &lt;x&gt;</title>\n<desc>a&amp;b: 30%; against 70%.</desc>"))
        #expect(BarChart(title: "x", bars: []).html.contains("<desc>No bars.</desc>"))
    }
}
