import Files
import Parallel
import TestSupport
import Testing

@testable import Tokenization

/// Texts in parts have the ids of whole texts, for every tokenizer and wherever the parts end.
@Suite struct StreamingTests {
    private static let words = [
        "a", "I", "the", "word", "Zq", "UE", "GmbH", "don't", "WE'LL", "it\u{2019}s", "x\u{E9}y", "2024", "5", "0.1",
        "3GPP",
        "internationalisation", "\u{F6}ffnen", "\u{17F}o", "\u{4E2D}\u{6587}", "\u{6587}\u{5B57}\u{7684}",
        "\u{AC00}\u{B098}",
        "\u{3042}\u{30AB}", "\u{1F600}", "e\u{301}", "ma\u{308}n", "ABCd", "HTTPServer2", "'s", "'", "'re", "r\u{301}",
        "Lower Case",
        "lower case", "Ⅷ", "²", "٣", "\u{FB01}n", "[x]", "##", "and", "\u{130}", "\u{2581}", "<mask>", "<|end|>",
        "</s>", "<unk>", "=",
    ]
    private static let gaps = [
        " ", " ", " ", " ", " ", " ", "", "", "  ", "   ", "\n", "\n\n", "\r\n", "\t", "\u{A0}", "\u{3000}", ". ", ", ",
        "/", "\u{3002}",
        "\u{FF0C}", "-", " \n", "\n ", "\u{301}", " \u{301}", "\u{338}", "(", ")", "    ", "\u{2581}",
    ]

    /// Words and what is between them, now and then one thing many times, added tokens, broken bytes.
    private static func text(_ random: inout SeededRandom, _ added: [[UInt8]], words count: Int, broken: Bool)
        -> [UInt8]
    {
        var text: [UInt8] = []
        for _ in 0..<count {
            let word = words[Int(random.next() % UInt64(words.count))]
            let gap = gaps[Int(random.next() % UInt64(gaps.count))]
            if random.next() % 24 == 0 {
                for _ in 0..<random.next() % 12 { text += Array((random.next() % 2 == 0 ? word : gap).utf8) }
            }
            text += Array(word.utf8) + Array(gap.utf8)
            if random.next() % 12 == 0, !added.isEmpty { text += added[Int(random.next() % UInt64(added.count))] }
            if broken, random.next() % 9 == 0 { text.append(UInt8(truncatingIfNeeded: random.next()) | 0x80) }
        }
        return text
    }

    /// The outcome of encoding: ids and counts.
    private struct Outcome: Equatable {
        var ids: [UInt32] = []
        var specialsAsText = 0
        var missing = 0
        var failure: TokenizerFailure?
    }

    private static func whole(
        _ encoder: TokenEncoder, _ text: [UInt8], _ specials: SpecialTokenPolicy, _ withTemplate: Bool
    ) throws -> Outcome {
        let before = (encoder.specialTokensAsText, encoder.missingBytes)
        var outcome = Outcome()
        do {
            try text.withUnsafeBytes {
                if withTemplate {
                    try encoder.encodeWithTemplate($0, specials: specials, into: &outcome.ids)
                } else {
                    try encoder.encode($0, specials: specials, into: &outcome.ids)
                }
            }
            outcome.specialsAsText = encoder.specialTokensAsText - before.0
            outcome.missing = encoder.missingBytes - before.1
        } catch let failure as TokenizerFailure {
            outcome = Outcome(failure: failure)
        }
        return outcome
    }

    /// Feeds the text in random parts. Returns the outcome and how many bytes had been encoded before the end was known.
    private static func streamed(
        _ encoder: StreamingEncoder, _ text: [UInt8], _ random: inout SeededRandom, longest: UInt64
    ) throws -> (Outcome, early: Int) {
        var outcome = Outcome()
        let before = (encoder.specialTokensAsText, encoder.missingBytes)
        var start = 0
        var early = 0
        do {
            while start < text.count {
                let end = min(text.count, start + 1 + Int(random.next() % longest))
                try text[start..<end].withUnsafeBytes { try encoder.append($0, into: &outcome.ids) }
                start = end
            }
            early = text.count - encoder.waitingBytes
            try encoder.finish(into: &outcome.ids)
            outcome.specialsAsText = encoder.specialTokensAsText - before.0
            outcome.missing = encoder.missingBytes - before.1
        } catch let failure as TokenizerFailure {
            outcome = Outcome(failure: failure)
        }
        return (outcome, early)
    }

    /// Compares many texts. Returns the share of bytes that were encoded early.
    @discardableResult
    private static func compare(
        _ tokenizer: Tokenizer, _ name: String, texts: Int, seed: UInt64, words: UInt64 = 80
    ) throws -> Double {
        var random = SeededRandom(seed: seed)
        let added = tokenizer.addedTokens.map { Array($0.content.utf8) }
        var bytes = 0
        var early = 0
        var failures = 0
        let plain = tokenizer.makeEncoder()
        for specials in SpecialTokenPolicy.allCases {
            for window in [1, 40, 400] {
                let withTemplate = window == 40
                let encoder = tokenizer.makeStreamingEncoder(
                    specials: specials, withTemplate: withTemplate, window: window)
                for round in 0..<max(1, texts / 9) where failures < 3 {
                    let count = Int(random.next() % words)
                    let text = text(
                        &random, specials == .reject && round % 4 > 0 ? [] : added, words: count, broken: round % 5 == 0
                    )
                    let wanted = try whole(plain, text, specials, withTemplate)
                    let longest: UInt64 = round % 3 == 0 ? 1 : round % 3 == 1 ? 7 : 300
                    let (got, encoded) = try streamed(encoder, text, &random, longest: longest)
                    if got != wanted {
                        failures += 1
                        let place = zip(got.ids, wanted.ids).prefix { $0 == $1 }.count
                        Issue.record(
                            """
                            \(name), \(specials), window \(window): \(String(decoding: text, as: UTF8.self).debugDescription): \
                            differs from id \(place): \(got.ids[place...].prefix(8)) instead of \(wanted.ids[place...].prefix(8)), \
                            \(got.specialsAsText)/\(got.missing)/\(String(describing: got.failure)) instead of \
                            \(wanted.specialsAsText)/\(wanted.missing)/\(String(describing: wanted.failure))
                            """)
                    }
                    bytes += text.count
                    early += encoded
                }
            }
        }
        return Double(early) / Double(max(1, bytes))
    }

    @Test(
        .enabled(if: TestData.isPresent),
        arguments: ParityTests.families + ["gpt2/vocab.json", "qwen2.5/vocab.json", "smollm2/vocab.json"])
    func partsHaveTheIDsOfTheWhole(file: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + file))
        let early = try Self.compare(tokenizer, file, texts: 4000, seed: 31)
        #expect(early > 0.3, "\(file): \(early)")
        #expect(tokenizer.makeStreamingEncoder().hasCuts)
    }

    /// Texts as they are found, also without spaces, in windows as they are used.
    @Test(.enabled(if: TestData.isPresent), arguments: ParityTests.families)
    func realTextsWaitForLessThanTwoWindows(file: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + file))
        let train = try FileByteStream(TestData.path("tokenizers/train-reference/train.txt")).readAll(limit: 1 << 24)
        let chinese = Array(
            String(repeating: "移动通信网络的发展很快，用户设备与基站之间的接口已经标准化。", count: 3000).utf8)
        var random = SeededRandom(seed: 33)
        for text in [train, chinese] {
            let encoder = tokenizer.makeStreamingEncoder(specials: tokenizer.ownSpecialPolicy, window: 4096)
            var ids: [UInt32] = []
            var start = 0
            var most = 0
            while start < text.count {
                let end = min(text.count, start + 1 + Int(random.next() % 20_000))
                try text[start..<end].withUnsafeBytes { try encoder.append($0, into: &ids) }
                most = max(most, encoder.waitingBytes)
                start = end
            }
            try encoder.finish(into: &ids)
            #expect(most < 8192, "\(file): \(most)")
            var wanted: [UInt32] = []
            try text.withUnsafeBytes {
                try tokenizer.makeEncoder().encode($0, specials: tokenizer.ownSpecialPolicy, into: &wanted)
            }
            #expect(ids == wanted, "\(file)")
        }
    }

    /// The tokenizers of unusual parts that the parity tests make.
    @Test(.enabled(if: ParityPython.path != nil && TestData.isPresent)) func unusualPartsStreamToo() throws {
        let folder = TemporaryFolder()
        let outcome = ExternalProgram.run([
            ParityPython.path ?? "", TestData.repository + "/tools/parity/tokenizer_combinations.py",
            TestData.path("tokenizers/train-reference/train.txt"), folder.path,
        ])
        #expect(outcome.status == 0, "\(outcome.errors.suffix(2000))")
        var compared = 0
        var cutting = 0
        for name in try Folder.names(in: folder.path) where name != "lines.txt" {
            let files = ["/tokenizer.json", "/tokenizer.model"].map { folder(name + $0) }
            let path = try #require(files.first { Folder.exists($0) })
            let tokenizer = try Tokenizer.load(path)
            let early = try Self.compare(tokenizer, name, texts: 500, seed: 32)
            let hasCuts = tokenizer.makeStreamingEncoder().hasCuts
            #expect(hasCuts ? early > 0.1 : early == 0, "\(name): \(early)")
            compared += 1
            if hasCuts { cutting += 1 }
        }
        #expect(compared >= 70 && cutting >= 50, "\(cutting) of \(compared)")
    }

    /// Our own vocabulary with other parts around it: `normalizer`, `pre_tokenizer`, whether it can be cut.
    @Test(arguments: [
        (#"{"type":"NFC"}"#, #"{"type":"ByteLevel","add_prefix_space":true}"#, true),
        (
            #"{"type":"Sequence","normalizers":[{"type":"Strip"},{"type":"Lowercase"}]}"#,
            #"{"type":"ByteLevel","add_prefix_space":false}"#, true
        ),
        (#"{"type":"NFKD"}"#, #"{"type":"ByteLevel","add_prefix_space":false}"#, true),
        (#"{"type":"Prepend","prepend":"x "}"#, #"{"type":"ByteLevel","add_prefix_space":false}"#, true),
        (
            #"{"type":"Replace","pattern":{"String":"e"},"content":" "}"#,
            #"{"type":"ByteLevel","add_prefix_space":false}"#, false
        ),
        (
            #"{"type":"Replace","pattern":{"String":"--"},"content":" a"}"#,
            #"{"type":"ByteLevel","add_prefix_space":false}"#, true
        ),
        (
            #"{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "}"#,
            #"{"type":"ByteLevel","add_prefix_space":false}"#, false
        ),
        ("null", #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}"#, false),
        ("null", split(#"[\\w ]+|."#), false),
        ("null", split(#"\\w+|\\s+(?!\\S)|\\s+|[^\\w\\s]+"#), true),
        ("null", split(#"\\w+(?=\\s)|\\s+|."#), false),
        ("null", split(#"\\w+$|\\w|\\s+|."#), false),
        ("null", split(#"\\b\\w+|\\s+|."#), false),
        ("null", split(#"(?<=a)b|\\s+|."#), false),
        ("null", split(#"[a-y]+|z z|\\s"#), true),
        ("null", split(#"\\w+"#), false),
        ("null", split(#"\\s"#, "MergedWithNext"), true), ("null", split(#"\\s"#, "MergedWithPrevious"), false),
        ("null", split(#"\\s"#, "Contiguous"), false), ("null", split(#"\\s"#, "Removed"), true),
    ])
    func otherPartsStreamAsWell(normalizer: String, splitter: String, canBeCut: Bool) throws {
        let tokenizer = try Self.standards(normalizer, splitter)
        let early = try Self.compare(tokenizer, normalizer + splitter, texts: 900, seed: 34)
        #expect(tokenizer.makeStreamingEncoder().hasCuts == canBeCut)
        #expect(canBeCut ? early > 0.1 : early == 0, "\(early)")
    }

    private static func split(_ expression: String, _ behavior: String = "Isolated") -> String {
        """
        {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\(expression)"},"behavior":"\(behavior)",\
        "invert":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}
        """
    }

    /// `tokenizers/standards-4k` with another normaliser, another splitter, more added tokens.
    private static func standards(_ normalizer: String, _ splitter: String, added: String = "") throws -> Tokenizer {
        let path = TestData.repository + "/tokenizers/standards-4k/tokenizer.json"
        let file = try JSONValue(file: path)
        let model = try #require(file["model"])
        let folder = TemporaryFolder()
        folder.write(
            """
            {"version":"1.0","added_tokens":[\(added)],"normalizer":\(normalizer),"pre_tokenizer":\(splitter),\
            "post_processor":null,"decoder":{"type":"ByteLevel"},"model":\(model.text())}
            """, to: "tokenizer.json")
        return try Tokenizer.load(folder("tokenizer.json"))
    }

    /// Added tokens that begin, end or stand right at a place where a text could be cut, with every flag.
    @Test(arguments: ["null", #"{"type":"NFC"}"#, #"{"type":"Lowercase"}"#, #"{"type":"Prepend","prepend":"x "}"#])
    func flagsOfAddedTokensStreamToo(normalizer: String) throws {
        let flags = ["single_word", "lstrip", "rstrip", "normalized", "special"]
        let contents = [
            "UE", "\u{E9}", "lower case", "[x]", " and", "the", "word", "5", "##", "  ", " a", "Zq ",
            "\u{6587}\u{5B57}", "\n\n", "GmbH",
        ]
        for round in 0..<8 {
            var tokens: [String] = []
            for (index, content) in contents.enumerated() {
                let chosen = flags.enumerated().map { "\"\($1)\":\((index * 7 + round * 5 + 3) >> $0 & 1 == 1)" }
                tokens.append(
                    "{\"id\":\(5000 + index),\"content\":\(JSONValue.string(content).text()),\(chosen.joined(separator: ","))}"
                )
            }
            // Those of our vocabulary have ids of their own.
            let known = try Self.standards("null", #"{"type":"ByteLevel","add_prefix_space":false}"#)
            let kept = zip(contents, tokens).filter { known.id(of: $0.0) == nil }.map(\.1).joined(separator: ",")
            let tokenizer = try Self.standards(
                normalizer, #"{"type":"ByteLevel","add_prefix_space":\#(round % 2 == 0)}"#, added: kept)
            #expect(tokenizer.addedTokens.count > 8)
            try Self.compare(tokenizer, "flags \(round) \(normalizer)", texts: 400, seed: UInt64(35 + round))
        }
    }

    @Test func aRefusedTokenIsPlacedInTheWholeText() throws {
        let added = #"{"id":5000,"content":"<|x|>","special":true}"#
        let tokenizer = try Self.standards("null", #"{"type":"ByteLevel","add_prefix_space":false}"#, added: added)
        let encoder = tokenizer.makeStreamingEncoder(specials: .reject, window: 16)
        let text = Array(String(repeating: "plain words ", count: 50).utf8)
        var ids: [UInt32] = []
        try text.withUnsafeBytes { try encoder.append($0, into: &ids) }
        #expect(encoder.waitingBytes < 60 && !ids.isEmpty)
        #expect(throws: TokenizerFailure.specialTokenInText(token: "<|x|>", offset: 602)) {
            try Array("so<|x|> it is".utf8).withUnsafeBytes { try encoder.append($0, into: &ids) }
            try encoder.finish(into: &ids)
        }
        // The next text is one of its own.
        ids = []
        try text.withUnsafeBytes { try encoder.append($0, into: &ids) }
        try encoder.finish(into: &ids)
        #expect(try ids == tokenizer.makeEncoder().encode(String(decoding: text, as: UTF8.self)))
    }

    @Test func whatCannotBeCutWaitsUpToTheLimit() throws {
        let tokenizer = try Self.standards("null", #"{"type":"ByteLevel","add_prefix_space":false}"#)
        let encoder = StreamingEncoder(tokenizer, specials: .ordinary, withTemplate: false, window: 100, limit: 5000)
        var ids: [UInt32] = []
        let letters = [UInt8](repeating: 0x61, count: 4000)
        try letters.withUnsafeBytes { try encoder.append($0, into: &ids) }
        #expect(encoder.waitingBytes == 4000 && ids.isEmpty)
        #expect(throws: FileFailure.self) { try letters.withUnsafeBytes { try encoder.append($0, into: &ids) } }
        #expect(encoder.waitingBytes == 0)
        // With a space now and then the same takes any length.
        for _ in 0..<20 {
            try letters.withUnsafeBytes { try encoder.append($0, into: &ids) }
            try Array(" and so on, ".utf8).withUnsafeBytes { try encoder.append($0, into: &ids) }
        }
        try encoder.finish(into: &ids)
        #expect(encoder.waitingBytes == 0 && !ids.isEmpty)
        // Nothing at all is a text without ids.
        ids = []
        try encoder.finish(into: &ids)
        #expect(ids.isEmpty)
    }

    @Test func brokenBytesAreCountedAcrossParts() throws {
        let tokenizer = try Self.standards("null", #"{"type":"ByteLevel","add_prefix_space":false}"#)
        var random = SeededRandom(seed: 37)
        let encoder = tokenizer.makeStreamingEncoder(window: 8)
        for round in 0..<3000 {
            var text = Self.text(&random, [], words: Int(random.next() % 6), broken: round % 3 > 0)
            if round % 7 == 0 {
                text += [[0xF0, 0x9F], [0xE4, 0xB8], [0xC3], [0xF0, 0x9F, 0x98]][Int(random.next() % 4)]
            }
            var count = 0
            var first: Int?
            var index = 0
            text.withUnsafeBufferPointer { bytes in
                while let base = bytes.baseAddress, index < bytes.count {
                    let (codePoint, size) = UTF8Decoding.character(base, index, bytes.count)
                    if codePoint == UTF8Decoding.broken {
                        count += 1
                        first = first ?? index
                    }
                    index += size
                }
            }
            _ = try Self.streamed(encoder, text, &random, longest: round % 2 == 0 ? 1 : 9)
            #expect(encoder.brokenBytes == (count, first), "\(text)")
        }
    }

    @Test func expressionsSayWhatTheyJoinToASpace() throws {
        func letters(_ pattern: String) throws -> String? {
            guard let border = SpaceBorder(try RegularExpression(pattern, .oniguruma)) else { return nil }
            let allowed = (0..<128).filter { border.allows[$0] && ASCIIWord.contains(UInt8($0)) }
            return allowed.count == 62
                ? (border.beginsMatch ? "all" : "all, unmatched") : "\(62 - allowed.count) joined"
        }
        #expect(try letters(#" ?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#) == "all")
        #expect(try letters(#"\p{L}+"#) == "all, unmatched")
        #expect(try letters(#"(a|b)* ?c|\s"#) == "2 joined")
        #expect(try letters(#"(?:ab?)+(?:c|$)|\s"#) == "2 joined")
        #expect(try letters(#"x(?:y?z?) |\s"#) == "3 joined")
        #expect(try letters(#"[ab] [cd]{2}|\s+"#) == "2 joined")
        #expect(try letters(#"(?:x | y)+|\s+"#) == "2 joined")
        #expect(try letters(#"\w(?!x)|\s+"#) == "all")
        #expect(try letters(#"\w(?= )|\s+"#) == "62 joined")
        #expect(try letters(#"\s++"#) == "all")
        for pattern in [#"^a|\s"#, #"\bx|\s"#, #"(?<=x)y|\s"#, #"a(?=bc)|\s"#, "a*"] {
            #expect(try letters(pattern) == nil, "\(pattern)")
        }
    }
}
