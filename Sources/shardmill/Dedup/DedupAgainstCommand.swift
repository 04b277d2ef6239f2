import ArgumentParser
import Building
import Deduplication
import Files

/// `shardmill dedup against`
struct DedupAgainstCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "against",
        abstract: "Remove from new documents what an earlier run kept, and duplicates among them.",
        discussion: """
            INDEX is a folder that `dedup run --index` wrote; bands, rows and shingles are those of the index. A new record that the index
            knows goes with the id of the most similar known record and their similarity; the others are compared with each other as by
            `dedup run`. With --add those that stay are added to the index.

            EXAMPLE
              shardmill dedup against index new.jsonl --output kept.jsonl --removed removed.jsonl --add
            """)

    @Argument(help: "The folder of an index.", completion: .directory)
    var index: String

    @Argument(help: "Files, folders, patterns with * and **, or built corpora.", completion: .file())
    var inputs: [String]

    @Option(help: "The file for the records that stay.", completion: .file())
    var output: String?

    @Option(help: "The file for a line on each record that goes.", completion: .file())
    var removed: String?

    @Option(help: "Jaccard similarity from which on documents are near duplicates; that of the index without it.")
    var threshold: Double?

    @Flag(help: "Take every candidate for a duplicate, whatever the exact similarity.")
    var noVerify = false

    @Option(help: "What stays of a cluster of new records: first, longest, newest, source-priority or drop-all.")
    var policy: String = "first"

    @Flag(help: "Add the records that stay to the index.")
    var add = false

    @OptionGroup var input: DedupInputOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let policy = try DedupInputOptions.policy(policy)
        try DedupCommand.check(outputs: [("--output", output), ("--removed", removed)], inputs: inputs)
        let lock = add && Folder.exists(index) ? try LockFile(PathText.join(index, "lock")) : nil
        let known = try DuplicateIndex(index)
        var options = known.options
        options.threshold = threshold ?? options.threshold
        options.verifies = !noVerify
        if let problem = options.problem({ "--" + $0 }) { throw ValidationError(problem) }
        let line = ProgressLine(quiet: common.quiet)
        let search = try input.search(options, common, line)
        try search.read(inputs)
        try search.match(against: known)
        try search.find(policy)
        if let output { try search.writeKept(to: output) }
        if let removed { try search.writeRemoved(to: removed) }
        if add { try search.writeIndex(index, addingTo: known) }
        _ = consume lock
        line.clear()
        try DedupCommand.reportUnreadable(search)
        DedupCommand.printSummary(search, common, outputs: [output, removed])
    }
}
