import Building
import Files
import Inspection
import Parallel
import TestSupport
import Testing

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
