import ArgumentParser
import Files
import Parallel
import Synchronization
import Tokenization

extension TokenizerCommand {
    /// `shardmill tokenizer encode`
    struct Encode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "encode",
            abstract: "JSON Lines with text in, JSON Lines with ids out.",
            discussion: """
                Special tokens written in a text follow the tokenizer file's own rule: tokenizer.json recognises them, tiktoken
                ranks and SentencePiece models take them for text. None is added around a text unless --special, under which
                ranks recognise theirs too.

                EXAMPLE
                  shardmill tokenizer encode tokenizers/standards-4k corpora/standards/notes/notes.jsonl
                """)

        @Argument(help: "A tokenizer folder or file.")
        var tokenizer: String

        @Argument(help: "The file to read, plain or compressed; standard input without it.", completion: .file())
        var file: String?

        @Flag(help: "The input is one plain text, not JSON Lines.")
        var text = false

        @Flag(help: "Print the number of tokens only.")
        var count = false

        @Flag(help: "Add the special tokens that the tokenizer puts around a text, and recognise those in it.")
        var special = false

        @Option(help: "The file to write the ids to; standard output without it.", completion: .file())
        var output: String?

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if common.json, output == nil, !count {
                throw ValidationError(
                    "--json prints totals on standard output: add --count, or give the ids an --output file")
            }
            if count, output != nil { throw ValidationError("--count writes no ids: leave --output out") }
        }

        func run() throws {
            let tokenizer = try Tokenizer.load(self.tokenizer)
            let path = file ?? "/dev/stdin"
            let stream = try ByteStream.open(path)
            let sink = try OutputSink(output, inputs: [path])
            let totals = Mutex((texts: 0, tokens: 0, bytes: 0))
            let encoders = TokenizerCommand.Encoders(tokenizer, threads: common.threads)
            if text {
                let bytes = try stream.readAll(limit: 1 << 34)
                let ids = try encoders.encode(bytes, worker: 0, special: special)
                totals.withLock { $0 = (1, ids.count, bytes.count) }
                if !count { try sink.write(TokenizerCommand.line(ids)) }
            } else {
                try encodeLines(
                    stream, path, encoders, sink,
                    totals: { texts, tokens, bytes in
                        totals.withLock {
                            $0.texts += texts
                            $0.tokens += tokens
                            $0.bytes += bytes
                        }
                    })
            }
            try sink.close()
            let (texts, tokens, bytes) = totals.withLock { $0 }
            if common.json {
                Console.print(json: ["texts": .integer(texts), "tokens": .integer(tokens), "bytes": .integer(bytes)])
            } else if count {
                Console.print("\(tokens)")
            }
        }

        /// Batches of whole lines, about a megabyte each: encoded by all workers, written in order.
        private func encodeLines(
            _ stream: ByteStream, _ path: String, _ encoders: Encoders, _ sink: OutputSink,
            totals: @Sendable (_ texts: Int, _ tokens: Int, _ bytes: Int) -> Void
        ) throws {
            var lines = LineReader(stream)
            let pool = WorkerPool(threads: common.threads)
            var isAtEnd = false
            let count = count
            let special = special
            while !isAtEnd {
                var batches: [(first: Int, bytes: [UInt8])] = []
                while batches.count < pool.threads * 4, !isAtEnd {
                    var batch: [UInt8] = []
                    let first = lines.lineNumber + 1
                    while batch.count < 1 << 20 {
                        let more: Void? = try lines.next {
                            batch.append(contentsOf: $0); batch.append(0x0A)
                        }
                        if more == nil {
                            isAtEnd = true
                            break
                        }
                    }
                    if !batch.isEmpty { batches.append((first, batch)) }
                }
                let work = batches
                try pool.orderedForEach(work.count) { index, worker in
                    try Encode.encode(
                        work[index].bytes, first: work[index].first, path: path, encoders, worker, special: special,
                        count: count, totals)
                } consume: { _, out in
                    if !count { try sink.write(out) }
                }
            }
        }

        private static func encode(
            _ bytes: [UInt8], first: Int, path: String, _ encoders: Encoders, _ worker: Int, special: Bool, count: Bool,
            _ totals: (Int, Int, Int) -> Void
        ) throws -> [UInt8] {
            var out: [UInt8] = []
            var lines = LineReader(MemoryByteStream(bytes, name: path))
            let parser = JSONParser()
            var number = first - 1
            var texts = 0
            var tokens = 0
            var size = 0
            while try lines.next({ line in
                number += 1
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
                try parser.parse(line, name: "\(path):\(number)") { element in
                    guard let text = element["text"]?.utf8 else {
                        throw FileFailure.malformed(
                            path: "\(path):\(number)", place: "record", expected: "a string member \"text\"",
                            found: "none")
                    }
                    let ids = try encoders.encode(text, worker: worker, special: special)
                    texts += 1
                    tokens += ids.count
                    size += text.count
                    if !count { out += TokenizerCommand.line(ids) }
                }
            }) != nil {}
            totals(texts, tokens, size)
            return out
        }
    }
}
