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
        abstract: "Show one block: its documents, their boundaries, and the text.",
        discussion: """
            EXAMPLE
              shardmill inspect corpus --block 0
            """)

    @Argument(help: "The folder of a built corpus.", completion: .directory)
    var corpus: String

    @Option(help: "The number of the block in its split, from 0.")
    var block: Int

    @Option(help: "train or validation.")
    var split: String = "train"

    @Option(help: "The tokenizer the corpus was built with; the corpus's own copy without it.")
    var tokenizer: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if Split(rawValue: split) == nil {
            throw ValidationError("--split: expected train or validation, found \(split)")
        }
    }

    func run() throws {
        let built = try BuiltCorpus(corpus)
        let loaded = try Tokenizer.load(tokenizer ?? OutputFolder(corpus).tokenizer)
        let view = try BlockView(built, split: Split(rawValue: split) ?? .train, block: block, tokenizer: loaded)
        if common.json {
            Console.print(json: view.json)
        } else {
            Console.print(view.text(colours: Console.isOutputTerminal))
        }
    }
}
