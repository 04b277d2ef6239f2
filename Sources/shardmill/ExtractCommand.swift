import ArgumentParser
import Cleaning
import Documents
import Files
import Parallel
import Readers
import Synchronization

/// `shardmill extract`
struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Read documents and write their text.",
        discussion: """
            JSON Lines have id, text, source, metadata, spans and the extraction ledger; markdown and text have the text alone,
            documents parted by a line feed. With --revisions both a document with tracked changes gives two records,
            metadata.revision "before" and "after" and the same metadata.whole. What cannot be read is named on standard error and counted; the rest goes on.

            EXAMPLE
              shardmill extract corpora/standards --format text
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case jsonl, markdown, text }

    @Argument(help: "Files, folders, or patterns with * and **.", completion: .file())
    var inputs: [String]

    @Option(help: "jsonl, markdown or text.")
    var format: Format = .jsonl

    @Option(help: "What becomes of tracked changes: accept, reject or both.")
    var revisions: String = "accept"

    @Option(help: "How tables are written: auto, markdown, html, tsv or keyvalue.")
    var tables: String = "auto"

    @Flag(help: "Write comments as notes.")
    var comments = false

    @Flag(help: "Convert legacy Word .doc files with LibreOffice, where it is installed.")
    var convertLegacy = false

    @Option(help: "The member of a JSON Lines record that holds the text.")
    var textField: String = "text"

    @Option(help: "The file to write; standard output without it.", completion: .file())
    var output: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if ReadOptions.Revisions(rawValue: revisions) == nil {
            throw ValidationError("--revisions: expected accept, reject or both, found \(revisions)")
        }
        if ReadOptions.Tables(rawValue: tables) == nil {
            throw ValidationError("--tables: expected auto, markdown, html, tsv or keyvalue, found \(tables)")
        }
        if common.json, output == nil {
            throw ValidationError("--json prints a summary on standard output: give the documents an --output file")
        }
    }

    /// What one file gave.
    private struct Result: Sendable {
        var bytes: [UInt8] = []
        var documents = 0
        var rejections: [Rejection] = []
    }

    func run() throws {
        var options = ReadOptions()
        options.revisions = ReadOptions.Revisions(rawValue: revisions) ?? .accept
        options.tables = ReadOptions.Tables(rawValue: tables) ?? .auto
        options.comments = comments
        options.convertsLegacy = convertLegacy
        options.textField = textField
        let readOptions = options
        let files = try inputs.flatMap { input in
            try PathPattern(input, relativeTo: "").expand().map { (input: input, match: $0) }
        }
        let totals = Mutex((documents: 0, rejected: 0))
        let sink = try OutputSink(output)
        let line = ProgressLine(quiet: common.quiet || output == nil && Console.isOutputTerminal)
        let format = format
        try WorkerPool(threads: common.threads).orderedForEach(files.count) { index, _ in
            ExtractCommand.read(files[index].match, source: files[index].input, readOptions, format)
        } consume: { index, result in
            for rejection in result.rejections {
                line.clear()
                Console.error("not read: \(rejection.path): \(rejection.value)")
            }
            totals.withLock {
                $0.documents += result.documents
                $0.rejected += result.rejections.count
            }
            try sink.write(result.bytes)
            line.update("extract", done: index + 1, total: files.count) { "\(Readable.decimal($0, 1)) files/s" }
        }
        line.clear()
        try sink.close()
        let (documents, rejected) = totals.withLock { $0 }
        if common.json {
            Console.print(
                json: [
                    "files": .integer(files.count), "documents": .integer(documents), "rejected": .integer(rejected),
                ])
        } else if !common.quiet, output != nil || rejected > 0 {
            Console.error(
                "\(Readable.counted(documents, "document")) from \(Readable.counted(files.count, "file")), \(rejected) not read"
            )
        }
        if documents == 0, rejected > 0 { throw ExitCode(65) }
    }

    private static func read(
        _ match: PathPattern.Match, source: String, _ options: ReadOptions, _ format: Format
    ) -> Result {
        var result = Result()
        var reader = DocumentReader(options: options)
        let file = InputFile(path: match.path, relativePath: match.relativePath, source: source)
        do {
            try reader.read(
                file,
                emit: { document in
                    var document = document
                    UnicodeRepair.repair(&document)
                    result.documents += 1
                    switch format {
                    case .jsonl: document.appendJSONLine(to: &result.bytes)
                    case .markdown, .text:
                        result.bytes += document.text
                        if document.text.last != 0x0A { result.bytes.append(0x0A) }
                        result.bytes.append(0x0A)
                    }
                }, reject: { result.rejections.append($0) })
        } catch {
            result.rejections.append(
                Rejection(
                    id: "", source: source, path: match.path, rule: "unreadable", value: String(describing: error),
                    threshold: ""))
        }
        return result
    }
}

/// Standard output, or a file that appears when it is whole.
final class OutputSink: Sendable {
    private let file: Mutex<AtomicFileBox?>

    final class AtomicFileBox: @unchecked Sendable {
        // @unchecked: used under the mutex of the sink only.
        var file: AtomicFile
        init(_ path: String) throws { file = try AtomicFile(path) }
    }

    init(_ path: String?) throws {
        file = Mutex(try path.map { try AtomicFileBox($0) })
    }

    func write(_ bytes: [UInt8]) throws {
        try file.withLock { box in
            if let box { try box.file.write(bytes) } else { Console.write(bytes) }
        }
    }

    func close() throws {
        try file.withLock { box in
            if let box { try box.file.commit() }
        }
    }
}
