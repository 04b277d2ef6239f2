import ArgumentParser
import Cleaning
import Documents
import Files
import Parallel
import Readers
import Synchronization

/// `shardmill decontaminate`
struct DecontaminateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decontaminate",
        abstract: "Find the questions of evaluation sets in documents, and drop or mask what holds them.",
        discussion: """
            An evaluation set is JSON Lines or JSON, compressed or not: multiple choice (TeleQnA), questions or statements with
            answers, nested paragraphs as in SQuAD, conversations. A question is found where --ngram words in a row agree, however
            lines are wrapped, hyphenated, emphasised or set in tables; one of fewer words where all agree. Questions of fewer than
            --min-words are counted as not checkable. --report has every item with its verdict, share of n-grams found and where;
            --clean-subset lists the items of which nothing was found.

            An input is a file, a folder or a pattern of anything that extract reads, or the folder of a built corpus. With --action
            drop or mask the documents that are left go to --output, as extract writes them.

            EXAMPLE
              shardmill decontaminate --against corpora/quiz.jsonl corpora/standards --report contamination.json
            """)

    @Option(
        parsing: .singleValue, help: "A file with an evaluation set; may be repeated.", completion: .file())
    var against: [String]

    @Argument(help: "Files, folders, patterns, or built corpora.", completion: .file())
    var inputs: [String]

    @Option(help: "Words in a row that must agree.")
    var ngram = 13

    @Option(help: "The fewest words of a text that is looked for as a whole.")
    var minWords = 6

    @Option(help: "Agreeing n-grams in a row that count.")
    var minNgrams = 1

    @Option(help: "The share of an item's n-grams that must be found before it counts as contaminated, 0 to 1.")
    var minShare = 0.0

    @Option(help: "What of an item is looked for: question, answers (and the question), or all (options, too).")
    var scope: String = EvaluationScope.question.rawValue

    @Option(help: "What becomes of what is found: report, drop (the document) or mask (the stretch).")
    var action: String = Decontamination.Action.report.rawValue

    @Option(help: "How far a masked stretch is widened: sentence, line or character (not at all).")
    var widen: String = TextBoundary.sentence.rawValue

    @Option(help: "What is put in the place of a masked stretch; nothing without it.")
    var marker = ""

    @Option(help: "The field of a record that holds the text.")
    var field = "text"

    @Option(help: "The file for the documents that are left, JSON Lines.", completion: .file())
    var output: String?

    @Option(help: "The file for the report, JSON, item by item.", completion: .file(extensions: ["json"]))
    var report: String?

    @Option(help: "The file for the list of clean items, JSON Lines.", completion: .file(extensions: ["jsonl"]))
    var cleanSubset: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if against.isEmpty { throw ValidationError("--against: name at least one evaluation set") }
        if !(1...1000).contains(ngram) { throw ValidationError("--ngram: expected 1 to 1000, found \(ngram)") }
        if minWords < 1 { throw ValidationError("--min-words: expected at least 1, found \(minWords)") }
        if minNgrams < 1 { throw ValidationError("--min-ngrams: expected at least 1, found \(minNgrams)") }
        if !(0...1).contains(minShare) { throw ValidationError("--min-share: expected 0 to 1, found \(minShare)") }
        if EvaluationScope(rawValue: scope) == nil {
            throw ValidationError("--scope: expected question, answers or all, found \(scope)")
        }
        guard let action = Decontamination.Action(rawValue: action) else {
            throw ValidationError("--action: expected report, drop or mask, found \(action)")
        }
        if TextBoundary(rawValue: widen) == nil {
            throw ValidationError("--widen: expected sentence, line or character, found \(widen)")
        }
        if action == .report, output != nil {
            throw ValidationError("--output: there are documents to write with --action drop or mask only")
        }
        if action != .report, output == nil {
            throw ValidationError("--action \(action.rawValue) needs an --output file for the documents that are left")
        }
    }

    func run() throws {
        let sets = try against.map { try EvaluationSet($0) }
        for set in sets where !set.unrecognised.isEmpty {
            let first = set.unrecognised.prefix(3).joined(separator: ", ")
            Console.error(
                "warning: \(set.path): no question in \(Readable.counted(set.unrecognised.count, "record")), the first: \(first)"
            )
        }
        let scope = EvaluationScope(rawValue: scope) ?? .question
        let index = try ContaminationReport.index(
            sets, scope: scope, options: NGramOptions(length: ngram, minimumWords: minWords, minimumGrams: minNgrams))
        let decontamination = Decontamination(
            action: Decontamination.Action(rawValue: action) ?? .report,
            boundary: TextBoundary(rawValue: widen) ?? .sentence, marker: Array(marker.utf8))
        let (tally, counts) = try scan(index, decontamination)
        let result = ContaminationReport(sets, scope: scope, index: index, tally: tally, minimumShare: minShare)
        if let report { try AtomicFile.write(result.json.encoded() + [0x0A], to: report) }
        if let cleanSubset { try AtomicFile.write(result.cleanSubset, to: cleanSubset) }
        if common.json {
            var members = result.summary.members ?? [:]
            members["not_read"] = .integer(counts.unread)
            members["dropped_documents"] = .integer(counts.dropped)
            members["masked_documents"] = .integer(counts.masked)
            Console.print(json: .object(members))
        } else if !common.quiet {
            Console.remark(result.text())
            let (scanned, contaminated) = result.documents
            var line = "\(Readable.counted(scanned, "document")) scanned, \(contaminated) with items"
            if decontamination.action != .report { line += ", \(counts.dropped) dropped, \(counts.masked) masked" }
            Console.remark(line + (counts.unread > 0 ? ", \(counts.unread) not read" : ""))
        }
        if tally.documents == 0, counts.unread > 0 { throw ExitCode(65) }
    }

    private struct Counts {
        var unread = 0
        var dropped = 0
        var masked = 0
        var done = 0
    }

    /// What a piece of the inputs gave beside its bytes.
    private struct Findings: Sendable {
        var documents: [(name: String, hits: [NGramHit])] = []
        var dropped = 0
        var masked = 0
    }

    private func scan(
        _ index: NGramIndex, _ decontamination: Decontamination
    ) throws -> (ContaminationTally, Counts) {
        var options = ReadOptions()
        options.textField = field
        options.optionNames.text = "--field"
        let readOptions = options
        let files = try inputs.flatMap { input -> [InputFile] in
            let documents = PathText.join(input, "documents")
            let isCorpus = Folder.exists(PathText.join(input, "manifest.json")) && Folder.isFolder(documents)
            return try PathPattern(isCorpus ? documents : input, relativeTo: "").expand().map {
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
        let sink = try output.map { try OutputSink($0, inputs: files.map(\.path) + against) }
        let ordered = OrderedOutput { bytes in try sink?.write(bytes) }
        let scanners = WorkerValues(count: common.threads, NGramScanner(index)) { _ in NGramScanner(index) }
        let line = ProgressLine(quiet: common.quiet)
        let tally = Mutex(ContaminationTally(index))
        let counts = Mutex(Counts())
        try WorkerPool(threads: common.threads).forEach(pieces.count) { number, worker in
            var piece = OrderedOutput.Piece()
            var findings = Findings()
            try scanners.with(worker) { scanner in
                try DecontaminateCommand.read(pieces[number], readOptions, scanner, decontamination, &findings, &piece)
                {
                    try ordered.append(&$0, number)
                }
            }
            let found = findings
            try ordered.finish(piece, number) { piece in
                for rejection in piece.rejections where rejection.isUnreadable {
                    line.clear()
                    let names = rejection.value.hasPrefix(rejection.path)
                    Console.error("not read: \(names ? "" : rejection.path + ": ")\(rejection.reason)")
                }
                tally.withLock { tally in
                    for document in found.documents { tally.add(document: document.name, hits: document.hits) }
                }
                let done = counts.withLock {
                    $0.unread += piece.rejections.count(where: \.isUnreadable)
                    $0.dropped += found.dropped
                    $0.masked += found.masked
                    $0.done += 1
                    return $0.done
                }
                line.update("decontaminate", done: done, total: pieces.count) { "\(Readable.decimal($0, 1)) pieces/s" }
            }
        }
        line.clear()
        try sink?.close()
        return (tally.withLock { $0 }, counts.withLock { $0 })
    }

    private static func read(
        _ files: [InputFile], _ options: ReadOptions, _ scanner: NGramScanner, _ decontamination: Decontamination,
        _ findings: inout Findings, _ piece: inout OrderedOutput.Piece,
        grown: (inout OrderedOutput.Piece) throws -> Void
    ) throws {
        var reader = DocumentReader(options: options)
        let file = files[0]
        var outputError: (any Error)?
        func emit(_ read: Document) throws {
            var document = read
            let hits = document.text.withUnsafeBytes { scanner.scan($0) }
            let path = document.path(in: file.relativePath)
            findings.documents.append((hits.isEmpty ? "" : path, hits))
            let stays = decontamination.apply(hits, to: &document)
            if !stays {
                findings.dropped += 1
            } else if !hits.isEmpty, decontamination.action == .mask {
                findings.masked += 1
            }
            if decontamination.action == .report || !stays { return }
            document.appendJSONLine(to: &piece.bytes, extra: ["path": .string(path)])
            if piece.bytes.count >= OrderedOutput.Piece.enough {
                do { try grown(&piece) } catch {
                    outputError = error
                    throw error
                }
            }
        }
        do {
            if files.count == 1 {
                try reader.read(file, emit: emit, reject: { piece.rejections.append($0) })
            } else {
                try reader.read(parts: files, emit: emit, reject: { piece.rejections.append($0) })
            }
        } catch {
            if let outputError { throw outputError }
            // What the system refused is no property of the input.
            if let failure = error as? any Failure, failure.kind == .inputOutput { throw failure }
            piece.rejections.append(
                Rejection(
                    id: "", source: file.source, path: file.path, rule: "unreadable", value: String(describing: error),
                    threshold: ""))
        }
    }
}
