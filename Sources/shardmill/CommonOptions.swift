import ArgumentParser
import Parallel

/// The options that every command has.
struct CommonOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Number of threads; the bytes that come out do not depend on it.")
    var threads: Int = WorkerPool.availableProcessors

    @Flag(help: "Print exactly one JSON object on standard output, at the end; all else goes to standard error.")
    var json = false

    @Flag(help: "Show no progress and no remarks.")
    var quiet = false

    func validate() throws {
        if threads < 1 || threads > 1024 { throw ValidationError("--threads: expected 1 to 1024, found \(threads)") }
    }

    /// A remark for a person, on standard output, or on standard error where JSON goes there.
    func say(_ line: String) {
        if quiet { return }
        if json { Console.error(line) } else { Console.remark(line) }
    }
}
