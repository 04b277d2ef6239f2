import ArgumentParser
import Documents
import Files
import Parallel
import Readers
import Synchronization

/// The texts that a command learns from or measures: files, folders, patterns and built corpora, each with a weight, cut so that several
/// workers read large files.
struct TextInputs {
    private struct Piece {
        var files: [InputFile]
        var weight: Double
        var bytes: Int
    }

    private let pieces: [Piece]
    private let options: ReadOptions
    /// Bytes of the files.
    let bytes: Int

    /// Each input is a path or, where `weighted`, PATH=WEIGHT. The documents of a built corpus are taken for its folder.
    init(
        _ inputs: [String], field: String, records: String = "file", encoding: String? = nil, weighted: Bool = false
    ) throws {
        var options = ReadOptions()
        options.textField = field
        options.encoding = encoding
        options.optionNames.text = "--field"
        options.optionNames.encoding = "--encoding"
        options.optionNames.records = "--records"
        if let records = TextRecords(records) { options.records = records }
        var pieces: [Piece] = []
        for input in inputs {
            let (path, weight) = weighted ? try TextInputs.weighted(input) : (input, 1)
            if Folder.isPipe(path) {
                throw ValidationError("\(path): a pipe, which is gone when it was read once: write it to a file first")
            }
            let documents = PathText.join(path, "documents")
            let isCorpus = Folder.exists(PathText.join(path, "manifest.json")) && Folder.isFolder(documents)
            let files = try PathPattern(isCorpus ? documents : path, relativeTo: "").expand().map {
                InputFile(path: $0.path, relativePath: $0.relativePath, source: path)
            }
            for group in InputFile.groups(files.map(\.path)) {
                let first = files[group.lowerBound]
                // What cannot be opened is reported by the reader.
                let sizes = files[group].map { (try? Folder.fileSize($0.path)) ?? 0 }
                guard group.count == 1,
                    let ranges = try? RecordRanges.cut(first, options: options, meanBytes: 16 << 20)
                else {
                    pieces.append(Piece(files: Array(files[group]), weight: weight, bytes: sizes.reduce(0, +)))
                    continue
                }
                for range in ranges {
                    var part = first
                    part.range = range
                    pieces.append(Piece(files: [part], weight: weight, bytes: range.count))
                }
            }
        }
        self.pieces = pieces
        self.options = options
        bytes = pieces.reduce(0) { $0 + $1.bytes }
    }

    /// Throws `ValidationError` for an encoding that nobody knows.
    static func check(encoding: String?) throws {
        guard let encoding, !ReadOptions.knows(encoding: encoding) else { return }
        throw ValidationError("--encoding: no encoding is called \(encoding); `iconv -l` lists those there are")
    }

    private static func weighted(_ input: String) throws -> (path: String, weight: Double) {
        guard !Folder.exists(input), let sign = input.lastIndex(of: "=") else { return (input, 1) }
        let number = input[input.index(after: sign)...]
        guard let weight = Double(number), weight >= 0, weight <= 1_000_000 else {
            throw ValidationError("\(input): expected a weight from 0 to 1000000 after =, found \(number)")
        }
        return (String(input[..<sign]), weight)
    }

    /// How often a text of that weight counts: the whole part of the weight, and once more for as many documents as the rest says, chosen
    /// by their id, so that the choice depends on nothing else.
    static func times(_ weight: Double, _ document: Document) -> Int {
        let whole = Int(weight)
        let rest = weight - Double(whole)
        if rest <= 0 { return whole }
        let hash = Array(document.id.utf8).withUnsafeBytes { XXHash3.hash64($0) }
        return whole + (Double(hash >> 11) * 0x1p-53 < rest ? 1 : 0)
    }

    /// Reads everything on all workers of the pool. `body` is called on any worker with how often the document counts; what it throws ends
    /// the reading. Returns what could not be read, in the order of the inputs.
    func forEachDocument(
        _ pool: WorkerPool, _ line: ProgressLine, _ label: String,
        _ body: @Sendable (_ document: Document, _ times: Int, _ worker: Int) throws -> Void
    ) throws -> [String] {
        let unread = Mutex<[(Int, String)]>([])
        let done = Mutex(0)
        let pieces = pieces
        let options = options
        let total = bytes
        try pool.forEach(pieces.count) { index, worker in
            var reader = DocumentReader(options: options)
            let piece = pieces[index]
            var failure: (any Error)?
            func emit(_ document: Document) throws {
                do { try body(document, TextInputs.times(piece.weight, document), worker) } catch {
                    failure = error
                    throw error
                }
            }
            func reject(_ rejection: Rejection) {
                let names = rejection.value.hasPrefix(rejection.path)
                unread.withLock { $0.append((index, "\(names ? "" : rejection.path + ": ")\(rejection.value)")) }
            }
            do {
                if piece.files.count == 1 {
                    try reader.read(piece.files[0], emit: emit, reject: reject)
                } else {
                    try reader.read(parts: piece.files, emit: emit, reject: reject)
                }
            } catch {
                if let failure { throw failure }
                unread.withLock { $0.append((index, "\(error)")) }
            }
            done.withLock { done in
                done += piece.bytes
                line.update(label, done: done, total: total) { "\(Readable.bytes($0))/s" }
            }
        }
        return unread.withLock { $0 }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

/// A number of bytes on the command line: `800MB`, `2GB`, `512kB`, powers of 1000, or without a unit.
enum ByteCount {
    /// Throws `ValidationError`, which names the option.
    static func parse(_ text: String, option: String) throws -> Int {
        let units: [(String, Int)] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("B", 1)]
        for (unit, size) in units where text.hasSuffix(unit) {
            let number = text.dropLast(unit.count)
            if let value = Int(number), value > 0, value <= Int.max / size { return value * size }
        }
        if let value = Int(text), value > 0 { return value }
        throw ValidationError(
            "\(option): expected a number of bytes with GB, MB, kB, B or no unit, such as 800MB, found \(text)")
    }
}
