import Building
import Documents
import Files
public import Parallel
import Readers

/// Inputs before they are built: whether every file can be read, and what cannot, with file and line.
public struct InputCheck: Sendable {
    private let inputs: [String]
    private let options: ValidationOptions
    private let pool: WorkerPool

    /// A check of files, folders and patterns.
    public init(_ inputs: [String], options: ValidationOptions = ValidationOptions(), pool: WorkerPool) {
        self.inputs = inputs
        self.options = options
        self.pool = pool
    }

    private static let pieceBytes = 16 << 20

    private struct Result: Sendable {
        var documents = 0
        var bytes = 0
        /// The first of each file.
        var rejections: [Rejection] = []
        /// How many there are, by file.
        var unreadable: [String: Int] = [:]

        mutating func reject(_ rejection: Rejection, most: Int) {
            if !rejection.isUnreadable { return }
            let file = Result.file(rejection)
            unreadable[file, default: 0] += 1
            if unreadable[file, default: 0] <= most { rejections.append(rejection) }
        }

        /// The file of a rejection: members and records stand behind a mark.
        static func file(_ rejection: Rejection) -> String {
            rejection.path.utf8.firstIndex(of: UInt8(ascii: "!")).map { String(rejection.path[..<$0]) }
                ?? rejection.path
        }
    }

    /// Runs the check. Throws `FileFailure.missing` where an input is not there.
    public func run(progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) throws -> ValidationReport {
        var report = ValidationReport(
            tool: options.tool, target: inputs.joined(separator: " "), kind: "inputs")
        report.checked = ["unreadable", "documents-count"]
        var files: [InputFile] = []
        var empty: [String] = []
        for input in inputs {
            let matches = try PathPattern(input, relativeTo: "").expand()
            if matches.isEmpty { empty.append(input) }
            for match in matches {
                files.append(InputFile(path: match.path, relativePath: match.path, source: input))
            }
        }
        let all = files.count
        files = CorpusSample(share: options.sample).picks(files.map(\.relativePath)).map { files[$0] }
        let planned = files
        // Large files of records are cut, so that several workers read them.
        let pieces = InputFile.groups(files.map(\.path)).flatMap { group -> [[InputFile]] in
            guard group.count == 1,
                let ranges = try? RecordRanges.cut(
                    planned[group.lowerBound], options: ReadOptions(), meanBytes: InputCheck.pieceBytes)
            else { return [Array(planned[group])] }
            return ranges.map { range in
                var piece = planned[group.lowerBound]
                piece.range = range
                return [piece]
            }
        }
        // Files with nothing but broken records: each may have as many as lines.
        let most = max(1, options.rules.examples)
        let meter = Meter(pieces.count, progress)
        let results = try pool.map(pieces.count) { index, _ in
            defer { meter.step() }
            return InputCheck.read(pieces[index], most: most)
        }
        var findings: [Finding] = []
        var documents = 0
        var unreadable: [String: Int] = [:]
        for result in results { unreadable.merge(result.unreadable, uniquingKeysWith: +) }
        var named: [String: Int] = [:]
        for rejection in results.flatMap(\.rejections) {
            named[Result.file(rejection), default: 0] += 1
            if named[Result.file(rejection), default: 0] > most { continue }
            var finding = RuleCheck.finding(
                "unreadable", rejection, severity: options.rules.severity("unreadable"),
                hint: "repair or remove it")
            let file = rejection.path
            finding.place.file = SourceLocator.fromWorkingFolder(file)
            finding.place.subject = nil
            findings.append(finding)
        }
        for (file, count) in unreadable.sorted(by: { precedesInByteOrder($0.key, $1.key) }) where count > most {
            findings.append(
                Finding(
                    rule: "unreadable", severity: options.rules.severity("unreadable"),
                    place: FindingPlace(SourceLocator.fromWorkingFolder(file)), expected: "a file that can be read",
                    found: "\(count) records or members that cannot", hint: "the first \(most) are named",
                    subject: "unreadable in \(file)"))
        }
        let unread = unreadable.values.reduce(0, +)
        documents = results.reduce(0) { $0 + $1.documents }
        if let band = options.rules.limits.documents, !band.holds(Double(documents)) {
            findings.append(
                Finding(
                    rule: "documents-count", severity: options.rules.severity("documents-count"),
                    place: options.rules.place(band.line), expected: "\(band.text(FigureText.count)) documents",
                    found: "\(documents)", hint: "look whether inputs are missing or new", subject: "inputs"))
        }
        if let band = options.rules.limits.unreadable {
            // The share decides, each single one shows where to look.
            let share = documents + unread == 0 ? 0 : Double(unread) / Double(documents + unread)
            if band.holds(share) {
                for index in findings.indices where findings[index].rule == "unreadable" {
                    findings[index].severity = .warning
                }
            }
        }
        for input in empty {
            findings.append(
                Finding(
                    rule: "documents-count", severity: .warning, place: FindingPlace(input),
                    expected: "at least one file", found: "none", hint: "look whether inputs are missing",
                    subject: "inputs \(input)"))
        }
        report.coverage = [
            .init(name: "files", looked: planned.count, all: all),
            .init(name: "documents", looked: documents, all: documents),
            .init(
                name: "bytes of text", looked: results.reduce(0) { $0 + $1.bytes },
                all: results.reduce(0) { $0 + $1.bytes }),
        ]
        if planned.count < all {
            report.remarks.append(
                "all but a sample of \(FigureText.percent(options.sample)) of the files, chosen by their names")
        }
        report.take(findings, options.rules, today: options.today, isWhole: false)
        return report
    }

    private static func read(_ files: [InputFile], most: Int) -> Result {
        var result = Result()
        var reader = DocumentReader(options: ReadOptions())
        func emit(_ document: Document) {
            result.documents += 1
            result.bytes += document.text.count
        }
        do {
            if files.count == 1 {
                try reader.read(files[0], emit: emit, reject: { result.reject($0, most: most) })
            } else {
                try reader.read(parts: files, emit: emit, reject: { result.reject($0, most: most) })
            }
        } catch {
            result.reject(DocumentReader.rejection(of: error, input: files[0]), most: most)
        }
        return result
    }
}
