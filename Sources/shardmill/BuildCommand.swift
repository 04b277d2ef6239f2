import ArgumentParser
import Building
import Cleaning
import Evaluation
import Files
import Inspection
import Packing
import Parallel
import Tensors

/// `shardmill build`
struct BuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build packed, checksummed shards from documents, as a recipe says.",
        discussion: """
            Same input and same recipe give the same bytes, for any number of threads. A build that was killed goes on where it
            was when it is run again.

            EXAMPLE
              shardmill build corpora/standards.yaml --output corpus
            """)

    @Argument(help: "The recipe, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
    var recipe: String

    @Option(help: "The folder to write.", completion: .directory)
    var output: String

    @Flag(help: "Replace a sealed corpus of another recipe or input; its index is replaced last.")
    var update = false

    @Flag(help: "Plan only: show what would be read and what is there already; write nothing.")
    var dryRun = false

    @Flag(help: "Allow no unreadable input.")
    var strict = false

    @Flag(help: "Remove the folder of intermediate artefacts after sealing.")
    var discardWork = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        var options = BuildOptions()
        options.threads = common.threads
        options.update = update
        options.strict = strict
        options.discardWork = discardWork
        options.perplexityScorer = { model in
            // One thread each: the score of a text must not depend on how many workers ask.
            let perplexity = try TextPerplexity(model, backend: CPUBackend(threads: 1))
            return { text, tokens in
                let score = try perplexity.score(text, mostTokens: tokens)
                guard let nats = Int(exactly: (score.lossSum * 1e6).rounded()) else {
                    throw EvaluationFailure.mismatch(
                        path: model, expected: "a model with a finite loss for every text", found: "\(score.lossSum)")
                }
                return PerplexitySignal(microNats: nats, tokens: score.targetTokens)
            }
        }
        let line = ProgressLine(quiet: common.quiet)
        let (quiet, json) = (common.quiet, common.json)
        options.onMixture = { mixture in
            line.clear()
            for remark in mixture.remarks { Console.error("warning: \(remark)") }
            if quiet || json { return }
            for row in mixture.lines { Console.error(row) }
        }
        let build = BuildRun(
            recipe: try Recipe(file: recipe), folder: output, options: options, tool: Shardmill.tool)
        let show: @Sendable (BuildProgress) -> Void = { progress in
            line.update(progress.phase.rawValue, done: progress.done, total: progress.total) { rate in
                progress.unitsAreBytes ? "\(Readable.bytes(rate))/s" : "\(Readable.decimal(rate, 1))/s"
            }
        }
        defer { line.clear() }
        if dryRun { return forecast(try build.forecast(progress: show), line) }
        Interruption.endWithRemark()
        let start = ProgressLine.now()
        let summary = try build.run(progress: show)
        try writeReport(summary)
        line.clear()
        report(summary, seconds: ProgressLine.now() - start)
    }

    private func forecast(_ forecast: BuildForecast, _ line: ProgressLine) {
        line.clear()
        if common.json {
            Console.print(
                json: .object([
                    "sources": .array(
                        forecast.sources.map {
                            .object([
                                "name": .string($0.name), "files": .integer($0.files), "bytes": .integer($0.bytes),
                            ])
                        }), "partitions": .integer(forecast.partitions), "extracted": .integer(forecast.extracted),
                    "tokenized": .integer(forecast.tokenized), "up_to_date": .bool(forecast.isUpToDate),
                    "needs_update": .bool(forecast.needsUpdate),
                    "mixture": forecast.mixture?.json ?? .null,
                ]))
            return
        }
        for source in forecast.sources {
            Console.print(
                "\(source.name): \(Readable.counted(source.files, "file")), \(Readable.bytes(Double(source.bytes)))")
        }
        Console.print(
            "\(Readable.counted(forecast.partitions, "partition")), \(forecast.extracted) extracted and \(forecast.tokenized) tokenized already"
        )
        for line in forecast.mixture?.lines ?? [] { Console.print(line) }
        for remark in forecast.mixture?.remarks ?? [] { Console.print(remark.description) }
        if forecast.mixture != nil {
            Console.print(
                "(before duplicates, evaluation items and validation go; the build shows the table of what is left)")
        } else if forecast.wantsMixture {
            Console.print("mixture: known once every document is tokenized; run the build")
        }
        if forecast.needsUpdate, !update {
            Console.print(
                "\(output) is sealed with another recipe or input: build with --update, or into another folder")
        }
        if forecast.isUpToDate { Console.print("\(output) is sealed with this recipe and input: nothing to do") }
    }

    /// Writes the picture for people, unless an up-to-date folder has it.
    private func writeReport(_ summary: BuildSummary) throws {
        let path = OutputFolder(output).report
        if summary.wasUpToDate, Folder.exists(path) { return }
        let statistics = try CorpusStatistics(try BuiltCorpus(output), pool: WorkerPool(threads: common.threads))
        try AtomicFile.write(Array(CorpusReport(statistics).html.utf8), to: path)
    }

    private func report(_ summary: BuildSummary, seconds: Double) {
        let manifest = summary.manifest
        for split in Split.allCases where manifest.splits[split.rawValue]?.blocks == 0 {
            Console.error("warning: the \(split.rawValue) split is empty")
        }
        if manifest.droppedBytes > 0 {
            Console.error("warning: \(manifest.droppedBytes) bytes of text have no token in this vocabulary")
        }
        for warning in BuildRemarks(manifest).warnings { Console.error("warning: \(warning)") }
        if common.json { return Console.print(json: manifest.json) }
        if let reason = summary.rewrite { common.say("all shards of the earlier corpus were replaced: \(reason)") }
        if summary.wasUpToDate { return common.say("\(output) is up to date: nothing to do") }
        if summary.cutAnywhere > 0 {
            common.say(
                "pack.strategy structure: \(Readable.counted(summary.cutAnywhere, "document")) cut anywhere: the tokenizer changes the text so "
                    + "that its tokens cannot be found again in it")
        }
        for reason in summary.unreadable.prefix(5) { common.say("not read: \(reason)") }
        if summary.unreadable.count > 5 {
            common.say("not read: \(summary.unreadable.count - 5) more, all in \(output)/rejected")
        }
        for split in Split.allCases {
            guard let counts = manifest.splits[split.rawValue] else { continue }
            common.say(
                "\(ProgressLine.padded(split.rawValue, 10)) \(Readable.counted(counts.documents, "document")), "
                    + "\(Readable.counted(counts.ledger.documentTokens, "token")), "
                    + "\(Readable.counted(counts.blocks, "block")) of \(manifest.blockLength), "
                    + Readable.counted(counts.shards, "shard"))
        }
        let dropped = manifest.rejected.values.reduce(0, +)
        if dropped > 0 {
            let rules = manifest.rejected.sorted { precedesInByteOrder($0.key, $1.key) }
            common.say("dropped    \(dropped): \(rules.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
        }
        for line in BuildRemarks(manifest).lines { common.say(line) }
        common.say(
            "sealed     \(output) in \(Readable.decimal(seconds, 1)) s, root digest \(manifest.rootDigest.prefix(16))…")
    }
}
