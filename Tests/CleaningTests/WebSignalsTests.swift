import Documents
import Files
import Glibc
import Parallel
import TestSupport
import Testing

@testable import Cleaning

/// The counts of the web filters, each by hand.
@Suite struct WebSignalsTests {
    static func web(_ text: String, _ webText: QualityMeasure.WebText = .everything, spans: [TextSpan] = [])
        -> WebSignals
    {
        QualityMeasure(webText: webText).measure(
            Document(id: "1", source: "s", text: Array(text.utf8), spans: spans)
        ).web!
    }

    static func words(_ text: String) -> [String] {
        var measure = WebMeasure()
        return Array(text.utf8).withUnsafeBufferPointer { measure.words($0) }
    }

    @Test(arguments: [
        ("The UE (see 5.2.1) shall, e.g., stop.", "The|UE|(|see|5.2.1|)|shall|,|e.g.|,|stop|."),
        ("don't they'll it's", "do|n't|they|'ll|it|'s"), ("don\u{2019}t", "do|n\u{2019}t"), ("cannot", "can|not"),
        ("re-use UE-specific 5G-NR 1-2", "re|-|use|UE|-|specific|5G|-|NR|1|-|2"),
        ("10km 5% 3US$ $7", "10|km|5|%|3|US$|$|7"),
        ("see http://www.example.org/a,b?c=d and x.example", "see|http://www.example.org/a,b?c=d|and|x.example"),
        ("10.0.0.1 8.8.8.8:80/a=b", "10.0.0.1|8.8.8.8:80/a=b"), ("end.Start a,b x=y", "end|.|Start|a|,|b|x|=|y"),
        ("wait... what\u{2026}", "wait|...|what|\u{2026}"), ("item-a. (Mr. X)", "item|-|a.|(|Mr.|X|)"),
        (":-) x:)", ":-)|x|:)"),
        // What stands beside a known form may take a word from it.
        ("x:) )", "x|:|)|)"), ("x:) a", "x|:)|a"), ("", ""), (" \n\t\u{3000}", ""), ("中文。", "中文|。"),
    ])
    func wordsOfEnglishRules(_ text: String, _ expected: String) {
        #expect(WebSignalsTests.words(text).joined(separator: "|") == expected)
    }

    @Test func countsOfGopher() {
        let web = WebSignalsTests.web("- The value... of #5\r\n\u{2022} and so on\u{2026} \u{2028}\nWith 3 ++\n")
        #expect(web.characters == 47)
        // - The value ... of # 5, bullet and so on ellipsis, With 3 + +
        #expect(web.words == 16)
        #expect(web.newlines == 3)
        #expect(web.gopher.plainWords == 10)
        #expect(web.gopher.plainWordCharacters == 24)  // a bullet is no symbol to them
        #expect(web.gopher.letterWords == 7)
        #expect(web.gopher.stopWords == 2)  // of, and; not The, With
        #expect(web.gopher.hashes == 1)
        #expect(web.gopher.ellipses == 2)
        #expect(web.gopher.lines == 4)
        #expect(web.gopher.bulletLines == 2)
        #expect(web.gopher.ellipsisLines == 1)
    }

    @Test func linesAndParagraphs() {
        let web = WebSignalsTests.web("\n  one\ntwo\n\n\nthree\n\n  one\ntwo\n\nthree\n \n\n")
        // Nothing, "  one", two, three, "  one", two, three, " ", nothing.
        #expect(web.repetition.lines == 9)
        #expect(web.repetition.repeatedLines == 4)
        #expect(web.repetition.repeatedLineCharacters == 13)
        // "one\ntwo", "three", "  one\ntwo", "three".
        #expect(web.repetition.paragraphs == 4)
        #expect(web.repetition.repeatedParagraphs == 1)
        #expect(web.repetition.repeatedParagraphCharacters == 5)
        #expect(web.fineweb.lines == 6)
        #expect(web.fineweb.repeatedLineCharacters == 13)
    }

    @Test func linesOfFineWeb() {
        let long = "This line has more than thirty characters."
        let web = WebSignalsTests.web("\(long)\n123456789 123456789 1234567890\nEnd? \nIst das so!\n。\n \n")
        #expect(web.fineweb.lines == 5)
        #expect(web.fineweb.terminalLines == 3)  // a space behind a mark is no mark
        #expect(web.fineweb.shortLines == 4)
    }

    @Test func linesOfC4() {
        let web = WebSignalsTests.web(
            """
            One two three. Four five! Six
            Uses JavaScript here, it does.
            See our privacy policy for more.
            A { bracket in a line.
            And lorem ipsum dolor sit amet.
            Cited words end here.[12]
            Two words.

            """)
        #expect(
            web.c4.kinds.map { [$0.kind, $0.lines, $0.sentences, $0.firstCurly, $0.firstLorem] }
                == [
                    [2 << 4, 1, 1, 0, 0], [4 << 4, 1, 1, 0, 0], [6 << 4 | C4Signals.unterminated, 1, 3, 0, 0],
                    [5 << 4 | C4Signals.javascript, 1, 1, 0, 0], [6 << 4, 2, 2, 4, 5],
                    [6 << 4 | C4Signals.policy, 1, 1, 0, 0],
                ].sorted { $0[0] < $1[0] })
    }

    @Test func proseAloneLeavesTablesOut() {
        let text = "Prose of words.\n| 1 | 2 |\nMore prose."
        let spans = [TextSpan(kind: .table, start: 16, end: 26)]
        let web = WebSignalsTests.web(text, .prose, spans: spans)
        #expect(web == WebSignalsTests.web("Prose of words.\nMore prose.\n"))
        #expect(web.words == 7)
        let off = QualityMeasure(webText: .off).measure(Document(id: "1", source: "s", text: Array(text.utf8)))
        #expect(off.web == nil)
        #expect(off == QualityMeasure.measure(Document(id: "1", source: "s", text: Array(text.utf8))))
    }

    @Test func jsonBringsEverythingBack() throws {
        let text =
            "- One line {here}... of the #text\n\nOne line lorem ipsum.\n"
            + String(repeating: "a b c d e f g h i j k\n", count: 4)
        let signals = QualityMeasure(webText: .everything).measure(
            Document(id: "1", source: "s", text: Array(text.utf8)))
        let back = try QualitySignals(json: JSONValue(parsing: signals.json.encoded(), name: "test"))
        #expect(back == signals)
        // Four equal lines of eleven letters: behind the first, 33 words stand again, as many as whole n-grams cover.
        #expect(back.web?.repetition.repeatedNGramCharacters == [30, 30, 28, 32, 27, 30])
        #expect(signals.web!.c4.kinds.contains { $0.firstLorem == 3 })
    }

    /// Nothing measured before changes what is measured now, whatever the tables hold.
    @Test func documentsDoNotKnowEachOther() {
        var random = SeededRandom(seed: 3)
        let measure = QualityMeasure(webText: .everything)
        for _ in 0..<200 {
            let text = WebSignalsTests.randomText(&random)
            let document = Document(id: "1", source: "s", text: Array(text.utf8))
            #expect(measure.measure(document) == QualityMeasure(webText: .everything).measure(document))
        }
    }

    private static func randomText(_ random: inout SeededRandom) -> String {
        let parts = [
            "a", "b", "ab", "the", "value", "5.2", "x-y", ".", "...", "(", "Mr.", "中", "[3]", "{", "terms of use",
        ]
        let gaps = [" ", " ", " ", " ", "\n", "\n\n", "  ", "\r\n", "\u{2028}"]
        return (0..<random.nextInt(below: 300)).map { _ in
            parts[random.nextInt(below: parts.count)] + gaps[random.nextInt(below: gaps.count)]
        }.joined()
    }

    /// The definitions of n-grams, word for word, beside the tables.
    @Test func repeatedNGramsAreThoseOfTheDefinition() {
        var random = SeededRandom(seed: 17)
        for _ in 0..<300 {
            let text = WebSignalsTests.randomText(&random)
            let words = WebSignalsTests.words(text).map { Array($0.unicodeScalars) }
            let repetition = WebSignalsTests.web(text).repetition
            #expect(repetition.topNGramCharacters == (2...4).map { WebSignalsTests.slowTop(words, $0) })
            #expect(repetition.repeatedNGramCharacters == (5...10).map { WebSignalsTests.slowRepeated(words, $0) })
        }
    }

    /// Few words, many n-grams: tables hold more than the shorter n-grams let them expect.
    @Test func fewWordsMakeManyNGrams() {
        var random = SeededRandom(seed: 23)
        let text = (0..<20_000).map { _ in "w\(random.nextInt(below: 25))" }.joined(separator: " ")
        let words = WebSignalsTests.words(text).map { Array($0.unicodeScalars) }
        let repetition = WebSignalsTests.web(text).repetition
        #expect(repetition.topNGramCharacters == (2...4).map { WebSignalsTests.slowTop(words, $0) })
        #expect(repetition.repeatedNGramCharacters == (5...10).map { WebSignalsTests.slowRepeated(words, $0) })
    }

    /// Long words whose beginnings stand again and again, and runs of the same letters that are cut into words in other places.
    @Test func likeBeginningsAreNoRepetitions() {
        var random = SeededRandom(seed: 29)
        let stem = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
        for _ in 0..<200 {
            var words: [String] = []
            while words.count < 150 {
                switch random.nextInt(below: 4) {
                case 0: words.append(String(stem.prefix(1 + random.nextInt(below: 50))))
                case 1: words += ["ab", "cd", "efgh", "ij", "kl", "mn", "opq"].prefix(random.nextInt(below: 8))
                case 2: words += ["abc", "d", "ef", "ghij", "klm", "n", "opq"].prefix(random.nextInt(below: 8))
                default: words += words.suffix(random.nextInt(below: 13))
                }
            }
            let text = words.joined(separator: " ")
            let split = WebSignalsTests.words(text).map { Array($0.unicodeScalars) }
            let repetition = WebSignalsTests.web(text).repetition
            #expect(repetition.topNGramCharacters == (2...4).map { WebSignalsTests.slowTop(split, $0) })
            #expect(repetition.repeatedNGramCharacters == (5...10).map { WebSignalsTests.slowRepeated(split, $0) })
        }
    }

    /// Texts of few words, where the most frequent n-gram may be the last.
    @Test func shortTextsHaveTheirMostFrequentNGram() {
        var random = SeededRandom(seed: 31)
        for _ in 0..<2000 {
            let text = (0..<random.nextInt(below: 9)).map { _ in ["a", "bb"][random.nextInt(below: 2)] }.joined(
                separator: " ")
            let words = WebSignalsTests.words(text).map { Array($0.unicodeScalars) }
            #expect(
                WebSignalsTests.web(text).repetition.topNGramCharacters
                    == (2...4).map { WebSignalsTests.slowTop(words, $0) })
        }
    }

    private static func slowTop(_ words: [[Unicode.Scalar]], _ length: Int) -> Int {
        if words.count < length { return 0 }
        var counts: [[[Unicode.Scalar]]: Int] = [:]
        let all = (0...(words.count - length)).map { Array(words[$0..<($0 + length)]) }
        for gram in all { counts[gram, default: 0] += 1 }
        let most = counts.values.max()!
        let first = all.first { counts[$0] == most }!
        return (first.reduce(0) { $0 + $1.count } + length - 1) * most
    }

    private static func slowRepeated(_ words: [[Unicode.Scalar]], _ length: Int) -> Int {
        var seen: Set<[Unicode.Scalar]> = []
        var characters = 0
        var index = 0
        while index < words.count - length + 1 {
            let gram = Array(words[index..<(index + length)].joined())
            if seen.insert(gram).inserted {
                index += 1
            } else {
                characters += gram.count
                index += length
            }
        }
        return characters
    }

    @Test func bytesThatAreNoTextAreSymbols() {
        for bytes: [UInt8] in [
            [0xFF], [0xE2, 0x80], [0xF0, 0x9F], [0xC2], [0xE3, 0x80], [0x80, 0x41], [0xF4, 0xBF, 0xBF, 0xBF],
            [0xED, 0xA0, 0x80],
            [0x5B, 0xE2], [0x20, 0xE1, 0x9A],
        ] {
            GuardedBytes.with(bytes) { copy in
                var measure = WebMeasure()
                let web = measure.measure(copy)
                #expect(web.characters >= 1 && web.words >= 1)
            }
        }
        var random = SeededRandom(seed: 5)
        let measure = QualityMeasure(webText: .everything)
        for _ in 0..<500 {
            let bytes = (0..<random.nextInt(below: 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let web = measure.measure(Document(id: "1", source: "s", text: bytes)).web!
            #expect(web.characters <= bytes.count)
        }
    }

    /// Each of these would take hours if anything looked back further than it has to.
    @Test(arguments: [
        "x", "(", ".", "a-", "a.b", "@.", "[1", "[1] ", "a ", "- ", ": ) ", "x:) ", "\n", "\n\n ", "a{\r", "中", "’s",
    ])
    func hugeTextsAreRead(_ piece: String) {
        let count = 3_000_000 / piece.utf8.count
        let text = Array(String(repeating: piece, count: count).utf8)
        let web = QualityMeasure(webText: .everything).measure(Document(id: "1", source: "s", text: text)).web!
        #expect(web.characters == count * piece.unicodeScalars.count)
    }

    @Test func anEmptyTextBreaksEveryProfile() {
        let signals = QualityMeasure(webText: .everything).measure(Document(id: "1", source: "s", text: []))
        for (profile, rule) in [
            (CleaningOptions.Profile.gopher, "gopher.min_words"), (.c4, "c4.min_sentences"),
            (.fineweb, "fineweb.empty"),
        ] {
            var options = CleaningOptions()
            options.profiles = [profile]
            #expect(QualityRules(options).firstViolation(signals)?.rule == rule)
        }
    }
}
