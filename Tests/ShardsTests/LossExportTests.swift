import Files
import Parallel
import Shards
import TestSupport
import Testing

/// What carries loss, out of shards and back.
@Suite struct LossExportTests {
    let folder = TemporaryFolder()

    /// The blocks of `ExportTests`, with spans: two that touch, none, and one up to the padding.
    static let blocks: [ShardSamples.Block] = zip(
        ExportTests.blocks, [[1, 4], [0, 1, 1, 2, 3, 4], [0, 0], [0, 2]] as [[UInt32]]
    ).map { block, loss in
        var block = block
        block.loss = loss
        return block
    }
    static let spans: [[Range<Int>]] = [[1..<5], [0..<1, 2..<3], [], [2..<3], [0..<1]]

    private func dataset(_ name: String = "data", strategy: String? = nil) throws -> ShardDataset {
        var schema = ShardSamples.schema(length: 4)
        schema.hasLossSpans = true
        if let strategy { schema.attributes[BlockSchema.packStrategy] = .string(strategy) }
        try ShardSamples.write(Self.blocks, schema, blocksPerShard: 3, to: folder(name))
        return try ShardDataset(folder(name))
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try ExportTests.bytes(folder(name)), as: UTF8.self)
    }

    @Test func linesSayWhatCarriesLoss() throws {
        let dataset = try dataset()
        _ = try dataset.exportJSONLines(to: folder("blocks.jsonl"))
        #expect(
            try text("blocks.jsonl") == """
                {"input_ids": [1, 2, 3, 4], "segment_ends": [4], "documents": [9], "loss_spans": [1, 4]}
                {"input_ids": [5, 6, 7, 700], "segment_ends": [1, 4], "documents": [9, 5], "loss_spans": [0, 1, 1, 2, 3, 4]}
                {"input_ids": [8, 9, 10, 11], "segment_ends": [2, 4], "documents": [4, 2], "loss_spans": []}
                {"input_ids": [12, 13, 0, 0], "segment_ends": [1, 2], "documents": [2, 9], "loss_spans": [0, 2]}

                """)
        _ = try dataset.exportJSONLines(to: folder("documents.jsonl"), unit: .document)
        #expect(
            try text("documents.jsonl") == """
                {"input_ids": [1, 2, 3, 4, 5], "segment_ends": [5], "documents": [9], "loss_spans": [1, 5]}
                {"input_ids": [6, 7, 700], "segment_ends": [3], "documents": [5], "loss_spans": [0, 1, 2, 3]}
                {"input_ids": [8, 9], "segment_ends": [2], "documents": [4], "loss_spans": []}
                {"input_ids": [10, 11, 12], "segment_ends": [3], "documents": [2], "loss_spans": [2, 3]}
                {"input_ids": [13], "segment_ends": [1], "documents": [9], "loss_spans": [0, 1]}

                """)
        for name in ["data", "blocks.jsonl", "documents.jsonl"] {
            let documents = try ImportTests.documents(folder(name))
            #expect(documents.map(\.ids) == ExportTests.documents, "\(name)")
            #expect(documents.map(\.lossSpans) == Self.spans, "\(name)")
        }
        let cut = try ImportTests.documents(folder("blocks.jsonl"), TokenImportOptions(endToken: 7))
        #expect(cut.map(\.lossSpans) == [[1..<6], [0..<1, 5..<7]])
    }

    @Test func arraysSayWhatCarriesLoss() throws {
        let shards = folder("data")
        let summary = try dataset().exportNumPy(to: folder("out"))
        func numbers(_ name: String, shape: String, size: Int) throws -> [Int] {
            let bytes = try ExportTests.bytes(folder("out/\(name).npy"))
            #expect(String(decoding: bytes[..<128], as: UTF8.self).contains("'shape': (\(shape))"), "\(name)")
            return stride(from: 128, to: bytes.count, by: size).map { start in
                bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | Int($1) }
            }
        }
        #expect(try numbers("loss_starts", shape: "5,", size: 8) == [0, 1, 4, 4, 5])
        #expect(try numbers("loss_spans", shape: "5, 2", size: 4) == [1, 4, 0, 1, 1, 2, 3, 4, 0, 2])
        let names = try Folder.names(in: folder("out"))
        #expect(names.filter { $0.hasPrefix("loss") } == ["loss_spans.npy", "loss_starts.npy"] && names.count == 6)
        #expect(try summary.bytes == names.reduce(0) { try $0 + Folder.fileSize(folder("out/\($1)")) })
        // Without spans and rows there are no arrays for them.
        var writer = try MDSShardWriter(columns: [MDSColumn("tokens", .fixedArray(.uint16, shape: [4]))])
        try writer.append { try $0.put([1, 2, 3, 4] as [UInt32]) }
        let shard = writer.finish(number: 0)
        try shard.write(to: shards)
        try MDSIndex(shards: [shard.entry]).write(to: shards)
        _ = try ShardDataset(shards).exportNumPy(to: folder("plain"))
        #expect(
            try Folder.names(in: folder("plain")) == ["segment_ends.npy", "segment_starts.npy", "tokens.npy"])
    }

    /// A format that cannot say it gets such data only on request.
    @Test func megatronRefusesThem() throws {
        let dataset = try dataset()
        let failure = #expect(throws: ExportFailure.self) { try dataset.exportMegatron(to: folder("pair")) }
        #expect(failure?.kind == .usage && "\(failure!)".contains("--drop-loss-spans"))
        #expect(try Folder.names(in: folder.path) == ["data"])
        _ = try dataset.exportMegatron(to: folder("pair"), dropsLossSpans: true)
        let all = try ImportTests.documents(folder("pair"))
        #expect(all.map(\.ids) == ExportTests.documents && all.allSatisfy { $0.lossSpans == nil })
    }

    /// Shards without the column beside shards that have it, and lines without the member: all of these carries loss.
    @Test func whatDoesNotSayIsLearnt() throws {
        var schema = ShardSamples.schema(length: 4)
        var entries: [MDSShardEntry] = []
        for (number, hasLossSpans) in [false, true].enumerated() {
            schema.hasLossSpans = hasLossSpans
            var writer = try schema.makeWriter(blocksPerShard: 4)
            for block in Self.blocks[2 * number..<2 * number + 2] {
                try block.tokens.withUnsafeBufferPointer {
                    try writer.append(
                        block: $0, segmentEnds: block.ends, segmentDocuments: block.documents,
                        lossSpans: hasLossSpans ? block.loss : nil)
                }
            }
            let shard = writer.finish(number: number)
            try Folder.create(folder("data"))
            try shard.write(to: folder("data"))
            entries.append(shard.entry)
        }
        try MDSIndex(shards: entries, attributes: schema.indexAttributes).write(to: folder("data"))
        let dataset = try ShardDataset(folder("data"))
        _ = try dataset.exportJSONLines(to: folder("blocks.jsonl"))
        let stated = try text("blocks.jsonl").split(separator: "\n").map { line in
            String(line.suffix(from: line.firstRange(of: "loss_spans")?.lowerBound ?? line.endIndex))
        }
        #expect(
            stated == [
                #"loss_spans": [0, 4]}"#, #"loss_spans": [0, 4]}"#, #"loss_spans": []}"#, #"loss_spans": [0, 2]}"#,
            ])
        #expect(try dataset.exportNumPy(to: folder("npy")).records == 4)
        let path = folder.write(
            """
            {"input_ids": [1, 2], "documents": [3]}
            {"input_ids": [3, 4], "documents": [3], "loss_spans": [1, 2]}
            {"input_ids": [5], "documents": [4], "loss_spans": null}
            {"input_ids": [6, 7], "loss_spans": [0, 0]}
            """, to: "mixed.jsonl")
        let mixed = try ImportTests.documents(path)
        #expect(mixed.map(\.ids) == [[1, 2, 3, 4], [5], [6, 7]])
        #expect(mixed.map(\.lossSpans) == [[0..<2, 3..<4], nil, []])
    }

    @Test(arguments: [
        ("[1]", "loss_spans: expected pairs of start and end, found 1 numbers"),
        ("[0, 1, 2]", "loss_spans: expected pairs"),
        ("[2, 1]", "loss_spans[1]: expected 3 to 3, found 1"), ("[1, 1]", "loss_spans[1]: expected 2 to 3, found 1"),
        ("[0, 2, 1, 3]", "loss_spans[2]: expected 2 to 2, found 1"),
        ("[0, 4]", "loss_spans[1]: expected 1 to 3, found 4"), ("[3, 4]", "loss_spans[0]: expected 0 to 2, found 3"),
        ("[0, 3, 3, 4]", "loss_spans[2]: expected no more spans in 3 tokens, found 3"),
        ("[-1, 2]", "loss_spans[0]: expected a whole number"), ("7", "loss_spans: expected an array of whole numbers"),
        ("[0, 0, 0, 0]", "loss_spans[1]: expected 1 to 3, found 0"),
    ])
    func brokenSpansAreNamed(spans: String, expected: String) throws {
        let path = folder.write(
            #"{"input_ids": [5]}"# + "\n"
                + #"{"input_ids": [1, 2, 3, 4], "segment_ends": [3], "loss_spans": \#(spans)}"# + "\n", to: "a.jsonl")
        let failure = ImportTests.failure(path) ?? "none"
        #expect(failure.hasPrefix("\(path):2: ") && failure.contains(expected), "\(failure)")
    }

    /// Blocks in which pieces stand anywhere say so in lines too: none of them is joined to the one before.
    @Test func piecesStayApartInLines() throws {
        let dataset = try dataset(strategy: "best-fit")
        let pieces = try ImportTests.documents(folder("data"))
        #expect(pieces.map(\.ids) == [[1, 2, 3, 4], [5], [6, 7, 700], [8, 9], [10, 11], [12], [13]])
        for unit in ExportUnit.allCases {
            let name = "\(unit.rawValue).jsonl"
            _ = try dataset.exportJSONLines(to: folder(name), unit: unit)
            #expect(try text(name).split(separator: "\n").allSatisfy { $0.hasSuffix(#"], "continues": false}"#) })
            #expect(try ImportTests.documents(folder(name)).map(\.ids) == pieces.map(\.ids), "\(name)")
            #expect(try ImportTests.documents(folder(name)).map(\.lossSpans) == pieces.map(\.lossSpans), "\(name)")
        }
        let path = folder.write(#"{"input_ids": [1], "continues": 0}"#, to: "bad.jsonl")
        #expect(ImportTests.failure(path)?.contains("continues: expected true or false, found 0") == true)
    }

    /// Random documents against a flag for each token, through every way out and in, and cut anew.
    @Test(arguments: 1...8) func everyTokenKeepsItsFlag(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let length = 1 + random.nextInt(below: 40)
        var blocks: [ShardSamples.Block] = []
        var (ids, flags): ([[UInt32]], [[Bool]]) = ([], [])
        var block = ShardSamples.Block(tokens: [], ends: [], documents: [])
        var blockFlags: [Bool] = []
        func close() {
            if block.tokens.isEmpty { return }
            var bounds: [UInt32] = []
            for (place, flag) in blockFlags.enumerated() where flag {
                // Spans may touch.
                if bounds.last == UInt32(place), random.nextInt(below: 4) > 0 {
                    bounds.removeLast()
                } else {
                    bounds.append(UInt32(place))
                }
                bounds.append(UInt32(place) + 1)
            }
            block.loss = bounds.isEmpty ? [0, 0] : bounds
            block.tokens += [UInt32](repeating: 7, count: length - block.tokens.count)
            blocks.append(block)
            block = ShardSamples.Block(tokens: [], ends: [], documents: [])
            blockFlags = []
        }
        for row in 0..<30 {
            ids.append([])
            flags.append([])
            let isLearnt = random.nextInt(below: 3)
            for _ in 0...random.nextInt(below: 60) {
                ids[row].append(UInt32(random.nextInt(below: 12)))
                flags[row].append(isLearnt == 0 || isLearnt == 1 && random.nextInt(below: 3) > 0)
                if block.documents.last == UInt32(row) {
                    block.ends.removeLast()
                } else {
                    block.documents.append(UInt32(row))
                }
                block.tokens.append(ids[row].last ?? 0)
                blockFlags.append(flags[row].last ?? false)
                block.ends.append(UInt32(block.tokens.count))
                if block.tokens.count == length { close() }
            }
        }
        close()
        var schema = ShardSamples.schema(length: length)
        schema.hasLossSpans = true
        try ShardSamples.write(blocks, schema, blocksPerShard: 3, to: folder("data"))
        let dataset = try ShardDataset(folder("data"))
        _ = try dataset.exportJSONLines(to: folder("blocks.jsonl"))
        _ = try dataset.exportJSONLines(to: folder("documents.jsonl"), unit: .document)
        func found(_ documents: [TokenDocument]) -> [[Bool]] {
            documents.map { document in
                document.ids.indices.map { place in document.lossSpans?.contains { $0.contains(place) } ?? true }
            }
        }
        var stream: (ids: [[UInt32]], flags: [[Bool]]) = ([[]], [[]])
        for (id, flag) in zip(ids.joined(), flags.joined()) {
            if stream.ids[stream.ids.count - 1].last == 7 {
                stream.ids.append([])
                stream.flags.append([])
            }
            stream.ids[stream.ids.count - 1].append(id)
            stream.flags[stream.flags.count - 1].append(flag)
        }
        for name in ["data", "blocks.jsonl", "documents.jsonl"] {
            let documents = try ImportTests.documents(folder(name))
            #expect(documents.map(\.ids) == ids && found(documents) == flags, "\(name)")
            let cut = try ImportTests.documents(folder(name), TokenImportOptions(endToken: 7))
            #expect(cut.map(\.ids) == stream.ids && found(cut) == stream.flags, "\(name)")
        }
    }
}
