import Building
import Evaluation
import Files
import Packing
import Parallel
import Shards
import Tokenization
import Training
import Transformers

/// Looks at the rows of a data set: packed or cut off, separated, padded, and of which tokenizer.
struct DataDoctor {
    /// The share of rows that end in padding from which a data set holds a document a row.
    static let paddedRows = 0.2
    /// The share of positions that padding may take.
    static let paddingShare = 0.05
    /// Bytes of text a token below which a tokenizer does not fit its texts, where words are not known.
    static let bytesPerToken = 2.0

    /// The share of tokens that carry loss below which a training learns next to nothing.
    static let lossShare = 0.01

    let subjects: DoctorSubjects
    let options: DoctorOptions
    let pool: WorkerPool

    /// Findings of the data set; what was looked at goes to the report, and the sample to `set`.
    func run(_ set: inout ExaminedData, _ report: inout ValidationReport) -> [Finding] {
        var findings = corpus(set)
        // Every sampled row would say the same.
        if set.train.blockCount == 0 { return findings }
        let policy = set.train.index.attributes["separator_policy"]?.string.flatMap(SeparatorPolicy.init(rawValue:))
        let end =
            set.manifest?.tokenizer["end"]?.int.flatMap(UInt32.init(exactly:)) ?? subjects.tokenizer?.endOfText
        let sample: RowSample
        do {
            sample = try RowSample.take(set.train, end: end, shards: options.sampledShards)
        } catch {
            findings.append(
                Finding(
                    rule: "data", place: set.train.folder, expected: "shards that can be read", found: "\(error)",
                    hint: "`shardmill validate` names all that is wrong; `shardmill repair` mends what it can",
                    subject: "shards"))
            return findings
        }
        set.sample = sample
        report.coverage.append(
            .init(name: "blocks of \(PathText.name(of: set.path))", looked: sample.rows, all: set.train.blockCount))
        findings += schema(set)
        let cut = truncation(set, sample)
        findings += cut
        if set.train.hasSegments == false {
            findings.append(
                Finding(
                    rule: "segments", severity: .note, place: FindingPlace(set.train.folder),
                    expected: "the column segment_ends", found: "none: every row counts as one document",
                    hint: "attention crosses documents; `shardmill import` or build the data to have segments",
                    subject: "segments"))
        }
        findings += separators(set, sample, policy, end, isDocumentPerRow: !cut.isEmpty, &report)
        if cut.isEmpty { findings += padding(set, sample) }
        findings += loss(set, sample)
        findings += vocabulary(set, sample, &report)
        return findings
    }

    // MARK: what the seal says

    private func corpus(_ set: ExaminedData) -> [Finding] {
        let output = OutputFolder(set.path)
        var findings: [Finding] = []
        if set.validation == nil, !set.isValidationDamaged {
            let isAsked = subjects.options.map { $0.evaluationInterval > 0 } ?? false
            findings.append(
                Finding(
                    rule: "validation-split", severity: .warning, place: FindingPlace(output.split(.validation)),
                    expected: isAsked
                        ? "validation blocks, which evaluation_interval asks for"
                        : "validation blocks to stop early by", found: "none",
                    hint: "build with split.validation above 0: without it nobody sees when the model learns by heart",
                    subject: "validation"))
        }
        guard let manifest = set.manifest else { return findings }
        for source in manifest.sources where (source.licence ?? "").isEmpty {
            findings.append(
                Finding(
                    rule: "licence", severity: .warning, place: FindingPlace(output.manifest),
                    expected: "a licence of the source \(source.name)", found: "none",
                    hint: "state `licence:` in the recipe and build with --update", subject: "source \(source.name)"))
        }
        for source in manifest.sources where source.tokens > 1000 {
            let density = Double(source.textBytes) / Double(source.tokens)
            if density < DataDoctor.bytesPerToken {
                findings.append(
                    Finding(
                        rule: "fertility", severity: .warning, place: FindingPlace(output.manifest),
                        expected:
                            "at least \(FigureText.number(DataDoctor.bytesPerToken)) bytes of text a token of the source "
                            + source.name, found: FigureText.ratio(density),
                        hint:
                            "the tokenizer does not fit these texts: compare others with `shardmill tokenizer compare`, or extend it",
                        subject: "source \(source.name)"))
            }
        }
        let dedupe = manifest.recipe["dedupe"]
        for (key, isOff) in [
            ("exact", dedupe?["exact"]?.bool == false), ("minhash", dedupe?["minhash"]?.string == "off"),
        ] where isOff {
            findings.append(RecipeDoctor.duplicates(key, FindingPlace(output.manifest)))
        }
        return findings
    }

    private func schema(_ set: ExaminedData) -> [Finding] {
        guard let version = set.train.index.attributes["schema_version"]?.int, version < BlockSchema.version else {
            return []
        }
        return [
            Finding(
                rule: "schema", severity: .warning,
                place: FindingPlace(PathText.join(set.train.folder, MDSIndex.fileName)),
                expected: "shards of schema \(BlockSchema.version)", found: "schema \(version)",
                hint: "they can be read, but lack checks of later versions: build again into a new folder",
                subject: "schema")
        ]
    }

    // MARK: what the rows say

    /// A document a row, cut or padded to its length.
    private func truncation(_ set: ExaminedData, _ sample: RowSample) -> [Finding] {
        func finding(_ severity: Severity, _ found: String) -> Finding {
            Finding(
                rule: "truncation", severity: severity, place: FindingPlace(set.train.folder),
                expected: "documents packed into full blocks", found: found,
                hint:
                    "build from the documents with pack.strategy concatenate, best-fit or structure: nothing is cut off there",
                subject: "rows")
        }
        if let counts = set.manifest?.splits["train"]?.ledger {
            let dropped = counts.dropped.values.reduce(0, +)
            let share = Double(dropped) / Double(max(1, dropped + counts.blocks * counts.length))
            // The tail alone is less than a block.
            if dropped >= counts.length, share > 0.001 {
                return [finding(.error, "\(FigureText.percent(share)) of the tokens are in no block")]
            }
            return []
        }
        if set.train.hasSegments { return [] }
        let run = sample.paddingRun
        if set.train.blockLength == nil, sample.shortest < sample.longest {
            let atEnd = sample.openRows[sample.longest] ?? 0
            return [
                finding(
                    atEnd > 1 ? .error : .warning,
                    "rows of \(sample.shortest) to \(sample.longest) tokens"
                        + (atEnd > 1 ? ", \(atEnd) of \(sample.rows) cut off at \(sample.longest)" : ""))
            ]
        }
        guard let run, Double(run.rows) >= DataDoctor.paddedRows * Double(sample.rows) else { return [] }
        let open = sample.openRows.values.reduce(0, +)
        let share = FigureText.percent(Double(run.tokens) / Double(max(1, sample.tokens)))
        return [
            finding(
                open > 0 ? .error : .warning,
                "\(run.rows) of \(sample.rows) sampled rows are padded with id \(run.id) (\(share) of all positions)"
                    + (open > 0 ? ", \(open) end in the middle of a text" : ""))
        ]
    }

    private func separators(
        _ set: ExaminedData, _ sample: RowSample, _ policy: SeparatorPolicy?, _ end: UInt32?, isDocumentPerRow: Bool,
        _ report: inout ValidationReport
    ) -> [Finding] {
        func finding(_ severity: Severity, _ expected: String, _ found: String, _ hint: String) -> [Finding] {
            [
                Finding(
                    rule: "separators", severity: severity, place: FindingPlace(set.train.folder), expected: expected,
                    found: found, hint: hint, subject: "separators")
            ]
        }
        let rebuild = "build with pack.separator: eos, or the model never learns where a text ends"
        if policy == SeparatorPolicy.none {
            return finding(.warning, "a separator between documents", "the policy none", rebuild)
        }
        guard let end else {
            if policy == nil {
                report.remarks.append(
                    "separators of \(set.path): no end token is known; name the tokenizer with --tokenizer")
            }
            return []
        }
        if policy?.hasEnd == false || sample.rowsWithEnd > 0 { return [] }
        return finding(
            policy == nil ? .warning : .error, "the end token (id \(end)) behind documents",
            "it is in none of \(sample.rows) sampled rows", rebuild)
    }

    private func padding(_ set: ExaminedData, _ sample: RowSample) -> [Finding] {
        var (padding, positions) = (sample.padding, sample.tokens)
        if let ledger = set.manifest?.splits["train"]?.ledger {
            (padding, positions) = (ledger.padding, ledger.blocks * ledger.length)
        }
        let share = Double(padding) / Double(max(1, positions))
        // The last block of every data set may be padded: that is no fault of the strategy.
        guard share > DataDoctor.paddingShare, padding >= set.length ?? 1 else { return [] }
        return [
            Finding(
                rule: "padding", severity: .warning, place: FindingPlace(set.train.folder),
                expected: "at most \(FigureText.percent(DataDoctor.paddingShare)) padding",
                found: FigureText.percent(share),
                hint: "pack with concatenate, or with longer blocks: padding costs time and teaches nothing",
                subject: "padding")
        ]
    }

    /// What of the blocks is learnt, and whether conversations stand whole in them.
    private func loss(_ set: ExaminedData, _ sample: RowSample) -> [Finding] {
        var findings: [Finding] = []
        let counts = set.manifest?.splits["train"]
        let learnt: (tokens: Int, all: Int)? =
            counts.flatMap { split in
                split.lossTokens.map { ($0, split.ledger.blocks * split.ledger.length - split.ledger.padding) }
            } ?? sample.lossTokens.map { ($0, sample.tokens - sample.padding) }
        if let learnt, learnt.all > 0 {
            let share = Double(learnt.tokens) / Double(learnt.all)
            if share < DataDoctor.lossShare {
                findings.append(
                    Finding(
                        rule: "loss-share", severity: learnt.tokens == 0 ? .error : .warning,
                        place: FindingPlace(set.train.folder),
                        expected: "at least \(FigureText.percent(DataDoctor.lossShare)) of the tokens to carry loss",
                        found: learnt.tokens == 0 ? "none" : FigureText.ratio(share * 100) + "%",
                        hint:
                            "look at pack.no_loss and at what the conversations answer: a model learns from nothing else",
                        subject: "loss"))
            }
        }
        if set.isForInstruction, set.manifest?.recipe["pack"]?["strategy"]?.string == "concatenate" {
            findings.append(RecipeDoctor.cutConversations(FindingPlace(OutputFolder(set.path).manifest)))
        }
        return findings
    }

    private func vocabulary(
        _ set: ExaminedData, _ sample: RowSample, _ report: inout ValidationReport
    ) -> [Finding] {
        var findings: [Finding] = []
        func add(_ expected: String, _ found: String) {
            findings.append(
                Finding(
                    rule: "vocabulary", place: set.train.folder, expected: expected, found: found,
                    hint:
                        "build with the model's tokenizer, or make a model for this one (`shardmill model init --tokenizer`)",
                    subject: "vocabulary \(findings.count)"))
        }
        if let digest = set.train.tokenizerDigest, let tokenizer = subjects.tokenizer, tokenizer.digest != digest {
            add("blocks of the tokenizer \(tokenizer.digest.prefix(12))", "those of \(digest.prefix(12))")
        } else if set.train.tokenizerDigest == nil, subjects.model != nil {
            report.remarks.append("whether \(set.path) was made with the model's tokenizer: its index names none")
        }
        guard let model = subjects.model else { return findings }
        let size = model.configuration.vocabularySize
        if let own = set.train.vocabularySize, own > size {
            add("at most the \(size) ids of \(model.path)", "\(own)")
        } else if Int(sample.largestID) >= size {
            add("ids below \(size), the rows of the embedding of \(model.path)", "\(sample.largestID)")
        }
        return findings
    }
}
