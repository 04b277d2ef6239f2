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
        var shown = 0
        let (_, ending) = try generation.continuation(of: ids, by: loaded) { token in
            made.append(UInt32(token))
            if !common.json {
                // Only whole scalars are shown: a token may end inside one.
                let text = tokenizer.decode(made)
                let end = GenerateCommand.wholeScalars(text)
                Console.write(Array(text[shown..<max(shown, end)]))
                shown = max(shown, end)
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
            Console.print("")
        }
    }

    /// The number of bytes up to the end of the last scalar that is complete.
    private static func wholeScalars(_ bytes: [UInt8]) -> Int {
        var start = bytes.count
        var back = 0
        while start > 0, back < 3, bytes[start - 1] & 0xC0 == 0x80 {
            start -= 1
            back += 1
        }
        guard start > 0 else { return bytes.count }
        let lead = bytes[start - 1]
        let needed = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0
        return back < needed ? start - 1 : bytes.count
    }
}
