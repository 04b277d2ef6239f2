import Files
import Parallel
import TestSupport
import Testing
import Tokenization

/// The ids and texts that Hugging Face `tokenizers` gives for 956 texts and 300 rows of random ids, each family whole.
@Suite(.enabled(if: TestData.isPresent)) struct VectorTests {
    static let families = [
        "gpt2", "smollm2", "qwen2.5", "llama-3", "llama-2", "gemma", "train-reference/gpt2-regex-8192-whole",
        "train-reference/qwen-regex-8192-whole",
    ]

    @Test(arguments: families) func everyVectorMatches(family: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/\(family)/tokenizer.json"))
        let encoder = tokenizer.makeEncoder()
        let vectors = try Vector.read(family + "/vectors.jsonl")
        #expect(vectors.count == 956)
        var failures = 0
        for vector in vectors where failures < 5 {
            // Twice: from merging and from the cache.
            for _ in 0..<2 {
                let ids = try encoder.encode(vector.text, specials: .recognise)
                if ids != vector.ids { failures += 1 }
                #expect(ids == vector.ids, "\(vector.text.debugDescription)")
            }
            #expect(try encoder.encodeWithTemplate(vector.text) == vector.idsSpecial ?? vector.ids)
            expectSame(tokenizer.decodeText(vector.ids, skippingSpecial: false), vector.decoded)
            expectSame(tokenizer.decodeText(vector.ids, skippingSpecial: true), vector.decodedSkip ?? vector.decoded)
        }
    }

    @Test(arguments: families) func everyRowOfRandomIDsDecodesTheSame(family: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/\(family)/tokenizer.json"))
        let vectors = try Vector.read(family + "/decode-vectors.jsonl")
        #expect(vectors.count == 300)
        for vector in vectors { expectSame(tokenizer.decodeText(vector.ids), vector.decoded) }
    }

    /// The other forms of the families: the file, its vectors, its vectors of random ids.
    static let otherForms = [
        ("llama-3/tokenizer.model", "llama-3/vectors-tiktoken.jsonl", "llama-3/decode-vectors-tiktoken.jsonl"),
        ("cl100k", "cl100k/vectors.jsonl", "cl100k/decode-vectors.jsonl"),
        (
            "llama-2/tokenizer.model", "llama-2/vectors-sentencepiece.jsonl",
            "llama-2/decode-vectors-sentencepiece.jsonl"
        ),
        ("gemma/tokenizer.model", "gemma/vectors-sentencepiece.jsonl", "gemma/decode-vectors-sentencepiece.jsonl"),
    ]

    @Test(arguments: otherForms)
    func everyVectorOfTheOtherFormsMatches(file: String, encoding: String, decoding: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + file))
        #expect(tokenizer.ownSpecialPolicy == .ordinary)
        let encoder = tokenizer.makeEncoder()
        let vectors = try Vector.read(encoding)
        #expect(vectors.count == 956)
        var failures = 0
        for vector in vectors where failures < 5 {
            for _ in 0..<2 {
                let ids = try encoder.encode(vector.text, specials: tokenizer.ownSpecialPolicy)
                if ids != vector.ids { failures += 1 }
                #expect(ids == vector.ids, "\(vector.text.debugDescription)")
            }
            if let special = vector.idsSpecial {
                #expect(try encoder.encodeWithTemplate(vector.text, specials: .recognise) == special)
            }
            expectSame(tokenizer.decodeText(vector.ids), vector.decoded)
        }
        let rows = try Vector.read(decoding)
        #expect(rows.count == 300)
        for row in rows { expectSame(tokenizer.decodeText(row.ids), row.decoded) }
    }

    @Test(arguments: families + otherForms.map(\.0)) func idsThatComeOneByOneDecodeTheSame(file: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + file))
        var random = SeededRandom(seed: 17)
        var parts = 0
        for _ in 0..<400 {
            let ids = (0..<40).map { _ in
                random.next() % 4 == 0
                    ? UInt32(random.next() % 300) : UInt32(random.next() % UInt64(tokenizer.vocabularySize))
            }
            for skips in [false, true] {
                var decoder = tokenizer.makeIncrementalDecoder(skippingSpecial: skips)
                var text = ""
                for id in ids {
                    let part = decoder.append(id)
                    if !part.isEmpty { parts += 1 }
                    text += part
                }
                text += decoder.finish()
                expectSame(text, tokenizer.decodeText(ids, skippingSpecial: skips))
                #expect(decoder.finish().isEmpty)
            }
        }
        #expect(parts > 400 * 20)
    }

    /// `vocab.json` and `merges.txt` name no added tokens, so texts that contain one of those beyond the two files differ.
    @Test(arguments: ["gpt2", "smollm2", "qwen2.5"]) func vocabularyAndMergesGiveTheSameIDs(family: String) throws {
        let whole = try Tokenizer.load(TestData.path("tokenizers/\(family)"))
        for name in ["vocab.json", "merges.txt"] {
            let tokenizer = try Tokenizer.load(TestData.path("tokenizers/\(family)/\(name)"))
            let unknown =
                whole.specialTokens.map(\.text).filter { tokenizer.id(of: $0) == nil }
                + (family == "qwen2.5" ? ["<tool_call>", "<|fim_prefix|>", "<|file_sep|>"] : [])
            #expect(unknown.isEmpty == (family != "qwen2.5"))
            let encoder = tokenizer.makeEncoder()
            var compared = 0
            for vector in try Vector.read(family + "/vectors.jsonl") {
                if unknown.contains(where: { contains(vector.text, $0) }) { continue }
                compared += 1
                #expect(try encoder.encode(vector.text, specials: .recognise) == vector.ids)
            }
            #expect(compared >= (unknown.isEmpty ? 956 : 900))
        }
    }

    private func contains(_ text: String, _ part: String) -> Bool {
        let text = Array(text.utf8)
        let part = Array(part.utf8)
        return text.indices.contains { text[$0...].starts(with: part) }
    }

    /// Swift's `==` on strings takes é and e + U+0301 for equal; here the bytes count.
    private func expectSame(_ got: String, _ wanted: String) {
        #expect(Array(got.utf8) == Array(wanted.utf8), "\(got.debugDescription) instead of \(wanted.debugDescription)")
    }
}
