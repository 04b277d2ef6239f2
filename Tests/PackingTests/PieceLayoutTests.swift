import Files
import Packing
import Parallel
import Testing

@Suite struct PieceLayoutTests {
    /// Lengths of several kinds: short ones, around the block, long ones, all equal, a heavy tail.
    static func lengths(_ random: inout SeededRandom, block: Int, kind: Int) -> [Int] {
        let equal = 1 + random.nextInt(below: 2 * block)
        return (0..<random.nextInt(below: 60)).map { _ in
            switch kind {
            case 0: random.nextInt(below: max(2, block / 3))
            case 1: max(0, block - 3 + random.nextInt(below: 6))
            case 2: random.nextInt(below: 5 * block)
            case 3: equal
            default: Int(Double(block) / (8 * (random.nextUniform() + 0.005)))
            }
        }
    }

    static func cuts(_ random: inout SeededRandom, tokens: Int) -> [StructureCut] {
        let share = random.nextUniform()
        // The ends of a document are places too, and no cuts.
        return (0...tokens).compactMap { offset in
            random.nextUniform() < share * share
                ? StructureCut(offset: offset, rank: StructureCut.Rank.allCases[random.nextInt(below: 3)]) : nil
        }
    }

    @Test(arguments: [PackingStrategy.bestFit, .structure], SeparatorPolicy.allCases)
    func blocksAreThoseOfANaiveSearch(strategy: PackingStrategy, separator: SeparatorPolicy) throws {
        var random = SeededRandom(seed: 11)
        for round in 0..<300 {
            let length = [1, 2, 3, 7, 64, 65, 130][random.nextInt(below: 7)]
            let options = PackingOptions(
                length: length, separator: separator, beginToken: 1, endToken: 2, paddingToken: 3, strategy: strategy,
                tolerance: [0, 0.1, 0.25, 0.5][random.nextInt(below: 4)])
            let counts = Self.lengths(&random, block: length, kind: round % 5)
            let cuts = counts.map { Self.cuts(&random, tokens: $0) }
            let layout = try BlockLayout(tokenCounts: counts, options: options) { cuts[$0] }
            let oracle = PieceOracle(tokenCounts: counts, options: options, cuts: cuts)

            #expect(layout.blockCount == oracle.blocks.count)
            #expect(layout.fragments == oracle.counts)
            #expect(layout.ledger.isClosed && layout.ledger.padding == oracle.padding)
            for block in 0..<layout.blockCount {
                let segments = oracle.segments(ofBlock: block)
                #expect(layout.segments(ofBlock: block) == segments)
                for segment in segments where segment.offset == 0 {
                    let place = layout.place(ofDocument: segment.document)
                    #expect(place.block == block && place.offset == segment.start)
                }
            }
            let all = layout.documents(inBlocks: 0..<layout.blockCount)
            #expect(all == counts.indices.filter { counts[$0] > 0 })
            for (document, count) in counts.enumerated() where count == 0 {
                let following = counts[document...].firstIndex { $0 > 0 }
                let expected = following.map { layout.place(ofDocument: $0) } ?? (layout.blockCount, 0)
                #expect(layout.place(ofDocument: document) == expected)
            }
        }
    }

    /// Every id of every document stands exactly once, framed by its separators, and what was written is what was planned.
    @Test(arguments: [PackingStrategy.bestFit, .structure], SeparatorPolicy.allCases)
    func everyTokenIsWrittenOnce(strategy: PackingStrategy, separator: SeparatorPolicy) throws {
        var random = SeededRandom(seed: 3)
        for round in 0..<200 {
            let length = 1 + random.nextInt(below: 40)
            let options = PackingOptions(
                length: length, separator: separator, beginToken: 1, endToken: 2, paddingToken: 3, strategy: strategy,
                tolerance: 0.3)
            let counts = Self.lengths(&random, block: length, kind: round % 5)
            var next: UInt32 = 10
            let documents = counts.map { count in
                (0..<count).map { _ in
                    next += 1
                    return next
                }
            }
            let cuts = counts.map { Self.cuts(&random, tokens: $0) }
            let layout = try BlockLayout(tokenCounts: counts, options: options) { cuts[$0] }
            let filled = BlockLayoutTests.fill(documents, layout)
            #expect(filled.ledger == layout.ledger && filled.ledger.isClosed)
            var framed = documents.map { [UInt32](repeating: .max, count: $0.isEmpty ? 0 : $0.count + frame) }
            var frame: Int { separator.tokensPerDocument }
            for (block, ids) in filled.blocks.enumerated() {
                let segments = layout.segments(ofBlock: block)
                for segment in segments {
                    for position in 0..<segment.count {
                        #expect(framed[segment.document][segment.offset + position] == .max)
                        framed[segment.document][segment.offset + position] = ids[segment.start + position]
                    }
                }
                #expect(ids[(segments.last?.end ?? 0)...].allSatisfy { $0 == 3 })
            }
            for (document, tokens) in documents.enumerated() where !tokens.isEmpty {
                let expected = (separator.hasBegin ? [1] : []) + tokens + (separator.hasEnd ? [2] : [])
                #expect(framed[document] == expected)
            }
        }
    }

    /// No two blocks could be one: less than half of all room is padding but for one block. And a document of at most a block is whole.
    @Test func paddingIsBounded() throws {
        var random = SeededRandom(seed: 5)
        for round in 0..<200 {
            let length = 2 + random.nextInt(below: 100)
            let counts = Self.lengths(&random, block: length, kind: round % 5)
            let layout = try BlockLayout(
                tokenCounts: counts,
                options: PackingOptions(length: length, separator: .none, strategy: .bestFit))
            let rooms = (0..<layout.blockCount).map { length - (layout.segments(ofBlock: $0).last?.end ?? 0) }.sorted()
            if rooms.count > 1 { #expect(rooms[rooms.count - 1] + rooms[rooms.count - 2] < length) }
            #expect(layout.fragments.documentsCut == counts.filter { $0 > length }.count)
        }
    }

    @Test func aLongDocumentIsCutWhereAClauseEnds() throws {
        let cuts = [
            StructureCut(offset: 3, rank: .clause), StructureCut(offset: 7, rank: .clause),
            StructureCut(offset: 8, rank: .paragraph), StructureCut(offset: 15, rank: .row),
            StructureCut(offset: 16, rank: .row),
        ]
        let options = PackingOptions(
            length: 10, separator: .eos, endToken: 9, strategy: .structure, tolerance: 0.4)
        var asked: [Int] = []
        let layout = try BlockLayout(tokenCounts: [3, 30, 9], options: options) {
            asked.append($0)
            return cuts
        }
        #expect(asked == [1])
        // 7 of the clause and the document of 3 that no longer fits it beside its separator; then 9 up to a row, then 10, then the rest.
        #expect(
            (0..<layout.blockCount).map(layout.segments(ofBlock:)) == [
                [Segment(document: 1, offset: 0, start: 0, end: 7)],
                [Segment(document: 1, offset: 7, start: 0, end: 9)],
                [Segment(document: 1, offset: 16, start: 0, end: 10)],
                [
                    Segment(document: 0, offset: 0, start: 0, end: 4),
                    Segment(document: 1, offset: 26, start: 4, end: 9),
                ],
                [Segment(document: 2, offset: 0, start: 0, end: 10)],
            ])
        #expect(layout.fragments.structureCuts == [.clause: 1, .row: 1] && layout.fragments.hardCuts == 1)
        #expect(layout.ledger.padding == 3 + 1 + 1)
    }

    @Test func cutsThatDoNotAscendAreRefused() {
        let options = PackingOptions(length: 4, separator: .none, strategy: .structure)
        #expect(throws: PackingFailure.disorderedCuts(document: 0)) {
            try BlockLayout(tokenCounts: [9], options: options) { _ in
                [StructureCut(offset: 3, rank: .row), StructureCut(offset: 3, rank: .clause)]
            }
        }
    }

    @Test(arguments: [PackingStrategy.bestFit, .structure])
    func aDroppedTailIsRefusedWhereEveryBlockMayBePadded(strategy: PackingStrategy) {
        let failure = #expect(throws: PackingFailure.self) {
            try BlockLayout(
                tokenCounts: [9], options: PackingOptions(separator: .none, tail: .drop, strategy: strategy))
        }
        #expect(failure == .tailOfPieces(strategy) && failure?.kind == .usage)
    }

    @Test(arguments: [-0.1, 0.6, .nan])
    func senselessTolerancesAreRefused(tolerance: Double) {
        #expect(throws: PackingFailure.self) {
            try BlockLayout(
                tokenCounts: [9], options: PackingOptions(separator: .none, strategy: .structure, tolerance: tolerance))
        }
    }

    @Test(arguments: PackingStrategy.allCases)
    func nothingGivesNoBlocks(strategy: PackingStrategy) throws {
        for counts in [[], [0, 0]] {
            let layout = try BlockLayout(
                tokenCounts: counts, options: PackingOptions(separator: .eos, endToken: 0, strategy: strategy))
            #expect(layout.blockCount == 0 && layout.ledger.isClosed && layout.fragments == FragmentCounts())
        }
    }

    /// The order of blocks does not tell how long or how many their documents are: in each half stand about as many segments.
    @Test func orderIsNotByLength() throws {
        var random = SeededRandom(seed: 21)
        let counts = (0..<20_000).map { _ in 1 + Int(50 / (random.nextUniform() + 0.01)) }
        let layout = try BlockLayout(
            tokenCounts: counts, options: PackingOptions(length: 2048, separator: .none, strategy: .bestFit))
        let segments = (0..<layout.blockCount).map { Double(layout.segments(ofBlock: $0).count) }
        let half = segments.count / 2
        let first = segments[..<half].reduce(0, +) / Double(half)
        let second = segments[half...].reduce(0, +) / Double(segments.count - half)
        #expect(abs(first - second) < 0.1 * (first + second))
    }
}
