import ArgumentParser
import Files
import Inspection
import Parallel

/// `shardmill stats`
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what a built corpus holds: documents, tokens, lengths, sources.",
        discussion: """
            EXAMPLE
              shardmill stats corpus --html stats.html
            """)

    @Argument(help: "The folder of a built corpus.", completion: .directory)
    var corpus: String

    @Option(help: "Also write a report for people: one HTML file.", completion: .file(extensions: ["html"]))
    var html: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let statistics = try CorpusStatistics(try BuiltCorpus(corpus), pool: WorkerPool(threads: common.threads))
        if let html { try AtomicFile.write(Array(CorpusReport(statistics).html.utf8), to: html) }
        if common.json { Console.print(json: statistics.json) } else { Console.print(statistics.text) }
    }
}
