import ArgumentParser
import Documents
import Files
import Glibc
import Packing
import Tokenization

/// Packs the documents of JSON Lines with every strategy and says what became of them, for tools/bench.
@main
struct PackingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "packing-benchmark",
        abstract: "Pack documents with every strategy: blocks, padding, fragments, CPU seconds of the layout.",
        discussion: """
            Prints one JSON object. With a tokenizer FILE is JSON Lines of documents, as `shardmill extract` writes them; without \
            one it holds numbers of tokens, a line each, and there is nowhere to cut but at the end of a block.
            """)

    @Argument(help: "Documents, or numbers of tokens.")
    var file: String

    @Option(help: "The tokenizer's folder or file.")
    var tokenizer: String?

    @Option(help: "Tokens in a block.")
    var length = 2048

    @Option(help: "Shares of a block within which structure looks for a place to cut.")
    var tolerance: [Double] = [0.05, 0.1, 0.25]

    @Option(help: "Layouts of each strategy; the median time counts.")
    var passes = 3

    @Option(help: "Write the numbers of tokens to this file, a line each.")
    var counts: String?

    @Flag(help: "End documents with a separator.")
    var eos = false

    func run() throws {
        ProcessMemory.keepFreed()
        var tokens: [Int] = []
        var cuts: [[StructureCut]] = []
        var inexact = 0
        if let tokenizer {
            let tokenizer = try Tokenizer.load(tokenizer)
            let sizes = (0..<UInt32(tokenizer.vocabularySize)).map { tokenizer.bytes(of: $0)?.count ?? 0 }
            let encoder = tokenizer.makeEncoder()
            let parser = JSONParser()
            var lines = LineReader(try ByteStream.open(file))
            while try lines.next({ line in
                let document = try parser.parse(line, name: file, isLineOfReader: true) {
                    try Document(jsonLine: $0, name: file)
                }
                let ids = try encoder.encode(String(decoding: document.text, as: UTF8.self))
                tokens.append(ids.count)
                let bytes = ids.map { sizes[Int($0)] }
                guard bytes.reduce(0, +) == document.text.count else {
                    inexact += 1
                    cuts.append([])
                    return
                }
                var end = 0
                let ends = bytes.map { count -> Int in
                    end += count
                    return end
                }
                cuts.append(
                    StructureCut.cuts(
                        places: StructureCut.places(in: document.text, spans: document.spans), tokenEnds: ends))
            }) != nil {}
        } else {
            var lines = LineReader(try ByteStream.open(file))
            while try lines.next({ (line) -> Void in
                let text = String(decoding: line, as: UTF8.self)
                guard let count = Int(text) else { throw ValidationError("\(file): expected a number, found \(text)") }
                tokens.append(count)
            }) != nil {}
        }
        let before = ProcessMemory.peakBytes
        if let counts {
            var out: [UInt8] = []
            for count in tokens { out += "\(count)\n".utf8 }
            try AtomicFile.write(out, to: counts)
        }
        var results: [JSONValue] = [try result(.concatenate, 0, tokens, cuts), try result(.bestFit, 0, tokens, cuts)]
        if tokenizer != nil { results += try tolerance.map { try result(.structure, $0, tokens, cuts) } }
        print(
            JSONValue.object([
                "documents": .integer(tokens.count), "tokens": .integer(tokens.reduce(0, +)),
                "longer_than_a_block": .integer(tokens.filter { $0 > length }.count), "inexact": .integer(inexact),
                "results": .array(results), "peak_bytes": .integer(ProcessMemory.peakBytes),
                "peak_bytes_before": .integer(before),
            ]).text())
    }

    private func result(
        _ strategy: PackingStrategy, _ tolerance: Double, _ tokens: [Int], _ cuts: [[StructureCut]]
    ) throws -> JSONValue {
        let options = PackingOptions(
            length: length, separator: eos ? .eos : .none, endToken: 0, strategy: strategy, tolerance: tolerance)
        var seconds: [Double] = []
        var layout = try BlockLayout(tokenCounts: [], options: options)
        for _ in 0..<max(1, passes) {
            let started = PackingBenchmark.cpuSeconds
            layout = try BlockLayout(tokenCounts: tokens, options: options) { cuts.isEmpty ? [] : cuts[$0] }
            seconds.append(PackingBenchmark.cpuSeconds - started)
        }
        seconds.sort()
        return .object([
            "strategy": .string(strategy.rawValue), "tolerance": .double(tolerance), "ledger": layout.ledger.json,
            "closed": .bool(layout.ledger.isClosed), "fragments": layout.fragments.json,
            "cpu_s": .double(seconds[seconds.count / 2]),
        ])
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
