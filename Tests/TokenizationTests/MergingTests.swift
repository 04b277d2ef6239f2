import Files
import Parallel
import TestSupport
import Testing

@testable import Tokenization

/// Merging against the plainest statement of it.
@Suite struct MergingTests {
    /// Of all pairs the one with the lowest rank, of these the leftmost, until there is none.
    static func slowMerge(_ bytes: [UInt8], _ model: MergeModel) -> [UInt32] {
        var symbols = bytes.map { model.byteTokens[Int($0)] }.filter { $0 != TokenizerDefinition.noToken }
        while true {
            let merges = zip(symbols, symbols.dropFirst()).map { model.merges.merge($0, $1) }
            guard let best = merges.min(), best != MergeTable.none, let place = merges.firstIndex(of: best) else {
                return symbols
            }
            symbols.replaceSubrange(place...place + 1, with: [UInt32(truncatingIfNeeded: best)])
        }
    }

    @Test(.enabled(if: TestData.isPresent), arguments: ["gpt2", "smollm2", "qwen2.5"])
    func scanAndHeapMergeAsTheSlowOracle(family: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/\(family)"))
        let merger = PairMerger(tokenizer.model)
        var random = SeededRandom(seed: 7)
        let text = try FileByteStream(TestData.path("tokenizers/train-reference/train.txt")).readAll(limit: 1 << 24)
        for round in 0..<600 {
            let count = 1 + Int(random.next() % (round % 10 == 0 ? 700 : 70))
            var bytes: [UInt8]
            switch round % 3 {
            case 0:
                let start = Int(random.next() % UInt64(text.count - count))
                bytes = Array(text[start..<start + count])
            case 1: bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            default: bytes = (0..<count).map { _ in [0x61, 0x20, 0x74, 0x68, 0x65][Int(random.next() % 5)] }
            }
            let got = bytes.withUnsafeBufferPointer { merger.merge($0.baseAddress!, $0.count) }
            #expect(
                Array(UnsafeBufferPointer(start: merger.symbols, count: got)) == Self.slowMerge(bytes, tokenizer.model))
        }
    }

    /// Merges in an order no training gives: a result is merged on by an earlier rank.
    @Test func anyOrderOfMergesIsFollowed() throws {
        let folder = TemporaryFolder()
        let letters = ["a", "b", "c", "ab", "bc", "abc", "ca", "aa", "aaa", "cab", "bcab"]
        let vocabulary = letters.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        let pairs = ["a bc", "ab c", "c ab", "aa a", "b c", "c a", "a aa", "bc ab", "a a", "a b"]
        let list = pairs.map { "\"\($0)\"" }.joined(separator: ",")
        folder.write(
            """
            {"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":false},"decoder":{"type":"ByteLevel"},
             "model":{"type":"BPE","vocab":{\(vocabulary)},"merges":[\(list)]}}
            """, to: "tokenizer.json")
        let tokenizer = try Tokenizer.load(folder.path)
        let merger = PairMerger(tokenizer.model)
        var random = SeededRandom(seed: 3)
        for _ in 0..<2000 {
            let bytes = (0..<1 + Int(random.next() % 120)).map { _ in UInt8(0x61 + random.next() % 3) }
            let got = bytes.withUnsafeBufferPointer { merger.merge($0.baseAddress!, $0.count) }
            #expect(
                Array(UnsafeBufferPointer(start: merger.symbols, count: got)) == Self.slowMerge(bytes, tokenizer.model))
        }
    }

    @Test(.enabled(if: TestData.isPresent)) func longRunsAreNotQuadratic() throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/qwen2.5"))
        let encoder = tokenizer.makeEncoder()
        for pattern in ["a", " ", "中", "\n", "=", "ab"] {
            let text = String(repeating: pattern, count: 1 << 19)
            let ids = try encoder.encode(text)
            #expect(tokenizer.decode(ids) == Array(text.utf8))
        }
    }

    /// Cutting before ▁ must not show: the ids are those of merging a text as one piece.
    @Test(
        .enabled(if: TestData.isPresent),
        arguments: ["llama-2/tokenizer.json", "llama-2/tokenizer.model", "gemma/tokenizer.model"])
    func cuttingAtMarkersChangesNothing(file: String) throws {
        let tokenizer = try Tokenizer.load(TestData.path("tokenizers/" + file))
        #expect(tokenizer.model.canCutAtMarkers)
        let encoder = tokenizer.makeEncoder()
        let merger = PairMerger(tokenizer.model)
        let train = try FileByteStream(TestData.path("tokenizers/train-reference/train.txt")).readAll(limit: 1 << 24)
        var random = SeededRandom(seed: 12)
        let parts = [
            "\u{2581}", "\u{2581}\u{2581}", " ", "the", "\n", "中", "\u{E2}", "\u{2580}", "😀", "\u{10FFFD}", "a", ".",
            "\t",
        ]
        for round in 0..<600 {
            var text: [UInt8] = []
            if round % 2 == 0 {
                let start = Int(random.next() % UInt64(train.count - 3000))
                text = Array(String(decoding: train[start..<start + 1 + Int(random.next() % 3000)], as: UTF8.self).utf8)
            } else {
                for _ in 0..<(1 + random.next() % 60) {
                    text += Array(parts[Int(random.next() % UInt64(parts.count))].utf8)
                }
            }
            var got: [UInt32] = []
            try text.withUnsafeBytes { try encoder.encode($0, into: &got) }
            let whole = tokenizer.normalized(text)
            let count = whole.withUnsafeBufferPointer { merger.merge($0.baseAddress!, $0.count) }
            #expect(got == Array(UnsafeBufferPointer(start: merger.symbols, count: count)))
        }
    }
}
