import ArgumentParser
import Deduplication
import Files
import Inspection

/// `shardmill dedup plan`
struct DedupPlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what bands, rows and a threshold find and miss.",
        discussion: """
            Two documents become candidates with a probability that rises with their similarity like an S. The table shows it; misses are
            expected for similarities spread evenly from the threshold to 1.

            EXAMPLE
              shardmill dedup plan --bands 20 --rows 6
            """)

    @OptionGroup var signature: SignatureOptions

    @Option(help: "How many documents the memory is for.")
    var documents: Int = 1_000_000

    @Option(help: "Also write a page with the curve: one HTML file.", completion: .file(extensions: ["html"]))
    var html: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if documents < 1 || documents > 1_000_000_000_000 {
            throw ValidationError("--documents: expected 1 to 1000000000000, found \(documents)")
        }
    }

    func run() throws {
        let plan = DuplicatePlan(try signature.options(), documents: documents)
        if let html { try AtomicFile.write(Array(plan.html.utf8), to: html) }
        if common.json { Console.print(json: plan.json) } else { Console.print(plan.text) }
    }
}
