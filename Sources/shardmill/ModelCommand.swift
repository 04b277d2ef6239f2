import ArgumentParser
import Files
import Parallel
import Tokenization
import Transformers

/// `shardmill model`
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Make and look at model folders.",
        discussion: """
            EXAMPLE
              shardmill model init --shape smollm2-135m --tokenizer corpus/tokenizer --output model
              shardmill model info model
            """,
        subcommands: [Init.self, Info.self])

    /// `shardmill model init`
    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init",
            abstract: "Make a model of random weights: a Hugging Face folder.",
            discussion: """
                EXAMPLE
                  shardmill model init --shape tiny --tokenizer tokenizers/standards-4k --output model
                """)

        @Option(help: "A named shape: smollm2-135m, qwen2.5-0.5b or tiny.")
        var shape: String?

        @Option(help: "A config.json to take the shape from, instead of a name.", completion: .file())
        var config: String?

        @Option(help: "A tokenizer: its vocabulary sets the size of the embedding, its files go into the folder.")
        var tokenizer: String?

        @Option(help: "Rows of the embedding, where neither shape nor tokenizer should decide.")
        var vocabSize: Int?

        @Option(help: "Seed of the random weights.")
        var seed: UInt64 = 42

        @Option(help: "The folder to write.", completion: .directory)
        var output: String

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if (shape == nil) == (config == nil) { throw ValidationError("give either --shape or --config") }
            if let vocabSize, vocabSize < 1 { throw ValidationError("--vocab-size: expected at least 1") }
        }

        func run() throws {
            let loaded = try tokenizer.map { try Tokenizer.load($0) }
            if let tokenizer, let loaded, let vocabSize, vocabSize < loaded.vocabularySize {
                throw ValidationError(
                    "--vocab-size: expected at least \(loaded.vocabularySize), the ids of \(tokenizer), found \(vocabSize)"
                )
            }
            var configuration: ModelConfiguration
            if let shape {
                configuration = try ModelConfiguration.named(shape, vocabularySize: vocabSize ?? loaded?.vocabularySize)
            } else {
                configuration = try ModelConfiguration(file: config ?? "")
                if let size = vocabSize ?? loaded?.vocabularySize { configuration.vocabularySize = size }
            }
            if let loaded {
                configuration.beginTokenID = loaded.beginningOfText.map(Int.init)
                configuration.endTokenIDs = loaded.endOfText.map { [Int($0)] } ?? []
            }
            try FreeOutput.check(output)
            try ModelFolder.initialize(
                at: output, configuration: configuration, seed: seed, companions: tokenizer,
                pool: WorkerPool(threads: common.threads))
            if common.json {
                Console.print(json: ["output": .string(output), "parameters": .integer(configuration.parameterCount)])
            } else {
                common.say("\(output): \(NumberText.count(configuration.parameterCount)) parameters")
            }
        }
    }

    /// `shardmill model info`
    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info",
            abstract: "Show the shape of a model folder.",
            discussion: """
                EXAMPLE
                  shardmill model info model
                """)

        @Argument(help: "A Hugging Face model folder.", completion: .directory)
        var model: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let folder = try ModelFolder(model)
            let shape = folder.configuration
            let facts: [(String, JSONValue)] = [
                ("family", .string(shape.family.rawValue)), ("parameters", .integer(shape.parameterCount)),
                ("vocabulary", .integer(shape.vocabularySize)), ("layers", .integer(shape.layerCount)),
                ("hidden", .integer(shape.hiddenSize)), ("intermediate", .integer(shape.intermediateSize)),
                ("heads", .integer(shape.headCount)), ("key-value heads", .integer(shape.keyValueHeadCount)),
                ("positions", .integer(shape.maximumPositions)), ("tied embeddings", .bool(shape.tiesEmbeddings)),
            ]
            if common.json {
                Console.print(json: .object(Dictionary(facts) { first, _ in first }))
            } else {
                for (name, value) in facts {
                    Console.print("\(ProgressLine.padded(name, 16)) \(value.string ?? value.text())")
                }
            }
        }
    }
}
