import ArgumentParser
import Building
import Deduplication
import Files
import Inspection

/// `shardmill dedup report`
struct DedupReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Show the largest clusters of duplicates and what differs inside them.",
        discussion: """
            Clusters are found as `dedup run` finds them, and nothing is removed. Of each the member that stays and the one least like it
            are compared word by word.

            EXAMPLE
              shardmill dedup report corpora/standards/notes/notes.jsonl --top 5 --html duplicates.html
            """)

    @Argument(help: "Files, folders, patterns with * and **, or built corpora.", completion: .file())
    var inputs: [String]

    @Option(help: "How many clusters to show.")
    var top: Int = 10

    @OptionGroup var signature: SignatureOptions

    @Flag(help: "Take every candidate for a duplicate, whatever the exact similarity.")
    var noVerify = false

    @Option(help: "What stays of a cluster: first, longest, newest, source-priority or drop-all.")
    var policy: String = "first"

    @Option(help: "Also write a page: one HTML file.", completion: .file(extensions: ["html"]))
    var html: String?

    @OptionGroup var input: DedupInputOptions

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if top < 1 || top > 100_000 { throw ValidationError("--top: expected 1 to 100000, found \(top)") }
    }

    func run() throws {
        let options = try signature.options(verifies: !noVerify)
        let policy = try DedupInputOptions.policy(policy)
        try DedupCommand.check(outputs: [("--html", html)], inputs: inputs)
        let line = ProgressLine(quiet: common.quiet)
        let search = try input.search(options, common, line)
        try search.read(inputs)
        try search.find(policy)
        let report = try DuplicateReport(search, most: top)
        line.clear()
        try DedupCommand.reportUnreadable(search)
        if let html {
            try AtomicFile.write(Array(report.html(title: inputs.joined(separator: ", ")).utf8), to: html)
        }
        if common.json {
            Console.print(json: report.json)
        } else {
            Console.print(report.text(colours: Console.isOutputTerminal))
        }
    }
}
