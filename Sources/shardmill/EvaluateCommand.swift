import ArgumentParser
import Building
import Evaluation
import Files
import Shards
import Tensors
import Tokenization
import Transformers

/// `shardmill evaluate`
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how well a model predicts a corpus.",
        discussion: """
            EXAMPLE
              shardmill evaluate run/model --perplexity corpus
            """)

    @Argument(help: "A Hugging Face model folder.", completion: .directory)
    var model: String

    @Option(help: "A PEFT adapter folder for it.", completion: .directory)
    var adapter: String?

    @Option(help: "A corpus, whose validation split is read, or any MDS folder.", completion: .directory)
    var perplexity: String

    @Option(help: "The split of the corpus: validation or train.")
    var split: String = "validation"

    @Option(help: "Tokens in a row; a whole block without it.")
    var sequenceLength: Int?

    @Option(help: "Only so many blocks from the first on.")
    var blocks: Int?

    @Flag(help: "Let attention and targets cross from one document into the next.")
    var noSegmentIsolation = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if Split(rawValue: split) == nil {
            throw ValidationError("--split: expected train or validation, found \(split)")
        }
        if let blocks, blocks < 1 { throw ValidationError("--blocks: expected at least 1") }
        if let sequenceLength, sequenceLength < 2 { throw ValidationError("--sequence-length: expected at least 2") }
    }

    func run() throws {
        let output = OutputFolder(perplexity)
        let isCorpus = Folder.exists(output.manifest)
        let dataset = try ShardDataset(isCorpus ? output.split(Split(rawValue: split) ?? .validation) : perplexity)
        if dataset.blockCount == 0 {
            throw FileFailure.malformed(
                path: dataset.folder, place: "index.json", expected: "at least one block to measure on",
                found: "an empty split; give families to it with split.validation, or use --split train")
        }
        let loaded = try TransformerModel.load(
            model, adapter: adapter, backend: CPUBackend(threads: common.threads))
        let match = ModelMatch(path: model, configuration: loaded.configuration)
        try match.requireTokenizerFits(tokenizerPath: model)
        try match.require(dataset)
        var evaluation = PerplexityEvaluation()
        evaluation.sequenceLength = sequenceLength
        evaluation.isolatesSegments = !noSegmentIsolation
        evaluation.maximumBlocks = blocks
        if let tokenizer = match.tokenizer, tokenizer.digest == dataset.tokenizerDigest {
            evaluation.tokenByteCounts = (0..<UInt32(tokenizer.vocabularySize)).map {
                tokenizer.bytes(of: $0)?.count ?? 0
            }
        }
        let line = ProgressLine(quiet: common.quiet)
        let score = try evaluation.score(loaded, on: dataset) { done, total in
            line.update("evaluate", done: done, total: total) { "\(Readable.decimal($0, 2)) blocks/s" }
        }
        line.clear()
        guard let loss = score.loss, let perplexity = score.perplexity else {
            throw EvaluationFailure.nothingToScore(path: dataset.folder, tokens: score.tokens)
        }
        if common.json {
            Console.print(
                json: .object([
                    "loss": .double(loss), "perplexity": .double(perplexity),
                    "bits_per_byte": score.bitsPerByte.map { .double($0) } ?? .null,
                    "target_tokens": .integer(score.targetTokens), "tokens": .integer(score.tokens),
                ]))
        } else {
            let bits = score.bitsPerByte.map { ", \(Readable.decimal($0, 4)) bits per byte" } ?? ""
            Console.print(
                "perplexity \(Readable.decimal(perplexity, 3)), loss \(Readable.decimal(loss, 4)) nats\(bits), "
                    + "over \(Readable.counted(score.targetTokens, "token"))")
        }
    }
}
