import Files
import Parallel
import TestSupport
import Testing

@testable import standards_generator

/// The planted near duplicates and their ground truth, against sets of strings.
@Suite struct NearDuplicateTests {
    /// All runs of five words as strings, the slow way.
    private static func shingles(_ text: String) -> Set<String> {
        let words = ReferenceWords.of(Array(text.utf8))
        if words.count < 5 { return [words.joined(separator: " ")] }
        return Set((0...(words.count - 5)).map { words[$0..<($0 + 5)].joined(separator: " ") })
    }

    @Test func groundTruthIsTheExactJaccard() throws {
        let folder = TemporaryFolder()
        let outcome = try CorpusWriter(
            seed: 3, first: 0, count: 50, format: .jsonl, share: 0.4, folder: folder.path, threads: 2
        ).write()
        var texts: [String: String] = [:]
        var lines = LineReader(try FileByteStream(folder("jsonl/documents.jsonl")))
        while let record = try lines.next({ try JSONValue(parsing: Array($0), name: "documents") }) {
            let id = try #require(record["id"]?.string)
            texts[id] = try #require(record["text"]?.string)
        }
        #expect(texts.count == 50)
        var truth = LineReader(try FileByteStream(folder("near-duplicates.jsonl")))
        var changes: Set<String> = []
        var pairs = 0
        while let pair = try truth.next({ try JSONValue(parsing: Array($0), name: "truth") }) {
            let copyText = try #require(texts[pair["id"]?.string ?? ""])
            let originalText = try #require(texts[pair["of"]?.string ?? ""])
            let copy = NearDuplicateTests.shingles(copyText)
            let original = NearDuplicateTests.shingles(originalText)
            let shared = copy.intersection(original).count
            #expect(pair["shared"]?.int == shared)
            #expect(pair["all"]?.int == copy.count + original.count - shared)
            changes.insert(try #require(pair["change"]?.string))
            pairs += 1
        }
        #expect(pairs == outcome.nearDuplicates)
        #expect(pairs > 10)
        #expect(changes.count >= 6)
    }

    @Test func originalsShareNextToNothing() {
        var source = DocumentSource(seed: 9, share: 0, words: SharedWords())
        let sets = (0..<30).map { index in
            source.withDocument(index, .text) { NearDuplicateTests.shingles(String(decoding: $0, as: UTF8.self)) }
        }
        var worst = 0.0
        for left in 0..<sets.count {
            for right in 0..<left {
                let shared = sets[left].intersection(sets[right]).count
                worst = max(worst, Double(shared) / Double(sets[left].count + sets[right].count - shared))
            }
        }
        #expect(worst < 0.1)
    }

    /// About the stated share of words is changed, and a heavier edit leaves less in common.
    @Test func changesAreWhatTheirNamesSay() {
        var random = SeededRandom(seed: 1)
        var text = ByteBuffer()
        for _ in 0..<20_000 {
            text.append(number: random.nextInt(below: 1 << 30))
            text.append(0x20)
        }
        for rate in [0, 50, 300, 1000] {
            var editor = WordEditor(rate: rate, seed: 4, words: SharedWords())
            var edited = ByteBuffer()
            edited.append(text.bytes)
            editor.edit(&edited)
            #expect(rate == 0 ? editor.changed == 0 : abs(editor.changed * 10_000 / 20_000 - rate) < rate / 5 + 5)
        }
    }

    @Test func copiesHaveOriginalsThatAreNoCopies() {
        var copies = 0
        for index in 0..<5000 {
            let plan = CopyPlan(seed: 8, index: index, share: 0.3)
            if plan.isCopy {
                copies += 1
                #expect(plan.original < index)
                #expect(!CopyPlan(seed: 8, index: plan.original, share: 0.3).isCopy)
            } else {
                #expect(plan.original == index)
            }
        }
        #expect(abs(copies - 1500) < 150)
        #expect(!CopyPlan(seed: 8, index: 4, share: 0).isCopy)
    }

    @Test func wordsAreRunsOfLettersDigitsAndUnderscores() {
        var first = WordSequence()
        var second = WordSequence()
        for text in ["The UE_id is 5.2\u{A0}ms", ""] { Array(text.utf8).withUnsafeBufferPointer { first.add($0) } }
        for text in ["the", "ue_ID (is) 5-2", "MS"] { Array(text.utf8).withUnsafeBufferPointer { second.add($0) } }
        #expect(first.count == 6)
        #expect(first.shingles() == second.shingles())
        #expect(first.shingles().count == 2)
    }
}
