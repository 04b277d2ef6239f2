import ArgumentParser
import Documents
import Files
import Inspection
import Parallel
import Tokenization

/// `shardmill stats`
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract:
            "Show what a built corpus or files hold: documents, tokens, lengths, sources, vocabulary, repetition.",
        discussion: """
            The folder of a built corpus is read whole: every record, every block. Tokens by kind of text, sequences of tokens and, in a very
            large corpus, repeated paragraphs come from samples, which the output states. Files need a tokenizer; with one, the documents of a
            built corpus are encoded anew, too.

            With --compare the first corpus is held against a second one, or against files, which are encoded with the tokenizer of the
            first where no other is named.

            EXAMPLE
              shardmill stats corpus --html stats.html
              shardmill stats specs/ notes.jsonl --tokenizer tokenizers/standards-4k
              shardmill stats --compare corpus corpus-of-june
              shardmill stats --compare corpus new-documents/*.docx --json
            """)

    @Argument(help: "The folder of a built corpus, or files, folders and patterns.", completion: .file())
    var inputs: [String]

    @Flag(help: "Compare the first with the second, or with all the others where they are files.")
    var compare = false

    @Option(help: "What files are encoded with: a tokenizer's folder or file.", completion: .file())
    var tokenizer: String?

    @Option(help: "What the samples are drawn by.")
    var seed: UInt64 = 1

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
        if inputs.isEmpty { throw ValidationError("give the folder of a corpus, or files with --tokenizer") }
        if compare, inputs.count < 2 {
            throw ValidationError("--compare: expected two corpora, or a corpus and files, found one")
        }
        try TextInputs.check(encoding: encoding)
    }

    func run() throws {
        let pool = WorkerPool(threads: common.threads)
        if compare { return try runComparison(pool) }
        let isFile = Folder.exists(inputs[0]) && !Folder.isFolder(inputs[0])
        if inputs.count == 1, tokenizer == nil, !isFile {
            let statistics = try corpus(inputs[0], pool)
            return try show(statistics.text, statistics.json, CorpusReport(statistics).html)
        }
        guard let tokenizer else {
            throw ValidationError("files need --tokenizer; two corpora are held against each other with --compare")
        }
        let statistics = try files(inputs, Tokenizer.load(tokenizer), pool)
        try show(statistics.text, statistics.json, statistics.html)
    }

    private func runComparison(_ pool: WorkerPool) throws {
        let first = try corpus(inputs[0], pool)
        let others = Array(inputs.dropFirst())
        let second: StatisticsSide
        if others.count == 1, tokenizer == nil, StatsCommand.isCorpus(others[0]) {
            second = StatisticsSide(try corpus(others[0], pool), name: others[0])
        } else {
            let tokenizer = try Tokenizer.load(tokenizer ?? PathText.join(inputs[0], "tokenizer"))
            second = StatisticsSide(try files(others, tokenizer, pool))
        }
        let comparison = StatisticsComparison(StatisticsSide(first, name: inputs[0]), second)
        try show(comparison.text, comparison.json, comparison.html)
    }

    private func show(_ text: String, _ json: JSONValue, _ page: @autoclosure () -> String) throws {
        if let html { try AtomicFile.write(Array(page().utf8), to: html) }
        if common.json { Console.print(json: json) } else { Console.print(text) }
    }

    private static func isCorpus(_ path: String) -> Bool { Folder.exists(PathText.join(path, "manifest.json")) }

    private func corpus(_ path: String, _ pool: WorkerPool) throws -> CorpusStatistics {
        var options = StatisticsOptions()
        options.seed = seed
        return try CorpusStatistics(try BuiltCorpus(path), pool: pool, options: options)
    }

    private func files(_ paths: [String], _ tokenizer: Tokenizer, _ pool: WorkerPool) throws -> InputStatistics {
        let texts = try TextInputs(paths, field: field, encoding: encoding)
        let line = ProgressLine(quiet: common.quiet)
        let length = 2048
        let tallies = WorkerValues(count: pool.threads, InputStatistics.Tally(tokenizer, length: length)) { _ in
            InputStatistics.Tally(tokenizer, length: length)
        }
        let unread = try texts.forEachDocument(pool, line, "stats") { document, _, worker in
            try tallies.with(worker) { try $0.add(document) }
        }
        line.clear()
        for reason in unread { Console.error("not read: \(reason)") }
        let statistics = InputStatistics(
            (0..<pool.threads).map { tallies.take($0) }, inputs: paths, tokenizer: tokenizer, length: length)
        if statistics.total.documents == 0 {
            throw FileFailure.malformed(
                path: paths.joined(separator: ", "), place: "stats", expected: "text", found: unread.first ?? "none")
        }
        return statistics
    }
}
