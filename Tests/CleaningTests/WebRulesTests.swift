import Cleaning
import Documents
import Files
import Testing

@Suite struct WebRulesTests {
    private static func rules(_ recipe: JSONValue) throws -> [String] {
        var signals = QualitySignals()
        var web = WebSignals()
        (web.characters, web.words, web.newlines) = (1000, 200, 10)
        (web.gopher.plainWords, web.gopher.plainWordCharacters, web.gopher.letterWords) = (180, 900, 160)
        (web.gopher.stopWords, web.gopher.lines) = (5, 10)
        (web.repetition.lines, web.repetition.paragraphs) = (10, 4)
        (web.fineweb.lines, web.fineweb.terminalLines) = (10, 8)
        var lines = C4Signals.Lines()
        (lines.kind, lines.lines, lines.sentences) = (5 << 4, 10, 12)
        web.c4.kinds = [lines]
        signals.web = web
        return QualityRules(try CleaningOptions(recipe: recipe)).violations(signals).map(\.rule)
    }

    @Test func aDocumentThatKeepsEveryRuleStays() throws {
        #expect(try WebRulesTests.rules(["profile": ["gopher", "c4", "fineweb"]]) == [])
    }

    /// 160 of 200 words is 0.8 and no less; a share above it is broken.
    @Test func thresholdsDecideToTheLastBit() throws {
        #expect(try WebRulesTests.rules(["profile": "gopher", "gopher": ["min_alpha": 0.8]]) == [])
        #expect(
            try WebRulesTests.rules(["profile": "gopher", "gopher": ["min_alpha": 0.8000001]]) == ["gopher.min_alpha"])
        #expect(try WebRulesTests.rules(["profile": "gopher", "gopher": ["min_words": 180]]) == [])
        #expect(
            try WebRulesTests.rules(["profile": "gopher", "gopher": ["min_words": 181, "max_mean_word_length": 4.9]])
                == ["gopher.min_words", "gopher.max_mean_word_length"])
        #expect(try WebRulesTests.rules(["profile": "fineweb", "fineweb": ["max_newlines": 0.05]]) == [])
        #expect(
            try WebRulesTests.rules(["profile": "fineweb", "fineweb": ["max_newlines": 0.049]]) == [
                "fineweb.max_newlines"
            ])
        #expect(try WebRulesTests.rules(["profile": "c4", "c4": ["min_sentences": 13]]) == ["c4.min_sentences"])
        #expect(try WebRulesTests.rules(["profile": "c4", "c4": ["min_words_per_line": 6]]) == ["c4.min_sentences"])
    }

    @Test func violationsSayWhatWasMeasured() throws {
        var signals = QualitySignals()
        signals.web = WebSignals()
        signals.web!.words = 3
        signals.web!.gopher.plainWords = 3
        let options = try CleaningOptions(recipe: ["profile": "gopher"])
        #expect(
            QualityRules(options).firstViolation(signals)
                == QualityViolation(rule: "gopher.min_words", value: "3 words", threshold: "at least 50 words"))
        signals.web = nil
        #expect(QualityRules(options).firstViolation(signals)?.rule == "gopher")
    }

    @Test func everyThresholdHasAKeyThatChangesDecisions() throws {
        var digests: Set<String> = []
        var options = try CleaningOptions(recipe: [
            "profile": ["standards", "gopher", "c4", "fineweb"], "perplexity": ["model": "m", "min": 2, "max": 90],
        ])
        digests.insert(options.digestText)
        for key in CleaningOptions.keys where key.contains(".") {
            try options.set(key, to: "off")
            #expect(digests.insert(options.digestText).inserted || key.hasSuffix("accept_no_terminal_lines"), "\(key)")
        }
        try options.set("gopher.min_alpha", to: "0.7")
        #expect(options.gopher.leastAlpha == 0.7)
        try options.set("min_letters", to: "0.2")
        #expect(options.leastLetters == 200)
        try options.set("profile", to: "standards,gopher")
        #expect(options.profiles == [.standards, .gopher])
        try options.set("web_signals", to: "prose")
        #expect(options.webText == .prose)
    }

    @Test func anUnknownKeyNamesTheNearest() {
        var options = CleaningOptions()
        #expect(throws: CleaningFailure.unknownKey(key: "gopher.min_alfa", nearest: "gopher.min_alpha")) {
            try options.set("gopher.min_alfa", to: "0.7")
        }
        #expect(throws: CleaningFailure.unknownKey(key: "c4.min_sentence", nearest: "c4.min_sentences")) {
            _ = try CleaningOptions(recipe: ["c4": ["min_sentence": 3]])
        }
    }

    @Test(
        arguments: [
            ["profile": "gophers"], ["profile": ["gopher", "gopher"]], ["profile": ["none", "c4"]], ["profile": []],
            ["gopher": 3], ["gopher": ["min_alpha": "much"]], ["gopher": ["min_alpha": -1]], ["c4": ["javascript": 3]],
            ["c4": ["min_words_per_line": 9]], ["web_signals": "some"], ["profile": "gopher", "web_signals": "off"],
            ["gopher": ["min_words": 200_000]], ["gopher": ["min_words": 60, "max_words": 50]],
        ] as [JSONValue])
    func badValuesAreRefused(_ recipe: JSONValue) {
        #expect(throws: CleaningFailure.self) { try CleaningOptions(recipe: recipe) }
    }

    @Test func theDefaultsDecideAsBefore() throws {
        let options = try CleaningOptions(recipe: .null)
        #expect(options.profiles == [.standards])
        #expect(
            options.digestText
                == "profile=standards scripts=all min_words=20 min_letters=300 max_repeated_lines=700 max_long_words=200 "
                + "max_mean_word_length=15000 min_script=500 min_language=500")
    }
}
