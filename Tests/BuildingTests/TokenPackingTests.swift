import Files
import Packing
import Parallel
import Shards
import TestSupport
import Testing

@testable import Building

@Suite struct TokenPackingTests {
    let folder = TemporaryFolder()
    let pool = WorkerPool(threads: 2)

    private func documents(_ largest: Int = 500) -> [[UInt32]] {
        (0..<57).map { number in
            var random = SeededRandom(seed: UInt64(number))
            return (0..<1 + random.nextInt(below: 90)).map { _ in UInt32(1 + random.nextInt(below: largest)) }
        }
    }

    private func write(_ documents: [[UInt32]], _ name: String) {
        folder.write(
            documents.map { "{\"input_ids\": [\($0.map(String.init).joined(separator: ", "))]}\n" }.joined(), to: name)
    }

    /// The documents of a data set, joined by their numbers.
    private func read(_ name: String, strategy: PackingStrategy = .concatenate) throws -> [[UInt32]] {
        let dataset = try ShardDataset(folder(name))
        var found: [Int: [UInt32]] = [:]
        for number in 0..<dataset.blockCount {
            let block = try dataset.block(number)
            for segment in block.segmentEnds.indices {
                found[Int(block.segmentDocuments[segment]), default: []] +=
                    block.tokens[block.range(ofSegment: segment)]
            }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    @Test(arguments: [PackingStrategy.concatenate, .bestFit], [500, 90_000])
    func linesBecomeBlocksAndComeBack(strategy: PackingStrategy, largest: Int) throws {
        let documents = documents(largest)
        write(documents, "ids.jsonl")
        var options = TokenPackingOptions()
        options.packing.length = 96
        options.packing.strategy = strategy
        options.blocksPerShard = 3
        let summary = try TokenPacking(paths: [folder("ids.jsonl")], output: folder("blocks"), options: options).run(
            pool)
        #expect(summary.documents == 57 && summary.ledger.isClosed && summary.shards > 2)
        #expect(summary.vocabularySize == Int(documents.joined().max() ?? 0) + 1)
        #expect(try read("blocks") == documents)
        let dataset = try ShardDataset(folder("blocks"))
        #expect(dataset.blockLength == 96 && dataset.tokenizerDigest == nil)
        #expect(try dataset.verify(pool: pool).isEmpty)
        // Out to Megatron and in again, with separators, gives the documents with their ends.
        _ = try dataset.exportMegatron(to: folder("pair"))
        options.packing.length = 64
        options.packing.separator = .eos
        options.packing.endToken = 0
        options.vocabularySize = 100_000
        let again = try TokenPacking(paths: [folder("pair.idx")], output: folder("again"), options: options).run(pool)
        #expect(again.ledger.documentTokens == summary.ledger.documentTokens)
        #expect(again.ledger.separators == again.documents && again.vocabularySize == 100_000)
        if strategy == .concatenate { #expect(try read("again") == documents.map { $0 + [0] }) }
        // And of our own blocks, cut at the end token.
        var reading = TokenImportOptions()
        reading.endToken = 0
        options = TokenPackingOptions()
        options.packing.length = 50
        let own = try TokenPacking(
            paths: [folder("again")], output: folder("third"), reading: reading, options: options
        ).run(pool)
        #expect(own.ledger.isClosed)
        if strategy == .concatenate { #expect(try read("third") == documents.map { $0 + [0] }) }
    }

    /// Spans of lines come into the blocks, those of separators by the rule of the builder; documents without carry loss everywhere.
    @Test(arguments: [PackingStrategy.concatenate, .bestFit], [SeparatorPolicy.none, .both])
    func spansComeIntoTheBlocks(strategy: PackingStrategy, separator: SeparatorPolicy) throws {
        var lines = ""
        var expected: [[Bool]] = []
        for (number, ids) in documents().enumerated() {
            var random = SeededRandom(seed: UInt64(1000 + number))
            lines += "{\"input_ids\": \(ids)"
            let (frame, leading) = (separator.tokensPerDocument, separator.hasBegin ? 1 : 0)
            var flags = [Bool](repeating: true, count: ids.count + frame)
            if number % 3 > 0 {
                let start = number % 3 == 1 ? random.nextInt(below: ids.count + 1) : 0
                let end = start + random.nextInt(below: ids.count - start + 1)
                lines += ", \"loss_spans\": \(start < end ? [start, end] : [])"
                if start > 0 || end < ids.count {
                    for place in flags.indices {
                        let own = place - leading
                        flags[place] = start < end && own >= start && (own < end || end == ids.count)
                    }
                }
            }
            expected.append(flags)
            lines += "}\n"
        }
        folder.write(lines, to: "ids.jsonl")
        var options = TokenPackingOptions()
        options.packing.length = 96
        options.packing.strategy = strategy
        options.packing.separator = separator
        (options.packing.beginToken, options.packing.endToken) = (501, 502)
        options.blocksPerShard = 3
        let summary = try TokenPacking(paths: [folder("ids.jsonl")], output: folder("blocks"), options: options).run(
            pool)
        #expect(summary.lossTokens == expected.joined().count { $0 } && summary.ledger.isClosed)
        let dataset = try ShardDataset(folder("blocks"))
        #expect(dataset.hasLossSpans)
        func flags(_ dataset: ShardDataset) throws -> [[Bool]] {
            var found = [[Bool]](repeating: [], count: expected.count)
            for number in 0..<dataset.blockCount {
                let block = try dataset.block(number)
                let spans = try #require(block.lossSpans)
                for (segment, row) in block.segmentDocuments.enumerated() {
                    for place in block.range(ofSegment: segment) {
                        found[Int(row)].append(spans.contains { $0.contains(place) })
                    }
                }
            }
            return found
        }
        #expect(try flags(dataset) == expected)
        // A plain folder packed anew keeps them.
        if strategy == .concatenate {
            options.packing.length = 41
            options.packing.separator = .none
            let again = try TokenPacking(paths: [folder("blocks")], output: folder("again"), options: options).run(pool)
            #expect(again.lossTokens == summary.lossTokens && again.json["loss_tokens"]?.int == summary.lossTokens)
            #expect(try flags(ShardDataset(folder("again"))) == expected)
        }
        write(documents(), "plain.jsonl")
        let plain = try TokenPacking(paths: [folder("plain.jsonl")], output: folder("plain"), options: options).run(
            pool)
        #expect(try plain.lossTokens == nil && !ShardDataset(folder("plain")).hasLossSpans)
    }

    @Test func badInputLeavesNothingBehind() throws {
        folder.write("{\"input_ids\": [1, 2, -3]}\n", to: "bad.jsonl")
        folder.write("no tokens", to: "some.txt")
        write([[1, 2, 70_000]], "large.jsonl")
        write([], "empty.jsonl")
        var options = TokenPackingOptions()
        options.vocabularySize = 50_000
        for name in ["bad.jsonl", "some.txt", "large.jsonl", "none.jsonl"] {
            #expect(throws: (any Error).self, "\(name)") {
                try TokenPacking(paths: [folder(name)], output: folder("out"), options: options).run(pool)
            }
            #expect(!Folder.exists(folder("out")))
        }
        options.packing.endToken = 60_000
        options.packing.separator = .eos
        write([[1]], "one.jsonl")
        #expect(throws: TokenImportFailure.self) {
            try TokenPacking(paths: [folder("one.jsonl")], output: folder("out"), options: options).run(pool)
        }
        options = TokenPackingOptions()
        let none = try TokenPacking(paths: [folder("empty.jsonl")], output: folder("out"), options: options).run(pool)
        #expect(none.documents == 0 && none.ledger.blocks == 0)
        #expect(try ShardDataset(folder("out")).blockCount == 0)
        options.packing.separator = .both
        #expect(throws: PackingFailure.self) {
            try TokenPacking(paths: [folder("one.jsonl")], output: folder("out2"), options: options)
        }
    }
}
