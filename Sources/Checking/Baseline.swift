import Building
public import Files

/// What a corpus was like: figures, distributions and digests, to compare a later one with.
public struct Baseline: Sendable, Equatable {
    /// The version of the file.
    public static let schemaVersion = 1

    /// The name of the corpus.
    public var name: String
    /// Its root digest.
    public var rootDigest: String
    /// Figures by the name of their measure.
    public var figures: [String: Double]
    /// Distributions by the name of their measure.
    public var distributions: [String: Distribution]
    /// The ids that the distribution `tokens` counts one by one; all others are `other`.
    public var frequentTokens: [Int]
    /// The digest of each shard and of each file of documents, by its path in the corpus.
    public var digests: [String: String]
    /// The share of the corpus that the distributions were counted on.
    public var sample: Double
    /// How many documents had their languages told; nil where that is not known.
    public var languageDocuments: Int?

    /// As JSON.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "schema": .integer(Baseline.schemaVersion), "name": .string(name), "root_digest": .string(rootDigest),
            "figures": .object(figures.mapValues { .double($0) }),
            "distributions": .object(distributions.mapValues(\.json)),
            "frequent_tokens": .array(frequentTokens.map { .integer($0) }),
            "digests": .object(digests.mapValues { .string($0) }), "sample": .double(sample),
        ]
        if let languageDocuments { members["language_documents"] = .integer(languageDocuments) }
        return .object(members)
    }

    init(
        name: String, rootDigest: String, figures: [String: Double], distributions: [String: Distribution],
        frequentTokens: [Int], digests: [String: String], sample: Double,
        languageDocuments: Int? = nil
    ) {
        self.name = name
        self.rootDigest = rootDigest
        self.figures = figures
        self.distributions = distributions
        self.frequentTokens = frequentTokens
        self.digests = digests
        self.sample = sample
        self.languageDocuments = languageDocuments
    }

    /// Reads a baseline. Throws `FileFailure.malformed` for a file that is none, or of a later version.
    public init(file path: String) throws {
        let json = try JSONValue(file: path)
        func bad(_ key: String, _ expected: String) -> FileFailure {
            .malformed(
                path: path, place: "member \(key)", expected: expected,
                found: (json[key]?.text()).map { String($0.prefix(60)) } ?? "nothing")
        }
        guard let schema = json["schema"]?.int, schema >= 1, schema <= Baseline.schemaVersion else {
            throw bad("schema", "a baseline of schema 1 to \(Baseline.schemaVersion)")
        }
        guard let name = json["name"]?.string else { throw bad("name", "a string") }
        guard let digest = json["root_digest"]?.string else { throw bad("root_digest", "a string") }
        guard let figures = json["figures"]?.members, figures.values.allSatisfy({ $0.double != nil }) else {
            throw bad("figures", "an object of numbers")
        }
        guard let members = json["distributions"]?.members else { throw bad("distributions", "an object") }
        var distributions: [String: Distribution] = [:]
        for (name, value) in members {
            guard let distribution = Distribution(json: value) else {
                throw bad("distributions", "counts under \(name)")
            }
            distributions[name] = distribution
        }
        self.init(
            name: name, rootDigest: digest, figures: figures.compactMapValues(\.double), distributions: distributions,
            frequentTokens: (json["frequent_tokens"]?.items ?? []).compactMap(\.int),
            digests: (json["digests"]?.members ?? [:]).compactMapValues(\.string),
            sample: json["sample"]?.double ?? 1,
            languageDocuments: json["language_documents"]?.int.map { max(0, $0) })
    }

    /// Differences of `current` from this baseline beyond the limits of `rules`. A measure that either side does not have is not compared.
    func drift(of current: Baseline, _ rules: ValidationRules) -> [Finding] {
        var findings: [Finding] = []
        func limit(_ name: String, _ standard: Double) -> Double? {
            if let own = rules.drift.measures[name] { return own }
            return standard
        }
        func add(_ name: String, _ expected: String, _ found: String) {
            findings.append(
                Finding(
                    rule: "drift", severity: rules.severity("drift"),
                    place: rules.file.isEmpty ? FindingPlace("manifest.json") : rules.place(rules.drift.line),
                    expected: "\(DriftMeasure.title(name)) \(expected)", found: found,
                    hint: "where the change is meant, write a new baseline with --update-baseline",
                    subject: "drift " + name))
        }
        for name in DriftMeasure.distributions {
            guard let stated = limit(name, rules.drift.stability), let before = distributions[name],
                let after = current.distributions[name], let index = before.stabilityIndex(to: after)
            else { continue }
            let limit = stated + chance(name, before, after, current)
            if index <= limit { continue }
            let change = before.largestChange(to: after)
            add(
                name, "as in the baseline: a stability index of at most \(FigureText.number(limit))",
                FigureText.number(index)
                    + (change.map {
                        ", most of it \($0.name): \(FigureText.percent($0.before)) before, \(FigureText.percent($0.after)) now"
                    } ?? ""))
        }
        for name in DriftMeasure.figures {
            guard let limit = limit(name, rules.drift.change), let before = figures[name],
                let after = current.figures[name]
            else { continue }
            let change = Baseline.change(from: before, to: after)
            if change <= limit { continue }
            if limit > 0, name.hasSuffix("_share"), abs(after - before) <= Baseline.shareFloor { continue }
            add(
                name, "within \(FigureText.percent(limit)) of \(FigureText.number(before))",
                "\(FigureText.number(after)), \(Baseline.text(change, isMore: after > before))"
            )
        }
        return findings
    }

    /// `changed by 12.3%`, `13.4 times as much`.
    private static func text(_ change: Double, isMore: Bool) -> String {
        if !change.isFinite { return "from nothing" }
        if isMore, change >= 1 { return "\(FigureText.ratio(1 + change)) times as much" }
        return "changed by \(FigureText.number((change * 1000).rounded() / 10))%"
    }

    /// What a share may change by, whatever that is of what it was: one document of thousands is not drift.
    private static let shareFloor = 0.005

    /// Whether what a distribution counts was counted on all documents.
    private func isWhole(_ name: String) -> Bool {
        guard sample >= 1, name == "languages", let told = languageDocuments,
            let all = distributions["document_tokens"]?.total
        else { return sample >= 1 }
        return told >= all
    }

    /// What the choice of a sample alone may add to a stability index: of two samples of n and m from one population it is about
    /// (classes − 1) · (1/n + 1/m), and this is twice that. 0 where both corpora were read whole. What is counted in bytes hangs together by
    /// document, so n and m are documents, of languages those whose languages were told; tokens are counted one by one.
    func chance(_ name: String, _ before: Distribution, _ after: Distribution, _ current: Baseline) -> Double {
        if isWhole(name), current.isWhole(name) || name == "rejects" || name == "sources" { return 0 }
        func size(_ baseline: Baseline, _ own: Distribution) -> Double {
            let documents = baseline.distributions["document_tokens"]?.total ?? own.total
            let told = name == "languages" ? baseline.languageDocuments ?? documents : documents
            return Double(max(1, name == "tokens" ? own.total : told))
        }
        let classes = Set(before.counts.keys).union(after.counts.keys).count
        return 2 * Double(max(0, classes - 1)) * (1 / size(self, before) + 1 / size(current, after))
    }

    /// The relative change; infinite from 0 to anything else.
    static func change(from before: Double, to after: Double) -> Double {
        before == after ? 0 : before == 0 ? .infinity : abs(after - before) / abs(before)
    }
}
