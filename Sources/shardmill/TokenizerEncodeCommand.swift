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
                Each line in is an object with a member "text", {"text": "..."}; other members are left out. Each line out is
                {"ids": [...]}. With --text the whole input is one text.

                Special tokens written in a text follow the tokenizer file's own rule: tokenizer.json recognises them, tiktoken
                ranks and SentencePiece models take them for text. None is added around a text unless --special, under which
                ranks recognise theirs too.

                A text of any length is encoded in bounded memory under --text, with the ids that the whole would have; text that cannot
                be cut anywhere (gigabytes of one letter) waits for its end and must stay below 4 GB. Bytes that are not UTF-8 are
                encoded as the bytes they are; a warning on standard error says how many there are and where the first is. Lines of
                JSON must be UTF-8; a byte order mark before the first is left out.

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
            if text {
                let (tokens, bytes) = try encodeText(stream, path, tokenizer, sink)
                totals.withLock { $0 = (1, tokens, bytes) }
            } else {
                try encodeLines(stream, path, TokenizerCommand.Encoders(tokenizer, threads: common.threads), sink) {
                    texts, tokens, bytes in
                    totals.withLock {
                        $0.texts += texts
                        $0.tokens += tokens
                        $0.bytes += bytes
                    }
                }
            }
            try sink.close()
            let (texts, tokens, bytes) = totals.withLock { $0 }
            if common.json {
                Console.print(json: ["texts": .integer(texts), "tokens": .integer(tokens), "bytes": .integer(bytes)])
            } else if count {
                Console.print("\(tokens)")
            }
        }

        /// One text, whose ids are written as they come. Returns how many, and the bytes of the text.
        private func encodeText(
            _ stream: ByteStream, _ path: String, _ tokenizer: Tokenizer, _ sink: OutputSink
        ) throws -> (tokens: Int, bytes: Int) {
            let encoder = tokenizer.makeStreamingEncoder(
                specials: special ? .recognise : tokenizer.ownSpecialPolicy, withTemplate: special)
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { chunk.deallocate() }
            var ids: [UInt32] = []
            var out = count ? [] : TokenizerCommand.lineBeginning
            var tokens = 0
            var bytes = 0
            var isAtEnd = false
            while !isAtEnd {
                let got = try stream.read(into: chunk)
                isAtEnd = got == 0
                bytes += got
                if isAtEnd {
                    try encoder.finish(into: &ids)
                } else {
                    try encoder.append(UnsafeRawBufferPointer(rebasing: chunk[..<got]), into: &ids)
                }
                if !count {
                    TokenizerCommand.append(ids, isFirst: tokens == 0, to: &out)
                    if isAtEnd { out += TokenizerCommand.lineEnd }
                    if !out.isEmpty { try sink.write(out) }
                    out.removeAll(keepingCapacity: true)
                }
                tokens += ids.count
                ids.removeAll(keepingCapacity: true)
            }
            let broken = encoder.brokenBytes
            if let first = broken.first {
                Console.error(
                    "warning: \(path): byte \(first): expected UTF-8, found bytes that are not, \(broken.count) in all; encoded as they are"
                )
            }
            return (tokens, bytes)
        }

        /// Batches of whole lines, about a megabyte each: encoded by all workers, written in order.
        private func encodeLines(
            _ stream: ByteStream, _ path: String, _ encoders: Encoders, _ sink: OutputSink,
            totals: @Sendable (_ texts: Int, _ tokens: Int, _ bytes: Int) -> Void
        ) throws {
            let batches = LineBatches(stream)
            let count = count
            let special = special
            try WorkerPool(threads: common.threads).orderedForEach {
                try batches.next()
            } produce: { batch, worker in
                try Encode.encode(batch, path: path, encoders, worker, special: special, count: count, totals)
            } consume: { _, out in
                if !count { try sink.write(out) }
            }
        }

        private static func encode(
            _ batch: LineBatch, path: String, _ encoders: Encoders, _ worker: Int, special: Bool, count: Bool,
            _ totals: (Int, Int, Int) -> Void
        ) throws -> [UInt8] {
            var out: [UInt8] = []
            var ids: [UInt32] = []
            let parser = encoders.parsers[worker]
            var texts = 0
            var tokens = 0
            var size = 0
            try batch.forEachLine { line, number in
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
                try parser.parse(line, name: "\(path):\(number)", isLineOfReader: true) { element in
                    guard let text = element["text"]?.utf8 else {
                        throw FileFailure.malformed(
                            path: "\(path):\(number)", place: "record",
                            expected: "a string member \"text\" (--text takes a plain text)",
                            found: element["text"]?.value.text() ?? "none")
                    }
                    ids.removeAll(keepingCapacity: true)
                    try encoders.encode(text, worker: worker, special: special, into: &ids)
                    texts += 1
                    tokens += ids.count
                    size += text.count
                    if !count {
                        out += TokenizerCommand.lineBeginning
                        TokenizerCommand.append(ids, isFirst: true, to: &out)
                        out += TokenizerCommand.lineEnd
                    }
                }
            }
            totals(texts, tokens, size)
            return out
        }
    }
}
