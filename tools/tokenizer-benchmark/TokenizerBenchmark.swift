import ArgumentParser
import Files
import Glibc
import Tokenization

/// Measures loading and encoding inside one process, as `tools/bench` measures the peers: the work alone, without start or printing.
@main
struct TokenizerBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer-benchmark",
        abstract: "Time a tokenizer on a text, in CPU seconds of this process.",
        discussion: """
            The text is cut at line ends into documents, which are encoded one after the other; the ids of a pass are kept until
            it ends. Prints one JSON object: "load" for every load, "passes" of one encoder (the first one cold), and with --warm-up
            "unseen", the first pass of an encoder that has encoded that other text before.
            """)

    @Argument(help: "A tokenizer folder or file.")
    var tokenizer: String

    @Argument(help: "The text to encode.")
    var text: String

    @Option(help: "Another text, encoded before the unseen pass.")
    var warmUp: String?

    @Option(help: "Passes over the text.")
    var passes = 5

    @Option(help: "Times to load the tokenizer.")
    var loads = 1

    @Option(help: "Kilobytes of a document; 0: the text is one.")
    var documentKilobytes = 8

    func run() throws {
        // As the tool does.
        ProcessMemory.keepFreed()
        var load: [Double] = []
        var loaded: Tokenizer?
        for _ in 0..<max(1, loads) {
            loaded = nil
            load.append(try TokenizerBenchmark.seconds { loaded = try Tokenizer.load(tokenizer) })
        }
        guard let loaded else { return }
        let documents = try documents(of: text)
        var encoder = loaded.makeEncoder()
        var tokens = 0
        var digest: UInt64 = 0
        func pass(_ documents: [[UInt8]]) throws -> Double {
            var ids: [[UInt32]] = []
            ids.reserveCapacity(documents.count)
            let seconds = try TokenizerBenchmark.seconds {
                for document in documents {
                    var one: [UInt32] = []
                    try document.withUnsafeBytes {
                        try encoder.encode($0, specials: loaded.ownSpecialPolicy, into: &one)
                    }
                    ids.append(one)
                }
            }
            tokens = ids.reduce(0) { $0 + $1.count }
            digest = TokenizerBenchmark.digest(ids)
            return seconds
        }
        var seconds: [Double] = []
        for _ in 0..<passes { seconds.append(try pass(documents)) }
        var facts: [String: JSONValue] = [
            "load": .array(load.map { .double($0) }), "passes": .array(seconds.map { .double($0) }),
            "bytes": .integer(documents.reduce(0) { $0 + $1.count }), "tokens": .integer(tokens),
            "digest": .string(String(digest, radix: 16)),
        ]
        if let warmUp {
            let other = try self.documents(of: warmUp)
            encoder = loaded.makeEncoder()
            _ = try pass(other)
            facts["unseen"] = .double(try pass(documents))
        }
        print(JSONValue.object(facts).text())
    }

    private func documents(of path: String) throws -> [[UInt8]] {
        let text = try FileByteStream(path).readAll(limit: 1 << 32)
        if documentKilobytes == 0 { return [text] }
        var documents: [[UInt8]] = []
        var start = 0
        var index = 0
        while index < text.count {
            if text[index] == 0x0A, index + 1 - start >= documentKilobytes << 10 {
                documents.append(Array(text[start...index]))
                start = index + 1
            }
            index += 1
        }
        if start < text.count { documents.append(Array(text[start...])) }
        return documents
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        try body()
        return now() - start
    }

    /// FNV-1a of all ids, to compare runs.
    private static func digest(_ documents: [[UInt32]]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for ids in documents {
            for id in ids { hash = (hash ^ UInt64(id)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFFFF_FFFF) &* 0x100_0000_01B3
        }
        return hash
    }
}
