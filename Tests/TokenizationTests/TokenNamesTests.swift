import Files
import Parallel
import TestSupport
import Testing

@testable import Tokenization

/// Many names at once against one by one.
@Suite struct TokenNamesTests {
    private func entered(_ names: [(name: [UInt8], id: UInt32)]) -> (
        TokenNames, (index: Int, conflict: TokenNames.Conflict)?
    ) {
        var all = TokenNames(capacity: 0)
        // The bytes must stay where they are until all are entered.
        let bytes = names.map(\.name).joined().map(\.self)
        let failure = bytes.withUnsafeBytes { bytes in
            var start = 0
            var entries: [TokenNames.Entry] = []
            for (name, id) in names {
                let base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
                entries.append(TokenNames.Entry(start: base + start, count: UInt32(name.count), id: id))
                start += name.count
            }
            return all.replaceAll(with: entries)
        }
        return (all, failure)
    }

    @Test func allAtOnceIsAsOneByOne() {
        var random = SeededRandom(seed: 21)
        let signs = Array("aé中\u{120}\u{10A} <z".unicodeScalars)
        for round in 0..<40 {
            var names: [(name: [UInt8], id: UInt32)] = []
            var seen: Set<[UInt8]> = []
            var id: UInt32 = 0
            for _ in 0..<(1 + random.nextInt(below: 2000)) {
                let length = random.nextInt(below: 1 + round)
                var text = String.UnicodeScalarView()
                for _ in 0..<length { text.append(signs[random.nextInt(below: signs.count)]) }
                let name = Array(String(text).utf8)
                id += 1 + UInt32(random.nextInt(below: 20) / 19)
                if seen.insert(name).inserted { names.append((name, id)) }
            }
            if round % 2 == 1 {
                let ids = names.map(\.id).shuffled(using: &random)
                for index in names.indices { names[index].id = ids[index] }
            }
            let (all, failure) = entered(names)
            #expect(failure == nil)
            var slow = TokenNames(capacity: 4)
            for (name, id) in names {
                #expect(name.withUnsafeBytes { slow.insert($0, id: id) } == nil)
            }
            #expect(all.count == slow.count && all.idLimit == slow.idLimit)
            for id in 0..<UInt32(slow.idLimit + 3) {
                #expect(all.writtenForm(of: id) == slow.writtenForm(of: id) && all.bytes(of: id) == slow.bytes(of: id))
            }
            for (name, id) in names {
                #expect(name.withUnsafeBytes { all.id(of: $0) } == id)
                let missing = name + Array("?".utf8)
                #expect(missing.withUnsafeBytes { all.id(of: $0) } == nil)
            }
            // The stretches are the forms in the order of the ids.
            var stretches: [UInt8] = []
            all.forEachWrittenStretch { stretches += $0 }
            #expect(stretches == (0..<UInt32(all.idLimit)).flatMap { all.writtenForm(of: $0).map(Array.init) ?? [] })
        }
    }

    @Test func whatStandsInTheWayIsFound() {
        let (_, sameName) = entered([(Array("a".utf8), 0), (Array("b".utf8), 1), (Array("a".utf8), 2)])
        #expect(sameName?.index == 2 && sameName?.conflict == .sameName(0))
        let (_, sameID) = entered([(Array("a".utf8), 0), (Array("b".utf8), 1), (Array("c".utf8), 1)])
        #expect(sameID?.index == 2 && sameID?.conflict == .sameID)
    }

    /// A file that lists its tokens in another order is the same tokenizer.
    @Test func theOrderOfAVocabularyDoesNotShow() throws {
        let folder = TemporaryFolder()
        var random = SeededRandom(seed: 8)
        let tokens = ["a", "b", "Ġ", "ab", "Ġab", "abab", "Ġabab"]
        func write(_ order: [Int], _ name: String) throws -> Tokenizer {
            let vocabulary = order.map { "\"\(tokens[$0])\": \($0)" }.joined(separator: ", ")
            return try Tokenizer.load(
                folder.write(
                    """
                    {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "decoder": {"type": "ByteLevel"},
                     "model": {"type": "BPE", "vocab": {\(vocabulary)}, "merges": ["a b", ["Ġ", "ab"], "ab ab", "Ġ abab"]}}
                    """, to: "\(name)/tokenizer.json"))
        }
        let plain = try write(Array(tokens.indices), "plain")
        for round in 0..<10 {
            let mixed = try write(tokens.indices.shuffled(using: &random), "\(round)")
            #expect(mixed.digest == plain.digest && mixed.digest == mixed.digest)
            #expect(try mixed.makeEncoder().encode("abab ab abab") == plain.makeEncoder().encode("abab ab abab"))
        }
    }
}
