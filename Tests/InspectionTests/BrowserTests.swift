import Building
import Documents
import Files
import Glibc
import Parallel
import TestSupport
import Testing

@testable import Inspection

/// The pages in a real browser: headless Chromium, where it is installed.
@Suite struct BrowserTests {
    /// The first of the usual names that is in the path.
    static let browser: String? = {
        let folders = (ExternalProgram.environment("PATH") ?? "").split(separator: ":").map(String.init)
        for name in ["chromium", "chromium-browser", "google-chrome"] {
            if folders.contains(where: { access($0 + "/" + name, X_OK) == 0 }) { return name }
        }
        return nil
    }()

    struct Theme: Sendable, CustomStringConvertible {
        let description: String
        let setting: String
        static let all = [Theme(description: "dark", setting: "0"), Theme(description: "light", setting: "1")]
    }

    /// Shows a page in frames of several widths and measures each: nothing but a table in its own scroller is wider than the page, and every
    /// text stands out from what is behind it (contrast of 4.5 and more, WCAG 2.2, 1.4.3).
    private func measure(_ page: String, theme: Theme, browser: String) throws -> JSONValue {
        let folder = TemporaryFolder()
        let frames = [390, 1280].map {
            "<iframe style=\"width:\($0)px;height:900px;border:0\" srcdoc=\"\(HTMLText.escape(page))\"></iframe>"
        }
        let script = """
            const light = c => { const v = c.map(x => (x /= 255) <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
                return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2] };
            const numbers = text => (text.match(/[\\d.]+/g) || []).map(Number);
            onload = () => {
                const out = [];
                for (const frame of document.querySelectorAll("iframe")) {
                    const page = frame.contentDocument, root = page.documentElement, view = frame.contentWindow;
                    let right = 0, left = 0, contrast = 21, texts = 0;
                    for (const e of page.querySelectorAll("body *")) {
                        const box = e.getBoundingClientRect();
                        if (!e.parentElement.closest(".scroll")) {
                            right = Math.max(right, box.right); left = Math.min(left, box.left) }
                        if (["STYLE", "title", "desc"].includes(e.tagName)) continue;
                        if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue;
                        const style = view.getComputedStyle(e);
                        const ink = numbers(e.tagName == "text" ? style.fill : style.color);
                        let back = e, paper = [];
                        while (back && (paper.length == 0 || paper[3] === 0)) {
                            paper = numbers(view.getComputedStyle(back).backgroundColor); back = back.parentElement }
                        const both = [light(ink.slice(0, 3)), light(paper.slice(0, 3))].sort((a, b) => a - b);
                        contrast = Math.min(contrast, (both[1] + 0.05) / (both[0] + 0.05));
                        texts++;
                    }
                    out.push({ width: root.clientWidth, scroll: root.scrollWidth, right: Math.ceil(right), left: Math.floor(left), texts,
                        contrast: Math.floor(contrast * 100), dark: view.matchMedia("(prefers-color-scheme: dark)").matches });
                }
                document.getElementById("result").textContent = "<" + JSON.stringify(out) + ">";
            };
            """
        let path = folder.write(
            "<!doctype html><meta charset=\"utf-8\"><p id=\"result\"></p>\n\(frames.joined())<script>\(script)</script>",
            to: "page.html")
        let outcome = ExternalProgram.run([
            "timeout", "120", browser, "--headless", "--no-sandbox", "--disable-gpu",
            "--user-data-dir=\(folder("profile"))",
            "--blink-settings=preferredColorScheme=\(theme.setting)", "--window-size=1400,1000", "--dump-dom",
            "file://\(path)",
        ])
        let start = try #require(
            outcome.output.firstRange(of: "&lt;["), "\(outcome.status) \(outcome.errors.suffix(500))")
        let end = try #require(outcome.output[start.upperBound...].firstRange(of: "]&gt;"))
        let json = "[" + String(outcome.output[start.upperBound..<end.lowerBound]) + "]"
        return try JSONParser().parse(Array(json.utf8), name: "browser") { $0.value }
    }

    private func check(_ page: String, theme: Theme, browser: String) throws {
        let frames = try #require(try measure(page, theme: theme, browser: browser).items)
        #expect(frames.count == 2)
        for frame in frames {
            let width = try #require(frame["width"]?.int)
            #expect(
                try #require(frame["scroll"]?.int) <= width && #require(frame["right"]?.int) <= width, "\(frame.text())"
            )
            #expect(frame["left"] == .integer(0) && frame["dark"] == .bool(theme.description == "dark"))
            #expect(try #require(frame["texts"]?.int) > 50)
            #expect(try #require(frame["contrast"]?.int) >= 450, "\(frame.text())")
        }
    }

    @Test(.enabled(if: browser != nil, "no chromium and no google-chrome here"), arguments: Theme.all)
    func theReportFitsAPhoneAndAScreen(theme: Theme) throws {
        let fixture = try CorpusFixture()
        let statistics = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1))
        try check(CorpusReport(statistics).html, theme: theme, browser: #require(BrowserTests.browser))
    }

    @Test(.enabled(if: browser != nil, "no chromium and no google-chrome here"), arguments: Theme.all)
    func aComparisonOfLongNamesFitsToo(theme: Theme) throws {
        let fixture = try CorpusFixture()
        let statistics = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1))
        let tally = InputStatistics.Tally(fixture.tokenizer, length: 2048)
        let name = String(repeating: "averylongnamewithoutaspace/", count: 9) + "<b>\"'&"
        try tally.add(Document(id: "a", source: name, text: Array(CorpusFixture.prose(3, sentences: 30).utf8)))
        let files = InputStatistics([tally], inputs: [name], tokenizer: fixture.tokenizer, length: 2048)
        let comparison = StatisticsComparison(StatisticsSide(statistics), StatisticsSide(files))
        try check(comparison.html, theme: theme, browser: #require(BrowserTests.browser))
    }
}
