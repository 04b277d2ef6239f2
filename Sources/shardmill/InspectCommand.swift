import ArgumentParser
import Building
import Files
import Inspection
import Parallel
import Tokenization

/// `shardmill inspect`
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show one block, or one document, of a built corpus.",
        discussion: """
            EXAMPLE
              shardmill inspect corpus --block 0
              shardmill inspect corpus --document 0f3a77
            """)

    @Argument(help: "The folder of a built corpus.", completion: .directory)
    var corpus: String

    @Option(help: "The number of the block in its split, from 0.")
    var block: Int?

    @Option(help: "The id of a document, or enough of its beginning.")
    var document: String?

    @Option(help: "train or validation.")
    var split: String = "train"

    @Option(help: "The tokenizer the corpus was built with; the corpus's own copy without it.")
    var tokenizer: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if (block == nil) == (document == nil) { throw ValidationError("give either --block or --document") }
        if Split(rawValue: split) == nil {
            throw ValidationError("--split: expected train or validation, found \(split)")
        }
    }

    func run() throws {
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
}
