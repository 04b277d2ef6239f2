import Files
import Shards
import TestSupport
import Testing

private let parityPython = ExternalProgram.environment("SHARDMILL_PARITY_PYTHON")

/// Exports read by numpy, `datasets` and a reader of Megatron's layout that is not ours, where `SHARDMILL_PARITY_PYTHON` names an
/// interpreter that has them.
@Suite(.enabled(if: parityPython != nil, "SHARDMILL_PARITY_PYTHON is not set"))
struct ExportParityTests {
    static func read(_ format: String, _ path: String) throws -> JSONValue {
        let script = "\(TestData.repository)/tools/parity/read_exports.py"
        let python = try #require(parityPython)
        let outcome = ExternalProgram.run([python, script, format, path])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONValue(parsing: Array(outcome.output.utf8), name: script)
    }

    static func json(_ numbers: [UInt32]) -> JSONValue { .array(numbers.map { .integer(Int($0)) }) }

    @Test(arguments: [1000, 70_000]) func theyAreReadAsTheyWereWritten(vocabularySize: Int) throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema(length: 300, vocabularySize: vocabularySize)
        let blocks = ShardSamples.blocks(23, schema)
        try ShardSamples.write(blocks, schema, blocksPerShard: 5, to: folder("data"))
        let dataset = try ShardDataset(folder("data"))

        _ = try dataset.exportMegatron(to: folder("pair"), unit: .block)
        let pair = try Self.read("megatron", folder("pair"))
        #expect(pair["type"] == (vocabularySize == 1000 ? "uint16" : "int32"))
        #expect(pair["sequences"]?.items == blocks.map { Self.json($0.tokens) })
        #expect(pair["documents"]?.items == (0...23).map { .integer($0) })
        _ = try dataset.exportMegatron(to: folder("documents"))
        var expected: [[UInt32]] = []
        var stream = try TokenImport.open(folder("data"))
        while let document = try stream.next() { expected.append(document.ids) }
        #expect(expected.count > 23)
        #expect(try Self.read("megatron", folder("documents"))["sequences"]?.items == expected.map(Self.json))

        _ = try dataset.exportNumPy(to: folder("npy"))
        let arrays = try Self.read("npy", folder("npy"))
        #expect(arrays["tokens"]?["type"] == (vocabularySize == 1000 ? "uint16" : "uint32"))
        #expect(arrays["tokens"]?["shape"] == [23, 300])
        #expect(arrays["tokens"]?["values"]?.items == blocks.map { Self.json($0.tokens) })
        #expect(arrays["segment_ends"]?["values"] == Self.json(blocks.flatMap(\.ends)))
        #expect(arrays["segment_documents"]?["values"] == Self.json(blocks.flatMap(\.documents)))
        #expect(arrays["segment_starts"]?["values"]?.items?.last?.int == blocks.reduce(0) { $0 + $1.ends.count })

        for name in ["lines.jsonl", "lines.jsonl.zst"] {
            _ = try dataset.exportJSONLines(to: folder(name))
            let lines = try Self.read("jsonl", folder(name))
            #expect(lines["columns"] == ["documents", "input_ids", "segment_ends"])
            #expect(lines["rows"]?.items?.count == 23)
            for (row, block) in zip(lines["rows"]?.items ?? [], blocks) {
                #expect(row["input_ids"] == Self.json(block.tokens))
                #expect(row["segment_ends"] == Self.json(block.ends))
                #expect(row["documents"] == Self.json(block.documents))
            }
        }
    }

    @Test func whatCarriesLossIsReadAsItWasWritten() throws {
        let folder = TemporaryFolder()
        var schema = ShardSamples.schema(length: 64)
        schema.hasLossSpans = true
        let spans: [[UInt32]] = [[0, 0], [3, 9, 9, 12], [0, 63], [62, 63], [0, 1, 5, 6, 9, 10]]
        let blocks = zip(ShardSamples.blocks(23, schema), 0...).map { block, number in
            var block = block
            block.loss = spans[number % spans.count]
            return block
        }
        try ShardSamples.write(blocks, schema, blocksPerShard: 5, to: folder("data"))
        let dataset = try ShardDataset(folder("data"))
        let stated = blocks.map { $0.loss == [0, 0] ? [] : $0.loss ?? [] }
        _ = try dataset.exportNumPy(to: folder("npy"))
        let arrays = try Self.read("npy", folder("npy"))
        let pairs = stated.joined().count / 2
        #expect(arrays["loss_spans"]?["type"] == "uint32" && arrays["loss_starts"]?["type"] == "int64")
        #expect(arrays["loss_spans"]?["shape"] == .array([.integer(pairs), 2]))
        #expect(arrays["loss_starts"]?["shape"] == [24])
        let starts = arrays["loss_starts"]?["values"]?.items?.compactMap(\.int) ?? []
        let values = arrays["loss_spans"]?["values"]?.items ?? []
        for (number, bounds) in stated.enumerated() {
            let own = values[starts[number]..<starts[number + 1]].flatMap { $0.items ?? [] }
            #expect(own == bounds.map { .integer(Int($0)) })
        }
        for unit in ExportUnit.allCases {
            let name = "\(unit.rawValue).jsonl.zst"
            _ = try dataset.exportJSONLines(to: folder(name), unit: unit)
            let lines = try Self.read("jsonl", folder(name))
            #expect(lines["columns"] == ["documents", "input_ids", "loss_spans", "segment_ends"])
            let rows = lines["rows"]?.items ?? []
            if unit == .block { #expect(rows.map { $0["loss_spans"] } == stated.map(Self.json)) }
            // Every id of a block that carries loss does in its document too.
            func learnt(_ ids: [JSONValue], _ bounds: [Int]) -> [JSONValue] {
                stride(from: 0, to: bounds.count, by: 2).flatMap { Array(ids[bounds[$0]..<bounds[$0 + 1]]) }
            }
            let found = rows.flatMap {
                learnt($0["input_ids"]?.items ?? [], $0["loss_spans"]?.items?.compactMap(\.int) ?? [])
            }
            let expected = zip(blocks, stated).flatMap { block, bounds in
                learnt(block.tokens.map { .integer(Int($0)) }, bounds.map { Int($0) })
            }
            #expect(found == expected && found.count > 100)
        }
    }
}
