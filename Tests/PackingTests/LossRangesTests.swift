import Documents
import Packing
import Parallel
import Testing

@Suite struct LossRangesTests {
    @Test func rangesAreMergedAndCutOff() {
        #expect(LossRanges(carrying: [5..<9, 0..<2, 2..<3, 4..<4, 8..<30], count: 12).carrying == [0..<3, 5..<12])
        #expect(LossRanges(without: [0..<2, 5..<7, 11..<12], count: 12).carrying == [2..<5, 7..<11])
        #expect(LossRanges(without: [], count: 3).isComplete && LossRanges(carrying: [], count: 0).isComplete)
        #expect(!LossRanges(carrying: [], count: 3).isComplete)
    }

    /// Beside the mask of every framed token, written out.
    @Test(arguments: PackingStrategy.allCases, SeparatorPolicy.allCases)
    func spansAreThoseOfTheMask(strategy: PackingStrategy, separator: SeparatorPolicy) throws {
        var random = SeededRandom(seed: 17)
        for _ in 0..<200 {
            let options = PackingOptions(
                length: 1 + random.nextInt(below: 20), separator: separator, beginToken: 1, endToken: 2,
                strategy: strategy)
            let counts = (0..<random.nextInt(below: 8)).map { _ in random.nextInt(below: 45) }
            let masks: [[Bool]?] = counts.map { count in
                random.nextInt(below: 4) == 0 ? nil : (0..<count).map { _ in random.nextInt(below: 3) > 0 }
            }
            let ranges = masks.map { mask in
                mask.map { mask in
                    LossRanges(carrying: mask.indices.filter { mask[$0] }.map { $0..<$0 + 1 }, count: mask.count)
                }
            }
            let layout = try BlockLayout(tokenCounts: counts, options: options)
            for block in 0..<layout.blockCount {
                var expected = [Bool](repeating: false, count: options.length)
                for segment in layout.segments(ofBlock: block) {
                    let own = masks[segment.document]
                    var framed = own ?? [Bool](repeating: true, count: counts[segment.document])
                    if separator.hasEnd { framed.append(framed[framed.count - 1]) }
                    if separator.hasBegin { framed.insert(own == nil, at: 0) }
                    for position in segment.start..<segment.end {
                        expected[position] = framed[segment.offset + position - segment.start]
                    }
                }
                let spans = layout.lossSpans(ofBlock: block) { ranges[$0] }
                #expect(expected.indices.filter { expected[$0] } == spans.flatMap { Array($0) })
                for (span, next) in zip(spans, spans.dropFirst()) { #expect(span.upperBound < next.lowerBound) }
                #expect(spans.allSatisfy { !$0.isEmpty })
            }
        }
    }

    @Test func tokensOfBytes() {
        //                 0    1    2  3    4    5
        let starts = [0, 3, 5, 5, 9, 10]
        let ends = [3, 5, 5, 9, 10, 15]
        #expect(LossRanges.tokens(overlapping: [4..<6, 9..<10], starts: starts, ends: ends) == [1..<2, 3..<5])
        #expect(LossRanges.tokens(overlapping: [0..<15], starts: starts, ends: ends) == [0..<2, 3..<6])
        #expect(LossRanges.tokens(overlapping: [4..<4, 20..<30], starts: starts, ends: ends).isEmpty)
        #expect(LossRanges.tokens(overlapping: [], starts: starts, ends: ends).isEmpty)
        // Three tokens of one character: whoever touches it touches all of them.
        #expect(LossRanges.tokens(overlapping: [2..<3], starts: [0, 2, 2, 2, 4], ends: [2, 4, 4, 4, 6]) == [1..<4])
    }

    @Test func tablesOfNumbersAreAKind() {
        let text = Array("words\na\t12\t34\nname\tvalue\t7\n".utf8)
        let spans = [
            TextSpan(kind: .prose, start: 0, end: 5), TextSpan(kind: .table, start: 6, end: 13),
            TextSpan(kind: .table, start: 14, end: 26),
        ]
        #expect(LossKind.bytes(of: [.numberTable], in: text, spans: spans) == [6..<13])
        #expect(LossKind.bytes(of: [.table], in: text, spans: spans) == [6..<13, 14..<26])
        #expect(LossKind.bytes(of: [.numberTable, .prose], in: text, spans: spans) == [0..<5, 6..<13])
        #expect(LossKind.bytes(of: [], in: text, spans: spans).isEmpty)
        // Every kind of text can be named.
        for kind in TextSpan.Kind.allCases { #expect(LossKind(rawValue: kind.rawValue) != nil) }
    }
}
