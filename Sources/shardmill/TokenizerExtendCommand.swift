import ArgumentParser
import Documents
import Files
import Inspection
import Parallel
import Tokenization

extension TokenizerCommand {
    /// `shardmill tokenizer extend`
    struct Extend: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "extend",
            abstract: "Add tokens for a domain behind those of a vocabulary.",
            discussion: """
                Old ids, merges and special tokens stay as they are; new tokens get the ids behind the largest. They are learnt by going on
                where BASE stopped, from the ids it has for the corpus, or, with --merge, taken from another vocabulary: all but its
                special and added tokens and those that no text would have, which are counted. OUTPUT gets the tokenizer in the form of
                BASE, and embedding_map.json: the old ids that each new token is made of.

                EXAMPLE
                  shardmill tokenizer extend tokenizers/standards-4k --corpus corpora/standards --add 500 --output tokenizers/standards-4k-more
                """)

        @Argument(help: "The tokenizer to extend: a folder or a file.")
        var base: String

        @Option(
            parsing: .upToNextOption, help: "Files, folders, built corpora, or patterns to learn from; PATH=WEIGHT.",
            completion: .file())
        var corpus: [String] = []

        @Option(help: "How many tokens to add.")
        var add: Int?

        @Option(help: "Another tokenizer, whose tokens that BASE does not have are added.")
        var merge: String?

        @Option(help: "Pairs seen less often are not merged.")
        var minFrequency: Int = 2

        @Option(help: "New tokens have fewer characters than this, as the file writes them.")
        var maxTokenLength: Int?

        @Option(
            name: [.customLong("field"), .customLong("text-field")],
            help: "The member of a JSON Lines record that holds the text.")
        var field: String = "text"

        @Option(help: "The encoding of plain text, CSV and JSON Lines; found out for each file without it.")
        var encoding: String?

        @Option(help: "Memory for counting, all threads together; more goes to temporary files in TMPDIR.")
        var memory: String = "1GB"

        @Option(
            help: "Also write the curve of bytes per token for people: one HTML file.",
            completion: .file(extensions: ["html"]))
        var html: String?

        @Option(help: "The folder to write.", completion: .directory)
        var output: String

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if merge == nil, corpus.isEmpty || add == nil {
                throw ValidationError("give a --corpus and how many tokens to --add, or another vocabulary to --merge")
            }
            if merge != nil, !corpus.isEmpty || add != nil || html != nil {
                throw ValidationError(
                    "--merge takes the tokens of the other vocabulary: leave --corpus, --add and --html out")
            }
            try TextInputs.check(encoding: encoding)
            _ = try ByteCount.parse(memory, option: "--memory")
        }

        func run() throws {
            try FreeOutput.check(output)
            let tokenizer = try Tokenizer.load(base)
            let extended =
                try merge.map { try ExtendedVocabulary(tokenizer, merging: try Tokenizer.load($0)) } ?? learn(tokenizer)
            try extended.write(to: output, baseAt: base)
            let growth = VocabularyGrowth(extended, name: PathText.name(of: output))
            if let html { try AtomicFile.write(Array(growth.html.utf8), to: html) }
            let size = tokenizer.vocabularySize + extended.newTokens
            if common.json {
                var members: [String: JSONValue] = [
                    "output": .string(output), "base_vocabulary_size": .integer(tokenizer.vocabularySize),
                    "vocabulary_size": .integer(size), "added": .integer(extended.newTokens),
                    "peak_memory": .integer(ProcessMemory.peakBytes),
                ]
                if merge == nil {
                    members["bytes"] = .integer(extended.bytes)
                    members["curve"] = growth.json
                } else {
                    members["left_out"] = Extend.json(extended.leftOut)
                }
                Console.print(json: .object(members))
            } else {
                if merge == nil { Console.print(growth.text) }
                common.say(
                    "\(output): \(NumberText.count(extended.newTokens)) new tokens, \(NumberText.count(size)) ids; peak memory "
                        + Readable.bytes(Double(ProcessMemory.peakBytes)))
                if let merge, let text = Extend.text(extended.leftOut) { common.say("left out of \(merge): \(text)") }
            }
            if let add, extended.newTokens < add {
                Console.error(
                    "warning: \(extended.newTokens) new tokens instead of \(add): "
                        + TokenizerCommand.reasonForFewer(minFrequency, maxTokenLength))
            }
        }

        private static func json(_ leftOut: ExtendedVocabulary.LeftOut) -> JSONValue {
            .object([
                "known": .integer(leftOut.known), "special": .integer(leftOut.special),
                "added": .integer(leftOut.added), "bytes": .integer(leftOut.bytes),
                "unreachable": .integer(leftOut.unreachable),
                "unreachable_examples": .array(leftOut.examples.map { .string($0) }),
            ])
        }

        /// What was left out, in words; nil where nothing was.
        private static func text(_ leftOut: ExtendedVocabulary.LeftOut) -> String? {
            var parts: [String] = []
            for (count, what) in [
                (leftOut.known, "that BASE has"), (leftOut.special, "special"),
                (leftOut.added, "added or defined by a user, which are found as a whole"),
                (leftOut.bytes, "of single bytes"), (leftOut.unreachable, "that no merging comes to"),
            ] where count > 0 {
                parts.append("\(NumberText.count(count)) \(what)")
            }
            if parts.isEmpty { return nil }
            let examples = leftOut.examples.map { JSONValue.string($0).text() }.joined(separator: ", ")
            return parts.joined(separator: ", ") + (examples.isEmpty ? "" : " (such as \(examples))")
        }

        private func learn(_ tokenizer: Tokenizer) throws -> ExtendedVocabulary {
            var options = VocabularyExtender.Options(newTokens: add ?? 0)
            options.minimumFrequency = minFrequency
            options.maximumTokenLength = maxTokenLength
            let texts = try TextInputs(corpus, field: field, encoding: encoding, weighted: true)
            let line = ProgressLine(quiet: common.quiet)
            let pool = WorkerPool(threads: common.threads)
            let memory = try ByteCount.parse(memory, option: "--memory") / pool.threads
            let extender = try texts.counted(
                by: try VocabularyExtender(tokenizer, options, memory: memory), pool, line, inputs: corpus,
                place: "corpus")
            let total = options.newTokens
            let extended = try extender.extend { tokens in
                line.update("merge", done: tokens, total: total) { "\(Readable.decimal($0, 0)) tokens/s" }
            }
            line.clear()
            return extended
        }
    }
}
