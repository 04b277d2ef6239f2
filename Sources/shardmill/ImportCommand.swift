import ArgumentParser
import Building
import Files
import Packing
import Parallel
import Shards
import Tokenization

/// `shardmill import`
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Pack token ids of other programs into shards.",
        discussion: """
            Reads MDS folders (index.json), Megatron pairs (PREFIX, PREFIX.bin or PREFIX.idx) and JSON Lines of ids (input_ids, tokens or ids;
            also .zst and .gz), and writes one MDS folder that train and export take. A record is a document; with --end-token
            records are joined and cut behind that id. The column or member loss_spans says what is learnt. Separators are not added unless --separator asks.

            EXAMPLE
              shardmill import corpus_text_document.idx --length 2048 --tokenizer tokenizer --output blocks
              shardmill import ids.jsonl.zst --separator eos --end-id 0 --output blocks
              shardmill import other-mds --column input_ids --end-token 0 --strategy best-fit --output blocks
            """)

    @Argument(help: "MDS folders, Megatron pairs or files of ids.", completion: .file())
    var data: [String]

    @Option(help: "Tokens in a block.")
    var length: Int = 2048

    @Option(help: "concatenate or best-fit.")
    var strategy: String = "concatenate"

    @Option(help: "Added around each document: none, eos, bos or both.")
    var separator: String = "none"

    @Option(help: "The last block: pad or drop.")
    var tail: String = "pad"

    @Option(help: "The column of an MDS folder or the member of a line that holds the ids.")
    var column: String?

    @Option(help: "The number type of an MDS column of plain bytes: uint16, uint32, int64, …")
    var bytesType: String?

    @Option(help: "The id that ends a document in the data.")
    var endToken: UInt32?

    @Option(help: "The tokenizer of the ids: for the index, and for the ids of separators and padding.")
    var tokenizer: String?

    @Option(help: "The number of ids of the tokenizer (default: that of --tokenizer, else the largest id and one).")
    var vocabularySize: Int?

    @Option(help: "The id that --separator puts before a document (default: that of --tokenizer).")
    var beginID: UInt32?

    @Option(help: "The id that --separator puts behind a document (default: that of --tokenizer).")
    var endID: UInt32?

    @Option(help: "The id of padding (default: the end of text of --tokenizer, else --end-id, --end-token, 0).")
    var paddingID: UInt32?

    @Option(help: "Blocks in a shard.")
    var blocksPerShard: Int = 512

    @Option(help: "zstd level of the shards.")
    var level: Int = 7

    @Option(help: "The folder to write.", completion: .directory)
    var output: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        try PackingChoice.check(length: length, blocksPerShard: blocksPerShard, level: level)
        _ = try (PackingChoice.separator(separator), PackingChoice.tail(tail))
        if try PackingChoice.strategy(strategy) == .structure {
            throw ValidationError("--strategy structure needs texts: build a corpus from them")
        }
        if let bytesType, MDSElement(rawValue: bytesType) == nil {
            throw ValidationError("--bytes-type: expected a NumPy number type such as uint16, found \(bytesType)")
        }
        if let vocabularySize, vocabularySize < 1 || vocabularySize > 1 << 32 {
            throw ValidationError("--vocabulary-size: expected 1 to 2^32, found \(vocabularySize)")
        }
    }

    func run() throws {
        try FreeOutput.check(output)
        let loaded = try tokenizer.map { try Tokenizer.load($0) }
        var options = TokenPackingOptions()
        options.packing.length = length
        options.packing.strategy = try PackingChoice.strategy(strategy) ?? .concatenate
        options.packing.separator = try PackingChoice.separator(separator) ?? .none
        options.packing.tail = try PackingChoice.tail(tail) ?? .pad
        options.packing.beginToken = beginID ?? loaded?.beginningOfText
        options.packing.endToken = endID ?? loaded?.endOfText
        options.packing.paddingToken = paddingID ?? loaded?.endOfText ?? endID ?? endToken ?? 0
        options.vocabularySize = vocabularySize ?? loaded?.vocabularySize
        options.tokenizerDigest = loaded?.digest
        options.blocksPerShard = blocksPerShard
        options.compressionLevel = level
        if endToken != nil, options.packing.separator == .none { options.ownSeparators = .eos }
        var reading = TokenImportOptions()
        reading.column = column
        reading.bytesElement = bytesType.flatMap(MDSElement.init(rawValue:))
        reading.endToken = endToken
        let line = ProgressLine(quiet: common.quiet)
        defer { line.clear() }
        try ImportCommand.pack(
            data, output, reading, options, WorkerPool(threads: common.threads), line, common)
    }

    /// Packs and says what came of it.
    static func pack(
        _ data: [String], _ output: String, _ reading: TokenImportOptions, _ options: TokenPackingOptions,
        _ pool: WorkerPool, _ line: ProgressLine, _ common: CommonOptions
    ) throws {
        let packing = try TokenPacking(paths: data, output: output, reading: reading, options: options)
        let summary = try packing.run(pool) { phase, done, total in
            line.update(phase.rawValue, done: done, total: total) {
                "\(Readable.decimal($0, 1)) \(phase == .read ? "documents" : "shards")/s"
            }
        }
        line.clear()
        if common.json {
            Console.print(json: summary.json)
        } else {
            common.say(
                "\(output): \(ImportCommand.line(summary.ledger, documents: summary.documents, shards: summary.shards))"
                    + (summary.lossTokens.map { "; \(NumberText.count($0)) of the tokens carry loss" } ?? "")
            )
        }
    }

    /// The balance in one line.
    static func line(_ ledger: PackingLedger, documents: Int, shards: Int) -> String {
        let dropped = ledger.dropped.values.reduce(0, +)
        return "\(Readable.counted(documents, "document")), \(NumberText.count(ledger.documentTokens)) tokens + "
            + "\(NumberText.count(ledger.separators)) separators + \(NumberText.count(ledger.padding)) padding = "
            + "\(Readable.counted(ledger.blocks, "block")) × \(ledger.length)"
            + (dropped > 0 ? " + \(NumberText.count(dropped)) dropped" : "")
            + " in \(Readable.counted(shards, "shard"))"
    }
}
