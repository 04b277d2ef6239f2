import ArgumentParser
import Checking
import Files
import Parallel

/// `shardmill validate`
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a corpus, a recipe or inputs: integrity, rules, drift from a baseline.",
        discussion: """
            Of the folder of a built corpus every checksum, id, segment, document, ledger and digest is checked, and what the --rules
            file asks for beyond; of a folder of shards alone its index and every shard; of a recipe (.yaml) that it can be built; of
            anything else that extract reads, that it can be read. Several targets are each checked by their kind. Findings
            name file and line of the source where that is there. docs/validation.md lists the rules and has an example for CI.

            Exit status 0 without errors, 1 with a finding of severity error.

            EXAMPLE
              shardmill validate corpus --rules rules.yaml --baseline baseline.json --format sarif --output findings.sarif
              shardmill validate corpus --update-baseline baseline.json
              shardmill validate recipe.yaml
            """)

    @Argument(help: "Folders of built corpora or of shards, recipes, or inputs.", completion: .file())
    var targets: [String]

    @Option(help: "A file of rules that the corpus must keep.", completion: .file(extensions: ["yaml", "yml"]))
    var rules: String?

    @Option(help: "A baseline to compare the corpus with.", completion: .file(extensions: ["json"]))
    var baseline: String?

    @Option(help: "Write what the corpus is like now as a baseline.", completion: .file(extensions: ["json"]))
    var updateBaseline: String?

    @Option(help: "Look at this share of shards and documents, chosen by their names: 1% or 0.01.")
    var sample: String?

    @Flag(help: "Pass over shards and document files that are as in the baseline.")
    var changedOnly = false

    @Option(
        help:
            "The recipe that the corpus was built from, for lines of its sources; without it the one that work/ names.",
        completion: .file(extensions: ["yaml", "yml"]))
    var recipe: String?

    @Option(help: "text, json, junit, sarif or github.")
    var format: String?

    @Option(help: "The file to write; standard output without it.", completion: .file())
    var output: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        let formats = ValidationFormat.allCases.map(\.rawValue)
        if let format, !formats.contains(format) {
            throw ValidationError("--format: expected \(formats.joined(separator: ", ")), found \(format)")
        }
        if common.json, let format, format != "json" {
            throw ValidationError("--json and --format \(format) exclude each other")
        }
        if let sample, share(sample) == nil {
            throw ValidationError("--sample: expected a share above 0 such as 1% or 0.01, found \(sample)")
        }
        if changedOnly, baseline == nil {
            throw ValidationError("--changed-only needs --baseline, which says what has changed")
        }
        if updateBaseline != nil, sample != nil || changedOnly {
            throw ValidationError(
                "--update-baseline is made of the whole corpus: leave --sample and --changed-only out")
        }
        if output != nil, output == updateBaseline {
            throw ValidationError("--output and --update-baseline are one file")
        }
    }

    func run() throws {
        var options = ValidationOptions()
        options.tool = Shardmill.tool
        if let rules { options.rules = try ValidationRules(file: rules) }
        if let baseline { options.baseline = try Baseline(file: baseline) }
        options.makesBaseline = updateBaseline != nil
        options.sample = sample.flatMap(share) ?? 1
        options.changedOnly = changedOnly
        options.recipe = recipe
        let report = try check(options)
        let format = common.json ? .json : format.flatMap(ValidationFormat.init(rawValue:)) ?? .text
        if let output {
            let inputs = targets + [rules, baseline, recipe].compactMap { $0 }
            let sink = try OutputSink(output, inputs: inputs)
            try sink.write(Array(report.text(format).utf8))
            try sink.close()
            if format != .text { common.say("\(output): \(report.summary)") }
        } else if format == .json {
            Console.print(json: report.json)
        } else if format != .text || !common.quiet || !report.findings.isEmpty {
            Console.write(Array(report.text(format).utf8))
        }
        if !report.isSound { throw ExitCode(1) }
    }

    private func check(_ options: ValidationOptions) throws -> ValidationReport {
        let pool = WorkerPool(threads: common.threads)
        let line = ProgressLine(quiet: common.quiet)
        defer { line.clear() }
        let progress: @Sendable (Int, Int) -> Void = { done, total in
            line.update("validate", done: done, total: total) { "\(Readable.decimal($0, 1)) files/s" }
        }
        let kinds = try targets.map { try ValidationTarget($0) }
        if kinds.count == 1, case .corpus(let folder) = kinds[0] {
            let outcome = try CorpusCheck(folder: folder, options: options, pool: pool).run(progress: progress)
            if let updateBaseline, let made = outcome.baseline {
                try AtomicFile.write(made.json.encoded(.pretty), to: updateBaseline)
            }
            return outcome.report
        }
        if options.baseline != nil || options.makesBaseline {
            throw ValidationError("a baseline is of one built corpus, found \(targets.joined(separator: " "))")
        }
        var reports: [ValidationReport] = []
        var inputs: [String] = []
        for kind in kinds {
            switch kind {
            case .corpus(let folder):
                reports.append(
                    try CorpusCheck(folder: folder, options: options, pool: pool).run(progress: progress).report)
            case .shards(let folder):
                reports.append(
                    try ShardFolderCheck(folder: folder, options: options, pool: pool).run(progress: progress))
            case .recipe(let file): reports.append(try RecipeCheck(file: file, options: options).run())
            case .inputs(let path): inputs.append(path)
            }
        }
        if !inputs.isEmpty {
            reports.append(try InputCheck(inputs, options: options, pool: pool).run(progress: progress))
        }
        return ValidationReport(merging: reports)
    }

    private func share(_ text: String) -> Double? {
        let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        return value.flatMap { $0 > 0 && $0 <= 1 ? $0 : nil }
    }
}
