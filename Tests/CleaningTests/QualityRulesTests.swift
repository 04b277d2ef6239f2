import Cleaning
import Documents
import Files
import Parallel
import Testing

@Suite struct QualityRulesTests {
    private static func violation(_ text: String, _ spans: [TextSpan] = [], languages: [String] = []) throws -> String?
    {
        var options = CleaningOptions()
        try options.setLanguages(languages)
        let document = Document(id: "1", source: "s", text: Array(text.utf8), spans: spans)
        return QualityRules(options).firstViolation(QualityMeasure.measure(document))?.rule
    }

    /// Lines of ordinary English, all different.
    private static func prose(lines: Int) -> String {
        let words = [
            "the", "node", "shall", "report", "every", "measured", "value", "before", "timer", "expires", "again",
        ]
        var random = SeededRandom(seed: 11)
        return (0..<lines).map { line in
            (0..<9).map { _ in words[random.nextInt(below: words.count)] }.joined(separator: " ") + " \(line).\n"
        }.joined()
    }

    private static func noise(_ count: Int, _ alphabet: String) -> String {
        let letters = Array(alphabet)
        var random = SeededRandom(seed: 5)
        return String((0..<count).map { _ in letters[random.nextInt(below: letters.count)] })
    }

    @Test func proseOfEveryKindStays() throws {
        #expect(try QualityRulesTests.violation(QualityRulesTests.prose(lines: 30)) == nil)
        let chinese = String(repeating: "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏", count: 3)
        #expect(try QualityRulesTests.violation(chinese, languages: ["zh"]) == nil)
        #expect(try QualityRulesTests.violation("平林漠漠烟如织寒山一带伤心碧暝色入高楼有人楼上愁") == nil)
    }

    @Test func eachRuleDropsWhatItIsFor() throws {
        #expect(try QualityRulesTests.violation("") == "too-short")
        #expect(try QualityRulesTests.violation("Void.") == "too-short")
        let numbers = (0..<300).map { "\($0 * 7919) -> \($0 * 104_729);" }.joined(separator: "\n")
        #expect(try QualityRulesTests.violation(numbers) == "too-few-letters")
        let stuck = String(repeating: "The same line stands here again and again.\n", count: 40)
        #expect(try QualityRulesTests.violation(stuck) == "too-many-repeated-lines")
        let encoded = QualityRulesTests.noise(6000, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        #expect(try QualityRulesTests.violation(QualityRulesTests.prose(lines: 3) + encoded) == "too-long-words")
        let joined = (0..<60).map { "wordswithoutanyspacebetweenthem\($0)" }.joined(separator: "\n")
        #expect(try QualityRulesTests.violation(joined) == "too-long-words")
        #expect(
            try QualityRulesTests.violation(QualityRulesTests.prose(lines: 30), languages: ["zh"]) == "wrong-script")
        let russian = (0..<40).map { "Слово \($0) в предложении\n" }.joined()
        #expect(try QualityRulesTests.violation(russian, languages: ["en", "zh"]) == "wrong-script")
        #expect(try QualityRulesTests.violation(russian, languages: ["ru"]) == nil)
    }

    @Test func tablesCodeAndEquationsNeverCountAgainstADocument() throws {
        let prose = QualityRulesTests.prose(lines: 12)
        let table = String(repeating: "| 1 | 2 | 3 | 4 |\n", count: 400)
        let code = String(
            repeating: "maxNrofServingCellsInTheWholeNetworkOfTheOperatorMinusOneExtendedRel17 INTEGER ::= 31\n",
            count: 90)
        let end = prose.utf8.count
        for (rest, kind) in [(table, TextSpan.Kind.table), (code, .code), (table, .equation)] {
            let spans = [
                TextSpan(kind: .prose, start: 0, end: end),
                TextSpan(kind: kind, start: end, end: end + rest.utf8.count),
            ]
            #expect(try QualityRulesTests.violation(prose + rest, spans, languages: ["en"]) == nil)
        }
    }

    @Test func aDocumentThatIsOneTableIsJudgedByIt() throws {
        let words = (0..<40).map { "| parameter \($0) | integer |\n" }.joined()
        #expect(
            try QualityRulesTests.violation(words, [TextSpan(kind: .table, start: 0, end: words.utf8.count)]) == nil)
        let digits = (0..<90).map { "| \($0 * 7919) | \($0 * 31) |\n" }.joined()
        #expect(
            try QualityRulesTests.violation(digits, [TextSpan(kind: .table, start: 0, end: digits.utf8.count)])
                == "too-few-letters")
    }

    @Test func theReasonNamesValueAndThreshold() throws {
        let short = QualityRules(CleaningOptions()).firstViolation(
            QualityMeasure.measure(Document(id: "1", source: "s", text: Array("Three words only".utf8))))
        #expect(short?.value == "3 words")
        #expect(short?.threshold == "at least 20 words")
        var signals = QualitySignals()
        signals.prose.words = 100
        signals.prose.visible = 3000
        signals.prose.letters = 899
        let letters = QualityRules(CleaningOptions()).firstViolation(signals)
        #expect(letters?.value == "letters are 0.299 of the visible characters")
        #expect(letters?.threshold == "at least 0.300")
        signals.prose.letters = 900
        #expect(QualityRules(CleaningOptions()).firstViolation(signals) == nil)
    }

    @Test func theProfileNoneDropsNothing() throws {
        let options = try CleaningOptions(recipe: ["profile": "none", "language": "zh"])
        #expect(QualityRules(options).firstViolation(QualitySignals()) == nil)
    }

    @Test func recipeValuesAreReadAndChecked() throws {
        let options = try CleaningOptions(
            recipe: ["language": ["en", "zh-Hant"], "min_words": 5, "min_letters": 0.25, "max_mean_word_length": 12])
        #expect(options.scripts == [.latin, .han])
        #expect(options.leastWords == 5)
        #expect(options.leastLetters == 250)
        #expect(options.mostMeanWordLength == 12_000)
        let defaults = try CleaningOptions(recipe: .null)
        #expect(defaults == CleaningOptions())
        #expect(defaults.digestText != options.digestText)
        for bad: JSONValue in [
            ["profile": "gophers"], ["language": "tlh"], ["language": []], ["language": ["en", 3]], ["min_words": -1],
            ["min_words": "many"], ["min_letters": -0.5], ["min_script": "half"],
        ] {
            #expect(throws: CleaningFailure.self) { try CleaningOptions(recipe: bad) }
        }
        #expect(CleaningOptions.recipeKeys.contains("max_repeated_lines"))
    }

    @Test func hugeStoredSignalsDoNotOverflow() {
        var signals = QualitySignals()
        signals.prose.words = .max
        signals.prose.visible = .max
        signals.prose.letters = .max
        #expect(QualityRules(CleaningOptions()).firstViolation(signals) == nil)
    }
}
