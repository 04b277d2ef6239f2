internal import Files
internal import Glibc
internal import Parallel

/// How many tokens of each source a training set gets, from the numbers of tokens that there are: known before anything is written.
///
/// A rule gives each source a weight; the budget is shared in proportion to the weights, no source gets more than its tokens times its
/// most epochs, and what one cannot take goes to the others in proportion. A source that is replayed stands outside the rule and gets a
/// fixed share of the whole. Everything is computed in one order from integers, and epochs are whole multiples of 2^-32, so
/// that the last bits of a power function decide nothing.
public struct Mixture: Sendable, Equatable {
    /// How the weights of sources arise.
    public enum Rule: Sendable, Equatable {
        /// From the sources themselves: shares of the tokens, in any unit.
        case weights
        /// From the number of tokens n as n^(1/T): 1 is the natural share, a large T the same for all.
        case temperature(Double)
        /// The same for all, up to the most epochs (Chung et al. 2023, arXiv 2304.09151).
        case uniMax
    }

    /// A source as the mixture sees it.
    public struct Source: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Tokens of its documents, each counted once.
        public var tokens: Int
        /// Its weight under the rule `weights`.
        public var weight: Double?
        /// The most epochs of this source; nil: those of the mixture.
        public var mostEpochs: Double?

        /// A source.
        public init(name: String, tokens: Int, weight: Double? = nil, mostEpochs: Double? = nil) {
            self.name = name
            self.tokens = tokens
            self.weight = weight
            self.mostEpochs = mostEpochs
        }
    }

    /// What a mixture is asked for.
    public struct Options: Sendable, Equatable {
        /// How weights arise.
        public var rule: Rule
        /// Tokens of the whole; nil: those of all sources once, and what is replayed on top of it.
        public var budget: Int?
        /// The most epochs of any source. Up to four cost little (Muennighoff et al. 2023, arXiv 2305.16264).
        public var mostEpochs: Double
        /// The source that is replayed.
        public var replayed: String?
        /// Its share of the whole, 0 to below 1.
        public var replayShare: Double

        /// Options.
        public init(
            rule: Rule = .temperature(1), budget: Int? = nil, mostEpochs: Double = 4, replayed: String? = nil,
            replayShare: Double = 0
        ) {
            self.rule = rule
            self.budget = budget
            self.mostEpochs = mostEpochs
            self.replayed = replayed
            self.replayShare = replayShare
        }
    }

    /// What one source gives.
    public struct Portion: Sendable, Equatable {
        /// The source.
        public var source: Source
        /// How often each token is seen, on average.
        public var epochs: Double
        /// Tokens aimed at: epochs times tokens, rounded.
        public var target: Int
        /// Whether the most epochs hold it back.
        public var isCapped: Bool
        /// Tokens of the copies that were drawn, once they are.
        public var realised: Int?
    }

    /// What a person should know.
    public enum Remark: Sendable, Equatable {
        /// A source would get `wanted` tokens and gets `given`, its most epochs.
        case capReached(source: String, wanted: Int, given: Int)
        /// All sources together give `reached` tokens instead of `budget`.
        case budgetUnreachable(budget: Int, reached: Int)
        /// The replayed source makes `share` of the whole instead of `wanted`.
        case replayFallsShort(source: String, wanted: Double, share: Double)
        /// A source that has no token.
        case empty(source: String)
    }

    /// The options.
    public let options: Options
    /// What each source gives, in the order of the sources.
    public private(set) var portions: [Portion]
    /// What a person should know, in the order of the sources.
    public private(set) var remarks: [Remark] = []

    /// The mixture of sources. Throws `PackingFailure.invalidMixture` for what makes no sense.
    public init(_ sources: [Source], _ options: Options) throws(PackingFailure) {
        try Mixture.check(sources, options)
        self.options = options
        let replayed = options.replayed.flatMap { name in sources.firstIndex { $0.name == name } }
        let others = sources.indices.filter { $0 != replayed }
        let share = replayed == nil ? 0 : options.replayShare
        let budget =
            options.budget.map { Double($0) * (1 - share) } ?? others.reduce(0.0) { $0 + Double(sources[$1].tokens) }
        let weights = sources.map { Mixture.weight($0, options.rule) }
        let caps = sources.map { Double($0.tokens) * ($0.mostEpochs ?? options.mostEpochs) }
        var given = [Double](repeating: 0, count: sources.count)
        var wanted = given
        // Those that reach their caps first come first: each takes its part of what the ones before it left, and with equal weights this
        // is the algorithm of UniMax.
        let order = others.filter { weights[$0] > 0 && sources[$0].tokens > 0 }.sorted {
            (caps[$0] / weights[$0], $0) < (caps[$1] / weights[$1], $1)
        }
        // Sums from the end, never differences: weights may be so far apart that a sum less its largest part is 0.
        var rest = [Double](repeating: 0, count: order.count + 1)
        for place in order.indices.reversed() { rest[place] = rest[place + 1] + weights[order[place]] }
        var left = budget
        for (place, index) in order.enumerated() {
            // The last one takes what is left, whatever sums of weights rounded to.
            wanted[index] = place + 1 == order.count ? left : left * (weights[index] / rest[place])
            given[index] = min(wanted[index], caps[index])
            left = max(0, left - given[index])
        }
        if let replayed {
            wanted[replayed] = share / (1 - share) * others.reduce(0) { $0 + given[$1] }
            given[replayed] = min(wanted[replayed], caps[replayed])
        }
        portions = []
        for (index, source) in sources.enumerated() {
            let epochs = source.tokens == 0 ? 0 : (given[index] / Double(source.tokens) * 0x1p32).rounded() * 0x1p-32
            let target = Int((epochs * Double(source.tokens)).rounded())
            // A wish that meets the most epochs is not held back, whatever the last bits say.
            let isCapped = source.tokens > 0 && wanted[index] > caps[index] * (1 + 1e-9)
            portions.append(Portion(source: source, epochs: epochs, target: target, isCapped: isCapped))
            if source.tokens == 0 { remarks.append(.empty(source: source.name)) }
            if isCapped {
                remarks.append(
                    .capReached(source: source.name, wanted: Mixture.whole(wanted[index]), given: target))
            }
        }
        let total = target
        if let replayed, portions[replayed].isCapped {
            remarks.append(
                .replayFallsShort(
                    source: sources[replayed].name, wanted: share,
                    share: total == 0 ? 0 : Double(portions[replayed].target) / Double(total)))
        }
        // Rounding to whole tokens and epochs is no shortfall.
        if let wanted = options.budget, Double(wanted - total) > 1 + Double(wanted) * 1e-6 {
            remarks.append(.budgetUnreachable(budget: wanted, reached: total))
        }
    }

    /// Tokens aimed at in the whole.
    public var target: Int { portions.reduce(0) { $0 + $1.target } }

    /// How often each document of a source is taken, in the order of `documents`, whose tokens are those of the source: as often as the whole
    /// part of its epochs says, and those once more that come first by a keyed hash of their ids, as many as come nearest to the target.
    /// A larger target takes the same documents and more. Cost: a sort.
    public func copies(ofSource index: Int, documents: [(id: String, tokens: Int)], seed: UInt64) -> [Int] {
        let portion = portions[index]
        let whole = Int(portion.epochs)
        var copies = [Int](repeating: whole, count: documents.count)
        var missing = portion.target - whole * portion.source.tokens
        if portion.epochs == Double(whole) { return copies }
        let seed = KeyedHash.mix(seed, seed: 0x5745_4947_4854)
        let order = documents.indices.map { (place: $0, hash: fraction(of: documents[$0].id, seed: seed)) }
            .sorted {
                $0.hash != $1.hash
                    ? $0.hash < $1.hash : precedesInByteOrder(documents[$0.place].id, documents[$1.place].id)
            }
        for (place, _) in order {
            let tokens = documents[place].tokens
            if tokens - missing >= missing { break }
            copies[place] += 1
            missing -= tokens
        }
        return copies
    }

    /// Notes the tokens of the copies that were drawn of a source.
    public mutating func realise(source index: Int, tokens: Int) { portions[index].realised = tokens }

    private static func weight(_ source: Source, _ rule: Rule) -> Double {
        switch rule {
        case .weights: source.weight ?? 0
        case .temperature(let temperature): source.tokens == 0 ? 0 : pow(Double(source.tokens), 1 / temperature)
        case .uniMax: 1
        }
    }

    private static func whole(_ value: Double) -> Int { value < 0x1p62 ? Int(value.rounded()) : 1 << 62 }

    private static func check(_ sources: [Source], _ options: Options) throws(PackingFailure) {
        func refuse(_ key: String, _ problem: String) -> PackingFailure { .invalidMixture(key: key, problem: problem) }
        func check(epochs: Double, _ key: String) throws(PackingFailure) {
            guard epochs > 0, epochs <= 1_000_000 else {
                throw refuse(key, "expected a number above 0 and up to 1000000, found \(epochs)")
            }
        }
        if case .temperature(let temperature) = options.rule, !(temperature >= 0.1 && temperature <= 1_000_000) {
            throw refuse("temperature", "expected a number from 0.1 to 1000000, found \(temperature)")
        }
        if let budget = options.budget, budget < 1 {
            throw refuse("budget", "expected 1 token or more, found \(budget)")
        }
        try check(epochs: options.mostEpochs, "max_epochs")
        var total = 0
        for source in sources {
            guard source.tokens >= 0, source.tokens < 1 << 53, total < 1 << 53 else { throw .tooManyTokens }
            total += source.tokens
            if let epochs = source.mostEpochs { try check(epochs: epochs, "max_epochs of the source \(source.name)") }
            if options.rule == .weights, source.name != options.replayed {
                guard let weight = source.weight, weight >= 0, weight <= 1e15 else {
                    throw refuse(
                        "weight of the source \(source.name)",
                        "expected a share of the tokens, 0 or more, found \(source.weight.map { "\($0)" } ?? "none")")
                }
            }
        }
        if let name = options.replayed {
            guard options.replayShare >= 0, options.replayShare < 1 else {
                throw refuse("replay.share", "expected a share from 0 to below 1, found \(options.replayShare)")
            }
            if !sources.contains(where: { $0.name == name }) {
                throw refuse("replay.source", "expected the name of a source, found \(name)")
            }
            if sources.count == 1 {
                throw refuse("replay.source", "expected a source beside the one that is replayed, found none")
            }
        }
    }
}
