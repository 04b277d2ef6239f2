import ArgumentParser
import Building
import Cleaning
import Documents
import Files
import Glibc
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
            metadata.revision "before" and "after" and the same metadata.whole. What cannot be read is named on standard error
            and counted; the rest goes on. What is no document in itself (redirects and empty pages of a wiki, nothing but
            boilerplate) is counted as passed over.

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

    @Option(
        help:
            "The field of a JSON record or the column of a table that holds the text, `a.b` for a member inside; may be repeated."
    )
    var textField: [String] = []

    @Option(help: "The field or column that tells records apart. (default: id)")
    var idField: String?

    @Option(help: "The field or column that is a record's title. (default: title)")
    var titleField: String?

    @Option(help: "A field or column to keep as metadata, all but the text without it; may be repeated.")
    var metadataField: [String] = []

    @Option(help: "What a document is in plain text: file, line, paragraph, or a line of text that parts records.")
    var records: String = "file"

    @Option(help: "The encoding of plain text, CSV and JSON Lines; found out for each file without it.")
    var encoding: String?

    @Flag(help: "The first row of a CSV file is data; columns are numbered from 1.")
    var noHeader = false

    @Option(help: "What a record is: document, or clause for one record a clause.")
    var granularity: String = "document"

    @Option(help: "What publishers print around every text: keep, or remove by the built-in rules.")
    var boilerplate: String = "keep"

    @Option(help: "A file of boilerplate rules, asked before the built-in ones; may be repeated.", completion: .file())
    var boilerplateRules: [String] = []

    @Option(help: "E-mail and IP addresses and telephone numbers: off, count, or replace by <EMAIL>, <IP>, <PHONE>.")
    var pii: String = "off"

    @Flag(help: "Tell the languages of every record, in its member `language` (jsonl only).")
    var languages = false

    @Option(
        help:
            "A TSV file of the abbreviations the documents list: abbreviation, meaning, publisher, specification, version, file.",
        completion: .file())
    var abbreviations: String?

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
        if Granularity(rawValue: granularity) == nil {
            throw ValidationError("--granularity: expected document or clause, found \(granularity)")
        }
        if PersonalDataOptions.Action(rawValue: pii) == nil {
            throw ValidationError("--pii: expected off, count or replace, found \(pii)")
        }
        if languages, format != .jsonl { throw ValidationError("--languages needs --format jsonl") }
        if !["keep", "remove"].contains(boilerplate) {
            throw ValidationError("--boilerplate: expected keep or remove, found \(boilerplate)")
        }
        if !boilerplateRules.isEmpty, boilerplate == "keep" {
            throw ValidationError("--boilerplate-rules needs --boilerplate remove")
        }
        if TextRecords(records) == nil { throw ValidationError("--records: expected one line of text") }
        if let encoding, !ReadOptions.knows(encoding: encoding) {
            throw ValidationError("--encoding: no encoding is called \(encoding); `iconv -l` lists those there are")
        }
        if common.json, output == nil {
            throw ValidationError("--json prints a summary on standard output: give the documents an --output file")
        }
    }

    func run() throws {
        var options = ReadOptions()
        options.revisions = ReadOptions.Revisions(rawValue: revisions) ?? .accept
        options.tables = ReadOptions.Tables(rawValue: tables) ?? .auto
        options.comments = comments
        options.convertsLegacy = convertLegacy
        if !textField.isEmpty { options.fields.text = textField }
        if let idField { options.fields.id = idField }
        if let titleField { options.fields.title = titleField }
        if !metadataField.isEmpty { options.fields.metadata = metadataField }
        options.records = TextRecords(records) ?? .file
        options.encoding = encoding
        options.tableHeader = !noHeader
        let readOptions = options
        let cleaning = DocumentCleaning(
            boilerplate: boilerplate == "remove" ? try BoilerplateFile.rules(files: boilerplateRules) : .none,
            granularity: Granularity(rawValue: granularity) ?? .document,
            personalData: PersonalDataOptions(PersonalDataOptions.Action(rawValue: pii) ?? .off),
            measuresLanguage: languages, listsAbbreviations: format == .jsonl || abbreviations != nil)
        let files = try inputs.flatMap { input in
            try PathPattern(input, relativeTo: "").expand().map {
                InputFile(path: $0.path, relativePath: $0.relativePath, source: input)
            }
        }
        // Large files of records are cut, so that several workers read them and none holds much.
        let pieces = InputFile.groups(files.map(\.path)).flatMap { group -> [[InputFile]] in
            let file = files[group.lowerBound]
            // What cannot be opened is reported by the reader.
            guard group.count == 1,
                let ranges = try? RecordRanges.cut(file, options: readOptions, meanBytes: 16 << 20)
            else { return [Array(files[group])] }
            return ranges.map { range in
                var piece = file
                piece.range = range
                return [piece]
            }
        }
        let sink = try OutputSink(output, inputs: files.map(\.path))
        let line = ProgressLine(quiet: common.quiet || output == nil && Console.isOutputTerminal)
        let format = format
        let ordered = OrderedOutput { bytes in try sink.write(bytes) }
        let table = Mutex(Array("abbreviation\tmeaning\tpublisher\tspecification\tversion\tfile\n".utf8))
        let totals = Mutex((documents: 0, rejected: 0, passedOver: 0, done: 0))
        try WorkerPool(threads: common.threads).forEach(pieces.count) { index, _ in
            var result = OrderedOutput.Piece()
            try ExtractCommand.read(pieces[index], readOptions, cleaning, format, &result) { result in
                try ordered.append(&result, index)
            }
            try ordered.finish(result, index) { result in
                for rejection in result.rejections where rejection.isUnreadable {
                    line.clear()
                    let names = rejection.value.hasPrefix(rejection.path)
                    Console.error("not read: \(names ? "" : rejection.path + ": ")\(rejection.reason)")
                }
                table.withLock { $0 += result.abbreviations }
                let done = totals.withLock {
                    $0.documents += result.documents
                    let unreadable = result.rejections.count(where: \.isUnreadable)
                    $0.rejected += unreadable
                    $0.passedOver += result.rejections.count - unreadable
                    $0.done += 1
                    return $0.done
                }
                line.update("extract", done: done, total: pieces.count) { "\(Readable.decimal($0, 1)) files/s" }
            }
        }
        line.clear()
        try sink.close()
        if let abbreviations { try AtomicFile.write(table.withLock { $0 }, to: abbreviations) }
        let (documents, rejected, passedOver, _) = totals.withLock { $0 }
        if common.json {
            Console.print(
                json: [
                    "files": .integer(files.count), "documents": .integer(documents), "rejected": .integer(rejected),
                    "passed_over": .integer(passedOver),
                ])
        } else if !common.quiet, output != nil || rejected + passedOver > 0 {
            Console.error(
                "\(Readable.counted(documents, "document")) from \(Readable.counted(files.count, "file")), \(rejected) not read"
                    + (passedOver > 0 ? ", \(passedOver) passed over (redirects, boilerplate only)" : "")
            )
        }
        if documents == 0, rejected > 0 { throw ExitCode(65) }
    }

    private static func read(
        _ files: [InputFile], _ options: ReadOptions, _ cleaning: DocumentCleaning, _ format: Format,
        _ result: inout OrderedOutput.Piece,
        grown: (inout OrderedOutput.Piece) throws -> Void
    ) throws {
        var reader = DocumentReader(options: options)
        let file = files[0]
        var outputError: (any Error)?
        func emit(_ read: Document) throws {
            cleaning.clean(read) { write($0, file, format, cleaning.measuresLanguage, &result) }
            if result.bytes.count >= OrderedOutput.Piece.enough {
                do { try grown(&result) } catch {
                    outputError = error
                    throw error
                }
            }
        }
        do {
            if files.count == 1 {
                try reader.read(file, emit: emit, reject: { result.rejections.append($0) })
            } else {
                try reader.read(parts: files, emit: emit, reject: { result.rejections.append($0) })
            }
        } catch {
            if let outputError { throw outputError }
            result.rejections.append(
                Rejection(
                    id: "", source: file.source, path: file.path, rule: "unreadable", value: String(describing: error),
                    threshold: ""))
        }
    }
}

extension ExtractCommand {
    /// Adds a record to the output, or its rejection.
    private static func write(
        _ document: Document, _ file: InputFile, _ format: Format, _ tellsLanguages: Bool,
        _ result: inout OrderedOutput.Piece
    ) {
        let gap = document.ledgerGap
        if gap != 0 {
            result.rejections.append(document.openLedgerRejection(path: document.path(in: file.relativePath), gap: gap))
            return
        }
        if let rejection = document.emptyRejection(path: document.path(in: file.relativePath)) {
            result.rejections.append(rejection)
            return
        }
        result.documents += 1
        result.abbreviations += lines(ofAbbreviationsIn: document, file)
        switch format {
        case .jsonl:
            var extra: [String: JSONValue] = ["path": .string(document.path(in: file.relativePath))]
            if tellsLanguages { extra["language"] = LanguageMeasure.measure(document).json }
            document.appendJSONLine(to: &result.bytes, extra: extra)
        case .markdown, .text:
            result.bytes += document.text
            if document.text.last != 0x0A { result.bytes.append(0x0A) }
            result.bytes.append(0x0A)
        }
    }
}

extension ExtractCommand {
    /// A line for each abbreviation that a record lists, fields parted by tabs.
    private static func lines(ofAbbreviationsIn document: Document, _ file: InputFile) -> [UInt8] {
        guard let members = document.metadata.other["abbreviations"]?.members else { return [] }
        var lines: [UInt8] = []
        for abbreviation in members.keys.sorted(by: precedesInByteOrder) {
            let metadata = document.metadata
            let fields = [
                abbreviation, members[abbreviation]?.string ?? "", metadata.publisher ?? "",
                metadata.specification ?? "", metadata.version ?? "", document.path(in: file.relativePath),
            ]
            let line = fields.map { $0.split { $0 == "\t" || $0.isNewline }.joined(separator: " ") }
            lines += (line.joined(separator: "\t") + "\n").utf8
        }
        return lines
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

    /// Throws `ValidationError` where the file is one of `inputs`: it would be gone before it is read again.
    init(_ path: String?, inputs: [String] = []) throws {
        if let path, let input = inputs.first(where: { OutputSink.isSameFile($0, path) }) {
            throw ValidationError("--output \(path) is the input \(input): name another file")
        }
        file = Mutex(try path.map { try AtomicFileBox($0) })
    }

    private static func isSameFile(_ one: String, _ other: String) -> Bool {
        var first = stat()
        var second = stat()
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_mode & S_IFMT == S_IFREG
            && first.st_dev == second.st_dev && first.st_ino == second.st_ino
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
