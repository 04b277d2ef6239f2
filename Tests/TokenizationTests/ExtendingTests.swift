import Files
import Parallel
import TestSupport
import Testing

@testable import Tokenization

@Suite struct ExtendingTests {
    private static let words = [
        "the", "timer", "T3412", "expires", "UE", "shall", "initiate", "中文", "naïve", "\u{1F600}", "attach", "(EMM)",
    ]

    private func text(_ random: inout SeededRandom, _ count: Int, _ words: [String]) -> String {
        (0..<count).map { _ in words[random.nextInt(below: words.count)] }.joined(separator: " ")
    }

    /// A small vocabulary of our own: bytes, or characters with the bytes behind them.
    private func makeBase(_ pattern: BPETrainer.Pattern, in folder: String) throws -> Tokenizer {
        var options = BPETrainer.Options.sentencePiece(vocabularySize: 330)
        options.pattern = pattern
        options.minimumFrequency = 2
        var trainer = try BPETrainer(options)
        try trainer.add(
            "the rain in Spain stays mainly in the plain; the others stay there, said the chain of trains again")
        let trained = try trainer.train()
        try trained.write(to: folder)
        return try Tokenizer.load(folder)
    }

    private func extend(_ base: Tokenizer, _ text: String, by count: Int) throws -> ExtendedVocabulary {
        var extender = try VocabularyExtender(base, .init(newTokens: count))
        var text = text
        try text.withUTF8 { try extender.add(UnsafeRawBufferPointer($0)) }
        return try extender.extend()
    }

    /// What an extension promises, on texts that nobody chose.
    private func check(_ base: Tokenizer, _ extended: Tokenizer, _ vocabulary: ExtendedVocabulary, _ texts: [String])
        throws
    {
        #expect(extended.vocabularySize == base.vocabularySize + vocabulary.newTokens)
        for id in 0..<UInt32(base.vocabularySize) {
            #expect(extended.bytes(of: id) == base.bytes(of: id))
            #expect(extended.isSpecial(id) == base.isSpecial(id))
        }
        let old = base.makeEncoder()
        let new = extended.makeEncoder()
        var unchanged = 0
        for text in texts {
            let before = try old.encode(text)
            let after = try new.encode(text)
            #expect(extended.decodeText(after) == base.decodeText(before), "\(text.debugDescription)")
            #expect(after.count <= before.count, "\(text.debugDescription)")
            if after.allSatisfy({ Int($0) < base.vocabularySize }) {
                #expect(after == before, "\(text.debugDescription)")
                unchanged += 1
            }
            // New ids stand for the old ones they were made of.
            let expanded = after.flatMap { id in
                Int(id) < base.vocabularySize ? [id] : vocabulary.entries[Int(id) - base.vocabularySize].constituents
            }
            #expect(extended.decodeText(expanded) == base.decodeText(before), "\(text.debugDescription)")
        }
        #expect(unchanged > 0 && unchanged < texts.count)
    }

    @Test(arguments: BPETrainer.Pattern.allCases) func oldIDsKeepTheirMeaning(pattern: BPETrainer.Pattern) throws {
        let folder = TemporaryFolder()
        let base = try makeBase(pattern, in: folder("base"))
        var random = SeededRandom(seed: 11)
        let corpus = text(&random, 3000, Self.words)
        let vocabulary = try extend(base, corpus, by: 40)
        #expect(vocabulary.newTokens == 40)
        try vocabulary.write(to: folder("more"), baseAt: folder("base"))
        let extended = try Tokenizer.load(folder("more"))
        var texts = (0..<200).map { _ in text(&random, 1 + random.nextInt(below: 8), Self.words) }
        texts += (0..<100).map { _ in text(&random, 3, ["rain", "Spain", "plain", "x", "y7", "?!", "ö"]) }
        try check(base, extended, vocabulary, texts)
        // The tokens that were counted are those that the written tokenizer gives.
        let counted = vocabulary.curve(step: 7)
        #expect(try counted.first?.tokens == base.makeEncoder().encode(corpus).count)
        #expect(try counted.last?.tokens == extended.makeEncoder().encode(corpus).count)
        // A new character that was one byte gains nothing by itself.
        #expect(zip(counted, counted.dropFirst()).allSatisfy { $0.tokens >= $1.tokens && $0.added < $1.added })
        // A new character is made of its bytes.
        if pattern == .metaspace {
            let id = try #require(extended.id(of: "中"))
            let map = try JSONValue(file: folder("more") + "/embedding_map.json")
            let entry = map["tokens"]?.items?[Int(id) - base.vocabularySize]
            let bytes = ["<0xE4>", "<0xB8>", "<0xAD>"].map { JSONValue.integer(Int(base.id(of: $0)!)) }
            #expect(entry?["constituents"] == .array(bytes) && entry?["id"]?.int == Int(id))
        }
    }

    @Test(
        .enabled(if: TestData.isPresent),
        arguments: [
            "gpt2", "gpt2/vocab.json", "smollm2", "qwen2.5", "llama-2", "llama-2/tokenizer.model", "llama-3", "gemma",
        ])
    func knownFamiliesCanBeExtended(name: String) throws {
        let folder = TemporaryFolder()
        let path = TestData.path("tokenizers/\(name)")
        let base = try Tokenizer.load(path)
        var random = SeededRandom(seed: 3)
        let words = ["gNB-CU-UP", "NG-RAN", "PDU session", "3GPP", "ꙮ", "中国移动通信", "handover", "xn", "of", "and"]
        let vocabulary = try extend(base, text(&random, 2000, words), by: 25)
        try vocabulary.write(to: folder("more"), baseAt: path)
        let extended = try Tokenizer.load(folder("more"))
        try check(
            base, extended, vocabulary,
            (0..<60).map { _ in text(&random, 5, words) } + [
                "Nothing of this is new.", "for i in range(10):\n    print(i)",
            ])
    }

    @Test func threadsAndFilesMakeNoDifference() throws {
        let folder = TemporaryFolder()
        let base = try makeBase(.gpt2, in: folder("base"))
        var random = SeededRandom(seed: 5)
        let texts = (0..<60).map { _ in
            text(&random, 700, Self.words) + String((0..<4000).map { _ in "abcdefgh ".randomElement(using: &random)! })
        }
        var whole = try VocabularyExtender(base, .init(newTokens: 50))
        var first = try VocabularyExtender(base, .init(newTokens: 50), memory: 1 << 20)
        var second = first.sibling()
        for (index, text) in texts.enumerated() {
            var text = text
            try text.withUTF8 {
                try whole.add(UnsafeRawBufferPointer($0))
                if index % 2 == 0 {
                    try first.add(UnsafeRawBufferPointer($0))
                } else {
                    try second.add(UnsafeRawBufferPointer($0))
                }
            }
        }
        try first.absorb(second)
        let one = try whole.extend()
        let parts = try first.extend()
        #expect(one.embeddingMap == parts.embeddingMap && one.baseTokens == parts.baseTokens && one.newTokens == 50)
    }

    @Test(.enabled(if: TestData.isPresent), arguments: ["llama-2", "llama-2/tokenizer.model"])
    func anotherVocabularyIsTakenIn(name: String) throws {
        let folder = TemporaryFolder()
        let path = TestData.path("tokenizers/\(name)")
        let base = try Tokenizer.load(path)
        // A vocabulary of another domain, as a SentencePiece-style model of our own.
        var options = BPETrainer.Options.sentencePiece(vocabularySize: 600)
        options.minimumFrequency = 2
        var trainer = try BPETrainer(options)
        let chinese = "中国移动通信集团 终端 终端应当 移动通信 网络切片 网络 切片 基站 基站 上行链路 下行链路 上行 下行"
        for _ in 0..<5 { try trainer.add(chinese) }
        let trained = try trainer.train()
        try trained.write(to: folder("other"))
        let merged = try ExtendedVocabulary(base, merging: Tokenizer.load(folder("other")))
        #expect(merged.newTokens > 20)
        try merged.write(to: folder("more"), baseAt: path)
        let extended = try Tokenizer.load(folder("more"))
        let texts = [chinese, "移动 中国 x", "The terminal restarts.", "int main(void) { return 0; }", "ꙮ 網路"]
        try check(base, extended, merged, texts)
        #expect(try extended.makeEncoder().encode("网络切片").count < base.makeEncoder().encode("网络切片").count)
    }

    @Test func whatCannotBeExtendedIsNamed() throws {
        let folder = TemporaryFolder()
        let bytes = try makeBase(.gpt2, in: folder("bytes"))
        let characters = try makeBase(.metaspace, in: folder("characters"))
        #expect(throws: TokenizerFailure.self) { try ExtendedVocabulary(bytes, merging: characters) }
        #expect(throws: TokenizerFailure.self) { _ = try VocabularyExtender(bytes, .init(newTokens: 0)) }
        let ranks = folder.write("YQ== 0\nYg== 1\nYWI= 2\n", to: "ranks/own.tiktoken")
        folder.write(#"{"pattern": "gpt2", "special_tokens": {}}"#, to: "ranks/encoding.json")
        let vocabulary = try extend(try Tokenizer.load(ranks), "abab abab abab", by: 1)
        #expect(throws: TokenizerFailure.self) { try vocabulary.write(to: folder("out"), baseAt: ranks) }
    }

    /// Every piece that is taken over is what merging makes of its text; what is left out is counted, all of it.
    @Test func whatNoTextWouldHaveIsLeftOut() throws {
        let folder = TemporaryFolder()
        func write(_ vocabulary: [String], _ merges: [String], _ added: [(String, Bool)], to name: String) throws
            -> Tokenizer
        {
            let tokens = vocabulary.enumerated().map { "\(JSONValue.string($1).text()): \($0)" }.joined(separator: ", ")
            let list = merges.map { JSONValue.string($0).text() }.joined(separator: ", ")
            let extra = added.enumerated().map { index, token in
                "{\"id\": \(vocabulary.count + index), \"content\": \"\(token.0)\", \"special\": \(token.1), \"normalized\": false}"
            }.joined(separator: ", ")
            return try Tokenizer.load(
                folder.write(
                    """
                    {"added_tokens": [\(extra)], "model": {"type": "BPE", "byte_fallback": true, "vocab": {\(tokens)}, "merges": [\(list)]},
                     "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]}}
                    """, to: "\(name)/tokenizer.json"))
        }
        let base = try write(["a", "b", "c", "d", "ab", "bc"], ["b c", "a b"], [("</s>", true)], to: "base")
        let other = try write(
            ["a", "b", "c", "d", "z", "<0x0A>", "ab", "abc", "cd", "zz", "\t\t", "bcd"], ["a b", "ab c", "c d", "z z"],
            [("</s>", true), ("<unused0>", false), ("<pad>", true)], to: "other")
        let merged = try ExtendedVocabulary(base, merging: other)
        let taken = merged.entries.map { String(decoding: $0.written, as: UTF8.self) }
        // The base merges b and c first, so that abc is made of a and bc; no letter is a tab.
        #expect(taken == ["z", "abc", "cd", "zz", "bcd"])
        var wanted = ExtendedVocabulary.LeftOut()
        (wanted.known, wanted.special, wanted.added, wanted.bytes, wanted.unreachable) = (6, 1, 1, 1, 1)
        wanted.examples = ["\t\t"]
        #expect(merged.leftOut == wanted)
        try merged.write(to: folder("more"), baseAt: folder("base"))
        let extended = try Tokenizer.load(folder("more"))
        for token in taken {
            #expect(try extended.makeEncoder().encode(token) == [extended.id(of: token)].compactMap(\.self), "\(token)")
        }
        #expect(merged.leftOut.known + 4 + merged.newTokens == other.vocabularySize)
    }
}
