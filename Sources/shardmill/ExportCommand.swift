import ArgumentParser
import Building
import Files
import Glibc
import Parallel
import Shards

/// `shardmill export`
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the blocks or documents of shards in formats of other programs.",
        discussion: """
            megatron writes PREFIX.bin and PREFIX.idx for Megatron-LM, npy a folder of NumPy arrays, jsonl lines of input_ids. With --unit document
            a record is a document without padding, in the order in which documents begin in the blocks, each copy by itself. Of a built
            corpus they are put together however it was packed; where the blocks alone do not say what belongs together, documents/ does.
            Of a plain folder only segments that follow one another are: the pieces that best-fit set apart stay apart.
            loss_spans go along to npy and jsonl; megatron has no place for them.

            EXAMPLE
              shardmill export corpus --format megatron --output corpus_text_document
              shardmill export corpus --format npy --split validation --output arrays
              shardmill export corpus --format jsonl --unit document --output documents.jsonl.zst
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case megatron, npy, jsonl }

    @Argument(help: "The folder of a built corpus, or a folder with an index.json.", completion: .directory)
    var data: String

    @Option(help: "megatron, npy or jsonl.")
    var format: Format

    @Option(help: "train or validation, of a built corpus (default: train).")
    var split: String?

    @Option(help: "document or block (default: document for megatron, else block).")
    var unit: String?

    @Option(help: "The column of ids.")
    var column: String = BlockSchema.tokens

    @Option(help: "The number type of a column of plain bytes: uint16, uint32, int64, …")
    var bytesType: String?

    @Option(
        help: "megatron: the prefix of both files; npy: a folder; jsonl: a file, compressed where it ends with .zst.")
    var output: String

    @Flag(help: "megatron: export data with loss_spans all the same, as if all of it were learnt.")
    var dropLossSpans = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let split, Split(rawValue: split) == nil {
            throw ValidationError("--split: expected train or validation, found \(split)")
        }
        if let unit, ExportUnit(rawValue: unit) == nil {
            throw ValidationError("--unit: expected document or block, found \(unit)")
        }
        if format == .npy, unit == ExportUnit.document.rawValue {
            throw ValidationError("--unit document: NumPy arrays hold blocks; choose megatron or jsonl")
        }
        if dropLossSpans, format != .megatron {
            throw ValidationError("--drop-loss-spans: \(format.rawValue) keeps loss_spans; it is for megatron")
        }
        if let bytesType, MDSElement(rawValue: bytesType) == nil {
            throw ValidationError("--bytes-type: expected a NumPy number type such as uint16, found \(bytesType)")
        }
    }

    func run() throws {
        let isCorpus = Folder.exists(OutputFolder(data).manifest)
        if !isCorpus, let split { throw ValidationError("--split \(split): \(data) is no built corpus") }
        let side = split.flatMap(Split.init(rawValue:)) ?? .train
        let dataset = try ShardDataset(
            isCorpus ? OutputFolder(data).split(side) : data,
            options: ShardReadingOptions(
                tokensColumn: column, bytesElement: bytesType.flatMap(MDSElement.init(rawValue:))))
        let unit = unit.flatMap(ExportUnit.init(rawValue:)) ?? (format == .megatron ? .document : .block)
        let line = ProgressLine(quiet: common.quiet)
        defer { line.clear() }
        let progress: ExportProgress = { done, total in
            line.update("export", done: done, total: total) { "\(Readable.decimal($0, 1)) files/s" }
        }
        let isSpecial = ExportCommand.isDevice(output)
        switch format {
        case .megatron: for ending in [".bin", ".idx"] { try FreeOutput.check(output + ending) }
        case .npy: try FreeOutput.check(output)
        case .jsonl: if !isSpecial { try FreeOutput.check(output) }
        }
        var documents: CorpusDocuments?
        if isCorpus, unit == .document {
            documents = try CorpusDocuments(
                folder: data, split: side, dataset: dataset, temporary: isSpecial ? nil : PathText.folder(of: output),
                WorkerPool(threads: common.threads))
        }
        let summary =
            switch format {
            case .megatron:
                try dataset.exportMegatron(
                    to: output, unit: unit, of: documents, dropsLossSpans: dropLossSpans, progress: progress)
            case .npy: try dataset.exportNumPy(to: output, progress: progress)
            case .jsonl: try dataset.exportJSONLines(to: output, unit: unit, of: documents, progress: progress)
            }
        line.clear()
        if common.json {
            return Console.print(
                json: .object([
                    "schema": 1, "format": .string(format.rawValue), "output": .string(output),
                    "records": .integer(summary.records), "tokens": .integer(summary.tokens),
                    "bytes": .integer(summary.bytes),
                ]))
        }
        common.say(
            "\(output): \(Readable.counted(summary.records, "record")), \(NumberText.count(summary.tokens)) tokens, "
                + Readable.bytes(Double(summary.bytes)))
    }

    /// Whether a path is a device, a pipe or a descriptor, which is written to as it is.
    private static func isDevice(_ path: String) -> Bool {
        var status = stat()
        return path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
            || stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }
}
