import ArgumentParser
import Building
import Files
import Inspection

/// `shardmill filter what-if`
struct FilterWhatIfCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-if",
        abstract: "Decide anew about a built corpus with other thresholds, from its stored signals.",
        discussion: """
            Shows what the rules of quality would keep and drop, in documents and tokens, beside what they keep and drop now. Nothing is
            written: put the thresholds you like under clean: in the recipe and build with --update. What deduplication takes afterwards is
            not decided anew.

            EXAMPLE
              shardmill filter what-if corpus --set profile=gopher --set gopher.min_alpha=0.7
            """)

    @Argument(help: "The folder of a built corpus, with its work/.", completion: .directory)
    var corpus: String

    @Option(help: ArgumentHelp("A key of clean: and its value; as often as needed.", valueName: "key=value"))
    var set: [String] = []

    @Option(help: "How many of the documents that change sides are shown, of each kind.")
    var samples = 5

    @OptionGroup var common: CommonOptions

    func validate() throws {
        for setting in set where !setting.contains("=") || setting.hasPrefix("=") {
            throw ValidationError("--set: expected KEY=VALUE such as gopher.min_alpha=0.7, found \(setting)")
        }
        if samples < 0 { throw ValidationError("--samples: expected 0 or more, found \(samples)") }
    }

    func run() throws {
        let settings = set.map { setting in
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (key: parts[0], value: parts[1])
        }
        let found = try FilterWhatIf(folder: corpus, settings: settings, samples: samples)
        if common.json { return Console.print(json: found.json) }
        Console.write(Array(found.text.utf8))
    }
}
