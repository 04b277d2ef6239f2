import Building
import Documents
import Files
import Parallel
import TestSupport
import Testing
import Tokenization

@testable import Inspection

@Suite struct StatisticsComparisonTests {
    @Test func divergencesOfKnownDistributions() throws {
        #expect(Divergence.jensenShannon([1, 2, 3], [10, 20, 30]) == 0)
        #expect(Divergence.jensenShannon([1, 0], [0, 7]) == 1)
        #expect(Divergence.jensenShannon([0, 0], [0, 7]) == nil && Divergence.populationStability([], [1]) == nil)
        // One half against one quarter: (1/2 log2(1/2 / 3/8) + 1/2 log2(1/2 / 5/8)) / 2 + (1/4 log2(1/4 / 3/8) + 3/4 log2(3/4 / 5/8)) / 2
        let bits = try #require(Divergence.jensenShannon([1, 1], [1, 3]))
        #expect(abs(bits - 0.048_794_9) < 1e-6)
        // (1/4 - 1/2) ln(1/2) + (3/4 - 1/2) ln(3/2)
        let index = try #require(Divergence.populationStability([50, 50], [25, 75]))
        #expect(abs(index - 0.274_653_1) < 1e-6)
        #expect(try #require(Divergence.populationStability([100, 0], [50, 50])).isFinite)
        #expect(Divergence.populationStability([3, 0, 4], [3, 0, 4]) == 0)
    }

    @Test func aCorpusDoesNotDifferFromItself() throws {
        let fixture = try CorpusFixture()
        let pool = WorkerPool(threads: 2)
        let side = StatisticsSide(try CorpusStatistics(fixture.corpus, pool: pool))
        let comparison = StatisticsComparison(side, side)
        for movement in comparison.movements {
            #expect(movement.divergence == 0 && movement.stability == 0 && movement.verdict == "little has moved")
            #expect(movement.shifts.allSatisfy { $0.change == 0 })
        }
        #expect(comparison.vocabulary?.shifts.isEmpty == true)
        #expect(comparison.onlyInFirst == 0 && comparison.onlyInSecond == 0)
        #expect(comparison.json["schema"]?.int == 1)
    }

    /// The files that a corpus was built from, encoded as they are, hold what the corpus holds but for what it dropped.
    @Test func filesAreHeldAgainstACorpus() throws {
        let fixture = try CorpusFixture()
        let pool = WorkerPool(threads: 2)
        let corpus = try CorpusStatistics(fixture.corpus, pool: pool)
        let tally = InputStatistics.Tally(fixture.tokenizer, length: 2048)
        let other = InputStatistics.Tally(fixture.tokenizer, length: 2048)
        for (number, title) in fixture.texts.keys.sorted().enumerated() {
            var document = Document(id: title, source: "specs", text: Array((fixture.texts[title] ?? "").utf8))
            document.spans = []
            try (number % 2 == 0 ? tally : other).add(document)
        }
        let files = InputStatistics(
            [tally, other], inputs: ["specs", "nothing"], tokenizer: fixture.tokenizer, length: 2048)
        #expect(files.sources.map(\.name) == ["specs", "nothing"] && files.sources[1].documents == 0)
        let specs = corpus.sources[0]
        #expect(files.total.documents == specs.documents && files.total.tokens == specs.tokens)
        #expect(files.total.words == specs.words && files.total.lengths == specs.lengths)
        #expect(files.total.quantiles == specs.quantiles && files.total.kinds.map(\.kind) == ["text"])
        #expect(files.vocabulary.tokens == specs.tokens)
        #expect(files.text.split(separator: "\n").allSatisfy { $0.count <= 80 })

        let comparison = StatisticsComparison(StatisticsSide(corpus), StatisticsSide(files))
        let shift = try #require(comparison.sources.shifts.first { $0.name == "notes" })
        #expect(shift.first == corpus.sources[1].tokens && shift.second == 0 && shift.secondShare == 0)
        #expect(try #require(comparison.sources.divergence) > 0.01)
        #expect(comparison.kinds.divergence == 1)
        // The end token is in no file.
        #expect(try #require(comparison.onlyInFirst) >= 1 && comparison.onlyInSecond == 0)
        let moved = try #require(comparison.vocabulary?.shifts)
        #expect(zip(moved, moved.dropFirst()).allSatisfy { abs($0.change) >= abs($1.change) })
        let text = comparison.text
        #expect(text.contains("notes") && text.contains("Jensen-Shannon"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 && !$0.hasSuffix(" ") })
    }

    @Test func aFigureOfASampleSaysSo() throws {
        let fixture = try CorpusFixture()
        let pool = WorkerPool(threads: 1)
        var options = StatisticsOptions()
        options.paragraphs = 2
        options.seed = .max
        let sampled = try CorpusStatistics(fixture.corpus, pool: pool, options: options)
        let whole = try CorpusStatistics(fixture.corpus, pool: pool)
        #expect(sampled.paragraphs.sampledOneIn > 1 && whole.paragraphs.sampledOneIn == 1)
        #expect(sampled.json["sampling"]?["seed"]?.string == "\(UInt64.max)")
        let comparison = StatisticsComparison(StatisticsSide(whole), StatisticsSide(sampled))
        let note = "1 in \(NumberText.count(sampled.paragraphs.sampledOneIn))"
        for text in [comparison.text, comparison.html] { #expect(text.contains("≈ ") && text.contains(note)) }
        #expect(comparison.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(!StatisticsComparison(StatisticsSide(whole), StatisticsSide(whole)).text.contains("≈"))
    }

    @Test func idsOfDifferentTokenizersAreNotCompared() throws {
        let fixture = try CorpusFixture()
        let pool = WorkerPool(threads: 1)
        let corpus = try CorpusStatistics(fixture.corpus, pool: pool)
        let folder = TemporaryFolder()
        let json = CorpusFixture.byteTokenizer().replacing("<|begin_of_text|>", with: "<|start|>")
        let tokenizer = try Tokenizer.load(folder.write(json, to: "tokenizer.json"))
        let tally = InputStatistics.Tally(tokenizer, length: 2048)
        try tally.add(Document(id: "a", source: "a", text: Array("some text".utf8)))
        let files = InputStatistics([tally], inputs: ["a"], tokenizer: tokenizer, length: 2048)
        let comparison = StatisticsComparison(StatisticsSide(corpus), StatisticsSide(files))
        #expect(comparison.vocabulary == nil && comparison.json["vocabulary"] == .null)
        #expect(comparison.text.contains("different tokenizers"))
    }

    @Test func namesAreNoMarkupAndNoControl() throws {
        let fixture = try CorpusFixture()
        let tally = InputStatistics.Tally(fixture.tokenizer, length: 2048)
        let name = "<img src=x>\u{1B}[2J&\"'"
        try tally.add(Document(id: "a", source: name, text: Array("</p><script>x</script>".utf8)))
        let files = InputStatistics([tally], inputs: [name], tokenizer: fixture.tokenizer, length: 2048)
        let corpus = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1))
        let comparison = StatisticsComparison(StatisticsSide(corpus), StatisticsSide(files))
        for page in [files.html, comparison.html] {
            #expect(!page.contains("<img") && !page.contains("<script") && page.contains("&lt;img src=x&gt;"))
            #expect(!page.unicodeScalars.contains("\u{1B}"))
        }
        for text in [files.text, comparison.text] { #expect(!text.unicodeScalars.contains("\u{1B}")) }
    }
}
