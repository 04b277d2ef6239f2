import ArgumentParser
import Files
import Tokenization

extension TokenizerCommand {
    /// `shardmill tokenizer decode`
    struct Decode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decode",
            abstract: "JSON Lines with ids in, JSON Lines with text out.",
            discussion: """
                EXAMPLE
                  shardmill tokenizer encode tokenizers/standards-4k corpora/standards/notes/notes.jsonl | shardmill tokenizer decode tokenizers/standards-4k
                """)

        @Argument(help: "A tokenizer folder or file.")
        var tokenizer: String

        @Argument(help: "The file to read; standard input without it.", completion: .file())
        var file: String?

        @Flag(help: "Leave special tokens out of the text.")
        var skipSpecial = false

        @Option(help: "The file to write the texts to; standard output without it.", completion: .file())
        var output: String?

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if common.json, output == nil {
                throw ValidationError("--json prints totals on standard output: give the texts an --output file")
            }
        }

        func run() throws {
            let tokenizer = try Tokenizer.load(self.tokenizer)
            let path = file ?? "/dev/stdin"
            let sink = try OutputSink(output, inputs: file.map { [$0] } ?? [])
            var texts = 0
            var tokens = 0
            var lines = LineReader(try ByteStream.open(path))
            let parser = JSONParser()
            var number = 0
            while let ids = try lines.next({ line -> [UInt32] in
                number += 1
                return try parser.parse(line, name: "\(path):\(number)") { element in
                    var ids: [UInt32] = []
                    guard let list = element["ids"], list.kind == .array else {
                        throw FileFailure.malformed(
                            path: "\(path):\(number)", place: "record", expected: "a list \"ids\"",
                            found: element["ids"]?.value.text() ?? "none")
                    }
                    try list.forEachItem { item in
                        guard let id = item.int, id >= 0, id < tokenizer.vocabularySize else {
                            throw FileFailure.malformed(
                                path: "\(path):\(number)", place: "ids",
                                expected: "ids below \(tokenizer.vocabularySize)", found: item.value.text())
                        }
                        guard tokenizer.contains(UInt32(id)) else {
                            throw FileFailure.malformed(
                                path: "\(path):\(number)", place: "ids", expected: "ids of tokens",
                                found: "\(id), which no token has")
                        }
                        ids.append(UInt32(id))
                    }
                    return ids
                }
            }) {
                texts += 1
                tokens += ids.count
                let text = tokenizer.decodeText(ids, skippingSpecial: skipSpecial)
                try sink.write(JSONValue.object(["text": .string(text)]).encoded() + [0x0A])
            }
            try sink.close()
            if common.json { Console.print(json: ["texts": .integer(texts), "tokens": .integer(tokens)]) }
        }
    }
}
