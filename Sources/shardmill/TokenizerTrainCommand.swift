import ArgumentParser
import Documents
import Files
import Parallel
import Readers
import Synchronization
import Tokenization

extension TokenizerCommand {
    /// `shardmill tokenizer train`
    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train",
            abstract: "Learn a BPE vocabulary from documents.",
            discussion: """
                The merges are those that Hugging Face's BpeTrainer learns from the same texts, byte-level or, with
                --pattern metaspace, as SentencePiece does. They do not depend on threads, memory or the order of the inputs.

                An input is a file, a folder, a pattern or a built corpus; PATH=2.5 has each of its documents count twice, and half
                of them once more.

                EXAMPLE
                  shardmill tokenizer train corpora/standards --vocab-size 3000 --output my-tokenizer
                """)

        @Argument(help: "Files, folders, built corpora, or patterns with * and **; PATH=WEIGHT.", completion: .file())
        var inputs: [String]

        @Option(help: "Tokens in the end, special ones and the alphabet included.")
        var vocabSize: Int

        @Option(help: "Pairs seen less often are not merged.")
        var minFrequency: Int = 2

        @Option(help: "Tokens have fewer characters (bytes without metaspace) than this.")
        var maxTokenLength: Int?

        @Option(help: "How texts are cut: \(BPETrainer.Pattern.allCases.map(\.rawValue).joined(separator: ", ")).")
        var pattern: String = BPETrainer.Pattern.gpt2.rawValue

        @Option(
            help:
                "How texts are normalised: \(BPETrainer.Normalization.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        var normalize: String = BPETrainer.Normalization.none.rawValue

        @Flag(help: "No token reaches over the end of a line.")
        var splitLines = false

        @Option(help: "Characters, or bytes, in the alphabet at most; the rarest are left out.")
        var limitAlphabet: Int?

        @Option(help: "metaspace: the share of the text whose characters are in the alphabet.")
        var characterCoverage: Double = 1

        @Option(help: "metaspace: characters in the alphabet whether they are seen or not.")
        var initialAlphabet: String = ""

        @Flag(help: "Leave bytes out that are not seen, and with metaspace the tokens of bytes.")
        var noByteAlphabet = false

        @Option(help: "The special token that ends a text; </s> with metaspace.")
        var endOfText: String?

        @Option(help: "A special token more, behind the others; may be repeated.")
        var specialToken: [String] = []

        @Option(
            name: [.customLong("field"), .customLong("text-field")],
            help: "The member of a JSON Lines record that holds the text.")
        var field: String = "text"

        @Option(help: "What a text is in a plain text file: file, line, paragraph, or what stands between this.")
        var records: String = "file"

        @Option(help: "The encoding of plain text, CSV and JSON Lines; found out for each file without it.")
        var encoding: String?

        @Option(help: "Memory for counting, all threads together; more goes to temporary files in TMPDIR.")
        var memory: String = "1GB"

        @Option(help: "The folder to write.", completion: .directory)
        var output: String

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if BPETrainer.Pattern(rawValue: pattern) == nil {
                let known = BPETrainer.Pattern.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--pattern: expected one of \(known), found \(pattern)")
            }
            if BPETrainer.Normalization(rawValue: normalize) == nil {
                throw ValidationError("--normalize: expected none, nfc or nfkc, found \(normalize)")
            }
            try TextInputs.check(encoding: encoding)
            if TextRecords(records) == nil { throw ValidationError("--records: expected one line of text") }
            _ = try ByteCount.parse(memory, option: "--memory")
        }

        private var options: BPETrainer.Options {
            var options = BPETrainer.Options(vocabularySize: vocabSize)
            options.pattern = BPETrainer.Pattern(rawValue: pattern) ?? .gpt2
            if options.pattern == .metaspace { options = .sentencePiece(vocabularySize: vocabSize) }
            options.normalization = BPETrainer.Normalization(rawValue: normalize) ?? .none
            options.minimumFrequency = minFrequency
            options.maximumTokenLength = maxTokenLength
            options.splitsLines = splitLines
            options.limitAlphabet = limitAlphabet
            options.characterCoverage = characterCoverage
            options.initialAlphabet = initialAlphabet
            options.hasAllBytes = !noByteAlphabet
            options.fallsBackToBytes = !noByteAlphabet
            if let endOfText {
                options.specialTokens = options.specialTokens.map { $0 == options.endOfText ? endOfText : $0 }
                options.endOfText = endOfText
            }
            options.specialTokens += specialToken
            return options
        }

        func run() throws {
            try FreeOutput.check(output)
            let texts = try TextInputs(inputs, field: field, records: records, encoding: encoding, weighted: true)
            let line = ProgressLine(quiet: common.quiet)
            let pool = WorkerPool(threads: common.threads)
            let memory = try ByteCount.parse(memory, option: "--memory") / pool.threads
            let trainer = try texts.counted(
                by: try BPETrainer(options, memory: memory), pool, line, inputs: inputs, place: "inputs")
            let bytes = trainer.bytesSeen
            let size = vocabSize
            let isInMemory = trainer.isInMemory
            let trained = try trainer.train { tokens in
                line.update("merge", done: tokens, total: size) { "\(Readable.decimal($0, 0)) tokens/s" }
            }
            line.clear()
            try trained.write(to: output)
            let peak = ProcessMemory.peakBytes
            if common.json {
                Console.print(
                    json: .object([
                        "output": .string(output), "vocabulary_size": .integer(trained.tokens.count),
                        "merges": .integer(trained.merges.count), "alphabet": .integer(trained.alphabetSize),
                        "bytes": .integer(bytes),
                        "pieces": .integer(trained.pieces), "peak_memory": .integer(peak),
                        "spilled": .bool(!isInMemory),
                    ]))
            } else {
                common.say(
                    "\(output): \(NumberText.count(trained.tokens.count)) tokens from \(Readable.bytes(Double(bytes))) of text, "
                        + "\(NumberText.count(trained.pieces)) different pieces; peak memory \(Readable.bytes(Double(peak)))"
                        + (isInMemory ? "" : ", counts through temporary files"))
            }
            if trained.tokens.count < vocabSize {
                Console.error(
                    "warning: \(trained.tokens.count) tokens instead of \(vocabSize): "
                        + TokenizerCommand.reasonForFewer(minFrequency, maxTokenLength))
            } else if trained.tokens.count > vocabSize {
                let advice =
                    options.pattern == .metaspace
                    ? "--limit-alphabet or --character-coverage leave rare ones out"
                    : noByteAlphabet ? "--vocab-size must be larger" : "--no-byte-alphabet leaves unseen bytes out"
                Console.error(
                    "warning: \(trained.tokens.count) tokens instead of \(vocabSize), and no merges: so many are the special tokens "
                        + "and the \(trained.alphabetSize) of the alphabet\(options.pattern == .metaspace && !noByteAlphabet ? " and of bytes" : ""); \(advice)"
                )
            }
        }
    }
}
