import ArgumentParser
import Building
import Deduplication
import Files
import Parallel
import Readers

/// How signatures are made.
struct SignatureOptions: ParsableArguments {
    @Option(help: "Bands of a signature. Two documents become candidates where all rows of one band are equal.")
    var bands: Int = 14

    @Option(help: "MinHashes of a band.")
    var rows: Int = 8

    @Option(help: "What a shingle is: word:N or char:N.")
    var shingles: String = "word:5"

    @Option(help: "Jaccard similarity from which on documents are near duplicates.")
    var threshold: Double = 0.8

    func options(verifies: Bool = true) throws -> MinHashOptions {
        guard let unit = ShingleUnit(shingles), !SignatureOptions.isToken(unit) else {
            throw ValidationError("--shingles: expected word:N or char:N with N from 1 to 1000, found \(shingles)")
        }
        let options = MinHashOptions(
            bands: bands, rows: rows, threshold: threshold, shingles: unit, verifies: verifies)
        if let problem = options.problem({ "--" + $0 }) { throw ValidationError(problem) }
        return options
    }

    /// A text has no tokens before a tokenizer made them.
    private static func isToken(_ unit: ShingleUnit) -> Bool {
        if case .tokens = unit { return true }
        return false
    }
}

/// What is read, and within what bounds.
struct DedupInputOptions: ParsableArguments {
    @Option(help: "The field of a record that holds the text, `a.b` for a member inside.")
    var textField: String = "text"

    @Option(help: "The field that tells records apart.")
    var idField: String = "id"

    @Option(help: "About how much memory to use, such as 500MB; what does not fit goes into temporary files in TMPDIR.")
    var memory: String = "1GB"

    func search(
        _ options: MinHashOptions, _ common: CommonOptions, _ line: ProgressLine
    ) throws -> DuplicateSearch {
        var reading = ReadOptions()
        reading.textField = textField
        reading.fields.id = idField
        reading.optionNames.text = "--text-field"
        return DuplicateSearch(
            options, reading: reading, memory: try ByteCount.parse(memory, option: "--memory"),
            pool: WorkerPool(threads: common.threads)
        ) { step, done, total in
            line.update(step, done: done, total: total) {
                "\(step == "reading" ? Readable.bytes($0) : NumberText.count(Int($0)))/s"
            }
        }
    }

    static func policy(_ name: String) throws -> ClusterPolicy {
        guard let policy = ClusterPolicy(rawValue: name) else {
            let names = ClusterPolicy.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--policy: expected one of \(names), found \(name)")
        }
        return policy
    }
}
