import Files
import Packing
import Parallel
import Testing

@Suite struct MixtureTests {
    static func sources(_ tokens: [Int], weights: [Double?] = []) -> [Mixture.Source] {
        tokens.enumerated().map { index, count in
            Mixture.Source(name: "s\(index)", tokens: count, weight: index < weights.count ? weights[index] : nil)
        }
    }

    static func targets(_ tokens: [Int], weights: [Double?] = [], _ options: Mixture.Options) throws -> [Int] {
        try Mixture(sources(tokens, weights: weights), options).portions.map(\.target)
    }

    @Test func withoutAWishEverythingIsTakenOnce() throws {
        let mixture = try Mixture(Self.sources([100, 50, 0]), Mixture.Options())
        #expect(mixture.portions.map(\.epochs) == [1, 1, 0] && mixture.portions.map(\.target) == [100, 50, 0])
        #expect(mixture.remarks == [.empty(source: "s2")])
    }

    @Test func weightsAreSharesOfTheTokens() throws {
        let options = Mixture.Options(rule: .weights, budget: 1000)
        // 1 of 4 and 3 of 4, in whatever unit: 250 of 500 is half an epoch, 750 of 600 is one and a quarter.
        let mixture = try Mixture(Self.sources([500, 600, 70], weights: [0.2, 0.6, 0]), options)
        #expect(mixture.portions.map(\.target) == [250, 750, 0])
        #expect(mixture.portions.map(\.epochs) == [0.5, 1.25, 0] && mixture.remarks.isEmpty)
    }

    @Test func whatASourceCannotGiveGoesToTheOthersInProportion() throws {
        let options = Mixture.Options(rule: .weights, budget: 1000, mostEpochs: 2)
        // s0 wants 500 and has 2 × 100; the 800 that are left go 2 : 3.
        let mixture = try Mixture(Self.sources([100, 1000, 1000], weights: [50, 20, 30]), options)
        #expect(mixture.portions.map(\.target) == [200, 320, 480])
        #expect(mixture.portions.map(\.isCapped) == [true, false, false])
        #expect(mixture.remarks == [.capReached(source: "s0", wanted: 500, given: 200)])
    }

    /// The source that meets its most epochs first is not the smallest but the one whose weight asks most of it.
    @Test func theOneThatIsAskedForMostMeetsItsEpochsFirst() throws {
        let options = Mixture.Options(rule: .weights, budget: 1000, mostEpochs: 1)
        // s1 wants 800 and has 400; the 600 that are left go in halves, and s0 has just its half.
        let mixture = try Mixture(Self.sources([300, 400, 10_000], weights: [0.1, 0.8, 0.1]), options)
        #expect(mixture.portions.map(\.target) == [300, 400, 300])
        #expect(mixture.remarks == [.capReached(source: "s1", wanted: 800, given: 400)])
    }

    /// The definition: one level times its weight for each source, or its most epochs where that is less; all together the budget.
    @Test func everySourceStandsAtOneLevel() throws {
        var random = SeededRandom(seed: 31)
        for _ in 0..<300 {
            let count = 1 + random.nextInt(below: 8)
            let tokens = (0..<count).map { _ in 1 + random.nextInt(below: 1_000_000) }
            let weights = (0..<count).map { _ in Double(1 + random.nextInt(below: 100)) }
            let epochs = 0.5 + 4 * random.nextUniform()
            let budget = 1 + random.nextInt(below: 3 * tokens.reduce(0, +))
            let mixture = try Mixture(
                Self.sources(tokens, weights: weights),
                Mixture.Options(rule: .weights, budget: budget, mostEpochs: epochs))
            // The level by halving.
            func sum(_ level: Double) -> Double {
                zip(tokens, weights).reduce(0) { $0 + min(level * $1.1, Double($1.0) * epochs) }
            }
            var (low, high) = (0.0, 1e9)
            for _ in 0..<200 {
                let middle = (low + high) / 2
                if sum(middle) < Double(budget) { low = middle } else { high = middle }
            }
            for (index, portion) in mixture.portions.enumerated() {
                let expected = min(high * weights[index], Double(tokens[index]) * epochs)
                #expect(abs(Double(portion.target) - expected) <= 1)
            }
        }
    }

    @Test func aBudgetThatCannotBeReachedIsSaid() throws {
        let options = Mixture.Options(rule: .weights, budget: 1000, mostEpochs: 2)
        let mixture = try Mixture(Self.sources([100, 200], weights: [1, 1]), options)
        #expect(mixture.portions.map(\.target) == [200, 400])
        #expect(mixture.remarks.last == .budgetUnreachable(budget: 1000, reached: 600))
        #expect(mixture.remarks.count == 3)
    }

    @Test func aSourceHasItsOwnMostEpochs() throws {
        var sources = Self.sources([100, 100])
        sources[0].mostEpochs = 1
        let mixture = try Mixture(sources, Mixture.Options(rule: .uniMax, budget: 400, mostEpochs: 4))
        #expect(mixture.portions.map(\.target) == [100, 300])
    }

    @Test func temperatureFlattensShares() throws {
        // Roots of 10,000 and 100 are 100 and 10: 10/11 and 1/11 of 1100.
        #expect(try Self.targets([10_000, 100], Mixture.Options(rule: .temperature(2), budget: 1100)) == [1000, 100])
        #expect(try Self.targets([900, 100], Mixture.Options(rule: .temperature(1), budget: 500)) == [450, 50])
        #expect(
            try Self.targets([900, 500], Mixture.Options(rule: .temperature(1e6), budget: 400)) == [200, 200])
    }

    /// Algorithm 1 of the paper as it stands there, from the smallest language to the largest.
    static func uniMax(_ counts: [Int], budget: Double, epochs: Double) -> [Double] {
        var left = budget
        var amounts = [Double](repeating: 0, count: counts.count)
        for (place, index) in counts.indices.sorted(by: { counts[$0] < counts[$1] }).enumerated() {
            let share = left / Double(counts.count - place)
            let most = Double(counts[index]) * epochs
            amounts[index] = share > most ? most : share
            left -= amounts[index]
        }
        return amounts
    }

    @Test func uniMaxIsThatOfThePaper() throws {
        // 600 in three parts of 200: 40 × 2 is less, the rest in halves of 260, of which 100 × 2 is less.
        #expect(
            try Self.targets([1000, 40, 100], Mixture.Options(rule: .uniMax, budget: 600, mostEpochs: 2))
                == [320, 80, 200])
        var random = SeededRandom(seed: 9)
        for _ in 0..<300 {
            let counts = (0..<1 + random.nextInt(below: 12)).map { _ in 1 + random.nextInt(below: 1_000_000) }
            let budget = 1 + random.nextInt(below: 4 * counts.reduce(0, +))
            let epochs = Double(1 + random.nextInt(below: 5))
            let mixture = try Mixture(
                Self.sources(counts), Mixture.Options(rule: .uniMax, budget: budget, mostEpochs: epochs))
            for (portion, amount) in zip(mixture.portions, Self.uniMax(counts, budget: Double(budget), epochs: epochs))
            {
                #expect(abs(Double(portion.target) - amount) <= 1)
                #expect(portion.epochs <= epochs)
            }
        }
    }

    @Test func replayIsAShareOfTheWhole() throws {
        let sources = Self.sources([300, 300, 10_000])
        let options = Mixture.Options(budget: 400, replayed: "s2", replayShare: 0.25)
        #expect(try Mixture(sources, options).portions.map(\.target) == [150, 150, 100])
        // Without a budget it comes on top of all others: 200 of 800.
        #expect(
            try Mixture(sources, Mixture.Options(replayed: "s2", replayShare: 0.25)).portions.map(\.target)
                == [300, 300, 200])
        // Where the others fall short it shrinks with them and the share holds.
        let short = try Mixture(
            sources, Mixture.Options(budget: 8000, mostEpochs: 1, replayed: "s2", replayShare: 0.25))
        #expect(short.portions.map(\.target) == [300, 300, 200])
        #expect(short.remarks.last == .budgetUnreachable(budget: 8000, reached: 800))
        // Where it falls short itself, the share is said.
        let small = try Mixture(
            Self.sources([900, 100]), Mixture.Options(mostEpochs: 1, replayed: "s1", replayShare: 0.5))
        #expect(small.portions.map(\.target) == [900, 100])
        #expect(small.remarks.last == .replayFallsShort(source: "s1", wanted: 0.5, share: 0.1))
    }

    @Test(arguments: [1, 17, 20_000]) func drawnIsTheTargetToHalfADocument(count: Int) throws {
        var random = SeededRandom(seed: 2)
        let documents = (0..<count).map { (id: "d\($0)", tokens: 1 + random.nextInt(below: 1000)) }
        let total = documents.reduce(0) { $0 + $1.tokens }
        var mixture = try Mixture(
            [Mixture.Source(name: "a", tokens: total), Mixture.Source(name: "b", tokens: 0)],
            Mixture.Options(budget: total * 5 / 3))
        let copies = mixture.copies(ofSource: 0, documents: documents, seed: 4)
        #expect(copies.allSatisfy { $0 == 1 || $0 == 2 })
        let drawn = zip(documents, copies).reduce(0) { $0 + $1.0.tokens * $1.1 }
        #expect(abs(drawn - mixture.portions[0].target) * 2 <= documents.reduce(0) { max($0, $1.tokens) })
        #expect(mixture.copies(ofSource: 1, documents: [], seed: 4) == [])
        // The order in which documents come changes nothing, another seed the choice.
        let turned = mixture.copies(ofSource: 0, documents: documents.reversed(), seed: 4)
        #expect(Array(turned.reversed()) == copies)
        if count == 20_000 { #expect(mixture.copies(ofSource: 0, documents: documents, seed: 5) != copies) }
        // A larger budget takes the same and more.
        let larger = try Mixture(mixture.portions.map(\.source), Mixture.Options(budget: total * 11 / 6))
        let more = larger.copies(ofSource: 0, documents: documents, seed: 4)
        #expect(zip(copies, more).allSatisfy { $0 <= $1 })
        let wholeTimes = try Mixture(mixture.portions.map(\.source), Mixture.Options(budget: total * 2))
        #expect(wholeTimes.copies(ofSource: 0, documents: documents, seed: 4).allSatisfy { $0 == 2 })
        mixture.realise(source: 0, tokens: drawn)
        #expect(mixture.json["sources"]?.items?[0]["realised"]?.int == drawn)
        #expect(mixture.lines[0].hasSuffix("drawn") && mixture.lines[1].contains(NumberText.count(drawn)))
    }

    @Test func theTableIsReadable() throws {
        let mixture = try Mixture(
            Self.sources([1000, 40, 100]), Mixture.Options(rule: .uniMax, budget: 600, mostEpochs: 2))
        #expect(
            mixture.lines == [
                "source  tokens  epochs  target   share",
                "s0       1,000   0.320     320   53.3%",
                "s1          40   2.000      80   13.3%  most epochs",
                "s2         100   2.000     200   33.3%  most epochs",
                "all      1,140   0.526     600  100.0%",
            ])
        #expect(
            mixture.remarks.map(\.description) == [
                "source s1: 200 tokens wanted, its most epochs give 80; raise max_epochs or add documents",
                "source s2: 260 tokens wanted, its most epochs give 200; raise max_epochs or add documents",
            ])
    }

    @Test(arguments: [
        (Mixture.Options(rule: .temperature(0)), "temperature"),
        (Mixture.Options(rule: .temperature(.nan)), "temperature"),
        (Mixture.Options(budget: 0), "budget"), (Mixture.Options(mostEpochs: 0), "max_epochs"),
        (Mixture.Options(mostEpochs: .infinity), "max_epochs"),
        (Mixture.Options(rule: .weights), "weight of the source s0"),
        (Mixture.Options(replayed: "other", replayShare: 0.1), "replay.source"),
        (Mixture.Options(replayed: "s0", replayShare: 1), "replay.share"),
        (Mixture.Options(replayed: "s0", replayShare: .nan), "replay.share"),
    ])
    func whatMakesNoSenseIsRefused(options: Mixture.Options, key: String) {
        let failure = #expect(throws: PackingFailure.self) { try Mixture(Self.sources([1, 2]), options) }
        #expect(failure?.description.hasPrefix("mixture: \(key): expected ") == true && failure?.kind == .usage)
    }
}
