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
                    let limit = text.count % 3 == 0 ? min(100, bytes.count - start) : bytes.count - start
                    let found = shardmill_split_pieces(
                        pattern, base + start, bytes.count - start, limit, &places, places.count)
                    #expect(found == 0 || places[found - 1] <= limit)
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
            let whole = tokenizer.normalized(text)
            let count = whole.withUnsafeBufferPointer { merger.merge($0.baseAddress!, $0.count) }
            let expected = Array(UnsafeBufferPointer(start: merger.symbols, count: count))
            // The same stretch twice in a text, with a token between.
            (text + [0x3C] + text).withUnsafeBufferPointer { all in
                guard let base = all.baseAddress else { return }
                let second = text.count + 1..<all.count
                pieces.addSpaced(base, 0..<text.count, of: all.count, prefix: spaces.prefix, into: &got)
                pieces.addToken(77, base, into: &got)
                pieces.addSpaced(base, second, of: all.count, prefix: spaces.prefix, into: &got)
                pieces.finish(base, into: &got)
            }
            #expect(got == expected + [77] + expected)
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

    /// Long pieces found and missed in one batch while the store of long pieces fills and is emptied.
    @Test(.enabled(if: TestData.isPresent)) func aCacheThatFillsInsideABatchStaysRight() throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/gpt2"))
        let encoder = tokenizer.makeEncoder()
        let merger = PairMerger(tokenizer.model)
        var random = SeededRandom(seed: 32)
        // Letters of N'Ko: each is two tokens or more.
        func piece() -> [UInt8] {
            var bytes: [UInt8] = []
            for _ in 0..<1000 { UTF8Decoding.append(0x7CA + UInt32(random.next() % 33), to: &bytes) }
            return bytes
        }
        let comma = UInt8(ascii: ",")
        let known = piece()
        var text = known + [comma]
        for _ in 0..<400 { text += [UInt8(ascii: "a"), comma] }
        for _ in 0..<1000 { text += known + [comma] + piece() + [comma] }
        var got: [UInt32] = []
        try text.withUnsafeBytes { try encoder.encode($0, into: &got) }
        #expect(got == Self.slowIDs(tokenizer, merger, text))
    }

    /// A line with more white space behind it than any other part of the text.
    @Test(
        .enabled(if: TestData.isPresent), arguments: ["gpt2", "smollm2", "qwen2.5", "cl100k"],
        [100, 4090, 4096, 5000, 65_000, 70_000])
    func hugeWhiteSpaceBehindALineIsEncoded(family: String, spaces: Int) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + family))
        let encoder = tokenizer.makeEncoder()
        let merger = PairMerger(tokenizer.model)
        let line = Array(repeating: Array("ab ".utf8), count: 350).joined() + [0x0A]
        let one = line + [UInt8](repeating: 0x20, count: spaces) + Array("x\n".utf8)
        let text = Array([one, one, one, one].joined())
        var got: [UInt32] = []
        try text.withUnsafeBytes { try encoder.encode($0, into: &got) }
        #expect(got == Self.slowIDs(tokenizer, merger, text))
    }

    /// Merging as its definition says: the earliest merge of all pairs, the leftmost of equal ones, until there is none.
    private static func plainMerge(_ merges: MergeTable, _ start: [UInt32]) -> [UInt32] {
        var symbols = start
        while true {
            var best = (merge: MergeTable.none, place: 0)
            for place in symbols.indices.dropLast() {
                let merge = merges.merge(symbols[place], symbols[place + 1])
                if merge >> 32 < best.merge >> 32 { best = (merge, place) }
            }
            if best.merge == MergeTable.none { return symbols }
            symbols[best.place] = UInt32(truncatingIfNeeded: best.merge)
            symbols.remove(at: best.place + 1)
        }
    }

    @Test(
        .enabled(if: TestData.isPresent),
        arguments: ["gpt2", "qwen2.5", "cl100k", "llama-2/tokenizer.json", "gemma/tokenizer.model"])
    func piecesSideBySideAreMergedAsEachAlone(file: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + file))
        let model = tokenizer.model
        let merger = PairMerger(model)
        let lanes = MergeLanes(model.merges)
        let train = try FileByteStream(TestData.path("tokenizers/train-reference/train.txt")).readAll(limit: 1 << 24)
        var random = SeededRandom(seed: 27)
        var merged = 0
        for _ in 0..<800 {
            var expected: [[UInt32]] = []
            for _ in 0..<1 + Int(random.next() % UInt64(MergeLanes.capacity)) {
                let start = Int(random.next() % UInt64(train.count - 64))
                let piece = Array(train[start..<start + 1 + Int(random.next() % 48)])
                let count = piece.withUnsafeBufferPointer { merger.begin($0.baseAddress!, $0.count, isPart: true) }
                if !lanes.takes(count) { continue }
                let symbols = Array(UnsafeBufferPointer(start: merger.symbols, count: count))
                expected.append(Self.plainMerge(model.merges, symbols))
                lanes.add(merger.symbols, merger.pairs, count)
                merged += count - (expected.last?.count ?? 0)
            }
            var got: [[UInt32]] = []
            lanes.merge { got.append(Array($0)) }
            #expect(got == expected)
            #expect(lanes.count == 0)
        }
        #expect(merged > 10_000)
    }

    @Test func spacedBlocksAreSplitWhereNothingIsJoined() {
        var random = SeededRandom(seed: 28)
        var joined = [UInt64](repeating: 0, count: 1 << 10)
        for index in joined.indices { joined[index] = random.next() & random.next() }
        var pieces = 0
        for round in 0..<2000 {
            var text = Self.randomText(&random, parts: 60, broken: round % 3 == 0)
            if round % 4 > 0 { text.removeAll { $0 >= 0x80 } }
            let limit = round % 2 == 0 ? text.count : Int(random.next() % UInt64(text.count + 1))
            var places = [UInt32](repeating: 0, count: 64 + text.count % 70)
            let found = text.withUnsafeBufferPointer {
                shardmill_split_spaced($0.baseAddress!, text.count, limit, joined, &places, places.count)
            }
            pieces += found
            guard found > 0 else { continue }
            let last = Int(places[found - 1])
            #expect(last <= limit && last + 16 <= text.count)
            func isLetter(_ byte: UInt8) -> Bool { UInt8((byte | 0x20) &- 0x61) < 26 }
            let expected = (1...last).filter { place in
                let (left, right) = (text[place - 1], text[place])
                if right == 0x20 { return left != 0x20 }
                if left == 0x20 || (isLetter(left) && isLetter(right)) { return false }
                let pair = Int(left) << 8 | Int(right)
                return joined[pair >> 6] >> UInt64(pair & 63) & 1 == 0
            }
            #expect(places[..<found].map(Int.init) == expected)
        }
        #expect(pieces > 10_000)
    }

    @Test func startsAreFoundWhereTheyAre() {
        var random = SeededRandom(seed: 29)
        for round in 0..<3000 {
            let firsts = (0..<8).map { _ in UInt8(0x61 + random.next() % 20) }
            var pairs = [UInt64](repeating: 0, count: 1 << 10)
            for index in pairs.indices { pairs[index] = random.next() & random.next() & random.next() }
            let text = (0..<Int(random.next() % 200)).map { _ in
                round % 2 == 0 ? UInt8(0x61 + random.next() % 26) : UInt8(truncatingIfNeeded: random.next())
            }
            let expected = text.indices.first { index in
                guard firsts.contains(text[index]) else { return false }
                if index + 1 == text.count { return true }
                let pair = Int(text[index]) << 8 | Int(text[index + 1])
                return pairs[pair >> 6] >> UInt64(pair & 63) & 1 == 1
            }
            let found = (text + [0]).withUnsafeBufferPointer {
                shardmill_find_start($0.baseAddress!, text.count, firsts, pairs)
            }
            #expect(found == expected ?? text.count)
        }
    }

    /// Paragraphs long enough to be kept, whose ends and beginnings are what the rules of lines ask about.
    private static func paragraphs(_ random: inout SeededRandom) -> [[UInt8]] {
        let ends = [
            ".\n", ")\n\n", "\n", " \n", "\r\n", ".\n \n", "\n\n\n", "\u{A0}\n", ".", "'\n", "?!\n/", "7\n", "\t\n\t",
        ]
        let beginnings = [
            "", " ", "  ", "\t", "   \t", "\u{3000}", "\u{A0} ", "7", " 42", "/x", " /", "'s ", "\u{4E2D}", "(",
            "\u{301}",
        ]
        return (0..<12).map { _ in
            var text = Array(beginnings[Int(random.next() % UInt64(beginnings.count))].utf8)
            while text.count < 1100 { text += randomText(&random, parts: 20) }
            return text + Array(ends[Int(random.next() % UInt64(ends.count))].utf8)
        }
    }

    /// Lines that were kept, in texts in which other ones stand around them, and at their ends.
    @Test(
        .enabled(if: TestData.isPresent),
        arguments: [
            Pretokenization(pattern: .gpt2), Pretokenization(pattern: .gpt2, isolatesDigits: true),
            Pretokenization(pattern: .qwen2), Pretokenization(pattern: .llama3), Pretokenization(pattern: .cl100k),
            Pretokenization(pattern: .o200k),
        ])
    func linesSeenBeforeChangeNothing(scan: Pretokenization) throws {
        let model = try Tokenizer.load(TestData.path("tokenizers/gpt2")).model
        let pieces = PieceEncoder(model, .scanned(scan))
        let merger = PairMerger(model)
        var random = SeededRandom(seed: 30)
        let paragraphs = Self.paragraphs(&random)
        for _ in 0..<150 {
            var text: [UInt8] = []
            for _ in 0..<Int(1 + random.next() % 8) { text += paragraphs[Int(random.next() % 12)] }
            if random.next() % 3 == 0 { text += Self.randomText(&random, parts: 40) }
            var got: [UInt32] = []
            var expected: [UInt32] = []
            text.withUnsafeBufferPointer {
                pieces.encode($0, beginsText: true, into: &got)
                scan.forEachPiece($0) { piece in
                    guard let base = piece.baseAddress else { return }
                    let count = merger.merge(base, piece.count)
                    expected.append(contentsOf: UnsafeBufferPointer(start: merger.symbols, count: count))
                }
            }
            #expect(got == expected)
        }
        #expect(pieces.knownLines > 100)
    }

    @Test(.enabled(if: TestData.isPresent), arguments: ["llama-2/tokenizer.json", "gemma/tokenizer.json"])
    func linesSeenBeforeWithSpacesChangeNothing(file: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + file))
        let spaces = try #require(tokenizer.plainSpaces)
        let pieces = PieceEncoder(tokenizer.model, tokenizer.splitting)
        let merger = PairMerger(tokenizer.model)
        var random = SeededRandom(seed: 31)
        let paragraphs = Self.paragraphs(&random).map { $0.filter { $0 != 0xE2 } }
        for _ in 0..<150 {
            var text: [UInt8] = []
            for _ in 0..<Int(1 + random.next() % 8) { text += paragraphs[Int(random.next() % 12)] }
            var got: [UInt32] = []
            text.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return }
                pieces.addSpaced(base, 0..<$0.count, of: $0.count, prefix: spaces.prefix, into: &got)
                pieces.finish(base, into: &got)
            }
            let whole = tokenizer.normalized(text)
            let count = whole.withUnsafeBufferPointer { merger.merge($0.baseAddress!, $0.count) }
            #expect(got == Array(UnsafeBufferPointer(start: merger.symbols, count: count)))
        }
        #expect(pieces.knownLines > 100)
    }
}
