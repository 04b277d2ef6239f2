import Files
public import Packing

/// What a recipe says of how many tokens each source gives to training.
public struct MixtureOptions: Sendable, Equatable {
    /// The rule, the budget, what is replayed.
    public var mixture: Mixture.Options
    /// Where the recipe says so, for messages.
    var place = "mixture"

    /// Options.
    public init(_ mixture: Mixture.Options) { self.mixture = mixture }

    /// Everything that decides, as one text.
    var digestText: String {
        let rule =
            switch mixture.rule {
            case .weights: "weights"
            case .temperature(let temperature): "temperature \(temperature)"
            case .uniMax: "unimax"
            }
        let replay = mixture.replayed.map { " replay \($0) \(mixture.replayShare)" } ?? ""
        return "\(rule) budget \(mixture.budget.map(String.init) ?? "-") epochs \(mixture.mostEpochs)\(replay)"
    }
}

extension MixtureOptions {
    private enum Rule: String, CaseIterable { case weights, temperature, unimax }

    /// Reads `mixture:` of a recipe. Throws `BuildFailure.recipe`.
    init(_ section: RecipeReader) throws {
        let rule = try section.choice("rule", Rule.self) ?? .temperature
        let temperature = try section.number("temperature")
        if temperature != nil, rule != .temperature {
            throw section.fail("temperature", "is an option of `rule: temperature`")
        }
        var options = Mixture.Options()
        switch rule {
        case .weights: options.rule = .weights
        case .temperature: options.rule = .temperature(temperature ?? 1)
        case .unimax: options.rule = .uniMax
        }
        // A budget may be written as 2B, 500M, 10k.
        if let text = try section.string("budget") {
            guard let count = TokenCount.number(text), count > 0 else {
                throw section.fail("budget", "expected a number of tokens such as 500M or 2B, found `\(text)`")
            }
            options.budget = count
        }
        if let value = try section.number("max_epochs") { options.mostEpochs = value }
        if let replay = try section.section("replay") {
            guard let source = try replay.string("source") else {
                throw replay.fail("source", "missing: `replay:` needs the name of a source, and its share")
            }
            options.replayed = source
            guard let share = try replay.share("share") else {
                throw replay.fail("share", "missing: `replay:` needs the share of the whole, such as 25%")
            }
            options.replayShare = share
            try replay.finish()
        }
        try section.finish()
        self.init(options)
    }
}

/// Numbers of tokens as people write them.
enum TokenCount {
    /// 1500, 1_500, 10k, 2.5M, 2B; nil for anything else.
    static func number(_ text: String) -> Int? {
        var digits = text.filter { $0 != "_" }
        var unit = 1.0
        if let last = digits.last, let factor = ["k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9, "T": 1e12][last] {
            unit = factor
            digits.removeLast()
        }
        guard let number = Double(digits), number >= 0, number * unit < 1e15 else { return nil }
        return Int((number * unit).rounded())
    }
}
