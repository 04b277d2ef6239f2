import ArgumentParser
import Checking
import Files
import Parallel

/// `shardmill doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at recipe, shards, tokenizer, model and training options before they cost anything.",
        discussion: """
            Names, headers and samples are read, which takes seconds: documents that are cut off instead of packed, missing separators, a
            tokenizer or model that does not belong to the data, special tokens, padding, a chat model as base, adapters without layers,
            rows that are too long, unusual learning rates, duplicates, licences, validation, disk, memory and time. Memory and time are
            estimates. Every finding says what to do; docs/doctor.md lists the rules. What `validate` checks in full, doctor does not.

            Exit status 0 without errors, 1 with a finding of severity error.

            EXAMPLE
              shardmill doctor recipe.yaml --model model
              shardmill doctor corpus train.yaml --model model
              shardmill doctor run --json
            """)

    @Argument(
        help: """
            Recipes, corpora or MDS folders (DIR=0.5 as for train), a file of training options, the folder of a run: together what a \
            training would use.
            """, completion: .file())
    var targets: [String]

    @Option(
        help: "The model to train: a Hugging Face folder (default: that of the run).", completion: .directory)
    var model: String?

    @Option(
        help: "The tokenizer that made the data, instead of the one in the model's folder.", completion: .directory)
    var tokenizer: String?

    @Option(help: "Where the corpus or the run will be written, for its free space.", completion: .directory)
    var output = "."

    @OptionGroup var common: CommonOptions

    func run() throws {
        var options = DoctorOptions()
        options.model = model
        options.tokenizer = tokenizer
        options.output = output
        options.threads = common.threads
        options.tool = Shardmill.tool
        let pool = WorkerPool(threads: min(common.threads, WorkerPool.availableProcessors))
        let report = try Doctor(targets, options: options, pool: pool).run()
        if common.json {
            Console.print(json: report.json)
        } else if !common.quiet || !report.validation.findings.isEmpty {
            Console.write(Array(report.text.utf8))
        }
        if !report.isSound { throw ExitCode(1) }
    }
}
