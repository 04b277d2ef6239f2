import Files
import Glibc
import TestSupport
import Testing

@testable import Tokenization

enum ParityPython {
    static let path: String? = getenv("SHARDMILL_PARITY_PYTHON").map { String(cString: $0) }
    /// Random strings for each family: `SHARDMILL_PARITY_COUNT`, else few enough for every day.
    static let count = getenv("SHARDMILL_PARITY_COUNT").flatMap { Int(String(cString: $0)) } ?? 5000
    /// `SHARDMILL_PARITY_SEED`, else always the same.
    static let seed = getenv("SHARDMILL_PARITY_SEED").flatMap { Int(String(cString: $0)) } ?? 20_261_121
}

/// Against `tokenizers`, `tiktoken` and `sentencepiece` themselves, on strings that nobody chose. Runs where `SHARDMILL_PARITY_PYTHON` names a Python that has it.
@Suite(.enabled(if: ParityPython.path != nil && TestData.isPresent), .serialized) struct ParityTests {
    /// Runs a script. What it writes to its standard error is shown where it fails only: the peers panic on some texts.
    private func run(_ arguments: [String], script: String = "tokenizers_random.py") {
        let path = TestData.repository + "/tools/parity/" + script
        let outcome = ExternalProgram.run(
            ["env", "TOKENIZERS_PARALLELISM=false", ParityPython.path ?? "", path] + arguments)
        #expect(outcome.status == 0, "\(script): \(outcome.errors.suffix(2000))")
    }

    private func compare(_ tokenizerPath: String, count: Int, atLeast: Int? = nil, seed: Int) throws {
        let folder = TemporaryFolder()
        run(["encode", tokenizerPath, "\(count)", "\(seed)", folder("rows.jsonl")])
        let vectors = try Vector.read(file: folder("rows.jsonl"))
        #expect(vectors.count <= count && vectors.count >= atLeast ?? count)
        try compare(tokenizerPath, vectors, seed: seed)
    }

    /// Ids, ids with what stands around a text, and both decodings of every row.
    private func compare(_ tokenizerPath: String, _ vectors: [Vector], seed: Int) throws {
        let tokenizer = try Tokenizer.load(tokenizerPath)
        let encoder = tokenizer.makeEncoder()
        var failures = 0
        for vector in vectors where failures < 5 {
            let place = "\(tokenizerPath), seed \(seed): \(vector.text.debugDescription)"
            let ids = try encoder.encode(vector.text, specials: tokenizer.ownSpecialPolicy)
            if ids != vector.ids { failures += 1 }
            #expect(ids == vector.ids, "\(place)")
            if tokenizer.ownSpecialPolicy == .recognise || vector.idsSpecial != nil {
                #expect(try encoder.encodeWithTemplate(vector.text) == vector.idsSpecial ?? vector.ids, "\(place)")
            }
            let decoded = tokenizer.decodeText(vector.ids)
            if Array(decoded.utf8) != Array(vector.decoded.utf8) { failures += 1 }
            #expect(Array(decoded.utf8) == Array(vector.decoded.utf8), "\(place)")
            if tokenizer.ownSpecialPolicy == .recognise {
                let skipped = tokenizer.decodeText(vector.ids, skippingSpecial: true)
                #expect(Array(skipped.utf8) == Array((vector.decodedSkip ?? vector.decoded).utf8), "\(place)")
            }
        }
    }

    static let families =
        ["gpt2", "smollm2", "qwen2.5", "llama-3", "llama-2", "gemma"].map { $0 + "/tokenizer.json" }
        + [
            "llama-3/tokenizer.model", "cl100k/cl100k_base.tiktoken", "llama-2/tokenizer.model",
            "gemma/tokenizer.model",
        ]

    @Test(arguments: families) func randomTextsHaveTheSameIDs(file: String) throws {
        try compare(TestData.path("tokenizers/" + file), count: ParityPython.count, seed: ParityPython.seed)
    }

    /// Tokenizers with unusual parts, made for this.
    @Test func tokenizersOfUnusualPartsHaveTheSameIDs() throws {
        let folder = TemporaryFolder()
        let text = TestData.path("tokenizers/train-reference/train.txt")
        run([text, folder.path], script: "tokenizer_combinations.py")
        run(["encode-all", folder.path, "\(max(200, ParityPython.count / 20))", "\(ParityPython.seed)"])
        var compared = 0
        for name in try Folder.names(in: folder.path) where name != "lines.txt" {
            let rows = folder(name + "/rows.jsonl")
            let files = ["/tokenizer.json", "/tokenizer.model"].map { folder(name + $0) }
            let path = try #require(files.first { Folder.exists($0) })
            try compare(path, Vector.read(file: rows), seed: ParityPython.seed)
            compared += 1
        }
        #expect(compared >= 70)
    }

    /// The engine for split patterns against Oniguruma.
    @Test func expressionsMatchTheSame() throws {
        let folder = TemporaryFolder()
        let count = max(300, ParityPython.count / 10)
        run(["\(count)", "\(ParityPython.seed)", folder("rows.jsonl")], script: "expressions_random.py")
        var lines = LineReader(try FileByteStream(folder("rows.jsonl")))
        let parser = JSONParser()
        var compared = 0
        while let rows = try lines.next({ line -> Int in
            try parser.parse(line, name: "rows.jsonl") { root -> Int in try compareMatches(root) }
        }) {
            compared += rows
        }
        #expect(compared > 50 * count)
    }

    /// One expression and its rows. Returns how many texts were compared.
    private func compareMatches(_ root: JSONElement) throws -> Int {
        let expression = try RegularExpression(root["pattern"]?.string ?? "", .oniguruma)
        var failures = 0
        var compared = 0
        root["rows"]?.forEachItem { row in
            let text = row["text"]?.string ?? ""
            let bytes = Array(text.utf8)
            var wanted: [[UInt8]] = []
            row["matches"]?.forEachItem { wanted.append(Array(($0.string ?? "").utf8)) }
            var got: [[UInt8]] = []
            bytes.withUnsafeBufferPointer { bytes in
                expression.forEachMatch(bytes) { if !$0.isEmpty { got.append(Array(bytes[$0])) } }
            }
            compared += 1
            if got == wanted || failures > 2 { return }
            failures += 1
            func shown(_ parts: [[UInt8]]) -> String {
                parts.map { String(decoding: $0, as: UTF8.self).debugDescription }.joined(separator: " ")
            }
            Issue.record(
                "\(expression.source.debugDescription) on \(text.debugDescription): \(shown(got)) instead of \(shown(wanted))"
            )
        }
        return compared
    }

    /// Merges of Hugging Face's trainer on mixed real text: `SHARDMILL_PARITY_MEGABYTES` of it, else few enough for every day.
    @Test(arguments: [
        (BPETrainer.Pattern.gpt2, 8000, 0, nil), (.qwen2, 4000, 3, 9), (.metaspace, 12_000, 2, nil),
        (.metaspace, 12_000, 0, 5),
    ])
    func mergesOfMixedTextAreThoseOfHuggingFace(
        pattern: BPETrainer.Pattern, size: Int, minimumFrequency: Int, length: Int?
    ) throws {
        let folder = TemporaryFolder()
        let megabytes = ExternalProgram.environment("SHARDMILL_PARITY_MEGABYTES") ?? "5"
        run(["text", TestData.path(""), megabytes, folder("texts.jsonl")], script: "train_merges.py")
        var arguments = [
            "train", folder("texts.jsonl"), folder("merges.json"), "\(size)", "--pattern", pattern.rawValue,
        ]
        arguments += ["--min-frequency", "\(minimumFrequency)"]
        if let length { arguments += ["--max-token-length", "\(length)"] }
        run(arguments, script: "train_merges.py")
        var options = BPETrainer.Options(vocabularySize: size)
        if pattern == .metaspace { options = .sentencePiece(vocabularySize: size) }
        options.pattern = pattern
        options.minimumFrequency = minimumFrequency
        options.maximumTokenLength = length
        // Two counters that write to files: nothing of that may show.
        var trainer = try BPETrainer(options, memory: 2 << 20)
        var second = trainer.sibling()
        var lines = LineReader(try FileByteStream(folder("texts.jsonl")))
        let parser = JSONParser()
        var number = 0
        while let text = try lines.next({ line in
            try parser.parse(line, name: "texts.jsonl") { $0["text"]?.string ?? "" }
        }) {
            number += 1
            if number % 2 == 0 { try trainer.add(text) } else { try second.add(text) }
        }
        try trainer.absorb(second)
        let trained = try trainer.train()
        let wanted = try JSONValue(file: folder("merges.json"), limit: 1 << 30)
        let merges = wanted["merges"]?.items ?? []
        #expect(trained.tokens.count == wanted["size"]?.int && merges.count == trained.merges.count)
        // Tokens may have line feeds in them, so the texts are compared as wholes.
        let pairs = merges.map { ($0.items ?? []).map { $0.string ?? "" }.joined(separator: " ") + "\n" }
        let expected = Array(("#version: 0.2\n" + pairs.joined()).utf8)
        let got = trained.mergesText()
        let different = zip(got, expected).enumerated().first { $1.0 != $1.1 }
        #expect(got.count == expected.count && different == nil, "byte \(different?.offset ?? 0)")
        #expect(merges.count > 1000)
    }

    @Test(arguments: BPETrainer.Pattern.allCases) func aTrainedTokenizerHasTheSameIDs(pattern: BPETrainer.Pattern)
        throws
    {
        var options = BPETrainer.Options(vocabularySize: 3000)
        if pattern == .metaspace { options = .sentencePiece(vocabularySize: 6000) }
        options.pattern = pattern
        options.normalization = pattern == .qwen2 ? .nfc : .none
        var trainer = try BPETrainer(options)
        let text = try FileByteStream(TestData.path("tokenizers/train-reference/train.txt")).readAll(limit: 1 << 24)
        try text.withUnsafeBytes { try trainer.add($0) }
        let folder = TemporaryFolder()
        let trained = try trainer.train()
        try trained.write(to: folder.path)
        try compare(folder("tokenizer.json"), count: 2000, seed: 5)
    }

    /// An extended vocabulary in `tokenizers`, or in `sentencepiece`: the same ids, and the old ones where nothing new occurs.
    @Test(arguments: ["gpt2", "smollm2", "qwen2.5", "llama-2", "llama-2/tokenizer.model", "llama-3", "gemma"])
    func anExtendedTokenizerHasTheSameIDs(name: String) throws {
        let base = TestData.path("tokenizers/\(name)")
        var extender = try VocabularyExtender(Tokenizer.load(base), .init(newTokens: 300))
        let text = try FileByteStream(TestData.path("tokenizers/train-reference/train.txt")).readAll(limit: 1 << 24)
        try text.prefix(600_000).withUnsafeBytes { try extender.add($0) }
        let folder = TemporaryFolder()
        let extended = try extender.extend()
        try extended.write(to: folder.path, baseAt: base)
        let isModel = name.hasSuffix(".model")
        try compare(folder(isModel ? "tokenizer.model" : "tokenizer.json"), count: 1500, seed: 9)
    }

    /// A second vocabulary merged in, with rows of tabs, unused tokens and a hundred thousand pieces: what `sentencepiece` and `tokenizers`
    /// do with the result.
    @Test(arguments: ["tokenizer.model", "tokenizer.json"]) func aMergedVocabularyHasTheSameIDs(file: String) throws {
        let base = TestData.path("tokenizers/llama-2/\(file)")
        let other = try Tokenizer.load(TestData.path("tokenizers/gemma/\(file)"))
        let merged = try ExtendedVocabulary(Tokenizer.load(base), merging: other)
        #expect(merged.newTokens > 100_000)
        let left = merged.leftOut
        #expect(
            left.known + left.special + left.added + left.bytes + left.unreachable + merged.newTokens
                == other.vocabularySize)
        #expect(left.added > 100 && left.unreachable > 0)
        let folder = TemporaryFolder()
        try merged.write(to: folder.path, baseAt: base)
        let extended = try Tokenizer.load(folder(file))
        #expect(extended.id(of: "<unused0>") == nil && extended.id(of: "<mask>") == nil)
        try compare(folder(file), count: 1500, seed: 10)
    }

    /// Added tokens with every flag: single words, stripping on both sides, looked for in normalised text.
    @Test func flagsOfAddedTokensAreFollowed() throws {
        let reference = TestData.path("tokenizers/train-reference/qwen-regex-8192-whole/tokenizer.json")
        var text = String(decoding: try FileByteStream(reference).readAll(limit: 1 << 26), as: UTF8.self)
        let known = try Tokenizer.load(reference)
        let flags = ["single_word", "lstrip", "rstrip", "normalized", "special"]
        let contents = [
            "UE", "\u{41}\u{30A}", "é", "session PDU", "<x>", "]]", "中国移", " and", "\n\n\n\n", "'tt", "0.", "the",
        ]
        var tokens = ""
        var id = 8192
        for (index, content) in contents.enumerated() where known.id(of: content) == nil {
            let chosen = flags.enumerated().map { "\"\($1)\": \((index * 7 + 3) >> $0 & 1 == 1)" }.joined(
                separator: ", ")
            tokens += "{\"id\": \(id), \"content\": \(JSONValue.string(content).text()), \(chosen)},"
            id += 1
        }
        #expect(id > 8199)
        let range = try #require(
            text.firstRange(of: "\"added_tokens\": [") ?? text.firstRange(of: "\"added_tokens\":["))
        text.replaceSubrange(range, with: "\"added_tokens\": [" + tokens)
        let folder = TemporaryFolder()
        folder.write(text, to: "tokenizer.json")
        // Where stripped tokens overlap, `tokenizers` itself panics: those rows are missing.
        try compare(folder("tokenizer.json"), count: 5000, atLeast: 4500, seed: 11)
    }

    /// Runs of one character make tokens in two ways: the order of merges then shows every detail of the rule.
    @Test(arguments: [(400, 0, 0), (600, 2, 0), (500, 0, 7)])
    func trainingOnRunsGivesTheSameMerges(size: Int, frequency: Int, length: Int) throws {
        var text = ""
        for index in 1..<60 {
            text += String(repeating: "=", count: index) + "\n" + String(repeating: " ", count: index % 23) + "ab"
            text += String(repeating: "ab", count: index % 17) + String(repeating: "-", count: index * 3 % 41) + "\n"
        }
        let folder = TemporaryFolder()
        folder.write(text, to: "text.txt")
        run(["train", folder("text.txt"), "\(size)", "\(frequency)", "\(length)", folder("merges.txt")])
        var options = BPETrainer.Options(vocabularySize: size)
        options.minimumFrequency = frequency
        options.maximumTokenLength = length == 0 ? nil : length
        var trainer = try BPETrainer(options)
        try trainer.add(text)
        let trained = try trainer.train()
        let wanted = try FileByteStream(folder("merges.txt")).readAll(limit: 1 << 20)
        #expect(String(decoding: trained.mergesText(), as: UTF8.self) == String(decoding: wanted, as: UTF8.self))
    }
}
