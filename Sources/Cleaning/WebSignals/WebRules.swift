import Files

/// The published web filters over the counts of `WebSignals`. A ratio is one division in double precision, as in the programs that
/// the filters come from, so that decisions are the same to the last bit.
enum WebRules {
    typealias Key<Thresholds> = (name: String, value: Value<Thresholds>)

    /// What a key sets.
    enum Value<Thresholds>: Sendable {
        case limit(any WritableKeyPath<Thresholds, Double?> & Sendable)
        case flag(any WritableKeyPath<Thresholds, Bool> & Sendable)
    }

    /// Gopher's rules of quality, then those of repetition.
    static func gopher(_ web: WebSignals, _ limits: GopherThresholds, _ emit: @escaping (QualityViolation) -> Bool)
        -> Bool
    {
        let check = Check(family: "gopher", emit: emit)
        let signals = web.gopher
        // A text without words breaks the first rule; the others then have nothing to divide by.
        return check.atLeast("min_words", signals.plainWords, "words", limits.leastWords)
            && check.atMost("max_words", signals.plainWords, "words", limits.mostWords)
            && check.atLeast(
                "min_mean_word_length", signals.plainWordCharacters, of: signals.plainWords, "characters a word",
                limits.leastMeanWordLength)
            && check.atMost(
                "max_mean_word_length", signals.plainWordCharacters, of: signals.plainWords, "characters a word",
                limits.mostMeanWordLength)
            && check.atMost("max_hashes", signals.hashes, of: web.words, "hashes a word", limits.mostHashes)
            && check.atMost("max_ellipses", signals.ellipses, of: web.words, "ellipses a word", limits.mostEllipses)
            && check.atMost(
                "max_bullet_lines", signals.bulletLines, of: signals.lines, "of the lines begin with a bullet",
                limits.mostBulletLines)
            && check.atMost(
                "max_ellipsis_lines", signals.ellipsisLines, of: signals.lines, "of the lines end with an ellipsis",
                limits.mostEllipsisLines)
            && check.atLeast(
                "min_alpha", signals.letterWords, of: web.words, "of the words have a letter", limits.leastAlpha)
            && check.atLeast("min_stop_words", signals.stopWords, "stop words", limits.leastStopWords)
            && repetition(web, limits, check)
    }

    private static func repetition(_ web: WebSignals, _ limits: GopherThresholds, _ check: Check) -> Bool {
        let signals = web.repetition
        func characters(_ key: String, _ count: Int, _ what: String, _ limit: Double?) -> Bool {
            check.atMost(key, count, of: web.characters, "of the characters are in " + what, limit)
        }
        return check.atMost(
            "max_repeated_paragraphs", signals.repeatedParagraphs, of: signals.paragraphs,
            "of the paragraphs are repeated", limits.mostRepeatedParagraphs)
            && characters(
                "max_repeated_paragraph_characters", signals.repeatedParagraphCharacters, "repeated paragraphs",
                limits.mostRepeatedParagraphCharacters)
            && check.atMost(
                "max_repeated_lines", signals.repeatedLines, of: signals.lines, "of the lines are repeated",
                limits.mostRepeatedLines)
            && characters(
                "max_repeated_line_characters", signals.repeatedLineCharacters, "repeated lines",
                limits.mostRepeatedLineCharacters)
            && zip(
                signals.topNGramCharacters, [limits.mostTop2Grams, limits.mostTop3Grams, limits.mostTop4Grams]
            ).enumerated().allSatisfy { index, item in
                let name = "\(index + 2)-gram"
                return characters("max_top_\(index + 2)grams", item.0, "the most frequent \(name)", item.1)
            }
            && zip(
                signals.repeatedNGramCharacters,
                [
                    limits.mostRepeated5Grams, limits.mostRepeated6Grams, limits.mostRepeated7Grams,
                    limits.mostRepeated8Grams, limits.mostRepeated9Grams, limits.mostRepeated10Grams,
                ]
            ).enumerated().allSatisfy { index, item in
                characters("max_repeated_\(index + 5)grams", item.0, "repeated \(index + 5)-grams", item.1)
            }
    }

    /// C4's rules: the first line that stays and may not be there, then the sentences of the lines that stay.
    static func c4(_ web: WebSignals, _ limits: C4Thresholds, _ emit: @escaping (QualityViolation) -> Bool) -> Bool {
        let check = Check(family: "c4", emit: emit)
        var sentences = 0
        var curly = Int.max
        var lorem = Int.max
        for lines in web.c4.kinds {
            func has(_ bit: Int) -> Bool { lines.kind & bit != 0 }
            if limits.longWords && has(C4Signals.long) || limits.terminalMarks && has(C4Signals.unterminated) {
                continue
            }
            if let least = limits.leastWordsPerLine, Double(lines.words) < least { continue }
            if lines.firstLorem > 0 { lorem = min(lorem, lines.firstLorem) }
            if limits.javascript && has(C4Signals.javascript) { continue }
            if lines.firstCurly > 0 { curly = min(curly, lines.firstCurly) }
            if limits.policies && has(C4Signals.policy) { continue }
            sentences += lines.sentences
        }
        let isLorem = limits.loremIpsum && lorem < .max
        let isCurly = limits.curlyBrackets && curly < .max
        let found = [
            (isLorem, lorem, "lorem_ipsum", "\"lorem ipsum\" in line \(lorem)"),
            (isCurly, curly, "curly_brackets", "a curly bracket in line \(curly)"),
        ].filter(\.0).sorted { $0.1 < $1.1 }
        for (_, _, key, value) in found
        where !emit(QualityViolation(rule: "c4." + key, value: value, threshold: "none")) {
            return false
        }
        return check.atLeast("min_sentences", sentences, "sentences in lines that stay", limits.leastSentences)
    }

    /// FineWeb's rules.
    static func fineweb(_ web: WebSignals, _ limits: FineWebThresholds, _ emit: @escaping (QualityViolation) -> Bool)
        -> Bool
    {
        let check = Check(family: "fineweb", emit: emit)
        let signals = web.fineweb
        if signals.lines == 0 {
            return emit(QualityViolation(rule: "fineweb.empty", value: "no lines", threshold: "at least 1 line"))
        }
        let acceptsNone = limits.acceptsNoTerminalLines && signals.terminalLines == 0
        return check.atLeast(
            "min_terminal_lines", signals.terminalLines, of: signals.lines, "of the lines end with a terminal mark",
            acceptsNone ? nil : limits.leastTerminalLines)
            && check.atMost(
                "max_short_lines", signals.shortLines, of: signals.lines, "of the lines are short",
                limits.mostShortLines)
            && check.atMost(
                "max_repeated_line_characters", signals.repeatedLineCharacters, of: web.characters - web.newlines,
                "of the characters are in repeated lines", limits.mostRepeatedLineCharacters)
            && check.atMost("max_newlines", web.newlines, of: web.words, "line feeds a word", limits.mostNewlines)
    }

    /// Compares and reports; every function says whether to go on.
    private struct Check {
        let family: String
        let emit: (QualityViolation) -> Bool

        func atLeast(_ key: String, _ count: Int, _ what: String, _ limit: Double?) -> Bool {
            guard let limit, Double(count) < limit else { return true }
            return report(key, "\(count) \(what)", "at least", limit, " \(what)")
        }

        func atMost(_ key: String, _ count: Int, _ what: String, _ limit: Double?) -> Bool {
            guard let limit, Double(count) > limit else { return true }
            return report(key, "\(count) \(what)", "at most", limit, " \(what)")
        }

        func atLeast(_ key: String, _ count: Int, of whole: Int, _ what: String, _ limit: Double?) -> Bool {
            guard let limit, whole > 0, Double(count) / Double(whole) < limit else { return true }
            return report(key, "\(Share.text(count, of: whole)) \(what)", "at least", limit)
        }

        func atMost(_ key: String, _ count: Int, of whole: Int, _ what: String, _ limit: Double?) -> Bool {
            guard let limit, whole > 0, Double(count) / Double(whole) > limit else { return true }
            return report(key, "\(Share.text(count, of: whole)) \(what)", "at most", limit)
        }

        private func report(_ key: String, _ value: String, _ word: String, _ limit: Double, _ unit: String = "")
            -> Bool
        {
            emit(
                QualityViolation(
                    rule: "\(family).\(key)", value: value, threshold: "\(word) \(WebRules.text(limit))\(unit)"))
        }
    }

    /// A number as it is written in a recipe.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
