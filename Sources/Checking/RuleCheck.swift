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
    /// Whether what was measured stands for all: a sample does, the documents that changed do not.
    let isMeasureRepresentative: Bool
    /// The recipe, where it is known, for places in it.
    let recipe: RecipePlaces?
    /// The items of evaluation sets that stand in the documents; nil where that was not looked for.
    let contamination: ContaminationPlaces?
    /// Waivers for single documents; nil: there are none.
    let waived: WaivedPlaces?

    /// What rules gave.
    struct Outcome {
        var findings: [Finding] = []
        /// Rules on texts that were asked for, with whose texts, and could be held against none.
        var unmeasured: [(rule: String, whose: String)] = []
        /// Rules on texts that were held against some.
        var measured: Set<String> = []
    }

    /// Rules on texts: they need documents to be measured.
    static let textRules: Set<String> = ["fertility", "languages"]

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

    func run() -> Outcome {
        var outcome = Outcome()
        var findings = corpusFindings()
        let total = counts(of: nil)
        findings += limitFindings(rules.limits, nil, total)
        findings += textFindings(rules.limits, nil, &outcome)
        for source in manifest.sources {
            let limits = rules.limits(of: source.name)
            findings += limitFindings(limits, source.name, counts(of: source))
            findings += textFindings(limits, source.name, &outcome)
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
        outcome.findings = RuleCheck.once(findings + unknownFilters())
        return outcome
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
        if let band = rules.nearDuplicatesInTraining, manifest.recipe["dedupe"]?["minhash"]?.string == "off" {
            findings.append(
                finding(
                    "leakage", band.line, "near duplicates of validation in training, looked for",
                    "a build without dedupe.minhash", "build with dedupe.minhash", "near duplicates measured"))
        } else if let band = rules.nearDuplicatesInTraining, !band.holds(Double(leakage.split.nearDuplicates)) {
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
        if let problem = contamination.problem {
            return [
                Finding(
                    rule: "contamination", severity: rules.severity("contamination"), place: problem.file,
                    expected: "the items that stand in the documents", found: problem.message,
                    hint: "build the corpus again into a new folder", subject: "contamination.json")
            ]
        }
        // Under mask and drop what was found went from the documents.
        let items = contamination.isRemoved ? 0 : contamination.items
        if band.holds(Double(items)) { return [] }
        var named: [Finding] = []
        var waivedItems: [Finding] = []
        for item in contamination.found {
            let places = item.places.map { contaminated($0, item, band) }
            // Waived where every document that it stands in is.
            let isWaived =
                waived != nil && item.documents <= places.count
                && places.allSatisfy { $0.map { waived?.waiver(of: $0) != nil } ?? false }
            if isWaived {
                waivedItems += places.compactMap { $0 }
            } else if named.count < rules.examples, let first = places.first, let first {
                named.append(first)
            }
        }
        let itemsWaived = Set(waivedItems.map(\.found)).count
        let left = items - min(items, itemsWaived)
        if band.holds(Double(left)) { return waivedItems }
        let sum = finding(
            "contamination", band.line, "\(band.text(FigureText.count)) items of evaluation sets in the documents",
            "\(left) of \(contamination.all)" + (itemsWaived == 0 ? "" : ", \(itemsWaived) more waived"),
            "set decontaminate.action to mask or drop", "items")
        return [sum] + named + waivedItems
    }

    /// The finding of an item in one document; nil where that document is not in the corpus or was not looked at.
    private func contaminated(
        _ place: ContaminationPlaces.Place, _ item: ContaminationPlaces.Item, _ band: ValidationBand
    ) -> Finding? {
        guard let subjects = measure?.found[place], let subject = subjects.first else { return nil }
        // Of two sources that both have a file of this path it is not known whose is meant.
        let isKnown = subjects.count == 1
        return Finding(
            rule: "contamination", severity: exampleSeverity("contamination", band),
            place: isKnown ? FindingPlace(subject) : FindingPlace(subject.path),
            expected: "no item of an evaluation set",
            found: "\(item.name) of \(item.set)", hint: "set decontaminate.action to mask or drop",
            subject: "\(item.set) \(item.name) \(isKnown ? RuleCheck.stable(subject) : subject.path)")
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
        /// Of these what a waiver is for.
        var waived: [String: Int] = [:]
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
            counts.waived.merge(rejections.waivedCounts[entry.name] ?? [:], uniquingKeysWith: +)
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
            func share(_ count: Int) -> Double { counts.all == 0 ? 0 : Double(count) / Double(counts.all) }
            let all = share(count)
            if band.holds(all) { return }
            let isTooMuch = all > band.most ?? .infinity
            // What somebody answers for does not count towards too much; it is named, so that it is seen what the waiver is for.
            let waived = isTooMuch ? counts.waived.reduce(0) { $0 + (names($1.key) ? $1.value : 0) } : 0
            let left = share(count - min(count, waived))
            if waived > 0 {
                findings += documentFindings(waivedExamples(source, names), rule, band, hint)
                if left <= band.most ?? .infinity { return }
            }
            findings.append(
                finding(
                    rule, band.line, "\(band.text(FigureText.percent)) \(what)\(whose)",
                    "\(FigureText.percent(left)), \(count - min(count, waived)) of \(counts.all)"
                        + (waived == 0 ? "" : ", \(waived) more waived"), hint, subject + key))
            if isTooMuch { findings += documentFindings(examples(source, names), rule, band, hint) }
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
        // A near duplicate may break the limit of all duplicates and that of its own rule: it is named once.
        var seen: Set<String> = []
        return findings.filter { finding in
            guard let subject = finding.place.subject else { return true }
            return seen.insert("\(subject.source) \(subject.path) \(subject.id) \(subject.occurrence) \(finding.found)")
                .inserted
        }
    }

    private func textFindings(
        _ limits: ValidationRules.Limits, _ source: String?, _ outcome: inout Outcome
    ) -> [Finding] {
        let whose = source.map { " of the source \($0)" } ?? ""
        let subject = source ?? "corpus"
        let texts = source.map { measure?.sources[$0] ?? SourceMeasure() } ?? measure?.total ?? SourceMeasure()
        for (rule, isAsked, isMeasured) in [
            ("fertility", limits.fertility != nil, texts.words > 0),
            ("languages", !limits.languages.isEmpty, texts.languages.total > 0),
        ] where isAsked {
            if isMeasured, isMeasureRepresentative {
                outcome.measured.insert(rule)
            } else {
                outcome.unmeasured.append((rule, source.map { "the source \($0)" } ?? "the corpus"))
            }
        }
        guard isMeasureRepresentative, let measure else { return [] }
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

    private func examples(_ source: String?, _ names: (String) -> Bool) -> [Rejection] {
        Array(listed(rejections.first, source, names).prefix(rules.examples))
    }

    private func waivedExamples(_ source: String?, _ names: (String) -> Bool) -> [Rejection] {
        listed(rejections.firstWaived, source, names)
    }

    private func listed(
        _ rejections: [String: [String: [Rejection]]], _ source: String?, _ names: (String) -> Bool
    ) -> [Rejection] {
        let sources = source.map { [$0] } ?? manifest.sources.map(\.name)
        var found: [Rejection] = []
        for source in sources {
            let byRule = rejections[source] ?? [:]
            for name in byRule.keys.sorted(by: precedesInByteOrder) where names(name) { found += byRule[name] ?? [] }
        }
        return found
    }

    private func documentFindings(
        _ rejected: [Rejection], _ rule: String, _ band: ValidationBand, _ hint: String
    ) -> [Finding] {
        var repeats: [String: Int] = [:]
        return rejected.map { rejection in
            var finding = RuleCheck.finding(
                rule, rejection, severity: exampleSeverity(rule, band),
                hint: hint.hasPrefix("look at") ? "mend the document, or raise the limit" : hint)
            if rejection.rule == "duplicate-id" {
                // The first record of an id stayed; the next ones are told apart by their number.
                let number = repeats[finding.subject, default: 1] + 1
                repeats[finding.subject] = number
                finding.place.subject?.occurrence = number
                if number > 2 { finding.subject += " \(number)" }
            }
            return finding
        }
    }

    /// The rule that is broken by what another one rejected.
    static func checkRule(of rule: String) -> String {
        unreadableRules.contains(rule)
            ? "unreadable" : duplicateRules.contains(rule) ? "duplicates" : isFilter(rule) ? "rejects" : ""
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
