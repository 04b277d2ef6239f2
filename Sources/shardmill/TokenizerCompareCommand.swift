import ArgumentParser
import Documents
import Files
import Inspection
import Parallel
import Tokenization

extension TokenizerCommand {
    /// `shardmill tokenizer compare`
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: "Hold tokenizers against each other on texts.",
            discussion: """
                Tokens, bytes per token and tokens per word by kind of text (prose, tables, code, equations, as the documents say), the words
                that cost most, ids that nothing uses. A word is what stands between white space.

                EXAMPLE
                  shardmill tokenizer compare tokenizers/standards-4k my-tokenizer --corpus corpora/standards
                """)

        @Argument(help: "Tokenizer folders or files, two as a rule.")
        var tokenizers: [String]

        @Option(parsing: .upToNextOption, help: "Files, folders, built corpora, or patterns.", completion: .file())
        var corpus: [String]

        @Option(
            name: [.customLong("field"), .customLong("text-field")],
            help: "The member of a JSON Lines record that holds the text.")
        var field: String = "text"

        @Option(help: "The encoding of plain text, CSV and JSON Lines; found out for each file without it.")
        var encoding: String?

        @Option(help: "Also write a report for people: one HTML file.", completion: .file(extensions: ["html"]))
        var html: String?

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if tokenizers.isEmpty { throw ValidationError("give the tokenizers to compare") }
            try TextInputs.check(encoding: encoding)
        }

        func run() throws {
            let names = Compare.names(tokenizers)
            var comparison = TokenizerComparison(try zip(names, tokenizers).map { ($0, try Tokenizer.load($1)) })
            let texts = try TextInputs(corpus, field: field, encoding: encoding)
            let line = ProgressLine(quiet: common.quiet)
            let pool = WorkerPool(threads: common.threads)
            let tallies = WorkerValues(count: pool.threads, TokenizerComparison.Tally(comparison)) { _ in
                TokenizerComparison.Tally(comparison)
            }
            let unread = try texts.forEachDocument(pool, line, "compare") { document, _, worker in
                try tallies.with(worker) { try $0.add(document) }
            }
            line.clear()
            for reason in unread { Console.error("not read: \(reason)") }
            for worker in 0..<pool.threads { comparison.absorb(tallies.take(worker)) }
            if comparison.documentCount == 0 {
                throw FileFailure.malformed(
                    path: corpus.joined(separator: ", "), place: "corpus", expected: "text",
                    found: unread.first ?? "none")
            }
            if let html { try AtomicFile.write(Array(try comparison.html().utf8), to: html) }
            if common.json { Console.print(json: try comparison.json()) } else { Console.print(try comparison.text()) }
        }

        /// The last parts of the paths, more of them where two are equal.
        private static func names(_ paths: [String]) -> [String] {
            let parts = paths.map { $0.split(separator: "/") }
            for count in 1...max(1, parts.map(\.count).max() ?? 1) {
                let names = parts.map { $0.suffix(count).joined(separator: "/") }
                if Set(names).count == names.count { return names }
            }
            return paths
        }
    }
}
