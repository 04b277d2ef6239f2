import ArgumentParser
import Building
import Files
import Inspection
import Parallel
import Tokenization
import Training

/// `shardmill inspect`
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show one block or one document of a built corpus, or the rows of a training step.",
        discussion: """
            With --step and --run the rows that a step of a training reads are found from the seed and the shape of its batches alone: blocks,
            segments, documents, what carries loss, and the clauses and bytes of their texts. Steps count from 1, as in metrics.jsonl.

            EXAMPLE
              shardmill inspect corpus --block 0
              shardmill inspect corpus --document 0f3a77
              shardmill inspect corpus --step 1200 --run run
            """)

    @Argument(help: "The folder of a built corpus.", completion: .directory)
    var corpus: String

    @Option(help: "The number of the block in its split, from 0.")
    var block: Int?

    @Option(help: "The id of a document, or enough of its beginning.")
    var document: String?

    @Option(help: "The number of a training step, from 1.")
    var step: Int?

    @Option(name: .customLong("run"), help: "The folder of the run that made the step.", completion: .directory)
    var runFolder: String?

    @Option(help: "train or validation.")
    var split: String = "train"

    @Option(help: "The tokenizer the corpus was built with; the corpus's own copy without it.")
    var tokenizer: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if [block != nil, document != nil, step != nil].count(where: { $0 }) != 1 {
            throw ValidationError("give one of --block, --document, and --step with --run")
        }
        if (step == nil) != (runFolder == nil) { throw ValidationError("--step and --run belong together") }
        if Split(rawValue: split) == nil {
            throw ValidationError("--split: expected train or validation, found \(split)")
        }
    }

    func run() throws {
        if let step, let folder = runFolder { return try showStep(step, of: folder) }
        let built = try BuiltCorpus(corpus)
        if let document {
            let view = try DocumentView(built, id: document, pool: WorkerPool(threads: common.threads))
            if common.json { return Console.print(json: view.json) }
            return Console.print(view.text(colours: Console.isOutputTerminal))
        }
        let loaded = try Tokenizer.load(tokenizer ?? OutputFolder(corpus).tokenizer)
        let view = try BlockView(built, split: Split(rawValue: split) ?? .train, block: block ?? 0, tokenizer: loaded)
        if common.json {
            Console.print(json: view.json)
        } else {
            Console.print(view.text(colours: Console.isOutputTerminal))
        }
    }

    private func showStep(_ step: Int, of folder: String) throws {
        guard let record = try RunRecord(folder: folder) else {
            throw FileFailure.missing(path: PathText.join(folder, "run.json"))
        }
        let data = try record.openData(moved: corpus)
        let places = try record.rows(ofStep: step, data: data).map {
            StepView.Place(
                pass: $0.pass, row: $0.row, source: $0.source, block: $0.block, positions: $0.positions,
                epoch: $0.epoch)
        }
        let view = try StepView(
            step: step, places: places, datasets: data.sources.map(\.dataset), stepsMade: record.stepsMade())
        if common.json {
            Console.print(json: view.json)
        } else {
            Console.print(view.text(colours: Console.isOutputTerminal))
        }
    }
}
