import ArgumentParser
import Files
import Glibc
import Parallel

/// The command-line tool.
@main
struct StandardsGenerator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standards-generator",
        abstract: "Writes invented standards: any number, the same for the same seed.",
        discussion: """
            Example: standards-generator --documents 300 --seed 7 --output generated --format mixed --near-duplicates 0.05

            A document depends on the seed and its index alone, so any range, on any number of threads, has the same bytes.
            """)

    @Option(help: "How many documents.")
    var documents: Int

    @Option(help: "The index of the first document.")
    var first = 0

    @Option(help: "The seed.")
    var seed: UInt64 = 42

    @Option(help: "The folder to write to; made if it is not there.")
    var output: String

    @Option(help: "flatopc, docx-xml, pdf2xml, markdown, text, jsonl or mixed.")
    var format = OutputFormat.mixed

    @Option(
        help:
            "Share of documents that are edited copies of others, from 0 to 0.9, with near-duplicates.jsonl as ground truth."
    )
    var nearDuplicates = 0.0

    @Option(help: "Threads.")
    var threads = WorkerPool.availableProcessors

    func validate() throws {
        if documents < 1 || first < 0 || documents > 1 << 40 || first > 1 << 40 {
            throw ValidationError("--documents must be 1 or more, --first 0 or more")
        }
        if threads < 1 || threads > 4096 { throw ValidationError("--threads must be from 1 to 4096") }
        if !(nearDuplicates >= 0 && nearDuplicates <= 0.9) {
            throw ValidationError("--near-duplicates must be from 0 to 0.9")
        }
    }

    func run() throws {
        let writer = CorpusWriter(
            seed: seed, first: first, count: documents, format: format, share: nearDuplicates, folder: output,
            threads: threads)
        do {
            let outcome = try writer.write()
            print(
                "\(outcome.documents) documents, \(outcome.bytes) bytes, \(outcome.nearDuplicates) near duplicates: \(output)"
            )
        } catch let failure as any Failure {
            let line = Array("standards-generator: \(failure.description)\n".utf8)
            _ = Glibc.write(STDERR_FILENO, line, line.count)
            throw ExitCode(failure.kind == .inputOutput ? 74 : 70)
        }
    }
}

extension OutputFormat: ExpressibleByArgument {}
