import Cleaning
public import Files

/// Decides anew about the quality of every document of a built corpus, with other thresholds, from the signals that the build stored: no text
/// is read.
///
/// Compared is what the rules of quality, language, class and perplexity say; what duplicates, versions and weights take afterwards is not decided anew.
public struct FilterWhatIf: Sendable {
    /// Documents and their tokens.
    public struct Amount: Sendable, Equatable {
        /// Documents.
        public var documents = 0
        /// Their tokens.
        public var tokens = 0

        mutating func add(_ tokens: Int) {
            documents += 1
            self.tokens += tokens
        }

        var json: JSONValue { .object(["documents": .integer(documents), "tokens": .integer(tokens)]) }
    }

    /// Before and after.
    public struct Change: Sendable, Equatable {
        /// With the thresholds of the build.
        public var before = Amount()
        /// With the other thresholds.
        public var after = Amount()

        var json: JSONValue { .object(["before": before.json, "after": after.json]) }
    }

    /// A document about which the two decisions differ.
    public struct Sample: Sendable, Equatable {
        /// Its path.
        public let path: String
        /// Its tokens.
        public let tokens: Int
        /// The rule that drops it, in one of the two.
        public let rule: String
        /// What was measured.
        public let value: String
        /// What would have been accepted.
        public let threshold: String
    }

    /// What is kept.
    public private(set) var kept = Change()
    /// What each rule drops, as the first that a document breaks.
    public private(set) var rules: [String: Change] = [:]
    /// What is kept of each source, in the order of the recipe.
    public private(set) var sources: [(name: String, change: Change)]
    /// Documents that the other thresholds drop and the build's keep.
    public private(set) var lost = Amount()
    /// Documents that the build's thresholds drop and the others keep.
    public private(set) var gained = Amount()
    /// Some of the lost, spread over all of them.
    public private(set) var lostSamples: [Sample] = []
    /// Some of the gained, with the rule that dropped them.
    public private(set) var gainedSamples: [Sample] = []
    /// What a build would do otherwise beside these decisions.
    public private(set) var remarks: [String] = []
    /// Characters of prose, and those of tables, code and equations, in what is kept.
    public private(set) var prose = (before: 0, after: 0)
    /// See `prose`.
    public private(set) var rest = (before: 0, after: 0)

    /// Decides about the corpus in `folder` with its thresholds but for `settings`: keys of `clean`, such as `gopher.min_alpha`, and values.
    ///
    /// Throws `CleaningFailure` for a setting, `BuildFailure.noArtefacts` where the folder has no `work/`. Time: reading the facts, about
    /// 1 KB a document.
    public init(folder: String, settings: [(key: String, value: String)], samples: Int = 5) throws {
        let output = OutputFolder(folder)
        if !Folder.exists(folder) { throw FileFailure.missing(path: folder) }
        if !Folder.exists(output.manifest) { throw BuildFailure.noArtefacts(folder: folder) }
        let plan = try WorkPlan(folder: output)
        var options = plan.recipe.clean
        let measuresLanguage = options.measuresLanguage
        for (key, value) in settings {
            let isMeasured = ["pii", "unicode", "web_signals", "signals", "fasttext", "perplexity", "boilerplate"]
                .contains(key)
            if isMeasured || (key.contains("language") && !measuresLanguage) {
                throw CleaningFailure.badValue(
                    key: key,
                    expected:
                        "a threshold over stored signals; what has to be measured anew needs a build with --update",
                    found: value)
            }
            try options.set(key, to: value)
        }
        try options.checkTogether()
        let hadBoilerplate = plan.recipe.clean.profiles.contains(.standards)
        if options.profiles.contains(.standards) != hadBoilerplate {
            remarks.append(
                "the texts were measured \(hadBoilerplate ? "without" : "with") boilerplate; a build with this profile "
                    + "\(hadBoilerplate ? "keeps it unless clean.boilerplate is on" : "takes it out")")
        }
        let rules = (before: DocumentRules(plan.recipe), after: DocumentRules(plan.recipe, options: options))
        sources = plan.recipe.sources.map { ($0.name, Change()) }
        var lostSample = SpreadSample<Sample>(samples)
        var gainedSample = SpreadSample<Sample>(samples)
        for entry in plan.entries {
            var extract = try ExtractArtefact(folder: output.extracted, key: entry.extract, source: entry.source)
            if let key = entry.perplexity {
                try extract.take(PerplexityArtefact(folder: output.perplexity, key: key))
            }
            let counts = try TokenArtefact(folder: output.tokens, key: entry.tokens, verifies: false).counts
            var index = 0
            for case .document(let facts) in extract.outcomes {
                guard index < counts.count else {
                    throw BuildFailure.damagedArtefact(
                        path: TokenArtefact.path(output.tokens, entry.tokens), problem: "too few documents")
                }
                let tokens = counts[index]
                index += 1
                let before = rules.before.firstViolation(facts)
                let after = rules.after.firstViolation(facts)
                count(facts, tokens, before, as: \.before, \.before)
                count(facts, tokens, after, as: \.after, \.after)
                if before == nil, let after {
                    lost.add(tokens)
                    lostSample.offer(FilterWhatIf.sample(facts, tokens, after), key: facts.id)
                }
                if let before, after == nil {
                    gained.add(tokens)
                    gainedSample.offer(FilterWhatIf.sample(facts, tokens, before), key: facts.id)
                }
            }
        }
        lostSamples = lostSample.items
        gainedSamples = gainedSample.items
    }

    /// Counts a document with one of the two decisions.
    private mutating func count(
        _ facts: DocumentFacts, _ tokens: Int, _ found: QualityViolation?, as amount: WritableKeyPath<Change, Amount>,
        _ characters: WritableKeyPath<(before: Int, after: Int), Int>
    ) {
        if let found {
            rules[found.rule, default: Change()][keyPath: amount].add(tokens)
            return
        }
        kept[keyPath: amount].add(tokens)
        sources[facts.source].change[keyPath: amount].add(tokens)
        prose[keyPath: characters] += facts.signals.prose.characters
        rest[keyPath: characters] += facts.signals.rest.characters
    }

    private static func sample(_ facts: DocumentFacts, _ tokens: Int, _ found: QualityViolation) -> Sample {
        Sample(
            path: facts.path, tokens: tokens, rule: found.rule, value: found.value, threshold: found.threshold)
    }

    /// Everything as a JSON object.
    public var json: JSONValue {
        func samples(_ samples: [Sample]) -> JSONValue {
            .array(
                samples.map {
                    .object([
                        "path": .string($0.path), "tokens": .integer($0.tokens), "rule": .string($0.rule),
                        "value": .string($0.value), "threshold": .string($0.threshold),
                    ])
                })
        }
        func characters(_ counts: (before: Int, after: Int)) -> JSONValue {
            .object(["before": .integer(counts.before), "after": .integer(counts.after)])
        }
        return .object([
            "kept": kept.json, "lost": lost.json, "gained": gained.json,
            "rules": .object(rules.mapValues(\.json)),
            "sources": .array(
                sources.map { .object(["name": .string($0.name), "kept": $0.change.json]) }),
            "characters": .object([
                "prose": characters(prose), "tables_code_equations": characters(rest),
            ]),
            "remarks": .array(remarks.map { .string($0) }), "lost_samples": samples(lostSamples),
            "gained_samples": samples(gainedSamples),
        ])
    }
}
