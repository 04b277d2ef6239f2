/// The rules of the profiles, asked in a fixed order; the first that a document breaks is the reason it is dropped for.
///
/// The five rules of `standards` are built for standards: tables, code and equations never count against a document, and words are what the script makes
/// them, so that Chinese text has words too. A measure over too little text decides nothing.
public struct QualityRules: Sendable {
    private let options: CleaningOptions

    /// Rules with the thresholds of `options`.
    public init(_ options: CleaningOptions) { self.options = options }

    /// The name of every rule of `standards`, in the order in which they are asked.
    public static let names = [
        "too-short", "too-few-letters", "too-many-repeated-lines", "too-long-words", "wrong-script",
    ]

    /// Below this many visible scalars of prose, letters are judged over everything: a document may be one table.
    static let leastVisibleProse = 200
    /// Fewer lines than this are no ground to call a text repetitive.
    static let leastLines = 10
    /// Fewer words than this are no ground to judge their length or script.
    static let leastWords = 20

    /// The first rule that the document breaks, what was measured, and what would have been accepted; nil where it stays.
    public func firstViolation(_ signals: QualitySignals) -> QualityViolation? {
        var first: QualityViolation?
        _ = forEachViolation(signals) {
            first = $0
            return false
        }
        return first
    }

    /// Every rule that the document breaks, in the order in which they are asked.
    public func violations(_ signals: QualitySignals) -> [QualityViolation] {
        var all: [QualityViolation] = []
        _ = forEachViolation(signals) {
            all.append($0)
            return true
        }
        return all
    }

    /// Hands violations over until `emit` says false; whether it never did.
    private func forEachViolation(_ signals: QualitySignals, _ emit: @escaping (QualityViolation) -> Bool) -> Bool {
        options.profiles.allSatisfy { profile in
            switch profile {
            case .none: return true
            case .standards:
                for rule in [tooShort, tooFewLetters, tooManyRepeatedLines, tooLongWords, wrongScript] {
                    if let (rule, value, threshold) = rule(signals),
                        !emit(QualityViolation(rule: rule, value: value, threshold: threshold))
                    {
                        return false
                    }
                }
                return true
            case .gopher, .c4, .fineweb:
                guard let web = signals.web else {
                    return emit(
                        QualityViolation(
                            rule: profile.rawValue, value: "signals not measured", threshold: "web_signals: everything")
                    )
                }
                switch profile {
                case .gopher: return WebRules.gopher(web, options.gopher, emit)
                case .c4: return WebRules.c4(web, options.c4, emit)
                default: return WebRules.fineweb(web, options.fineweb, emit)
                }
            }
        }
    }

    private typealias Violation = (rule: String, value: String, threshold: String)

    private func tooShort(_ signals: QualitySignals) -> Violation? {
        let words = signals.prose.words + signals.rest.words
        if words >= options.leastWords { return nil }
        return ("too-short", "\(words) words", "at least \(options.leastWords) words")
    }

    private func tooFewLetters(_ signals: QualitySignals) -> Violation? {
        let tally = signals.prose.visible >= QualityRules.leastVisibleProse ? signals.prose : signals.everything
        if Share.isAtLeast(tally.letters, of: tally.visible, options.leastLetters) { return nil }
        return (
            "too-few-letters", "letters are \(Share.text(tally.letters, of: tally.visible)) of the visible characters",
            "at least \(Share.text(options.leastLetters))"
        )
    }

    private func tooManyRepeatedLines(_ signals: QualitySignals) -> Violation? {
        let repeated = signals.repeatedLineCharacters
        if signals.lines < QualityRules.leastLines
            || !Share.isAbove(repeated, of: signals.lineCharacters, options.mostRepeatedLines)
        {
            return nil
        }
        return (
            "too-many-repeated-lines",
            "repeated lines hold \(Share.text(repeated, of: signals.lineCharacters)) of the prose",
            "at most \(Share.text(options.mostRepeatedLines))"
        )
    }

    private func tooLongWords(_ signals: QualitySignals) -> Violation? {
        let tally = signals.prose
        if Share.isAbove(tally.longWordCharacters, of: tally.spacedWordCharacters, options.mostLongWords) {
            return (
                "too-long-words",
                "words above \(TextTally.longWordLength) characters hold "
                    + "\(Share.text(tally.longWordCharacters, of: tally.spacedWordCharacters)) of all words' characters",
                "at most \(Share.text(options.mostLongWords))"
            )
        }
        if tally.spacedWords < QualityRules.leastWords
            || !Share.isAbove(tally.spacedWordCharacters, of: tally.spacedWords, options.mostMeanWordLength)
        {
            return nil
        }
        return (
            "too-long-words",
            "words of \(Share.text(tally.spacedWordCharacters, of: tally.spacedWords)) characters on average",
            "at most \(Share.text(options.mostMeanWordLength))"
        )
    }

    private func wrongScript(_ signals: QualitySignals) -> Violation? {
        guard let allowed = options.scripts else { return nil }
        let tally = signals.prose.letteredWords >= QualityRules.leastWords ? signals.prose : signals.everything
        let all = tally.letteredWords
        let right = allowed.reduce(0) { $0 + tally.words(of: $1) }
        if all < QualityRules.leastWords || Share.isAtLeast(right, of: all, options.leastScript) { return nil }
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        return (
            "wrong-script", "\(Share.text(right, of: all)) of the words are in \(names)",
            "at least \(Share.text(options.leastScript))"
        )
    }
}

/// Ratios as whole numbers of thousandths: comparisons are exact, texts are the same on every machine.
enum Share {
    /// count / whole ≥ thousandths / 1000; true for an empty whole.
    static func isAtLeast(_ count: Int, of whole: Int, _ thousandths: Int) -> Bool {
        count.multipliedFullWidth(by: 1000) >= whole.multipliedFullWidth(by: thousandths)
    }

    /// count / whole > thousandths / 1000; false for an empty whole.
    static func isAbove(_ count: Int, of whole: Int, _ thousandths: Int) -> Bool {
        count.multipliedFullWidth(by: 1000) > whole.multipliedFullWidth(by: thousandths)
    }

    /// count / whole cut to three decimals.
    static func text(_ count: Int, of whole: Int) -> String {
        whole > 0 ? text(Int(min(UInt64(Int.max), UInt64(count) * 1000 / UInt64(whole)))) : "0.000"
    }

    /// Thousandths as a decimal number.
    static func text(_ thousandths: Int) -> String {
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }
}

private func >= (_ left: (high: Int, low: UInt), _ right: (high: Int, low: UInt)) -> Bool {
    left.high > right.high || (left.high == right.high && left.low >= right.low)
}

private func > (_ left: (high: Int, low: UInt), _ right: (high: Int, low: UInt)) -> Bool {
    left.high > right.high || (left.high == right.high && left.low > right.low)
}
