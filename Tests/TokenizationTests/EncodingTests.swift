import Files
import Parallel
import TestSupport
import Testing

@testable import Tokenization

@Suite(.enabled(if: TestData.isPresent)) struct EncodingTests {
    private static func load(_ family: String) throws -> Tokenizer {
        try Tokenizer.load(TestData.path("tokenizers/" + family))
    }

    @Test func controlTokensInTextFollowThePolicy() throws {
        let tokenizer = try Self.load("qwen2.5")
        let encoder = tokenizer.makeEncoder()
        let end = try #require(tokenizer.id(of: "<|endoftext|>"))
        let call = try #require(tokenizer.id(of: "<tool_call>"))
        let text = "a<|endoftext|>b <tool_call>"
        let recognised = try encoder.encode(text, specials: .recognise)
        #expect(recognised.contains(end) && recognised.contains(call))
        #expect(encoder.specialTokensAsText == 0)
        let ordinary = try encoder.encode(text, specials: .ordinary)
        #expect(!ordinary.contains(end) && !ordinary.contains(call))
        #expect(tokenizer.decodeText(ordinary) == text)
        #expect(encoder.specialTokensAsText == 2)
        #expect(throws: TokenizerFailure.specialTokenInText(token: "<|endoftext|>", offset: 1)) {
            try encoder.encode(text, specials: .reject)
        }
        #expect(try encoder.encode("a b", specials: .reject) == encoder.encode("a b"))
        #expect(tokenizer.isSpecial(end) && !tokenizer.isSpecial(call))
        #expect(tokenizer.decodeText(recognised, skippingSpecial: true) == "ab <tool_call>")
    }

    @Test func bytesThatAreNotUTF8ComeBackAsTheyAre() throws {
        var random = SeededRandom(seed: 5)
        for family in ["gpt2", "qwen2.5", "llama-3"] {
            let tokenizer = try Self.load(family)
            let encoder = tokenizer.makeEncoder()
            #expect(!tokenizer.hasByteGaps && tokenizer.bytesWithoutToken.isEmpty)
            for round in 0..<400 {
                let bytes: [UInt8] = (0..<Int(random.next() % 90)).map { _ in
                    let byte = UInt8(truncatingIfNeeded: random.next())
                    return round % 2 == 0 ? byte : byte | 0xC0
                }
                var ids: [UInt32] = []
                try bytes.withUnsafeBytes { try encoder.encode($0, into: &ids) }
                #expect(tokenizer.decode(ids) == tokenizer.normalized(bytes))
            }
            for text in [[0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xB8], [0x80], [0xFF]]
                as [[UInt8]]
            {
                var ids: [UInt32] = []
                try text.withUnsafeBytes { try encoder.encode($0, into: &ids) }
                #expect(tokenizer.decode(ids) == text)
            }
        }
    }

    @Test func bytesWithoutATokenAreCounted() throws {
        let tokenizer = try Self.load("smollm2")
        let encoder = tokenizer.makeEncoder()
        #expect(tokenizer.hasByteGaps)
        #expect(tokenizer.bytesWithoutToken.prefix(6) == [0x04, 0x06, 0x13, 0x14, 0x16, 0x1D])
        #expect(tokenizer.bytesWithoutToken.count == 21)
        for _ in 0..<3 { #expect(try tokenizer.decodeText(encoder.encode("a\u{4}b\u{13}\u{14}c")) == "abc") }
        #expect(encoder.missingBytes == 9)
        #expect(try encoder.encode("\u{4}") == [])
        #expect(encoder.missingBytes == 10)
    }

    /// What a cache keeps must not depend on what came before, nor what stands behind a text in memory on its ids.
    @Test func oneEncoderAndManyGiveTheSameIDs() throws {
        let bytes = try FileByteStream(TestData.path("tokenizers/train-reference/train.txt")).readAll(limit: 1 << 24)
        let tokenizer = try Self.load("gpt2")
        let encoder = tokenizer.makeEncoder()
        var pieces: [UInt32] = []
        var fresh: [UInt32] = []
        for start in stride(from: 0, to: bytes.count, by: 40_961) {
            let part = Array(bytes[start..<min(start + 40_961, bytes.count)])
            try part.withUnsafeBytes { try encoder.encode($0, into: &pieces) }
            try part.withUnsafeBytes { try tokenizer.makeEncoder().encode($0, into: &fresh) }
        }
        #expect(pieces == fresh)
        #expect(tokenizer.decode(pieces) == bytes)
    }

    /// Two bytes of a character and its last: nothing is given before it is whole.
    @Test func halvesOfCharactersWait() throws {
        let gpt2 = try Self.load("gpt2")
        let bytes = Array("中".utf8).map { gpt2.id(of: String(decoding: gpt2Written($0), as: UTF8.self)) ?? 0 }
        var decoder = gpt2.makeIncrementalDecoder()
        #expect(bytes.map { decoder.append($0) } == ["", "", "中"])
        #expect(decoder.finish() == "")
        #expect(bytes.dropLast().map { decoder.append($0) } == ["", ""])
        #expect(decoder.finish() == "\u{FFFD}")
        let llama = try Self.load("llama-2/tokenizer.json")
        let row = Array("中".utf8).map { UInt32($0) + 3 }
        decoder = llama.makeIncrementalDecoder()
        #expect(row.map { decoder.append($0) } == ["", "", ""])
        let letter = try #require(llama.id(of: "a"))
        #expect(decoder.append(letter) == "中a")
        #expect(decoder.finish() == "")
    }

    private func gpt2Written(_ byte: UInt8) -> [UInt8] {
        var written: [UInt8] = []
        [byte].withUnsafeBytes { ByteAlphabet.appendWritten($0, to: &written) }
        return written
    }

    @Test func aHugeLineAndNothingAtAll() throws {
        let tokenizer = try Self.load("smollm2")
        let encoder = tokenizer.makeEncoder()
        #expect(try encoder.encode("") == [])
        var ids: [UInt32] = []
        try encoder.encode(UnsafeRawBufferPointer(start: nil, count: 0), into: &ids)
        #expect(ids.isEmpty)
        let line = Array("The UE shall send 5GMM cause #11 (PLMN not allowed), see 24.501. ".utf8)
        var text: [UInt8] = []
        for _ in 0..<150_000 { text += line }
        try text.withUnsafeBytes { try encoder.encode($0, into: &ids) }
        #expect(tokenizer.decode(ids) == text)
    }

    @Test func normalisingIsThatOfTheFile() throws {
        let tokenizer = try Self.load("qwen2.5")
        func normalized(_ text: String) -> [UInt32] {
            String(decoding: tokenizer.normalized(Array(text.utf8)), as: UTF8.self).unicodeScalars.map(\.value)
        }
        #expect(normalized("e\u{301}") == [0xE9])
        #expect(normalized("\u{1100}\u{1161}\u{11A8}") == [0xAC01])
        #expect(normalized("\u{212B}\u{2126}") == [0xC5, 0x3A9])
        #expect(normalized("\u{958}") == [0x915, 0x93C])
        #expect(normalized("\u{344}") == [0x308, 0x301])
        #expect(normalized("a\u{302}\u{307}\u{323}") == [0x1EAD, 0x307])
        // Marks in any order and number: blocked, reordered, composed; linear in their number.
        let marks = String(repeating: "\u{301}\u{323}", count: 200_000)
        let long = normalized("a" + marks)
        #expect(long.count == 400_000 && long[0] == 0x1EA1 && long[199_999] == 0x323 && long[200_000] == 0x301)
        #expect(try Self.load("gpt2").normalized(Array("e\u{301}".utf8)) == Array("e\u{301}".utf8))
        #expect(tokenizer.normalized([0x65, 0xFF, 0xCC, 0x81, 0x65, 0xCC]) == [0x65, 0xFF, 0xCC, 0x81, 0x65, 0xCC])
    }

    @Test func beginningsAndEndsOfTheFamilies() throws {
        let gpt2 = try Self.load("gpt2")
        #expect(gpt2.vocabularySize == 50257 && gpt2.beginningOfText == 50256 && gpt2.endOfText == 50256)
        let qwen = try Self.load("qwen2.5")
        #expect(qwen.vocabularySize == 151_665 && qwen.endOfText == 151_643)
        let llama = try Self.load("llama-3")
        #expect(llama.vocabularySize == 128_256 && llama.beginningOfText == 128_000 && llama.endOfText == 128_001)
        let smol = try Self.load("smollm2")
        #expect(smol.vocabularySize == 49152 && smol.beginningOfText == 1 && smol.endOfText == 2)
        #expect(llama.specialTokens.count == 256 && llama.specialTokens[0].text == "<|begin_of_text|>")
        for file in ["gemma/tokenizer.json", "gemma/tokenizer.model"] {
            let gemma = try Self.load(file)
            #expect(gemma.vocabularySize == 256_000 && gemma.beginningOfText == 2 && gemma.endOfText == 1)
        }
        for file in ["llama-2/tokenizer.json", "llama-2/tokenizer.model"] {
            let llama = try Self.load(file)
            #expect(llama.vocabularySize == 32_000 && llama.beginningOfText == 1 && llama.endOfText == 2)
            let word = try #require(llama.id(of: "\u{2581}the"))
            #expect(llama.bytes(of: word) == Array(" the".utf8) && llama.bytes(of: 3 + 0xE4) == [0xE4])
        }
        let ranks = try Self.load("llama-3/tokenizer.model")
        #expect(ranks.vocabularySize == 128_256 && ranks.beginningOfText == 128_000 && ranks.specialTokens.count == 256)
        #expect(ranks.description.form == "tiktoken ranks" && ranks.description.hasKnownPattern)
        // Where vocab.json and merges.txt say all that tokenizer.json says, the digest is the same.
        #expect(try Self.load("gpt2/vocab.json").digest == gpt2.digest)
        #expect(Set([gpt2, qwen, llama, smol].map(\.digest)).count == 4)
    }

    /// What a word is to `single_word` follows the peer's version of Unicode: it knows no U+0C5C, which is a letter in later ones.
    @Test(arguments: [
        ("a", true), ("\u{E9}", true), ("\u{301}", true), ("_", true), ("9", true), ("\u{200D}", true),
        ("\u{4E2D}", true), ("-", false), (" ", false), ("\u{0C5C}", false), ("\u{3002}", false), ("\u{10FFFF}", false),
    ])
    func wordsAreThoseOfThePeer(text: String, isWord: Bool) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            #expect(WordBoundary.beginsWithWord(base, 0..<bytes.count) == isWord)
            #expect(WordBoundary.endsWithWord(base, 0..<bytes.count) == isWord)
        }
        [UInt8](arrayLiteral: 0xFF, 0x80).withUnsafeBufferPointer { buffer in
            #expect(!WordBoundary.beginsWithWord(buffer.baseAddress!, 0..<2))
        }
    }

    /// An added token that stands in the white space which the one before it strips is found too, and text goes on behind it.
    @Test(arguments: [
        ("<x>\n\na", ["<x>", "\n\n", "a"]), ("a<x>\n\n b", ["a", "<x>", "\n\n", " b"]),
        ("<x> \n\na", ["<x>", "\n\n", "a"]),
        ("<x>   a", ["<x>", "  ", " a"]), ("<x> <y>", ["<x>", "<y>"]), ("a <y>", ["a", "<y>"]),
    ])
    func strippedWhiteSpaceHoldsTokens(text: String, expected: [String]) {
        let tokens = [("<x>", false, true), ("\n\n", false, false), ("  ", false, false), ("<y>", true, false)]
            .enumerated().map {
                AddedToken(content: $1.0, id: UInt32($0), stripsLeft: $1.1, stripsRight: $1.2)
            }
        let matcher = AddedTokenMatcher(tokens) { Array($0.content.utf8) }
        var parts: [String] = []
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            var start = 0
            func addText(_ end: Int) {
                if end > start { parts.append(String(decoding: bytes[start..<end], as: UTF8.self)) }
            }
            matcher.forEachMatch(base, 0..<bytes.count) { match in
                addText(match.start)
                parts.append(match.token.content)
                start = match.end
            }
            addText(bytes.count)
        }
        #expect(parts == expected)
    }
}
