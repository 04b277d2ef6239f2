import ArgumentParser
import Files
import Glibc
import Tensors

/// The command-line tool: flags, progress, printing. No logic.
@main
struct Shardmill: ParsableCommand {
    /// What goes into manifests as the maker.
    static let version = "0.1.0"
    static var tool: String { "shardmill \(version)" }

    static let configuration = CommandConfiguration(
        commandName: "shardmill",
        abstract: "From domain documents to packed training shards to a trained model.",
        discussion: """
            A corpus is built from a recipe, looked at with stats and inspect, checked with validate, and trained on with train.

            EXAMPLE
              shardmill build corpora/standards.yaml --output corpus
              shardmill stats corpus
              shardmill train corpus --model model --output run --steps 20

            EXIT STATUS
              0 done, 1 findings (validate, doctor), 64 wrong usage, 65 unreadable input, 66 missing input,
              70 internal failure, 74 the system could not read or write, 130 and 143 ended by Ctrl-C or SIGTERM
            """,
        version: version,
        subcommands: [
            BuildCommand.self, ExtractCommand.self, FilterCommand.self, DedupCommand.self, DecontaminateCommand.self,
            TokenizerCommand.self, ValidateCommand.self, DoctorCommand.self, StatsCommand.self, InspectCommand.self,
            RepairCommand.self, RepackCommand.self, ExportCommand.self, ImportCommand.self, ModelCommand.self,
            TrainCommand.self, EvaluateCommand.self, GenerateCommand.self,
        ])

    /// Runs the command and turns failures into one line and an exit status.
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        LibraryThreads.stop()
        ProcessMemory.keepFreed()
        do {
            var command = try parseAsRoot()
            // These two go on later where they stopped.
            if !(command is BuildCommand), !(command is TrainCommand) { Interruption.removeHalfWritten() }
            try command.run()
        } catch let failure as any Failure {
            Console.error("error: \(failure.description)")
            Glibc.exit(failure.kind.exitStatus)
        } catch let status as ExitCode {
            exit(withError: status)
        } catch {
            // Help and the version are errors to the parser, too; only wrong usage is one to us.
            if exitCode(for: error) == .success { exit(withError: error) }
            let problem = message(for: error).split(separator: "\n").joined(separator: "; ")
            // The parser names the help of the command in quotes, in a line of its own.
            let help = fullMessage(for: error).split(separator: "'").first { $0.hasSuffix(" --help") }
            Console.error("error: \(problem); see \(help ?? "shardmill --help")")
            Glibc.exit(FailureKind.usage.exitStatus)
        }
    }
}

extension FailureKind {
    /// The exit status of sysexits.h that belongs to the kind.
    var exitStatus: Int32 {
        switch self {
        case .usage: 64
        case .unreadableInput: 65
        case .missingInput: 66
        case .internalFailure: 70
        case .inputOutput: 74
        }
    }
}
