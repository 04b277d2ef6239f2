import Files
import Packing
import Parallel
import Testing

@Suite struct BlockLayoutTests {
    static func documents(_ random: inout SeededRandom, longest: Int) -> [[UInt32]] {
        (0..<random.nextInt(below: 12)).map { _ in
            (0..<random.nextInt(below: longest + 1)).map { _ in UInt32(random.nextInt(below: 1000)) + 10 }
        }
    }

    static func fill(_ documents: [[UInt32]], _ layout: BlockLayout) -> (blocks: [[UInt32]], ledger: PackingLedger) {
        var filler = BlockFiller(layout: layout)
        var blocks: [[UInt32]] = []
        for block in 0..<layout.blockCount {
            var ids = [UInt32](repeating: .max, count: layout.options.length)
            ids.withUnsafeMutableBufferPointer { ids in
                let segments = filler.fill(ids, withBlock: block) { document, range, destination in
                    _ = destination.update(fromContentsOf: documents[document][range])
                }
                #expect(segments == layout.segments(ofBlock: block))
            }
            blocks.append(ids)
        }
        return (blocks, filler.written)
    }

    @Test(arguments: SeparatorPolicy.allCases, TailPolicy.allCases)
    func everyTokenStandsWhereTheWholeStreamPutsIt(separator: SeparatorPolicy, tail: TailPolicy) throws {
        var random = SeededRandom(seed: 7)
        for round in 0..<400 {
            let documents = Self.documents(&random, longest: [3, 9, 40][round % 3])
            let options = PackingOptions(
                length: 1 + random.nextInt(below: 12), separator: separator, tail: tail, beginToken: 1, endToken: 2,
                paddingToken: 3)
            let layout = try BlockLayout(tokenCounts: documents.map(\.count), options: options)
            let oracle = StreamOracle(documents: documents, options: options)
            let filled = Self.fill(documents, layout)

            #expect(filled.blocks == oracle.blocks.map { $0.map(\.id) })
            for block in 0..<layout.blockCount {
                let segments = oracle.segments(ofBlock: block)
                #expect(layout.segments(ofBlock: block) == segments)
                #expect(layout.documents(inBlocks: block..<block + 1) == segments.map(\.document))
            }
            var distinct: [Int] = []
            for block in 0..<layout.blockCount {
                for segment in oracle.segments(ofBlock: block) where segment.document != distinct.last {
                    distinct.append(segment.document)
                }
            }
            #expect(layout.documents(inBlocks: 0..<layout.blockCount) == distinct)
            for (document, tokens) in documents.enumerated() where !tokens.isEmpty {
                let place = layout.place(ofDocument: document)
                #expect(layout.tokenCount(ofDocument: document) == tokens.count)
                if place.block < layout.blockCount {
                    #expect(oracle.blocks[place.block][place.offset].document == document)
                    #expect(oracle.blocks[place.block][place.offset].offset == 0)
                }
            }

            let fragments = layout.fragments
            #expect(fragments.documents == documents.filter { !$0.isEmpty }.count)
            #expect(
                fragments.segments
                    == (0..<layout.blockCount).reduce(0) { $0 + oracle.segments(ofBlock: $1).count })
            #expect(fragments.documentsCut == oracle.documentsCut && fragments.structureCuts.isEmpty)
            #expect(fragments.hardCuts == oracle.cuts)

            let ledger = layout.ledger
            #expect(ledger.isClosed)
            #expect(ledger.documentTokens == documents.reduce(0) { $0 + $1.count })
            #expect(ledger.separators == oracle.separators && ledger.padding == oracle.padding)
            #expect(ledger.dropped.values.reduce(0, +) == oracle.dropped)
            #expect(filled.ledger.isClosed)
            #expect(filled.ledger.blocks == ledger.blocks && filled.ledger.padding == ledger.padding)
        }
    }

    @Test func aDocumentSpansBlocksAndSeveralShareOne() throws {
        let options = PackingOptions(length: 4, separator: .eos, endToken: 9, paddingToken: 0)
        let documents: [[UInt32]] = [[11, 12, 13, 14, 15], [], [21], [31]]
        let layout = try BlockLayout(tokenCounts: documents.map(\.count), options: options)
        #expect(Self.fill(documents, layout).blocks == [[11, 12, 13, 14], [15, 9, 21, 9], [31, 9, 0, 0]])
        #expect(
            layout.segments(ofBlock: 1) == [
                Segment(document: 0, offset: 4, start: 0, end: 2), Segment(document: 2, offset: 0, start: 2, end: 4),
            ])
        #expect(layout.place(ofDocument: 1) == layout.place(ofDocument: 2))
    }

    @Test func nothingGivesNoBlocks() throws {
        for counts in [[], [0, 0, 0]] {
            let layout = try BlockLayout(tokenCounts: counts, options: PackingOptions(separator: .eos, endToken: 0))
            #expect(layout.blockCount == 0 && layout.ledger.isClosed && layout.streamCount == 0)
            #expect(layout.documents(inBlocks: 0..<0).isEmpty)
        }
    }

    @Test(arguments: [
        (SeparatorPolicy.eos, "end"), (.bos, "begin"), (.both, "begin"),
    ])
    func aPolicyWithoutItsTokenIsRefused(policy: SeparatorPolicy, role: String) {
        let failure = #expect(throws: PackingFailure.self) {
            try BlockLayout(tokenCounts: [1], options: PackingOptions(separator: policy))
        }
        #expect(failure == .missingToken(policy: policy, role: role))
        #expect(failure?.description.contains("pack.separator: \(policy.rawValue)") == true)
        #expect(failure?.kind == .usage)
    }

    @Test func countsAndLengthsThatMakeNoSenseAreRefused() {
        let options = PackingOptions(separator: .none)
        #expect(throws: PackingFailure.negativeTokenCount(document: 1, count: -1)) {
            try BlockLayout(tokenCounts: [3, -1], options: options)
        }
        #expect(throws: PackingFailure.tooManyTokens) {
            try BlockLayout(tokenCounts: [Int.max / 2, Int.max / 2, 9], options: options)
        }
        for length in [0, -5, PackingOptions.longestBlock + 1] {
            #expect(throws: PackingFailure.invalidLength(length)) {
                try BlockLayout(tokenCounts: [3], options: PackingOptions(length: length, separator: .none))
            }
        }
    }
}
