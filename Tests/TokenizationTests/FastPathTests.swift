import CKernels
import Files
import Parallel
import TestSupport
import Testing

@testable import Tokenization

/// Every short cut of encoding beside the plain way.
@Suite struct FastPathTests {
    private static let parts = [
        "a", "Zq", "word", " the", "'s", "'LL", "\u{2019}", " ", "  ", "\t", "\n", "\r\n", "\u{A0}", "\u{3000}", "0",
        "2024", ".", "(", "--",
        "\u{E9}", "\u{F6}ffnen", "\u{17F}", "\u{4E2D}", "\u{6587}\u{5B57}", "\u{7684}", "\u{3002}", "\u{FF0C}",
        "\u{3042}", "\u{AC00}", "\u{1F600}",
        "\u{301}", "\u{9FBF}", "\u{9FC0}", "\u{9FFF}", "\u{4DFF}", "\u{4E00}", "\u{2581}", "internationalisation",
        "x\u{E9}y",
    ]

    private static func randomText(_ random: inout SeededRandom, parts count: Int, broken: Bool = false) -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<count { text += Array(parts[Int(random.next() % UInt64(parts.count))].utf8) }
        if broken {
            for _ in 0..<3 where !text.isEmpty {
                text[Int(random.next() % UInt64(text.count))] = UInt8(truncatingIfNeeded: random.next())
            }
        }
        return text
    }

    @Test func lettersOfSixteenBytesAreThoseOfEachByte() {
        var random = SeededRandom(seed: 21)
        for round in 0..<2000 {
            var bytes = (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if round % 2 == 0 { bytes = bytes.map { $0 & 0x7F } }
            var expected: UInt32 = 0
            for (index, byte) in bytes.enumerated() {
                let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                if isLetter { expected |= 1 << UInt32(index) }
                if byte >= 0x80 { expected |= 1 << UInt32(index + 16) }
            }
            #expect(bytes.withUnsafeBufferPointer { shardmill_ascii_letters($0.baseAddress!) } == expected)
        }
    }

    @Test func runsOfLettersEndWhereTheirClassEnds() {
        var random = SeededRandom(seed: 22)
        for round in 0..<4000 {
            let text = Self.randomText(&random, parts: 12, broken: round % 3 == 0)
            text.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                let cursor = CharacterCursor(bytes: base, end: bytes.count, classes: CharacterClass.ofPatterns)
                var expected = 0
                while expected < bytes.count {
                    let (kind, next) = cursor.character(at: expected)
                    if kind != CharacterClass.letter { break }
                    expected = next
                }
                #expect(cursor.endOfLetters(from: 0) == expected)
            }
        }
    }

    @Test func blocksAreSplitWhereTheScannerSplitsThem() {
        func compare<Scanner: PretokenScanner>(_ scanner: Scanner.Type, _ text: [UInt8]) -> Int {
            guard let pattern = Scanner.pattern else { return 0 }
            var pieces = 0
            text.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                let cursor = CharacterCursor(bytes: base, end: bytes.count, classes: CharacterClass.ofPatterns)
                var start = 0
                while start < bytes.count {
                    var places = [UInt32](repeating: 0, count: 64 + text.count % 70)
                    let found = shardmill_split_pieces(
                        pattern, base + start, bytes.count - start, &places, places.count)
                    var expected = start
                    for place in places[..<found] {
                        expected = Scanner.endOfPiece(cursor, from: expected)
                        #expect(start + Int(place) == expected)
                        #expect(expected + 16 <= bytes.count)
                    }
                    pieces += found
                    start = found > 0 ? expected : Scanner.endOfPiece(cursor, from: start)
                }
            }
            return pieces
        }
        var random = SeededRandom(seed: 23)
        var words = 0
        for round in 0..<3000 {
            // Every second text is of ASCII alone.
            var text = Self.randomText(&random, parts: 20 + round % 100, broken: round % 3 == 0)
            if round % 2 == 0 { text.removeAll { $0 >= 0x80 } }
            words += compare(GPT2Scanner.self, text) + compare(GPT2DigitsScanner.self, text)
            words += compare(LetterScanner<QwenRules>.self, text) + compare(LetterScanner<LlamaRules>.self, text)
            words += compare(LetterScanner<CL100kRules>.self, text)
        }
        #expect(words > 100_000)
    }

    /// The ids of a text by splitting and merging alone.
    private static func slowIDs(_ tokenizer: Tokenizer, _ merger: PairMerger, _ text: [UInt8]) -> [UInt32] {
        var ids: [UInt32] = []
        guard case .scanned(let scan) = tokenizer.splitting else { return ids }
        tokenizer.normalized(text).withUnsafeBufferPointer {
            scan.forEachPiece($0) { piece in
                guard let base = piece.baseAddress else { return }
                let count = merger.merge(base, piece.count)
                ids.append(contentsOf: UnsafeBufferPointer(start: merger.symbols, count: count))
            }
        }
        return ids
    }

    @Test(
        .enabled(if: TestData.isPresent),
        arguments: ["gpt2", "qwen2.5", "llama-3", "llama-3/tokenizer.model", "cl100k", "smollm2"])
    func cachesAndCutsChangeNothing(family: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + family))
        let encoder = tokenizer.makeEncoder()
        let merger = PairMerger(tokenizer.model)
        var random = SeededRandom(seed: 24)
        var characters: [[UInt8]] = []
        for id in 0..<UInt32(tokenizer.vocabularySize) {
            // Tokens with ideographs, and halves of them.
            guard let bytes = tokenizer.names.bytes(of: id), bytes.contains(where: { (0xE3...0xE9).contains($0) })
            else { continue }
            characters.append(Array(bytes))
        }
        for round in 0..<3000 {
            var text: [UInt8] = []
            if round % 2 == 0 {
                for _ in 0..<20 { text += characters[Int(random.next() % UInt64(characters.count))] }
            } else {
                for _ in 0..<30 {
                    let point = 0x4E00 + UInt32(random.next() % 0x5200)
                    UTF8Decoding.append(random.next() % 8 == 0 ? 0x3002 : point, to: &text)
                }
            }
            if round % 5 == 0 { text += Self.randomText(&random, parts: 20) }
            var got: [UInt32] = []
            try text.withUnsafeBytes { try encoder.encode($0, into: &got) }
            #expect(got == Self.slowIDs(tokenizer, merger, text))
        }
    }

    @Test(.enabled(if: TestData.isPresent)) func cutsAreFoundInRealVocabularies() throws {
        for family in ["gpt2", "qwen2.5", "llama-2/tokenizer.json", "gemma/tokenizer.json", "gemma/tokenizer.model"] {
            let cuts = try Tokenizer.load(TestData.path("tokenizers/" + family)).model.cuts
            #expect(cuts != nil, "\(family)")
        }
    }

    /// A text whose spaces stand for ▁ has the ids of the normalised text merged as one piece.
    @Test(
        .enabled(if: TestData.isPresent),
        arguments: [
            "llama-2/tokenizer.json", "llama-2/tokenizer.model", "gemma/tokenizer.json", "gemma/tokenizer.model",
        ])
    func spacesForMarkersChangeNothing(file: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + file))
        let spaces = try #require(tokenizer.plainSpaces)
        let pieces = PieceEncoder(tokenizer.model, tokenizer.splitting)
        let merger = PairMerger(tokenizer.model)
        let train = try FileByteStream(TestData.path("tokenizers/train-reference/train.txt")).readAll(limit: 1 << 24)
        var random = SeededRandom(seed: 26)
        var compared = 0
        for round in 0..<1200 {
            var text: [UInt8]
            if round % 3 == 0 {
                let start = Int(random.next() % UInt64(train.count - 2000))
                text = Array(train[start..<start + 1 + Int(random.next() % 2000)])
            } else {
                text = Self.randomText(&random, parts: 1 + Int(random.next() % 60), broken: round % 7 == 0)
            }
            let isAccepted = text.withUnsafeBufferPointer(spaces.accepts)
            let holdsMarker = text.indices.contains { text[$0...].starts(with: MarkerScanner.marker) }
            #expect(!(isAccepted && holdsMarker))
            if !isAccepted { continue }
            compared += 1
            var got: [UInt32] = []
            text.withUnsafeBufferPointer { pieces.encodeSpaced($0, prefix: spaces.prefix, into: &got) }
            let whole = tokenizer.normalized(text)
            let count = whole.withUnsafeBufferPointer { merger.merge($0.baseAddress!, $0.count) }
            #expect(got == Array(UnsafeBufferPointer(start: merger.symbols, count: count)))
        }
        #expect(compared > 400)
    }

    /// More long pieces than the cache stores, twice.
    @Test(.enabled(if: TestData.isPresent)) func aFullCacheForgetsAndStaysRight() throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/gpt2"))
        let encoder = tokenizer.makeEncoder()
        let merger = PairMerger(tokenizer.model)
        var random = SeededRandom(seed: 25)
        let pieces = (0..<6000).map { _ in (0..<1000).map { _ in UInt8(0x61 + random.next() % 26) } }
        for _ in 0..<2 {
            for piece in pieces {
                var got: [UInt32] = []
                try piece.withUnsafeBytes { try encoder.encode($0, into: &got) }
                if random.next() % 10 > 0 { continue }
                let count = piece.withUnsafeBufferPointer { merger.merge($0.baseAddress!, $0.count) }
                #expect(got == Array(UnsafeBufferPointer(start: merger.symbols, count: count)))
            }
        }
    }
}
