import ArgumentParser
import Building
import Files
import Parallel

/// `shardmill repair`
struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Make damaged and missing files of a built corpus again, byte for byte.",
        discussion: """
            Shards are made from documents/ and tokenizer/ of the corpus itself: neither the inputs nor work/ are needed. A shard is written
            only where it has the hashes that the index names; an index that is damaged is made again from all shards, where they give the
            root digest of the manifest. Damaged parts of documents/ and rejected/ are made from work/, damaged files of tokenizer/ are copied
            from where the recipe has its tokenizer; each only where it has the digest that the manifest states.

            Exit status 0 where nothing was wrong or all was mended, and on a dry run; 65 where something cannot be mended.

            EXAMPLE
              shardmill repair corpus --dry-run
              shardmill repair corpus
            """)

    @Argument(help: "The folder of a built corpus.", completion: .directory)
    var corpus: String

    @Flag(help: "Show what is damaged; write nothing.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let line = ProgressLine(quiet: common.quiet)
        let repair = try CorpusRepair(folder: corpus, isDryRun: dryRun)
        let report: RepairReport
        do {
            defer { line.clear() }
            report = try repair.run(WorkerPool(threads: common.threads)) { phase, done, total in
                line.update(phase.rawValue, done: done, total: total) { "\(Readable.decimal($0, 1)) files/s" }
            }
        }
        if common.json {
            Console.print(json: report.json)
        } else if report.isSound {
            common.say("\(corpus): nothing is damaged")
        } else {
            for item in report.items {
                Console.print("\(RepairCommand.word(item.outcome)): \(item.problems.joined(separator: "; "))")
            }
        }
        if !dryRun, let failure = report.failure { throw failure }
    }

    private static func word(_ outcome: RepairReport.Outcome) -> String {
        switch outcome {
        case .found: "damaged"
        case .restored: "restored"
        case .recompressed: "restored, compressed otherwise by this libzstd, hash in the index replaced"
        case .beyondRepair: "beyond repair"
        }
    }
}
