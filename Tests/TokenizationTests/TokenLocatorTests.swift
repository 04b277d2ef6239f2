import Parallel
import TestSupport
import Testing

@testable import Tokenization

/// Where tokens stand in a text, also under tokenizers that change it.
@Suite struct TokenLocatorTests {
    private let folder = TemporaryFolder()

    /// One token a byte of what the normalizer leaves.
    private func tokenizer(_ normalizer: String) throws -> Tokenizer {
        let json = ByteTokenizer.json.replacing("\"normalizer\": null", with: "\"normalizer\": \(normalizer)")
            .replacing("\"normalizer\":null", with: "\"normalizer\":\(normalizer)")
        return try Tokenizer.load(folder.write(json, to: "tokenizer.json"))
    }

    private func located(_ tokenizer: Tokenizer, _ text: String) throws -> (ids: [UInt32], places: TokenPlaces)? {
        let ids = try tokenizer.makeEncoder().encode(text)
        return TokenLocator(tokenizer).places(of: ids, in: Array(text.utf8)).map { (ids, $0) }
    }

    /// The text of the tokens' places, those of one place as one.
    private func parts(_ normalizer: String, _ text: String) throws -> [String]? {
        guard let places = try located(tokenizer(normalizer), text)?.places else { return nil }
        var parts: [Range<Int>] = []
        for token in 0..<places.count where parts.last != places[token] { parts.append(places[token]) }
        return parts.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
    }

    private static let prepend =
        #"{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}"#

    @Test func everyKindOfChangeIsFollowed() throws {
        #expect(try parts("null", "a b") == ["a", " ", "b"])
        #expect(try parts(Self.prepend, "a b") == ["a", " ", "b"])
        #expect(try parts(#"{"type": "NFKC"}"#, "a½ﬁ e\u{301}.") == ["a", "½", "ﬁ", " ", "e\u{301}", "."])
        #expect(
            try parts(#"{"type": "NFC"}"#, "e\u{301}e\u{1100}\u{1161}\u{11A8}") == [
                "e\u{301}", "e", "\u{1100}\u{1161}\u{11A8}",
            ])
        #expect(try parts(#"{"type": "NFD"}"#, "aé\u{AC01}x") == ["a", "é", "\u{AC01}", "x"])
        #expect(try parts(#"{"type": "Lowercase"}"#, "AbÉ") == ["A", "b", "É"])
        #expect(
            try parts(#"{"type": "Replace", "pattern": {"String": "``"}, "content": "\""}"#, "a ``b") == [
                "a", " ", "``", "b",
            ])
        #expect(
            try parts(#"{"type": "Replace", "pattern": {"String": "relay"}, "content": "rex"}"#, "a relay re") == [
                "a", " ", "relay", " ", "r", "e",
            ])
        #expect(try parts(Self.prepend, " e") == [" ", "e"])
        // What became no token belongs to the one before it, at the beginning to the first.
        #expect(
            try parts(#"{"type": "Strip", "strip_left": true, "strip_right": true}"#, "\n ab \n") == ["\n a", "b \n"])
        #expect(
            try parts(#"{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]}"#, "éa")
                == ["é", "a"])
        // The changes leave no character of this to be found.
        #expect(
            try parts(#"{"type": "Replace", "pattern": {"Regex": "[a-z]+"}, "content": "x"}"#, "relay starts") == nil)
    }

    /// Each token beside what normalising the text before it gives.
    @Test(arguments: [
        "null", prepend, #"{"type": "NFC"}"#, #"{"type": "NFD"}"#, #"{"type": "NFKC"}"#, #"{"type": "Lowercase"}"#,
        #"{"type": "Replace", "pattern": {"String": "..."}, "content": "…"}"#,
    ])
    func placesAreThoseOfTheTextBefore(normalizer: String) throws {
        let tokenizer = try tokenizer(normalizer)
        let parts = ["a", "Q", " ", "  ", "\n", "é", "½", "ﬁ", "...", "\u{AC00}", "中", "Å", "①", "😀", "\t"]
        var random = SeededRandom(seed: 3)
        for _ in 0..<300 {
            let text = (0..<random.nextInt(below: 20)).map { _ in parts[random.nextInt(below: parts.count)] }.joined()
            let (ids, places) = try #require(try located(tokenizer, text), "\(text.debugDescription)")
            let bytes = Array(text.utf8)
            #expect(places.count == ids.count)
            var covered = 0
            for token in 0..<places.count {
                let place = places[token]
                #expect(place.lowerBound <= covered && place.upperBound >= covered)
                covered = place.upperBound
                // Of tokens of one character the first alone begins where what stands before it ends.
                let isFirst = token == 0 || places.starts[token - 1] < place.lowerBound
                if token == 0 || !isFirst || bytes[place.lowerBound] & 0xC0 == 0x80 { continue }
                let before = tokenizer.normalized(Array(bytes[..<place.lowerBound]))
                #expect(
                    before == tokenizer.decode(ids[..<token]), "token \(token) of \(text.debugDescription)")
            }
            #expect(covered == bytes.count || ids.isEmpty)
        }
    }

    /// Real tokenizers: SentencePiece with its prefix, NFC, byte-level; a text of everything.
    @Test(
        .enabled(if: TestData.isPresent),
        arguments: [
            "llama-2/tokenizer.json", "llama-2/tokenizer.model", "gemma/tokenizer.json", "gemma/tokenizer.model",
            "qwen2.5", "gpt2", "llama-3/tokenizer.json",
        ])
    func realTokenizersAreFollowed(name: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + name))
        let table = "| A | B |\n| 12 | ½ |\n"
        for start in ["Some prose — naïve cafe\u{301}.\n\n", "", "  spaces first\n", "<s> spelled\n"] {
            let text = start + table + "And 中文 more 😀 prose."
            let (ids, places) = try #require(try located(tokenizer, text), "\(name) \(start.debugDescription)")
            let bytes = Array(text.utf8)
            #expect(places.starts.first == 0 && places.ends.last == bytes.count)
            for token in 1..<places.count {
                #expect(places.ends[token - 1] >= places.starts[token])
                #expect(places.starts[token - 1] <= places.starts[token])
                let own = tokenizer.bytes(of: ids[token]) ?? []
                let here = Array(bytes[places[token]])
                // Beside accents nothing of this text changes, but for the space before it.
                if own.allSatisfy({ $0 < 0x80 }), here.allSatisfy({ $0 < 0x80 }) {
                    #expect(own == here, "\(name) token \(token) of \(start.debugDescription)")
                }
            }
            let first = try #require(places.starts.firstIndex { $0 >= start.utf8.count })
            #expect(String(decoding: tokenizer.bytes(of: ids[first]) ?? [], as: UTF8.self).contains("|"))
        }
    }
}
