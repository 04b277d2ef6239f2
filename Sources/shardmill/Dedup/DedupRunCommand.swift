import ArgumentParser
import Building
import Deduplication
import Files

/// `shardmill dedup run`
struct DedupRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Remove exact and near duplicates from documents.",
        discussion: """
            Records of JSON Lines that stay are written byte for byte as they were; documents of any other format become JSON Lines. A
            record that goes is a line of --removed: its id, its cluster, the id of the record that stays, the exact similarity of the two,
            and the rule: exact where the texts are equal, else near. Without --output nothing but the summary is written.

            What stays of a cluster: first (in the order of the inputs), longest, newest (field version or date of the record or its
            metadata), source-priority (in the order of the INPUTs) or drop-all. Ties are decided by the id.

            EXAMPLE
              shardmill dedup run corpora/standards/notes/notes.jsonl --output kept.jsonl --removed removed.jsonl
            """)

    @Argument(help: "Files, folders, patterns with * and **, or built corpora.", completion: .file())
    var inputs: [String]

    @Option(help: "The file for the records that stay.", completion: .file())
    var output: String?

    @Option(help: "The file for a line on each record that goes.", completion: .file())
    var removed: String?

    @OptionGroup var signature: SignatureOptions

    @Flag(help: "Take every candidate for a duplicate, whatever the exact similarity.")
    var noVerify = false

    @Option(help: "What stays of a cluster: first, longest, newest, source-priority or drop-all.")
    var policy: String = "first"

    @Option(help: "A free folder for an index of the records that stay, for `dedup against`.", completion: .directory)
    var index: String?

    @OptionGroup var input: DedupInputOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let options = try signature.options(verifies: !noVerify)
        let policy = try DedupInputOptions.policy(policy)
        try DedupCommand.check(outputs: [("--output", output), ("--removed", removed)], inputs: inputs)
        if let index { try FreeOutput.check(index) }
        let line = ProgressLine(quiet: common.quiet)
        let search = try input.search(options, common, line)
        try search.read(inputs)
        try search.find(policy)
        if let output { try search.writeKept(to: output) }
        if let removed { try search.writeRemoved(to: removed) }
        if let index { try search.writeIndex(index) }
        line.clear()
        try DedupCommand.reportUnreadable(search)
        DedupCommand.printSummary(search, common, outputs: [output, removed])
    }
}
