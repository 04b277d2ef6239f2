import ArgumentParser
import Evaluation
import Files
import Tensors
import Tokenization
import Transformers

/// `shardmill generate`
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continue a text with the likeliest tokens.",
        discussion: """
            EXAMPLE
              shardmill generate run/model --prompt "The timer starts when"
            """)

    @Argument(help: "A Hugging Face model folder with its tokenizer.", completion: .directory)
    var model: String

    @Option(help: "A PEFT adapter folder for it.", completion: .directory)
    var adapter: String?

    @Option(help: "The text to continue.")
    var prompt: String

    @Option(help: "The most tokens to make; a text never grows beyond the positions of the model.")
    var maxTokens: Int = 128

    @Option(help: "A tokenizer, instead of the one in the model's folder.")
    var tokenizer: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if maxTokens < 0 { throw ValidationError("--max-tokens: expected at least 0, found \(maxTokens)") }
    }

    func run() throws {
        let tokenizerPath = self.tokenizer ?? model
        let tokenizer = try Tokenizer.load(tokenizerPath)
        let loaded = try TransformerModel.load(
            model, adapter: adapter, backend: CPUBackend(threads: common.threads))
        try ModelMatch(path: model, configuration: loaded.configuration, tokenizer: tokenizer)
            .requireTokenizerFits(tokenizerPath: tokenizerPath)
        var ids = try tokenizer.makeEncoder().encode(prompt, specials: .recognise).map(Int.init)
        if ids.isEmpty { ids = [Int(tokenizer.beginningOfText ?? tokenizer.endOfText ?? 0)] }
        let generation = GreedyGeneration(for: loaded, limit: maxTokens)
        if !common.json { Console.write(Array(prompt.utf8)) }
        var made: [UInt32] = []
        // Only whole characters are shown: a token may end inside one. The prompt goes first, so that the continuation is not
        // taken for the start of a text.
        var decoder = tokenizer.makeIncrementalDecoder()
        for id in ids { _ = decoder.append(UInt32(id)) }
        let (_, ending) = try generation.continuation(of: ids, by: loaded) { token in
            made.append(UInt32(token))
            if !common.json {
                Console.write(Array(decoder.append(UInt32(token)).utf8))
            }
            return true
        }
        let text = tokenizer.decodeText(made, skippingSpecial: false)
        if common.json {
            var reason = "limit"
            if case .endToken = ending { reason = "end" }
            Console.print(
                json: .object([
                    "prompt": .string(prompt), "text": .string(text), "ids": .array(made.map { .integer(Int($0)) }),
                    "ending": .string(reason),
                ]))
        } else {
            Console.write(Array(decoder.finish().utf8))
            Console.print("")
        }
    }
}
