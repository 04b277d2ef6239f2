import ArgumentParser

/// `shardmill filter`
struct FilterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter", abstract: "What the quality filters measure and decide.",
        subcommands: [FilterWhatIfCommand.self, Measure.self])
}
