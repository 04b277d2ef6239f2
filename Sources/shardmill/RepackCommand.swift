import ArgumentParser
import Building
import Files
import Packing
import Parallel
import Shards

/// `shardmill repack`
struct RepackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repack",
        abstract: "Pack the tokens of shards into blocks of another length, strategy or separator.",
        discussion: """
            Of the folder of a built corpus a corpus of its own is made: both splits, documents/ with the new places, rejected/, tokenizer/ and
            manifest.json, without work/ and the report. The tokens come from the shards; only what they lack or what the strategy structure
            asks of the texts is tokenized. Of a plain MDS folder, of ours or of others, a plain MDS folder is made; its documents are the
            segments of the blocks, joined where one goes on in the next block, or with --end-token the stretches up to that id.

            EXAMPLE
              shardmill repack corpus --length 4096 --output corpus-4096
              shardmill repack corpus --strategy best-fit --output corpus-best-fit
              shardmill repack other-mds --length 1024 --end-token 0 --output blocks-1024
            """)

    @Argument(help: "The folder of a built corpus, or a folder with an index.json.", completion: .directory)
    var data: String

    @Option(help: "Tokens in a block (default: as before).")
    var length: Int?

    @Option(help: "concatenate, best-fit or structure (default: as before; of a plain folder concatenate).")
    var strategy: String?

    @Option(help: "none, eos, bos or both; of built corpora only (default: as before).")
    var separator: String?

    @Option(help: "The last block: pad or drop (default: as before).")
    var tail: String?

    @Option(help: "Blocks in a shard (default: about as many tokens as before).")
    var blocksPerShard: Int?

    @Option(help: "zstd level of the shards (default: as before; of a plain folder 7).")
    var level: Int?

    @Option(help: "Of a plain folder: the id that ends a document.")
    var endToken: UInt32?

    @Option(help: "The folder to write.", completion: .directory)
    var output: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        try PackingChoice.check(length: length, blocksPerShard: blocksPerShard, level: level)
        _ = try (PackingChoice.strategy(strategy), PackingChoice.separator(separator), PackingChoice.tail(tail))
    }

    func run() throws {
        try FreeOutput.check(output)
        let line = ProgressLine(quiet: common.quiet)
        defer { line.clear() }
        let pool = WorkerPool(threads: common.threads)
        let isPlain =
            !Folder.exists(OutputFolder(data).manifest) && Folder.exists(PathText.join(data, MDSIndex.fileName))
        if isPlain { return try repackPlain(pool, line) }
        if endToken != nil { throw ValidationError("--end-token is for plain MDS folders, \(data) is a built corpus") }
        var options = RepackOptions()
        options.length = length
        options.strategy = try PackingChoice.strategy(strategy)
        options.separator = try PackingChoice.separator(separator)
        options.tail = try PackingChoice.tail(tail)
        options.blocksPerShard = blocksPerShard
        options.compressionLevel = level
        let repacking = try CorpusRepacking(folder: data, output: output, options: options, tool: Shardmill.tool)
        let manifest = try repacking.run(pool) { phase, done, total in
            line.update(phase.rawValue, done: done, total: total) { "\(Readable.decimal($0, 1)) files/s" }
        }
        line.clear()
        if common.json {
            return Console.print(
                json: .object([
                    "schema": 1, "output": .string(output), "root_digest": .string(manifest.rootDigest),
                    "splits": .object(manifest.splits.mapValues(\.ledger.json)),
                ]))
        }
        for split in Split.allCases {
            guard let counts = manifest.splits[split.rawValue] else { continue }
            common.say(
                "\(split.rawValue): \(ImportCommand.line(counts.ledger, documents: counts.documents, shards: counts.shards))"
            )
        }
    }

    private func repackPlain(_ pool: WorkerPool, _ line: ProgressLine) throws {
        if separator != nil {
            throw ValidationError("--separator: the documents of a plain folder keep the separators that they have")
        }
        let dataset = try ShardDataset(data)
        var options = TokenPackingOptions()
        guard let length = length ?? dataset.blockLength else {
            throw ValidationError("--length: the blocks of \(data) differ in length: give one")
        }
        options.packing.length = length
        options.packing.strategy = try PackingChoice.strategy(strategy) ?? .concatenate
        if options.packing.strategy == .structure {
            throw ValidationError("--strategy structure needs texts: a built corpus")
        }
        options.packing.tail = try PackingChoice.tail(tail) ?? .pad
        options.packing.paddingToken =
            dataset.index.attributes["padding_token"]?.int.flatMap { UInt32(exactly: $0) } ?? endToken ?? 0
        options.vocabularySize = dataset.vocabularySize
        options.tokenizerDigest = dataset.tokenizerDigest
        options.ownSeparators = dataset.index.attributes["separator_policy"]?.string.flatMap(SeparatorPolicy.init)
        let tokens = (dataset.index.shards.first?.samples ?? 512) * (dataset.blockLength ?? length)
        options.blocksPerShard = blocksPerShard ?? max(1, tokens / length)
        options.compressionLevel = level ?? 7
        var reading = TokenImportOptions()
        reading.endToken = endToken
        try ImportCommand.pack([data], output, reading, options, pool, line, common)
    }
}
