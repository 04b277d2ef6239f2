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
            abstract: "Learn a byte-level BPE vocabulary from documents.",
            discussion: """
                The merges are those that Hugging Face's BpeTrainer learns from the same texts.

                EXAMPLE
                  shardmill tokenizer train corpora/standards --vocab-size 4096 --output tokenizers/standards-4k
                """)

        @Argument(help: "Files, folders, or patterns with * and **.", completion: .file())
        var inputs: [String]

        @Option(help: "Tokens in the end, special ones and the 256 bytes included.")
        var vocabSize: Int

        @Option(help: "Pairs seen less often are not merged.")
        var minFrequency: Int = 2

        @Option(help: "Tokens have fewer bytes than this.")
        var maxTokenLength: Int?

        @Option(help: "How texts are cut: \(BPETrainer.Pattern.allCases.map(\.rawValue).joined(separator: ", ")).")
        var pattern: String = BPETrainer.Pattern.gpt2.rawValue

        @Option(help: "The special token that ends a text.")
        var endOfText: String = "<|endoftext|>"

        @Option(help: "The member of a JSON Lines record that holds the text.")
        var textField: String = "text"

        @Option(help: "The folder to write.", completion: .directory)
        var output: String

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if BPETrainer.Pattern(rawValue: pattern) == nil {
                let known = BPETrainer.Pattern.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--pattern: expected one of \(known), found \(pattern)")
            }
        }

        func run() throws {
            var options = BPETrainer.Options(vocabularySize: vocabSize)
            options.minimumFrequency = minFrequency
            options.maximumTokenLength = maxTokenLength
            options.pattern = BPETrainer.Pattern(rawValue: pattern) ?? .gpt2
            options.specialTokens = [endOfText]
            options.endOfText = endOfText
            let settings = options
            if Folder.exists(output) {
                throw FileFailure.wrongKind(path: output, expected: "nothing at this path", found: "something")
            }
            var readOptions = ReadOptions()
            readOptions.textField = textField
            let reading = readOptions
            let files = try inputs.flatMap { input in
                try PathPattern(input, relativeTo: "").expand().map { (input: input, match: $0) }
            }
            let total = Mutex(try BPETrainer(settings))
            let unread = Mutex<[(Int, String)]>([])
            let done = Mutex(0)
            let line = ProgressLine(quiet: common.quiet)
            try WorkerPool(threads: common.threads).forEach(files.count) { index, _ in
                var counter = try BPETrainer(settings)
                var reader = DocumentReader(options: reading)
                let match = files[index].match
                do {
                    try reader.read(
                        InputFile(path: match.path, relativePath: match.relativePath, source: files[index].input),
                        emit: { document in document.text.withUnsafeBytes { counter.add($0) } },
                        reject: { rejection in
                            unread.withLock { $0.append((index, "\(rejection.path): \(rejection.value)")) }
                        })
                } catch {
                    unread.withLock { $0.append((index, "\(error)")) }
                }
                let counted = counter
                total.withLock { $0.absorb(counted) }
                done.withLock { done in
                    done += 1
                    line.update("count", done: done, total: files.count) { "\(Readable.decimal($0, 1)) files/s" }
                }
            }
            let trainer = total.withLock { $0 }
            let reasons = unread.withLock { $0 }.sorted { $0.0 < $1.0 }.map(\.1)
            if trainer.bytesSeen == 0 {
                line.clear()
                throw FileFailure.malformed(
                    path: inputs.joined(separator: ", "), place: "inputs", expected: "text to learn from",
                    found: reasons.first ?? "none")
            }
            let size = vocabSize
            let trained = trainer.train { tokens in
                line.update("merge", done: tokens, total: size) { "\(Readable.decimal($0, 0)) tokens/s" }
            }
            line.clear()
            for reason in reasons { Console.error("not read: \(reason)") }
            try trained.write(to: output)
            if common.json {
                Console.print(
                    json: .object([
                        "output": .string(output), "vocabulary_size": .integer(trained.tokens.count),
                        "merges": .integer(trained.merges.count), "bytes": .integer(trainer.bytesSeen),
                        "pieces": .integer(trainer.pieceCount),
                    ]))
            } else {
                common.say(
                    "\(output): \(Readable.count(trained.tokens.count)) tokens from \(Readable.bytes(Double(trainer.bytesSeen))) "
                        + "of text, \(Readable.count(trainer.pieceCount)) different pieces")
            }
            if trained.tokens.count < vocabSize {
                Console.error(
                    "warning: \(trained.tokens.count) tokens instead of \(vocabSize): no further pair is seen \(minFrequency) times"
                )
            }
        }
    }
}
