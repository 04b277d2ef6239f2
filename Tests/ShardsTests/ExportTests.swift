import Files
import Shards
import TestSupport
import Testing

@Suite struct ExportTests {
    /// Four blocks of 4: document 9 fills the first and goes on in the second, 5 ends there, 2 goes from the third into the fourth, which
    /// ends with padding. The same row again behind padding or another document is another document.
    static let blocks: [ShardSamples.Block] = [
        .init(tokens: [1, 2, 3, 4], ends: [4], documents: [9]),
        .init(tokens: [5, 6, 7, 700], ends: [1, 4], documents: [9, 5]),
        .init(tokens: [8, 9, 10, 11], ends: [2, 4], documents: [4, 2]),
        .init(tokens: [12, 13, 0, 0], ends: [1, 2], documents: [2, 9]),
    ]
    static let documents: [[UInt32]] = [[1, 2, 3, 4, 5], [6, 7, 700], [8, 9], [10, 11, 12], [13]]
    static let rows: [UInt32] = [9, 5, 4, 2, 9]

    static func dataset(_ folder: TemporaryFolder, vocabularySize: Int = 1000) throws -> ShardDataset {
        let schema = ShardSamples.schema(length: 4, vocabularySize: vocabularySize)
        try ShardSamples.write(blocks, schema, blocksPerShard: 3, to: folder("data"))
        return try ShardDataset(folder("data"))
    }

    static func bytes(_ path: String) throws -> [UInt8] { try FileByteStream(path).readAll(limit: 1 << 20) }

    /// Numbers as bytes, the lowest first.
    static func little(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    @Test(arguments: [1000, 70_000], [ExportUnit.document, .block])
    func megatronBytesAreThoseOfItsLayout(vocabularySize: Int, unit: ExportUnit) throws {
        let folder = TemporaryFolder()
        let dataset = try Self.dataset(folder, vocabularySize: vocabularySize)
        let summary = try dataset.exportMegatron(to: folder("out"), unit: unit)
        let records = unit == .document ? Self.documents : Self.blocks.map(\.tokens)
        let size = vocabularySize == 1000 ? 2 : 4
        var idx = Array("MMIDIDX".utf8) + [0, 0]
        idx += Self.little(1, 8) + [size == 2 ? 8 : 4]
        idx += Self.little(records.count, 8) + Self.little(records.count + 1, 8)
        for record in records { idx += Self.little(record.count, 4) }
        var pointer = 0
        for record in records {
            idx += Self.little(pointer, 8)
            pointer += record.count * size
        }
        for document in 0...records.count { idx += Self.little(document, 8) }
        #expect(try Self.bytes(folder("out.idx")) == idx)
        let bin = records.flatMap { $0.flatMap { Self.little(Int($0), size) } }
        #expect(try Self.bytes(folder("out.bin")) == bin)
        #expect(
            summary == ExportSummary(records: records.count, tokens: bin.count / size, bytes: bin.count + idx.count))
        #expect(try Folder.names(in: folder.path) == ["data", "out.bin", "out.idx"])
    }

    @Test func numPyBytesAreThoseOfItsLayout() throws {
        let folder = TemporaryFolder()
        _ = try Self.dataset(folder).exportNumPy(to: folder("out"))
        func expected(_ type: String, _ shape: String, _ values: [Int], _ size: Int) -> [UInt8] {
            let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
            let fill = String(repeating: " ", count: 117 - text.utf8.count)
            return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array((text + fill + "\n").utf8)
                + values.flatMap { Self.little($0, size) }
        }
        let tokens = Self.blocks.flatMap { $0.tokens.map(Int.init) }
        #expect(try Self.bytes(folder("out/tokens.npy")) == expected("<u2", "4, 4", tokens, 2))
        #expect(try Self.bytes(folder("out/segment_starts.npy")) == expected("<i8", "5,", [0, 1, 3, 5, 7], 8))
        let ends = Self.blocks.flatMap { $0.ends.map(Int.init) }
        #expect(try Self.bytes(folder("out/segment_ends.npy")) == expected("<u4", "7,", ends, 4))
        let rows = Self.blocks.flatMap { $0.documents.map(Int.init) }
        #expect(try Self.bytes(folder("out/segment_documents.npy")) == expected("<u4", "7,", rows, 4))
        #expect(try Folder.names(in: folder.path) == ["data", "out"])
    }

    @Test func linesHoldIdsSegmentsAndDocuments() throws {
        let folder = TemporaryFolder()
        let dataset = try Self.dataset(folder)
        let summary = try dataset.exportJSONLines(to: folder("out.jsonl"))
        let text = String(decoding: try Self.bytes(folder("out.jsonl")), as: UTF8.self)
        #expect(
            text == """
                {"input_ids": [1, 2, 3, 4], "segment_ends": [4], "documents": [9]}
                {"input_ids": [5, 6, 7, 700], "segment_ends": [1, 4], "documents": [9, 5]}
                {"input_ids": [8, 9, 10, 11], "segment_ends": [2, 4], "documents": [4, 2]}
                {"input_ids": [12, 13, 0, 0], "segment_ends": [1, 2], "documents": [2, 9]}

                """)
        #expect(summary == ExportSummary(records: 4, tokens: 16, bytes: text.utf8.count))
        _ = try dataset.exportJSONLines(to: folder("out.jsonl.zst"))
        #expect(try ByteStream.open(folder("out.jsonl.zst")).readAll(limit: 1 << 20) == Array(text.utf8))
        _ = try dataset.exportJSONLines(to: folder("documents.jsonl"), unit: .document)
        let first = #"{"input_ids": [1, 2, 3, 4, 5], "segment_ends": [5], "documents": [9]}"#
        #expect(
            try String(decoding: Self.bytes(folder("documents.jsonl")), as: UTF8.self).split(separator: "\n").map(
                String.init
            ).first == first)
    }

    /// Nothing appears under its name from shards that cannot be read.
    @Test func aDamagedShardLeavesNoExport() throws {
        let folder = TemporaryFolder()
        let dataset = try Self.dataset(folder)
        try Folder.remove(folder("data/shard.00001.mds.zstd"))
        #expect(throws: ShardFailure.self) { try dataset.exportMegatron(to: folder("out")) }
        #expect(throws: ShardFailure.self) { try dataset.exportNumPy(to: folder("out")) }
        #expect(throws: ShardFailure.self) { try dataset.exportJSONLines(to: folder("out.jsonl")) }
        #expect(throws: ShardFailure.self) { try dataset.exportJSONLines(to: folder("out.jsonl.zst")) }
        #expect(try Folder.names(in: folder.path) == ["data"])
    }

    @Test func idsThatTheFormatCannotHoldAreRefused() throws {
        let folder = TemporaryFolder()
        let schema = ShardSamples.schema(length: 2, vocabularySize: 1 << 32)
        try ShardSamples.write(
            [.init(tokens: [1, 0x8000_0000], ends: [2], documents: [0])], schema, blocksPerShard: 1, to: folder("data"))
        let dataset = try ShardDataset(folder("data"))
        #expect(
            throws: ShardFailure.invalidValue(
                column: "sequence 0", expected: "ids up to 2147483647", found: "2147483648")
        ) { try dataset.exportMegatron(to: folder("out")) }
        #expect(try dataset.exportNumPy(to: folder("out")).records == 1)
    }

    @Test func anEmptyDataSetIsExported() throws {
        let folder = TemporaryFolder()
        try ShardSamples.write([], ShardSamples.schema(), blocksPerShard: 5, to: folder("data"))
        let dataset = try ShardDataset(folder("data"))
        #expect(try dataset.exportMegatron(to: folder("out")).records == 0)
        #expect(try Self.bytes(folder("out.idx")).count == 34 + 8)
        #expect(try dataset.exportJSONLines(to: folder("out.jsonl")).bytes == 0)
        #expect(try dataset.exportNumPy(to: folder("npy")).records == 0)
    }
}
