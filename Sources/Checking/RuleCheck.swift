import Building
import Cleaning
import Deduplication
import Documents
import Files
import Packing

/// Holds a sealed corpus against rules: what the manifest counts, and what was measured of documents.
struct RuleCheck {
    let manifest: Manifest
    let rules: ValidationRules
    let rejections: RejectionCheck.Result
    /// What was measured; nil where no document was looked at.
    let measure: DocumentMeasure?
    /// The recipe, where it is known, for places in it.
    let recipe: RecipePlaces?
    /// The items of evaluation sets that stand in the documents; nil where that was not looked for.
    let contamination: ContaminationPlaces?

    /// Rules of duplicates in `rejected/`.
    static let duplicateRules: Set<String> = ["exact-duplicate", "near-duplicate", "duplicate-id"]
    /// Rules under which reading rejects what it cannot read.
    static let unreadableRules: Set<String> = [
        "unreadable", "unsupported", "encoding", "encrypted", "too-large", "empty",
    ]
    /// Rules that drop documents by what the recipe wants, not by what is wrong with them.
    static let choiceRules: Set<String> = ["source-weight", "older-version", "unchanged-version", "family-merge"]
    /// Rules for what is no document in itself.
    static let passingRules: Set<String> = [
        Rejection.redirectRule, Rejection.otherNamespaceRule, Rejection.otherModelRule, Rejection.emptyPageRule,
        Rejection.onlyBoilerplateRule,
    ]
    /// What the names of filters with options of their own begin with.
    private static let families = ["gopher", "c4", "fineweb", "class-"]
    /// Every other name that `rejected/` may have.
    private static let knownRules =
        QualityRules.names + [
            LanguageRule.name, "special-token-in-text", "nothing-left", "open-ledger", Decontamination.rule,
        ]
        + duplicateRules.union(unreadableRules).union(choiceRules).union(passingRules).sorted(by: precedesInByteOrder)

    /// The ids of the rules that are asked for, beyond integrity.
    static func asked(_ rules: ValidationRules) -> Set<String> {
        var asked: Set<String> = []
        for limits in [rules.limits] + rules.sources.values {
            if limits.rejects != nil || !limits.rejectsByRule.isEmpty { asked.insert("rejects") }
            if limits.unreadable != nil { asked.insert("unreadable") }
            if limits.duplicates != nil { asked.insert("duplicates") }
            if limits.fertility != nil { asked.insert("fertility") }
            if limits.bytesPerToken != nil { asked.insert("bytes-per-token") }
            if !limits.languages.isEmpty { asked.insert("languages") }
            if limits.documents != nil { asked.insert("documents-count") }
            if limits.tokens != nil { asked.insert("tokens-count") }
        }
        if rules.contamination != nil { asked.insert("contamination") }
        if rules.leakage != nil || rules.nearDuplicatesInTraining != nil { asked.insert("leakage") }
        if rules.padding != nil { asked.insert("padding") }
        if rules.licences != nil { asked.insert("licence") }
        if !rules.sources.isEmpty { asked.insert("source") }
        if !rules.waivers.isEmpty { asked.formUnion(["waiver-expired", "waiver-unused"]) }
        return asked
    }

    func run() -> [Finding] {
        var findings = corpusFindings()
        let total = counts(of: nil)
        findings += limitFindings(rules.limits, nil, total)
        for source in manifest.sources {
            findings += limitFindings(rules.limits(of: source.name), source.name, counts(of: source))
        }
        let known = manifest.sources.map(\.name)
        for name in rules.sources.keys.sorted(by: precedesInByteOrder) where name != "*" && !known.contains(name) {
            let nearest = NearestName.to(name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            findings.append(
                Finding(
                    rule: "source", severity: rules.severity("source"), place: rules.place(rules.sourceLines[name]),
                    expected: "a source of the corpus", found: "`\(name)`", hint: "correct the name\(nearest)",
                    subject: "source \(name)"))
        }
        return RuleCheck.once(findings + unknownFilters())
    }

    /// Limits of filters that there are not: a name that is written wrong would never fail.
    private func unknownFilters() -> [Finding] {
        var findings: [Finding] = []
        for limits in [rules.limits] + rules.sources.sorted(by: { precedesInByteOrder($0.key, $1.key) }).map(\.value) {
            for name in limits.rejectsByRule.keys.sorted(by: precedesInByteOrder) {
                let isKnown =
                    manifest.rejected[name] != nil || RuleCheck.knownRules.contains(name)
                    || RuleCheck.families.contains { name.hasPrefix($0) }
                if isKnown { continue }
                let names = RuleCheck.knownRules + manifest.rejected.keys.sorted(by: precedesInByteOrder)
                let nearest = NearestName.to(name, among: names).map { "; did you mean `\($0)`?" } ?? ""
                findings.append(
                    Finding(
                        rule: "rejects", severity: .warning, place: rules.place(limits.rejectsByRule[name]?.line),
                        expected: "the name of a filter", found: "`\(name)`, which dropped nothing",
                        hint: "correct the name\(nearest)", subject: "filter \(name)"))
            }
        }
        return findings
    }

    /// A document that several limits name is named once for a rule, as gravely as any of them has it.
    private static func once(_ findings: [Finding]) -> [Finding] {
        var places: [String: Int] = [:]
        var kept: [Finding] = []
        for finding in findings {
            guard finding.place.subject != nil else {
                kept.append(finding)
                continue
            }
            if let place = places[finding.fingerprint] {
                if finding.severity.rank < kept[place].severity.rank { kept[place].severity = finding.severity }
            } else {
                places[finding.fingerprint] = kept.count
                kept.append(finding)
            }
        }
        return kept
    }

    // MARK: the corpus

    private func finding(
        _ rule: String, _ line: Int?, _ expected: String, _ found: String, _ hint: String, _ subject: String
    ) -> Finding {
        Finding(
            rule: rule, severity: rules.severity(rule), place: rules.place(line), expected: expected, found: found,
            hint: hint, subject: subject)
    }

    private func corpusFindings() -> [Finding] {
        var findings: [Finding] = []
        if let digest = rules.rootDigest, digest != manifest.rootDigest {
            findings.append(
                finding(
                    "root-digest", rules.rootDigestLine, "the corpus \(digest)", manifest.rootDigest,
                    "build from the same recipe, tokenizer and inputs, or state the new digest", "stated"))
        }
        if let separator = rules.separator, separator != manifest.separator {
            findings.append(
                finding(
                    "separators", rules.separatorLine, "the separator policy \(separator)", manifest.separator,
                    "set pack.separator in the recipe", "policy"))
        }
        if let band = rules.padding {
            let positions = manifest.splits.values.reduce(0) { $0 + $1.ledger.blocks * $1.ledger.length }
            let padding = manifest.splits.values.reduce(0) { $0 + $1.ledger.padding }
            let share = positions == 0 ? 0 : Double(padding) / Double(positions)
            if !band.holds(share) {
                findings.append(
                    finding(
                        "padding", band.line, "a share of padding of \(band.text(FigureText.percent))",
                        "\(FigureText.percent(share)), \(padding) of \(positions) positions",
                        "set pack.tail to drop, or another strategy", "padding"))
            }
        }
        findings += licenceFindings() + leakageFindings() + contaminationFindings()
        return findings
    }

    private func licenceFindings() -> [Finding] {
        guard let allowed = rules.licences else { return [] }
        return manifest.sources.compactMap { source in
            let licence = source.licence ?? ""
            if !licence.isEmpty, allowed.isEmpty || allowed.contains(licence) { return nil }
            return Finding(
                rule: "licence", severity: rules.severity("licence"),
                place: recipe?.place(ofSource: source.name) ?? rules.place(rules.licenceLine),
                expected: allowed.isEmpty
                    ? "a licence of the source \(source.name)"
                    : "a licence of the source \(source.name) among \(allowed.joined(separator: ", "))",
                found: licence.isEmpty ? "none" : "`\(licence)`",
                hint: "state `licence:` in the recipe, or leave the source out", subject: "source \(source.name)")
        }
    }

    private func leakageFindings() -> [Finding] {
        guard let line = rules.leakage.map({ $0.line }) ?? rules.nearDuplicatesInTraining.map({ $0.line }) else {
            return []
        }
        guard let leakage = manifest.leakage else {
            return [
                finding(
                    "leakage", line, "the leakage of the split, measured", "no measure",
                    "build with split.leakage: true", "measured")
            ]
        }
        var findings: [Finding] = []
        if let band = rules.leakage, !band.holds(leakage.split.share) {
            findings.append(
                finding(
                    "leakage", band.line, "\(band.text(FigureText.percent)) of the n-grams of validation in training",
                    "\(FigureText.percent(leakage.split.share)), "
                        + "\(leakage.split.found) of \(leakage.split.ngrams); \(FigureText.percent(leakage.random.share)) in a split "
                        + "of single documents",
                    "look for near duplicates with a lower dedupe.minhash.threshold", "share"))
        }
        if let band = rules.nearDuplicatesInTraining, !band.holds(Double(leakage.split.nearDuplicates)) {
            findings.append(
                finding(
                    "leakage", band.line,
                    "\(band.text(FigureText.count)) documents of validation with a near duplicate in training",
                    "\(leakage.split.nearDuplicates)", "build with dedupe.minhash", "near duplicates"))
        }
        return findings
    }

    private func contaminationFindings() -> [Finding] {
        guard let band = rules.contamination else { return [] }
        guard let contamination else {
            return [
                finding(
                    "contamination", band.line, "evaluation sets that were looked for in the documents", "none",
                    "name them in the recipe: decontaminate: {against: [SET]}", "measured")
            ]
        }
        // Under mask and drop what was found went from the documents.
        let left = contamination.isRemoved ? 0 : contamination.items
        if band.holds(Double(left)) { return [] }
        var findings = [
            finding(
                "contamination", band.line, "\(band.text(FigureText.count)) items of evaluation sets in the documents",
                "\(left) of \(contamination.all)", "set decontaminate.action to mask or drop", "items")
        ]
        for place in contamination.places.prefix(rules.examples) {
            guard let subject = measure?.found[place.document] else { continue }
            findings.append(
                Finding(
                    rule: "contamination", severity: exampleSeverity("contamination", band),
                    place: FindingPlace(subject), expected: "no item of an evaluation set",
                    found: "\(place.item) of \(place.set)", hint: "set decontaminate.action to mask or drop",
                    subject: "\(place.set) \(place.item) \(RuleCheck.stable(subject))"))
        }
        return findings
    }

    // MARK: the corpus or a source

    /// What the shares of a source, or of all, are of.
    private struct Counts {
        var read = 0
        var unreadable = 0
        var documents = 0
        var tokens = 0
        var textBytes = 0
        var rejected: [String: Int] = [:]
        /// Documents that were read, and inputs that could not be.
        var all: Int { read + unreadable }
    }

    private func counts(of source: Manifest.SourceCounts?) -> Counts {
        var counts = Counts()
        for entry in source.map({ [$0] }) ?? manifest.sources {
            counts.read += entry.read
            counts.documents += entry.documents
            counts.tokens += entry.tokens
            counts.textBytes += entry.textBytes
            counts.rejected.merge(rejections.counts[entry.name] ?? [:], uniquingKeysWith: +)
        }
        counts.unreadable =
            source == nil
            ? manifest.unreadable
            : counts.rejected.reduce(0) { $0 + (RuleCheck.unreadableRules.contains($1.key) ? $1.value : 0) }
        return counts
    }

    private func limitFindings(_ limits: ValidationRules.Limits, _ source: String?, _ counts: Counts) -> [Finding] {
        let whose = source.map { " of the source \($0)" } ?? ""
        let subject = source ?? "corpus"
        var findings: [Finding] = []
        func share(
            _ rule: String, _ band: ValidationBand?, _ count: Int, _ what: String, _ names: (String) -> Bool,
            _ hint: String, key: String = ""
        ) {
            guard let band else { return }
            let share = counts.all == 0 ? 0 : Double(count) / Double(counts.all)
            if band.holds(share) { return }
            findings.append(
                finding(
                    rule, band.line, "\(band.text(FigureText.percent)) \(what)\(whose)",
                    "\(FigureText.percent(share)), \(count) of \(counts.all)", hint, subject + key))
            if share > band.most ?? .infinity { findings += examples(rule, band, source, names, hint) }
        }
        let filtered = counts.rejected.filter { RuleCheck.isFilter($0.key) }
        share(
            "rejects", limits.rejects, filtered.values.reduce(0, +), "dropped by filters", RuleCheck.isFilter,
            "look at rejected/, and try other thresholds with `shardmill filter what-if`")
        for name in limits.rejectsByRule.keys.sorted(by: precedesInByteOrder) {
            share(
                "rejects", limits.rejectsByRule[name], counts.rejected[name] ?? 0, "dropped by `\(name)`",
                { $0 == name },
                "look at rejected/, and try other thresholds with `shardmill filter what-if`", key: " " + name)
        }
        share(
            "unreadable", limits.unreadable, counts.unreadable, "unreadable", RuleCheck.unreadableRules.contains,
            "repair or remove what cannot be read")
        share(
            "duplicates", limits.duplicates,
            counts.rejected.reduce(0) { $0 + (RuleCheck.duplicateRules.contains($1.key) ? $1.value : 0) }, "duplicates",
            RuleCheck.duplicateRules.contains, "remove copies from the source")
        func number(_ rule: String, _ band: ValidationBand?, _ value: Double, _ what: String) {
            guard let band, !band.holds(value) else { return }
            findings.append(
                finding(
                    rule, band.line, "\(band.text(FigureText.count)) \(what)\(whose)", FigureText.count(value),
                    "look whether inputs are missing or new", subject))
        }
        number("documents-count", limits.documents, Double(counts.documents), "documents")
        number("tokens-count", limits.tokens, Double(counts.tokens), "tokens")
        if let band = limits.bytesPerToken, counts.tokens > 0 {
            let value = Double(counts.textBytes) / Double(counts.tokens)
            if !band.holds(value) {
                findings.append(
                    finding(
                        "bytes-per-token", band.line, "\(band.text(FigureText.number)) bytes a token\(whose)",
                        FigureText.number(value), "look whether the tokenizer fits the texts", subject))
            }
        }
        return findings + textFindings(limits, source, whose, subject)
    }

    private func textFindings(
        _ limits: ValidationRules.Limits, _ source: String?, _ whose: String, _ subject: String
    ) -> [Finding] {
        guard let measure,
            let texts = source.map({ measure.sources[$0] ?? SourceMeasure() }) ?? measure.total as SourceMeasure?
        else { return [] }
        var findings: [Finding] = []
        if let band = limits.fertility, let value = texts.fertility, !band.holds(value) {
            findings.append(
                finding(
                    "fertility", band.line, "\(band.text(FigureText.number)) tokens a word\(whose)",
                    "\(FigureText.number(value)), \(texts.tokensOfWords) tokens of \(texts.words) words",
                    "look whether the tokenizer fits the texts", subject))
        }
        let bytes = texts.languages.total
        for tag in limits.languages.keys.sorted(by: precedesInByteOrder) where bytes > 0 {
            guard let band = limits.languages[tag] else { continue }
            let share = Double(texts.bytes(inLanguage: tag)) / Double(bytes)
            if band.holds(share) { continue }
            findings.append(
                finding(
                    "languages", band.line, "\(band.text(FigureText.percent)) of the text\(whose) in `\(tag)`",
                    "\(FigureText.percent(share)) of \(bytes) bytes in \(texts.documentsOfLanguages) documents",
                    "set clean.language, or move the texts to a source of their own", "\(subject) \(tag)"))
            if share >= band.least ?? 0 { continue }
            for (place, language) in measure.foreign.filter({ source == nil || $0.subject.source == source })
                .prefix(rules.examples)
            {
                findings.append(
                    Finding(
                        rule: "languages", severity: exampleSeverity("languages", band), place: FindingPlace(place),
                        expected:
                            "text in \(limits.languages.keys.sorted(by: precedesInByteOrder).joined(separator: ", "))",
                        found: "mostly `\(language)`", hint: "set clean.language, or move it to another source",
                        subject: RuleCheck.stable(place)))
            }
        }
        return findings
    }

    /// Where nothing at all is allowed, each one is a finding of its own; else the sum is, and each is a warning that shows where to look.
    private func exampleSeverity(_ rule: String, _ band: ValidationBand) -> Severity {
        let own = rules.severity(rule)
        return band.most == 0 || own != .error ? own : .warning
    }

    private func examples(
        _ rule: String, _ band: ValidationBand, _ source: String?, _ names: (String) -> Bool, _ hint: String
    ) -> [Finding] {
        let sources = source.map { [$0] } ?? manifest.sources.map(\.name)
        var found: [Rejection] = []
        for source in sources {
            let byRule = rejections.first[source] ?? [:]
            for name in byRule.keys.sorted(by: precedesInByteOrder) where names(name) { found += byRule[name] ?? [] }
        }
        return found.prefix(rules.examples).map { rejection in
            RuleCheck.finding(
                rule, rejection, severity: exampleSeverity(rule, band),
                hint: hint.hasPrefix("look at") ? "mend the document, or raise the limit" : hint)
        }
    }

    /// The finding of something that was rejected, at its line where the rejection names one.
    static func finding(_ rule: String, _ rejection: Rejection, severity: Severity, hint: String) -> Finding {
        let subject = FindingPlace.Subject(id: rejection.id, source: rejection.source, path: rejection.path)
        var place = FindingPlace(subject)
        let (line, value) = split(rejection.value)
        // Filters drop documents that have a name; of what could not be read, and of records without a key, the value is all there is to
        // tell one from another.
        let isTold = isFilter(rejection.rule) && !rejection.path.contains("!@")
        place.line = line
        return Finding(
            rule: rule, severity: severity, place: place,
            expected: rejection.threshold.isEmpty ? "a document" : rejection.threshold,
            found: "\(rejection.rule): \(value)", hint: hint,
            subject: "\(rejection.rule) \(stable(subject))" + (isTold ? "" : " " + value))
    }

    /// `line 31: what was found` in its two parts.
    static func split(_ value: String) -> (line: Int?, rest: String) {
        guard value.hasPrefix("line ") else { return (nil, value) }
        let digits = value.dropFirst(5).prefix { $0.isASCII && $0.isNumber }
        let rest = value.dropFirst(5 + digits.count)
        guard let line = Int(digits), line > 0, rest.hasPrefix(": ") || rest.isEmpty else { return (nil, value) }
        return (line, String(rest.dropFirst(2)))
    }

    /// What a document is called whatever stands before it in its file: a record that is known by its place alone goes by its first text.
    static func stable(_ subject: FindingPlace.Subject) -> String {
        var path = subject.path
        if let mark = path.firstRange(of: "!@") {
            path = String(path[..<mark.lowerBound]) + "!" + String(decoding: subject.probe, as: UTF8.self)
        }
        return "\(subject.source) \(path)"
    }

    static func isFilter(_ rule: String) -> Bool {
        ![duplicateRules, unreadableRules, choiceRules, passingRules].contains { $0.contains(rule) }
    }
}
