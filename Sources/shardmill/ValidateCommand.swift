import ArgumentParser
import Checking
import Files
import Parallel

/// `shardmill validate`
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a built corpus: checksums, ids, segments, documents, ledgers, root digest.",
        discussion: """
            Exit status 0 where nothing was found, 1 with findings, each named with its file and place.

            EXAMPLE
              shardmill validate corpus
            """)

    @Argument(help: "The folder of a built corpus.", completion: .directory)
    var corpus: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let line = ProgressLine(quiet: common.quiet)
        let check = CorpusCheck(folder: corpus, pool: WorkerPool(threads: common.threads))
        let outcome = try check.run { done, total in
            line.update("validate", done: done, total: total) { "\(Readable.decimal($0, 1)) files/s" }
        }
        line.clear()
        if common.json {
            Console.print(json: outcome.json)
        } else {
            for finding in outcome.findings { Console.print(finding.description) }
            common.say(
                outcome.findings.isEmpty
                    ? "\(corpus): sound: \(Readable.counted(outcome.blocks, "block")), "
                        + "\(Readable.counted(outcome.documents, "document")), every checksum and ledger checked"
                    : "\(corpus): \(Readable.counted(outcome.findings.count, "finding"))")
        }
        if !outcome.findings.isEmpty { throw ExitCode(1) }
    }
}
