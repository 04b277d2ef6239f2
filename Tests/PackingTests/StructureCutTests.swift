import Documents
import Packing
import Parallel
import Testing

@Suite struct StructureCutTests {
    typealias Place = (byte: Int, rank: StructureCut.Rank)

    @Test func placesAreTheEndsOfClausesParagraphsAndRows() {
        var text: [UInt8] = []
        var spans: [TextSpan] = []
        func add(_ kind: TextSpan.Kind, _ lines: String, gap: String = "") {
            let start = text.count
            text += lines.utf8
            spans.append(TextSpan(kind: kind, start: start, end: text.count, level: kind == .heading ? 1 : 0))
            text += "\n\(gap)".utf8
        }
        add(.heading, "1 One")
        add(.prose, "First.")
        let afterFirst = text.count
        add(.prose, "Second.", gap: "\n")
        let afterSecond = text.count - 1
        let afterGap = text.count
        add(.table, "a\tb\nc\td")
        let afterTable = text.count
        add(.heading, "2 Two")
        add(.heading, "2.1 Three")
        add(.prose, "Third.")
        let places = StructureCut.places(in: text, spans: spans)
        let expected: [Place] = [
            (afterFirst, .paragraph), (afterSecond, .paragraph), (afterGap, .paragraph), (afterGap + 4, .row),
            (afterTable, .clause),
        ]
        #expect(places.map(\.byte) == expected.map(\.byte))
        #expect(places.map(\.rank) == expected.map(\.rank))
    }

    @Test func aTextWithoutSpansHasParagraphs() {
        let places = StructureCut.places(in: Array("one\ntwo\n\nthree".utf8), spans: [])
        #expect(places.map(\.byte) == [4, 8, 9] && places.allSatisfy { $0.rank == .paragraph })
        #expect(StructureCut.places(in: [], spans: []).isEmpty)
    }

    @Test func aTokenOverAPlaceStaysWholeAndTheBestPlaceOnItCounts() {
        let places: [Place] = [(0, .clause), (3, .row), (4, .paragraph), (5, .row), (9, .clause), (12, .clause)]
        let cuts = StructureCut.cuts(places: places, tokenEnds: [2, 5, 5, 9, 12])
        #expect(
            cuts == [
                StructureCut(offset: 2, rank: .paragraph), StructureCut(offset: 4, rank: .clause),
            ])
        #expect(StructureCut.cuts(places: places, tokenEnds: []).isEmpty)
    }

    /// Beside the definition, token by token: a cut is behind the first token that ends at or behind a place.
    @Test func cutsAreThoseOfTheDefinition() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<500 {
            let sizes = (0..<random.nextInt(below: 20)).map { _ in random.nextInt(below: 5) }
            let total = sizes.reduce(0, +)
            let ends = sizes.indices.map { sizes[...$0].reduce(0, +) }
            let places: [Place] = (0..<total + 3).compactMap {
                random.nextInt(below: 3) == 0 ? ($0, StructureCut.Rank.allCases[random.nextInt(below: 3)]) : nil
            }
            var best = [StructureCut.Rank?](repeating: nil, count: sizes.count + 1)
            for place in places where place.byte > 0 {
                let count = sizes.indices.first { sizes[...$0].reduce(0, +) >= place.byte }.map { $0 + 1 }
                guard let count, count < sizes.count else { continue }
                best[count] = max(best[count] ?? .row, place.rank)
            }
            let expected = best.enumerated().compactMap { offset, rank in
                rank.map { StructureCut(offset: offset, rank: $0) }
            }
            #expect(StructureCut.cuts(places: places, tokenEnds: ends) == expected)
        }
    }
}
