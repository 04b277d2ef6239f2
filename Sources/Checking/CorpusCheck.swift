import Building
import Documents
import Files
import Packing
public import Parallel
import Shards
import Tokenization

/// A built corpus: the integrity of every byte that the manifest answers for, and what rules and a baseline ask of it.
public struct CorpusCheck: Sendable {
    /// What a check gave.
    public struct Outcome: Sendable {
        /// What was found.
        public var report: ValidationReport
        /// The corpus as a baseline, where one was asked for.
        public var baseline: Baseline?
    }

    private let output: OutputFolder
    private let pool: WorkerPool
    private let options: ValidationOptions

    /// A check of the corpus in `folder`.
    public init(folder: String, options: ValidationOptions = ValidationOptions(), pool: WorkerPool) {
        output = OutputFolder(folder)
        self.options = options
        self.pool = pool
    }

    /// Whether a folder holds a built corpus, or what a build or damage left of one.
    public static func isCorpus(_ folder: String) -> Bool {
        let output = OutputFolder(folder)
        return Folder.isFolder(folder)
            && ([output.manifest, output.work + "/extracted"] + Split.allCases.map { output.split($0) + "/index.json" })
                .contains(where: Folder.exists)
    }

    /// The rules that every corpus is checked by.
    private static let integrity = [
        "manifest", "index", "shard", "counts", "documents", "rejected", "spans", "ledger", "segment-documents",
        "separators", "root-digest", "tokenizer",
    ]
    /// Ids whose frequencies a baseline keeps one by one.
    private static let frequentTokens = 512
    /// Bytes of text whose languages are told: more would cost more than all the rest.
    private static let languageBytes = 64_000_000.0

    /// Runs the check. Throws only where there is no corpus to check; damage is a finding.
    ///
    /// - Parameter progress: files done and all files.
    public func run(progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) throws -> Outcome {
        if !Folder.isFolder(output.path) { throw FileFailure.missing(path: output.path) }
        var report = ValidationReport(tool: options.tool, target: output.path, kind: "corpus")
        // A build that was stopped, or damage: what there is can be held against nothing.
        if !Folder.exists(output.manifest) { throw SealedFailure.notSealed(folder: output.path) }
        let manifest: Manifest
        do { manifest = try Manifest(folder: output.path) } catch let failure as any Failure
            where Folder.exists(output.manifest) && failure.kind != .inputOutput
        {
            report.checked = ["manifest"]
            let finding = Finding(
                rule: "manifest", place: output.manifest, expected: "a manifest that can be read",
                found: failure.description, hint: "put the file back from a copy, or build into a new folder",
                subject: "manifest.json")
            report.take([finding], options.rules, today: options.today, isWhole: false)
            return Outcome(report: report)
        }
        return try run(manifest, report, progress)
    }

    /// One file to look at.
    private struct Shard {
        let split: Split
        let dataset: ShardDataset
        let number: Int
    }

    private func run(
        _ manifest: Manifest, _ start: ValidationReport, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) throws -> Outcome {
        var report = start
        let rules = options.rules
        let recipe = try options.recipe.map { try RecipePlaces(file: $0) } ?? RecipePlaces(output)
        let waived = WaivedPlaces(rules, today: options.today) {
            SourceLocator(recipe?.recipe, names: Set(manifest.sources.map(\.name)))
        }
        // To be waived, items must be known with all of their places.
        let waivesItems = waived?.concerns("contamination") ?? false
        let contamination = ContaminationPlaces(
            manifest, output, most: rules.contamination == nil ? 0 : waivesItems ? .max : rules.examples,
            places: waivesItems ? .max : 1)
        var findings = manifest.findings(output, isNoted: true)
        var datasets: [(split: Split, dataset: ShardDataset)] = []
        for split in Split.allCases {
            do {
                // One that was edited is read: the rest of its split is to be looked at.
                let dataset = try ShardDataset(
                    output.split(split), options: ShardReadingOptions(toleratesEditedIndex: true))
                datasets.append((split, dataset))
                if let edit = dataset.index.edits.first {
                    findings.append(
                        Finding(
                            rule: "index", place: output.split(split) + "/index.json",
                            expected: "an index as it was written, \(edit.place) \(edit.expected)", found: edit.found,
                            hint: "`shardmill repair` makes it again from documents/", subject: split.rawValue))
                }
            } catch {
                findings.append(
                    Finding(
                        rule: "index", place: output.split(split) + "/index.json", expected: "a readable index",
                        found: String(describing: error), hint: "`shardmill repair` makes it again from documents/",
                        subject: split.rawValue))
            }
        }
        var digests: [String: String] = [:]
        let allShards = datasets.flatMap { split, dataset in
            dataset.index.shards.indices.map { Shard(split: split, dataset: dataset, number: $0) }
        }
        for shard in allShards { digests[CorpusCheck.name(shard)] = CorpusCheck.digest(shard) }
        for part in manifest.documentParts { digests["documents/" + part.name] = part.sha256 }
        let shards = picked(allShards.map(CorpusCheck.name), digests).map { allShards[$0] }
        findings += unopened(datasets, Set(shards.map(CorpusCheck.name)), manifest)
        let parts = picked(manifest.documentParts.map { "documents/" + $0.name }, digests).map {
            manifest.documentParts[$0]
        }

        let total = shards.count + parts.count + 1
        let meter = Meter(total, progress)
        var tally = CorpusTally()
        tally.hasAllShards = shards.count == allShards.count
        tally.hasAllParts = parts.count == manifest.documentParts.count
        for (split, dataset) in datasets {
            findings += checkCounts(split, dataset, manifest)
            tally.shards[split] = ShardTally()
        }
        let tokenCounts =
            countsTokens ? WorkerTallies(pool.threads, manifest.tokenizer["vocabulary_size"]?.int ?? 0) : nil
        let rows = manifest.documentParts.reduce(0) { $0 + $1.documents }
        let separators = SeparatorCheck(manifest)
        for (shard, result) in zip(
            shards,
            try pool.map(
                shards.count,
                { index, worker in
                    defer { meter.step() }
                    return check(shards[index], rows, separators, tokenCounts?[worker])
                }))
        {
            findings += result.findings
            tally.shards[shard.split, default: ShardTally()].merge(result.tally)
        }
        let measures = measureOptions(manifest, parts, contamination)
        for part in try pool.map(
            parts.count,
            { index, _ in
                defer { meter.step() }
                return DocumentPartCheck(folder: output.documents, part: parts[index], measures: measures).run()
            })
        {
            findings += part.findings
            tally.merge(part)
        }
        let rejections = RejectionCheck(
            folder: output.rejected, manifest: manifest, examples: rules.examples, waived: waived
        ).run()
        meter.step()
        findings += rejections.findings
        if !manifest.extraction.isClosed {
            findings.append(
                Finding(
                    rule: "ledger", place: output.manifest, expected: "a closed extraction ledger of the whole corpus",
                    found: "off by \(manifest.extraction.imbalance) scalars", hint: "text was lost: report this",
                    subject: "extraction"))
        }
        findings += tally.findings(manifest, output) + checkTokenizer(manifest)
        let isSealed = findings.allSatisfy { $0.severity != .error }
        for index in findings.indices where findings[index].severity == .error {
            findings[index].severity = rules.severity(findings[index].rule)
        }

        let ruleCheck = RuleCheck(
            manifest: manifest, rules: rules, rejections: rejections,
            measure: parts.isEmpty ? nil : tally.measure,
            isMeasureRepresentative: !options.changedOnly || tally.hasAllParts, recipe: recipe,
            contamination: contamination, waived: waived)
        let outcome = ruleCheck.run()
        findings += outcome.findings
        let frequencies = tokenCounts?.sum()
        let figures = baseline(manifest, rejections, tally, frequencies, digests)
        if let before = options.baseline {
            findings += before.drift(of: figures, rules).map { finding in
                var finding = finding
                if finding.place.file == "manifest.json" { finding.place.file = output.manifest }
                return finding
            }
        }
        let names = Set(findings.compactMap { $0.place.subject?.source })
        SourceLocator(recipe?.recipe, names: names).locate(&findings)

        // A rule that could be held against nothing was not checked.
        let unmeasured = Set(outcome.unmeasured.map(\.rule)).subtracting(outcome.measured)
        report.checked = checkedRules.filter { !unmeasured.contains($0) }
        report.coverage = [
            .init(name: "shards", looked: shards.count, all: allShards.count),
            .init(
                name: "blocks", looked: shards.reduce(0) { $0 + $1.dataset.blocks(ofShard: $1.number).count },
                all: datasets.reduce(0) { $0 + $1.dataset.blockCount }),
            .init(name: "parts", looked: parts.count, all: manifest.documentParts.count),
            .init(name: "documents", looked: tally.documents, all: rows),
        ]
        describe(&report, tally, measures, outcome)
        // What could not be read is missing in every count.
        let isSound =
            isSealed && tally.partsAreSound && datasets.count == Split.allCases.count
            && tally.shards.values.allSatisfy(\.isWhole)
        if options.makesBaseline, !isSound {
            report.remarks.append("what a baseline is made of: of a damaged corpus none is made")
        }
        report.take(findings, rules, today: options.today, isWhole: tally.hasAllShards && tally.hasAllParts)
        return Outcome(report: report, baseline: options.makesBaseline && isSound ? figures : nil)
    }

    // MARK: what is looked at

    private static func name(_ shard: Shard) -> String {
        let entry = shard.dataset.index.shards[shard.number]
        return "\(shard.split.rawValue)/\((entry.zipData ?? entry.rawData).basename)"
    }

    /// What the index says of a shard's bytes before compression.
    private static func digest(_ shard: Shard) -> String {
        let hashes = shard.dataset.index.shards[shard.number].rawData.hashes
        return hashes.keys.sorted(by: precedesInByteOrder).map { "\($0):\(hashes[$0] ?? "")" }.joined(separator: " ")
    }

    private func picked(_ names: [String], _ digests: [String: String]) -> [Int] {
        var places = CorpusSample(share: options.sample).picks(names)
        if options.changedOnly, let known = options.baseline?.digests {
            places.removeAll { place in
                // Without a digest nothing says that it is the same.
                guard let digest = digests[names[place]], !digest.isEmpty else { return false }
                return known[names[place]] == digest
            }
        }
        return places
    }

    /// What the file system says of files that are not opened, and of those that nobody names.
    private func unopened(
        _ datasets: [(split: Split, dataset: ShardDataset)], _ opened: Set<String>, _ manifest: Manifest
    ) -> [Finding] {
        var findings: [Finding] = []
        for (split, dataset) in datasets {
            for problem in dataset.fileProblems() {
                let name = CorpusCheck.name(Shard(split: split, dataset: dataset, number: problem.shard))
                if opened.contains(name) { continue }
                findings.append(
                    Finding(
                        rule: "shard", place: PathText.join(output.path, name), expected: "a sound shard",
                        found: problem.message, hint: "`shardmill repair` makes it again", subject: name))
            }
            findings += StrayShards.findings(output.split(split), dataset.index.shards)
        }
        if options.changedOnly || options.sample < 1 {
            for part in manifest.documentParts
            where !Folder.exists(PathText.join(output.documents, part.name)) {
                findings.append(
                    Finding(
                        rule: "documents", place: PathText.join(output.documents, part.name),
                        expected: "\(part.documents) documents", found: "no file",
                        hint: "`shardmill repair` makes it again from work/, where that is there; else put back a copy",
                        subject: "documents/" + part.name))
            }
        }
        return findings
    }

    private var comparesTexts: Bool { options.makesBaseline || options.baseline != nil }
    private var countsTokens: Bool {
        options.makesBaseline || options.baseline?.distributions["tokens"] != nil && !options.changedOnly
    }

    private func measureOptions(
        _ manifest: Manifest, _ parts: [Manifest.DocumentPart], _ contamination: ContaminationPlaces?
    ) -> DocumentMeasureOptions {
        let rules = options.rules
        var measures = DocumentMeasureOptions()
        measures.countsWords = rules.needsWords
        measures.examples = rules.examples
        let rows = manifest.documentParts.reduce(0) { $0 + $1.documents }
        let there = parts.reduce(0) { $0 + $1.documents }
        // The parts of a sample may hold more of the documents than were asked for: the rest of the choice is by id.
        if options.sample < 1, there > 0 { measures.share = min(1, options.sample * Double(rows) / Double(there)) }
        if rules.needsLanguages || comparesTexts && options.baseline?.distributions["languages"] != nil
            || options.makesBaseline
        {
            let bytes = Double(manifest.sources.reduce(0) { $0 + $1.textBytes }) * Double(there) / Double(max(1, rows))
            measures.languageShare = bytes <= 0 ? 1 : min(measures.share, CorpusCheck.languageBytes / bytes)
        }
        let common = Array(rules.limits.languages.keys)
        for source in manifest.sources {
            let tags = common + Array(rules.limits(of: source.name).languages.keys)
            if !tags.isEmpty { measures.languages[source.name] = tags.sorted(by: precedesInByteOrder) }
        }
        for place in contamination?.found.flatMap(\.places) ?? [] {
            measures.wanted[place.document, default: []].append(place.start)
        }
        return measures
    }

    private var checkedRules: [String] {
        var names = Set(CorpusCheck.integrity).union(RuleCheck.asked(options.rules))
        if options.baseline != nil { names.insert("drift") }
        return CheckRule.all.map(\.id).filter(names.contains)
    }

    private func describe(
        _ report: inout ValidationReport, _ tally: CorpusTally, _ measures: DocumentMeasureOptions,
        _ outcome: RuleCheck.Outcome
    ) {
        if options.sample < 1 {
            report.remarks.append(
                "all but a sample of \(FigureText.percent(options.sample)) of shards and documents, chosen by their names: rules on texts hold for "
                    + "\(tally.measure.documents) documents, rules on counts for all")
        }
        if options.changedOnly {
            report.remarks.append(
                "shards and files of documents that their index and the manifest state as in the baseline; distributions of texts and tokens were "
                    + "not compared")
        }
        if !tally.hasAllShards || !tally.hasAllParts {
            report.remarks.append("sums over all shards and documents: root digest, ledgers against what is stored")
        }
        for rule in RuleCheck.textRules.sorted(by: precedesInByteOrder) {
            let whose = outcome.unmeasured.filter { $0.rule == rule }.map(\.whose)
            if whose.isEmpty { continue }
            let named = whose.prefix(10).joined(separator: ", ") + (whose.count > 10 ? ", …" : "")
            report.remarks.append("\(rule) of \(named): no document, or not all that it takes, was measured")
        }
        if measures.languageShare > 0, measures.languageShare < measures.share {
            report.remarks.append(
                "the languages of more than \(tally.measure.total.documentsOfLanguages) documents, chosen by their ids")
        }
    }

    // MARK: shards

    private func check(
        _ shard: Shard, _ rows: Int, _ separators: SeparatorCheck, _ counts: TokenTally?
    ) -> (findings: [Finding], tally: ShardTally) {
        let dataset = shard.dataset
        let findings = dataset.problems(ofShard: shard.number).map { problem in
            Finding(
                rule: "shard", place: PathText.join(output.path, CorpusCheck.name(shard)), expected: "a sound shard",
                found: problem.message,
                hint:
                    "blocks \(problem.blocks.lowerBound) to \(problem.blocks.upperBound - 1) are lost; `shardmill repair` makes them again",
                subject: CorpusCheck.name(shard))
        }
        var tally = ShardTally()
        var content = SHA256Digest()
        var read = 0
        do {
            try dataset.forEachBlock(ofShard: shard.number) { block in
                read += 1
                tally.padding += block.count - block.paddingStart
                tally.rowsOutside += block.segmentDocuments.filter { $0 >= UInt32(truncatingIfNeeded: rows) }.count
                let ids = block.tokens
                separators.count(block, ids, into: &tally)
                counts?.add(ids[..<block.paddingStart])
                ids.withUnsafeBytes { content.update($0) }
                block.segmentEnds.withUnsafeBytes { content.update($0) }
                block.segmentDocuments.withUnsafeBytes { content.update($0) }
                if let bounds = block.lossBounds {
                    bounds.withUnsafeBytes { content.update($0) }
                    for place in stride(from: 0, to: bounds.count, by: 2) {
                        tally.lossTokens += Int(bounds[place + 1] - bounds[place])
                    }
                }
            }
        } catch {
            // What is wrong with it was found above.
            tally.isWhole = false
        }
        tally.isWhole = tally.isWhole && read == dataset.blocks(ofShard: shard.number).count
        tally.contents = [content.hexadecimal()]
        return (findings, tally)
    }

    private func checkCounts(_ split: Split, _ dataset: ShardDataset, _ manifest: Manifest) -> [Finding] {
        let place = output.split(split) + "/index.json"
        guard let counts = manifest.splits[split.rawValue] else {
            return [
                Finding(
                    rule: "counts", place: output.manifest, expected: "the split \(split.rawValue)", found: "none",
                    hint: "build the corpus again into a new folder", subject: "split \(split.rawValue)")
            ]
        }
        var findings: [Finding] = []
        func compare(_ what: String, _ expected: String, _ found: String) {
            if expected != found {
                findings.append(
                    Finding(
                        rule: "counts", place: place, expected: "\(what) \(expected) as in the manifest", found: found,
                        hint: "index and manifest are of different builds", subject: "\(split.rawValue) \(what)"))
            }
        }
        compare("blocks", "\(counts.blocks)", "\(dataset.blockCount)")
        compare("shards", "\(counts.shards)", "\(dataset.index.shards.count)")
        compare("tokenizer", manifest.tokenizer["digest"]?.string ?? "", dataset.tokenizerDigest ?? "none")
        if !counts.ledger.isClosed {
            findings.append(
                Finding(
                    rule: "ledger", place: output.manifest, expected: "a closed ledger of \(split.rawValue)",
                    found: "off by \(counts.ledger.imbalance)", hint: "tokens were lost in packing: report this",
                    subject: "packing \(split.rawValue)"))
        }
        return findings
    }

    /// The tokenizer's own copy must be the one that the blocks were made with: without it nothing can be decoded.
    private func checkTokenizer(_ manifest: Manifest) -> [Finding] {
        let expected = manifest.tokenizer["digest"]?.string ?? ""
        let found: String
        do { found = try Tokenizer.load(output.tokenizer).digest } catch { found = String(describing: error) }
        // Of files that are not what the manifest says it is known which.
        if found == expected || !manifest.tokenizerProblems(output).allSatisfy(\.isExtra) { return [] }
        return [
            Finding(
                rule: "tokenizer", place: output.tokenizer, expected: "the tokenizer of digest \(expected)",
                found: found, hint: "copy the tokenizer that the recipe names into this folder", subject: "tokenizer")
        ]
    }

    // MARK: baseline

    private func baseline(
        _ manifest: Manifest, _ rejections: RejectionCheck.Result, _ tally: CorpusTally, _ frequencies: [Int]?,
        _ digests: [String: String]
    ) -> Baseline {
        let read = manifest.sources.reduce(0) { $0 + $1.read } + manifest.unreadable
        let documents = manifest.sources.reduce(0) { $0 + $1.documents }
        let tokens = manifest.sources.reduce(0) { $0 + $1.tokens }
        let bytes = manifest.sources.reduce(0) { $0 + $1.textBytes }
        let positions = manifest.splits.values.reduce(0) { $0 + $1.ledger.blocks * $1.ledger.length }
        func share(_ part: Int, _ all: Int) -> Double { all == 0 ? 0 : Double(part) / Double(all) }
        func rejected(_ isCounted: (String) -> Bool) -> Int {
            manifest.rejected.reduce(0) { $0 + (isCounted($1.key) ? $1.value : 0) }
        }
        var figures = [
            "document_count": Double(documents), "token_count": Double(tokens), "text_bytes": Double(bytes),
            "reject_share": share(rejected(RuleCheck.isFilter), read),
            "unreadable_share": share(manifest.unreadable, read),
            "duplicate_share": share(rejected(RuleCheck.duplicateRules.contains), read),
            "padding_share": share(manifest.splits.values.reduce(0) { $0 + $1.ledger.padding }, positions),
        ]
        if tokens > 0 { figures["bytes_per_token"] = Double(bytes) / Double(tokens) }
        var distributions = [
            "rejects": Distribution(manifest.rejected.merging(["kept": documents]) { $1 }),
            "sources": Distribution(
                Dictionary(manifest.sources.map { ($0.name, $0.tokens) }, uniquingKeysWith: +)),
        ]
        var frequent: [Int] = []
        if !options.changedOnly {
            distributions["document_bytes"] = tally.measure.documentBytes
            distributions["document_tokens"] = tally.measure.documentTokens
            distributions["kinds"] = tally.measure.kinds
            let languages = tally.measure.total.languages
            if !languages.counts.isEmpty { distributions["languages"] = languages }
            if let frequencies {
                frequent =
                    options.makesBaseline || options.baseline?.frequentTokens.isEmpty != false
                    ? TokenTally.mostFrequent(frequencies, CorpusCheck.frequentTokens)
                    : options.baseline?.frequentTokens ?? []
                distributions["tokens"] = TokenTally.distribution(frequencies, ids: frequent)
            }
        }
        return Baseline(
            name: manifest.name, rootDigest: manifest.rootDigest, figures: figures, distributions: distributions,
            frequentTokens: frequent, digests: digests, sample: options.sample,
            languageDocuments: distributions["languages"] == nil ? nil : tally.measure.total.documentsOfLanguages)
    }
}

/// A tally of tokens for each worker.
private struct WorkerTallies: @unchecked Sendable {
    // @unchecked: a worker touches its own tally only, and the pool orders its writes before the sum.
    private let tallies: [TokenTally]

    init(_ workers: Int, _ vocabulary: Int) {
        tallies = (0..<workers).map { _ in TokenTally(size: max(0, vocabulary)) }
    }

    subscript(worker: Int) -> TokenTally { tallies[worker] }

    func sum() -> [Int] { TokenTally.sum(tallies) }
}
