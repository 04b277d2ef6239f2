import Cleaning
import Parallel
import Testing

@Suite struct NGramIndexTests {
    private static func index(_ items: [[String]], _ options: NGramOptions) throws -> NGramIndex {
        var builder = NGramIndexBuilder(options)
        for item in items { try builder.add(item.map { Array($0.utf8) }) }
        return builder.finish()
    }

    private static func scan(_ index: NGramIndex, _ text: String) -> [NGramHit] {
        Array(text.utf8).withUnsafeBytes { NGramScanner(index).scan($0) }
    }

    private static let question =
        "Which procedure does the access node start when the user equipment reports that its uplink timer has run out?"

    @Test(arguments: [
        "Before. Which procedure does the access node start when the user equipment reports that its uplink timer has run out? After.",
        "which procedure\ndoes the access\n   node start when the user equip-\n   ment reports that its up-\n   link timer has\nrun out",
        "| Nr | Which *procedure* does the access node | start when the **user equipment** reports |\n| that its _uplink_ timer | has run out? | B |",
        "> Which procedure does the [access node](http://a.example/x) start when the user equipment reports that its uplink\n> timer has run out?",
        "## Q: WHICH PROCEDURE DOES THE ACCESS NODE START, WHEN THE USER EQUIPMENT REPORTS (THAT ITS UPLINK TIMER) HAS RUN OUT",
    ])
    func plantedItemsAreFoundHoweverTheyAreLaidOut(_ text: String) throws {
        let index = try NGramIndexTests.index([["Something else"], [NGramIndexTests.question]], NGramOptions())
        let hits = NGramIndexTests.scan(index, text)
        #expect(hits.count == 1 && hits.first?.item == 1 && hits.first?.part == 0)
        #expect(hits.first?.grams.count == index.gramCount(of: 1))
        let bytes = try #require(hits.first?.bytes)
        let found = String(decoding: Array(text.utf8)[bytes], as: UTF8.self)
        #expect(found.lowercased().hasPrefix("which") && found.lowercased().hasSuffix("out"))
    }

    @Test(arguments: [
        "Which procedure does the access node start when the user equipment", "",
        "out run has timer uplink its that reports",
        "Which procedures does the access node start when the user equipments reports that its uplink timers has run out?",
        "The access node starts a procedure when the user equipment reports that its timer for the uplink has run out.",
    ])
    func otherTextIsNot(_ text: String) throws {
        let index = try NGramIndexTests.index([[NGramIndexTests.question]], NGramOptions())
        #expect(NGramIndexTests.scan(index, text) == [])
    }

    @Test func shortItemsAreFoundWholeOrNotCheckable() throws {
        let items = [["What does the acronym MIMO stand for?"], ["Define jitter."], [""], []]
        let index = try NGramIndexTests.index(items, NGramOptions())
        #expect((0..<4).map { index.gramCount(of: $0) } == [1, 0, 0, 0])
        let hits = NGramIndexTests.scan(index, "Ask: what does the acronym “MIMO” stand for — define jitter.")
        #expect(hits.map(\.item) == [0])
        #expect(NGramIndexTests.scan(index, "what does the acronym MIMO stand") == [])
        let strict = try NGramIndexTests.index(items, NGramOptions(minimumWords: 2))
        #expect(
            NGramIndexTests.scan(strict, "Ask: what does the acronym “MIMO” stand for — define jitter.").map(\.item)
                == [0, 1])
    }

    @Test func severalGramsInARowMayBeAskedFor() throws {
        let text = "Which procedure does the access node start when the user equipment reports that its end is near"
        let question = [[NGramIndexTests.question]]
        #expect(NGramIndexTests.scan(try NGramIndexTests.index(question, NGramOptions()), text).first?.grams.count == 2)
        let strict = try NGramIndexTests.index(question, NGramOptions(minimumGrams: 3))
        #expect(NGramIndexTests.scan(strict, text) == [])
        #expect(NGramIndexTests.scan(strict, NGramIndexTests.question).count == 1)
    }

    /// Every n-gram of every text, compared with every one of the document.
    @Test func agreesWithTheDefinition() throws {
        var random = SeededRandom(seed: 3)
        for round in 0..<300 {
            let vocabulary = [2, 3, 8][round % 3]
            func text(_ most: Int) -> [String] {
                (0..<random.nextInt(below: most)).map { _ in "w\(random.nextInt(below: vocabulary))" }
            }
            let length = 1 + random.nextInt(below: 6)
            let options = NGramOptions(length: length, minimumWords: 1 + random.nextInt(below: length))
            let items = (0..<8).map { _ in (0..<random.nextInt(below: 3)).map { _ in text(14) } }
            let document = text(60)
            let index = try NGramIndexTests.index(items.map { $0.map { $0.joined(separator: " ") } }, options)
            let hits = NGramIndexTests.scan(index, document.joined(separator: ", "))
            var coverage = NGramCoverage(index)
            for hit in hits { coverage.mark(hit) }
            var marked = NGramCoverage(index)
            let scanner = NGramScanner(index)
            Array(document.joined(separator: " ").utf8).withUnsafeBytes { scanner.mark($0, in: &marked) }
            marked.spread()
            for (number, item) in items.enumerated() {
                var found = 0
                var all = 0
                for words in item {
                    let size = min(length, words.count)
                    if words.count < options.minimumWords { continue }
                    for start in 0...words.count - size {
                        all += 1
                        let gram = words[start..<start + size]
                        if document.count >= size,
                            (0...document.count - size).contains(where: { document[$0..<$0 + size].elementsEqual(gram) }
                            )
                        {
                            found += 1
                        }
                    }
                }
                #expect(index.gramCount(of: number) == all)
                #expect(coverage.foundGrams(of: number) == found)
                #expect(marked.foundGrams(of: number) == found)
            }
        }
    }

    @Test func whatGoesOnIsOneStretch() throws {
        let words = (0..<40).map { "w\($0)" }
        let index = try NGramIndexTests.index([[words.joined(separator: " ")]], NGramOptions(length: 8))
        let text = (words[5..<25] + ["x"] + words[20..<40] + words[0..<8]).joined(separator: " ")
        let hits = NGramIndexTests.scan(index, text)
        #expect(hits.map(\.grams.count) == [13, 13, 1])
        let bytes = Array(text.utf8)
        #expect(
            hits.map { String(decoding: bytes[$0.bytes], as: UTF8.self).split(separator: " ").count } == [20, 20, 8])
    }
}
