import Parallel
import TestSupport
import Testing

@testable import Tokenization

/// The engine for patterns without a scanner, and the scanners against it.
@Suite struct RegularExpressionTests {
    private static func matches(
        _ pattern: String, _ text: String, _ flavour: RegularExpression.Flavour = .oniguruma
    ) throws -> [String] {
        let expression = try RegularExpression(pattern, flavour)
        let bytes = Array(text.utf8)
        var found: [String] = []
        bytes.withUnsafeBufferPointer { bytes in
            expression.forEachMatch(bytes) { found.append(String(decoding: bytes[$0], as: UTF8.self)) }
        }
        return found
    }

    @Test func theUsualConstructsMatch() throws {
        #expect(try Self.matches("a|bc|b", "abcb") == ["a", "bc", "b"])
        #expect(try Self.matches("a*?b", "aab b") == ["aab", "b"])
        #expect(try Self.matches("a{2,3}", "aaaaaaa") == ["aaa", "aaa"])
        #expect(try Self.matches("a{2,}?", "aaaaa") == ["aa", "aa"])
        #expect(try Self.matches("a++a", "aaa") == [])
        #expect(try Self.matches("(?>a|ab)c", "abc ac") == ["ac"])
        #expect(try Self.matches(#"\s+(?!\S)|\s+"#, "a  b \n") == [" ", " ", " \n"])
        #expect(try Self.matches("(?<=a|bc)d", "ad bcd cd") == ["d", "d"])
        #expect(try Self.matches("(?<!a)d", "ad d") == ["d"])
        #expect(try Self.matches("[^a-c]+", "abxyc") == ["xy"])
        #expect(try Self.matches("[a-z&&[^aeiou]]+", "hello") == ["h", "ll"])
        #expect(try Self.matches("[[:digit:]x]+", "1x2y") == ["1x2"])
        #expect(try Self.matches(#"\p{Lu}\p{Ll}+|\p{Han}+"#, "Wort 中文 x") == ["Wort", "中文"])
        #expect(try Self.matches(#"\P{L}+"#, "a1 b") == ["1 "])
        #expect(try Self.matches("(?i:straSSe)", "STRASSE strasse") == ["STRASSE", "strasse"])
        #expect(try Self.matches("(?i)k", "kK\u{212A}") == ["k", "K", "\u{212A}"])
        #expect(try Self.matches(#"\bab\b"#, "ab abc ab") == ["ab", "ab"])
        #expect(try Self.matches("x*", "axxb") == ["", "xx", ""])
        #expect(try Self.matches(#"\x41\u0042\x{1F600}"#, "AB😀") == ["AB😀"])
        #expect(try Self.matches("(?x: a b # comment\n c)", "abc") == ["abc"])
        #expect(try Self.matches("a.c", "a\nc abc") == ["abc"])
        #expect(try Self.matches("(?m:a.c)", "a\nc abc") == ["a\nc", "abc"])
    }

    /// Both flavours as the libraries behind them read them.
    @Test func theFlavoursDiffer() throws {
        #expect(try Self.matches("^a|b$", "a\nab\nb") == ["a", "a", "b", "b"])
        #expect(try Self.matches("^a|b$", "a\nab\nb", .rust) == ["a", "b"])
        #expect(try Self.matches(#"\p{N}{1,3}+"#, "1234567") == ["1234567"])
        #expect(try Self.matches(#"\p{N}{1,3}+"#, "1234567", .rust) == ["123", "456", "7"])
        #expect(try Self.matches("a(?i)b|c", "aC aB C") == ["aC", "aB"])
        #expect(throws: RegularExpressionFailure.self) { try RegularExpression("(?s:.)", .oniguruma) }
        #expect(try Self.matches("(?s:.)", "\n", .rust) == ["\n"])
    }

    @Test(arguments: [
        #"(a)\1"#, #"\k<a>"#, #"\Ga"#, #"a\K"#, #"\X"#, "(?~a)", "(a", "a)", "[a", "*a", "a{3,2}", #"\p{Klingon}"#,
        "(?<=a*)b", "[z-a]", #"[a-\d]"#, "a{2000}", "\\", "(?<=a", #"\x{}"#,
        String(repeating: "(", count: 5000), String(repeating: "[", count: 5000), "((((a{900}){900}){900}){900})",
        "(?z)",
    ])
    func whatIsNotSupportedOrBrokenIsRefused(pattern: String) {
        #expect(throws: RegularExpressionFailure.self) { try RegularExpression(pattern, .oniguruma) }
    }

    /// Expressions that take exponential or quadratic time without a memory of what has failed.
    @Test(arguments: [
        "(a+)+b", "(a|aa)+$b", "(a*)*b", "a*b|a", "(?:a?){50}b", "(.*)(.*)(.*)(.*)x|aaa", #"(?=(a+)+b)a|a"#,
    ])
    func hostileExpressionsEnd(pattern: String) throws {
        let text = String(repeating: "a", count: 20_000)
        _ = try Self.matches(pattern, text)
        #expect(try Self.matches("(a+)+b", text + "b").map(\.utf8.count) == [20_001])
    }

    /// Memory is bounded whatever is searched for: what would take more says so, and what it found before are matches.
    @Test(arguments: ["(?:a|b|ab)*c|a", "(a+)+b|a", "(?:(?:a?){5}){5}b|a", "(?:ab?)*?c|a", "(?=(?:a|aa)+b)a|a"])
    func memoryIsBounded(pattern: String) throws {
        let expression = try RegularExpression(pattern, .oniguruma)
        let text = [UInt8](repeating: 0x61, count: 50_000)
        func search(_ limit: Int) -> (isWhole: Bool, matches: [Range<Int>]) {
            text.withUnsafeBufferPointer { bytes in
                var found: [Range<Int>] = []
                let isWhole = expression.forEachMatch(bytes, mostMemory: limit) { found.append($0) }
                return (isWhole, found)
            }
        }
        let all = search(1 << 30)
        #expect(all.isWhole && all.matches == (0..<50_000).map { $0..<$0 + 1 })
        for limit in [0, 1000, 20_000] {
            let few = search(limit)
            #expect(
                !few.isWhole && few.matches.count < 50_000
                    && few.matches == Array(all.matches.prefix(few.matches.count)))
        }
        // Short texts are within any of it.
        var found = 0
        let isWhole = [UInt8]("aaca".utf8).withUnsafeBufferPointer {
            expression.forEachMatch($0, mostMemory: 20_000) { _ in found += 1 }
        }
        #expect(isWhole && found > 0)
    }

    @Test(arguments: [("splitter", "(?:a|b|ab)*c|a"), ("normalizer", "(?:a|b|ab)*c")])
    func anEncoderNamesThePatternThatNeedsTooMuch(place: String, pattern: String) throws {
        let folder = TemporaryFolder()
        let split =
            #"{"type":"Split","pattern":{"Regex":"\#(pattern)"},"behavior":"Isolated","invert":false}"#
        let replace = #"{"type":"Replace","pattern":{"Regex":"\#(pattern)"},"content":"b"}"#
        folder.write(
            """
            {"added_tokens":[],"normalizer":\(place == "normalizer" ? replace : "null"),\
            "pre_tokenizer":\(place == "splitter" ? split : "null"),"decoder":null,\
            "model":{"type":"BPE","vocab":{"a":0,"b":1,"c":2},"merges":[]}}
            """, to: "tokenizer.json")
        let tokenizer = try Tokenizer.load(folder.path)
        let encoder = TokenEncoder(tokenizer, expressionMemory: 100_000)
        let text = [UInt8](repeating: 0x61, count: 50_000)
        var ids: [UInt32] = [7]
        #expect(
            throws: TokenizerFailure.expressionTooLarge(pattern: pattern, textBytes: 50_000, limit: 100_000)
        ) { try text.withUnsafeBytes { try encoder.encode($0, into: &ids) } }
        #expect(ids == [7])
        // The next text is none the worse for it, and the usual limit is far away.
        #expect(try encoder.encode("aab") == [0, 0, 1])
        #expect(try tokenizer.makeEncoder().encode(String(decoding: text, as: UTF8.self)).count == 50_000)
        var extender = try VocabularyExtender(tokenizer, VocabularyExtender.Options(newTokens: 4))
        try text.withUnsafeBytes { try extender.add($0) }
    }

    @Test(arguments: [RegularExpression.Flavour.oniguruma, .rust])
    func scannersAgreeWithTheEngine(flavour: RegularExpression.Flavour) throws {
        var random = SeededRandom(seed: 20_261_121)
        let pool = Array(
            "abzABZ019 .,;'-_/\n\r\t'sS'lL'vVeErRtTmMdDſK\u{A0}\u{3000}\u{2028}éßÅǅʰªº中文ひカ한ᄀاशไ\u{301}\u{93F}²Ⅷ٣😀🏽_\u{0}\u{7F}\u{85}\u{200B}"
                .unicodeScalars)
        for (text, pattern) in KnownPatterns.texts(flavour) {
            let expression = try RegularExpression(text, flavour)
            var compared = 0
            for round in 0..<6000 {
                var bytes: [UInt8] = []
                for _ in 0..<(1 + random.next() % 24) {
                    let scalar = pool[Int(random.next() % UInt64(pool.count))]
                    for _ in 0..<(random.next() % 8 == 0 ? 1 + random.next() % 5 : 1) { bytes += Array(scalar.utf8) }
                    // Bytes that are no UTF-8, too.
                    if round % 5 == 0, random.next() % 6 == 0 {
                        bytes.append(UInt8(truncatingIfNeeded: random.next()) | 0x80)
                    }
                }
                bytes.withUnsafeBufferPointer { bytes in
                    var wanted: [Range<Int>] = []
                    expression.forEachMatch(bytes) { wanted.append($0) }
                    var got: [Range<Int>] = []
                    Pretokenization(pattern: pattern).forEachRange(bytes) { got.append($0) }
                    if got != wanted {
                        Issue.record(
                            "\(pattern) on \(String(decoding: bytes, as: UTF8.self).debugDescription): \(got) instead of \(wanted)"
                        )
                    }
                    compared += got.count
                }
            }
            #expect(compared > 6000)
        }
    }
}
