import Building
import Files
import Inspection
import Parallel
import TestSupport
import Tokenization

/// A small corpus, built here with a tokenizer that has one token a byte, so that counts are known beforehand.
struct CorpusFixture {
    let folder = TemporaryFolder()
    let corpus: BuiltCorpus
    let tokenizer: Tokenizer
    /// The text of each document by its title.
    var texts: [String: String] = [:]

    static let length = 512

    init(separator: String = "eos", weight: Double = 1, strategy: String = "concatenate") throws {
        folder.write(CorpusFixture.byteTokenizer(), to: "tokenizer.json")
        var lines: [String] = []
        for number in 0..<30 {
            let title = number == 3 ? "A <b>bold</b> & \u{1B}[31mred title" : "Clause \(number)"
            let text = CorpusFixture.prose(number, sentences: 3 + number * number % 37)
            texts[title] = text
            lines.append(
                JSONValue.object([
                    "title": .string(title), "text": .string(text), "specification": .string("23.\(500 + number)"),
                ]).text())
        }
        lines.append(#"{"text": "tiny"}"#)
        folder.write(lines.joined(separator: "\n") + "\n", to: "specs.jsonl")
        try Folder.create(folder("notes"))
        for number in 0..<5 {
            folder.write(CorpusFixture.prose(1000 + number, sentences: 20), to: "notes/\(number).txt")
        }
        let recipe = folder.write(
            """
            name: fixture <corpus>
            sources:
              - {name: specs, path: specs.jsonl, licence: ours, weight: \(weight)}
              - {name: notes, path: "notes/*.txt"}
            tokenizer: tokenizer.json
            split: {validation: 20%}
            pack: {length: \(CorpusFixture.length), separator: \(separator), strategy: \(strategy)}
            shards: {blocks: 4}
            """, to: "recipe.yaml")
        var options = BuildOptions()
        options.threads = 1
        _ = try BuildRun(recipe: Recipe(file: recipe), folder: folder("out"), options: options, tool: "shardmill test")
            .run()
        corpus = try BuiltCorpus(folder("out"))
        tokenizer = try Tokenizer.load(folder("tokenizer.json"))
    }

    /// Sentences that differ for every seed and that no quality rule drops.
    static func prose(_ seed: Int, sentences: Int) -> String {
        let words = [
            "bearer", "channel", "grant", "session", "timer", "message", "the", "shall", "when", "starts", "and",
        ]
        var random = SeededRandom(seed: UInt64(seed))
        return (0..<sentences).map { sentence in
            (0..<9 + random.nextInt(below: 6)).map { _ in words[random.nextInt(below: words.count)] }
                .joined(separator: " ") + " é\(seed * 100 + sentence)."
        }.joined(separator: "\n\n")
    }

    /// `tokenizer.json` of byte-level BPE without merges: 256 bytes in the alphabet of GPT-2, and two special tokens.
    static func byteTokenizer() -> String {
        var vocabulary: [String: JSONValue] = [:]
        var shifted: UInt32 = 0
        for byte in 0..<256 as Range<UInt32> {
            let printable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
            let scalar = printable ? byte : 256 + shifted
            if !printable { shifted += 1 }
            vocabulary[String(Unicode.Scalar(scalar)!)] = .integer(Int(byte))
        }
        func added(_ content: String, _ id: Int) -> JSONValue {
            [
                "id": .integer(id), "content": .string(content), "special": true, "normalized": false, "lstrip": false,
                "rstrip": false, "single_word": false,
            ]
        }
        return JSONValue.object([
            "version": "1.0", "truncation": .null, "padding": .null,
            "added_tokens": [added("<|endoftext|>", 256), added("<|begin_of_text|>", 257)], "normalizer": .null,
            "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true],
            "post_processor": .null,
            "decoder": ["type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true],
            "model": [
                "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
                "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false,
                "vocab": .object(vocabulary), "merges": [],
            ],
        ]).text()
    }
}
