import Files
import Parallel
import Shards
import TestSupport
import Testing

@Suite struct ImportTests {
    static func documents(_ path: String, _ options: TokenImportOptions = TokenImportOptions()) throws
        -> [TokenDocument]
    {
        var stream = try TokenImport.open(path, options: options)
        var documents: [TokenDocument] = []
        while let document = try stream.next() { documents.append(document) }
        #expect(try stream.next() == nil)
        return documents
    }

    /// What opening and reading ends with.
    static func failure(_ path: String, _ options: TokenImportOptions = TokenImportOptions()) -> String? {
        do {
            _ = try documents(path, options)
            return nil
        } catch { return "\(error)" }
    }

    /// Export and import of every kind give the documents that were packed.
    @Test func everyExportComesBack() throws {
        let folder = TemporaryFolder()
        let dataset = try ExportTests.dataset(folder)
        _ = try dataset.exportMegatron(to: folder("pair"))
        _ = try dataset.exportJSONLines(to: folder("blocks.jsonl.zst"))
        _ = try dataset.exportJSONLines(to: folder("documents.jsonl"), unit: .document)
        for name in ["data", "pair", "pair.bin", "pair.idx", "blocks.jsonl.zst", "documents.jsonl"] {
            #expect(try Self.documents(folder(name)).map(\.ids) == ExportTests.documents, "\(name)")
        }
        #expect(try Self.documents(folder("data"))[3].place == "\(folder("data/index.json"))#block 2")
        #expect(try Self.documents(folder("pair"))[3].place == "\(folder("pair.bin"))#3")
        #expect(try Self.documents(folder("documents.jsonl"))[3].place == "\(folder("documents.jsonl")):4")
        // An end token cuts, whatever the segments say.
        let cut = try Self.documents(folder("data"), TokenImportOptions(endToken: 7))
        #expect(cut.map(\.ids) == [[1, 2, 3, 4, 5, 6, 7], [700, 8, 9, 10, 11, 12, 13]])
        #expect(try Self.documents(folder("pair"), TokenImportOptions(endToken: 7)).map(\.ids) == cut.map(\.ids))
        // Padding is no token of a document, also at a cut.
        #expect(
            try Self.documents(folder("blocks.jsonl.zst"), TokenImportOptions(endToken: 0)).map(\.ids) == [
                [1, 2, 3, 4, 5, 6, 7, 700, 8, 9, 10, 11, 12, 13]
            ])
    }

    /// Documents of random lengths, packed one behind the other, through every format.
    @Test(arguments: 1...6) func packedDocumentsComeBack(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let documents = (0..<40).map { _ in
            (0..<1 + random.nextInt(below: seed % 2 == 0 ? 9 : 90)).map { _ in UInt32(random.nextInt(below: 900)) }
        }
        let length = 32
        var blocks: [ShardSamples.Block] = []
        var block = ShardSamples.Block(tokens: [], ends: [], documents: [])
        for (row, document) in documents.enumerated() {
            var rest = document[...]
            while !rest.isEmpty {
                let taken = rest.prefix(length - block.tokens.count)
                block.tokens += taken
                block.ends.append(UInt32(block.tokens.count))
                block.documents.append(UInt32(row))
                rest = rest.dropFirst(taken.count)
                if block.tokens.count == length {
                    blocks.append(block)
                    block = ShardSamples.Block(tokens: [], ends: [], documents: [])
                }
            }
        }
        block.tokens += [UInt32](repeating: 0, count: length - block.tokens.count)
        if !block.ends.isEmpty { blocks.append(block) }
        let folder = TemporaryFolder()
        try ShardSamples.write(blocks, ShardSamples.schema(length: length), blocksPerShard: 3, to: folder("data"))
        let dataset = try ShardDataset(folder("data"))
        _ = try dataset.exportMegatron(to: folder("pair"))
        _ = try dataset.exportJSONLines(to: folder("blocks.jsonl"))
        for name in ["data", "pair", "blocks.jsonl"] {
            #expect(try Self.documents(folder(name)).map(\.ids) == documents, "\(name)")
        }
    }

    /// Sequences of several a document, out of order and with gaps in `.bin`, of every whole-number type.
    @Test(arguments: [(1, 1), (2, 1), (3, 2), (4, 4), (5, 8), (8, 2)])
    func megatronOfOthers(code: Int, size: Int) throws {
        let folder = TemporaryFolder()
        let little = ExportTests.little
        folder.write([9, 9, 1, 2, 3, 4, 5].flatMap { little($0, size) }, to: "a.bin")
        var idx = Array("MMIDIDX\0\0".utf8) + little(1, 8) + [UInt8(code)] + little(4, 8) + little(3, 8)
        for length in [2, 0, 2, 1] { idx += little(length, 4) }
        for pointer in [5, 0, 2, 4] { idx += little(pointer * size, 8) }
        for document in [0, 3, 4] { idx += little(document, 8) }
        folder.write(idx, to: "a.idx")
        #expect(try Self.documents(folder("a")).map(\.ids) == [[4, 5, 1, 2], [3]])
        // With modes, as a file of multimodal data has them.
        folder.write(idx + [0, 0, 0, 0], to: "a.idx")
        #expect(try Self.documents(folder("a")).map(\.ids) == [[4, 5, 1, 2], [3]])
        #expect(Self.failure(folder("a"), TokenImportOptions(mostTokens: 3))?.contains("at most 3 tokens") == true)
    }

    @Test func brokenPairsAreNamed() throws {
        let folder = TemporaryFolder()
        let little = ExportTests.little
        folder.write([1, 2, 3].flatMap { little($0, 4) } + little(-1, 4), to: "a.bin")
        func idx(
            magic: String = "MMIDIDX\0\0", version: Int = 1, code: UInt8 = 4, lengths: [Int] = [2, 2],
            pointers: [Int] = [0, 8], documents: [Int] = [0, 1, 2], sequences: Int? = nil
        ) -> [UInt8] {
            var bytes = Array(magic.utf8) + little(version, 8) + [code]
            bytes += little(sequences ?? lengths.count, 8) + little(documents.count, 8)
            for length in lengths { bytes += little(length, 4) }
            for pointer in pointers { bytes += little(pointer, 8) }
            for document in documents { bytes += little(document, 8) }
            return bytes
        }
        func message(_ bytes: [UInt8]) -> String {
            folder.write(bytes, to: "a.idx")
            return Self.failure(folder("a")) ?? "none"
        }
        #expect(message(idx()).contains("a.bin: document 1, sequence 1: expected ids from 0 to 4294967295, found -1"))
        #expect(message(idx(magic: "MMIDIDY\0\0")).contains("expected the magic MMIDIDX"))
        #expect(message(idx(version: 2)).contains("version: expected 1, found 2"))
        #expect(message(idx(code: 7)).contains("number type: expected whole numbers, found float32"))
        #expect(message(idx(code: 9)).contains("number type: expected a code from 1 to 8, found 9"))
        #expect(message(idx(lengths: [2, -2])).contains("sequence 1: expected a place inside the 16 bytes of .bin"))
        #expect(message(idx(lengths: [2, 3])).contains("sequence 1: expected a place"))
        #expect(message(idx(pointers: [0, -8])).contains("sequence 1: expected a place"))
        #expect(message(idx(pointers: [Int.max, 0])).contains("sequence 0: expected a place"))
        #expect(message(idx(documents: [0, 3, 2])).contains("document 0: expected sequences in ascending order"))
        #expect(message(idx(documents: [0, -1, 2])).contains("document 0: expected sequences in ascending order"))
        #expect(message(idx(documents: [1, 1, 2])).contains("document indices: expected 0 to 2"))
        #expect(message(idx(sequences: Int.max)).contains("counts that"))
        #expect(message(idx(sequences: 3)).contains("size: expected"))
        let whole = idx()
        for count in 0..<whole.count { #expect(message(Array(whole[..<count])).contains("expected"), "\(count)") }
        #expect(message(whole + [1]).contains("size: expected"))
        try Folder.remove(folder("a.bin"))
        #expect(message(whole) == "\(folder("a.bin")): no such file or folder")
    }

    @Test(arguments: [
        (#"{"input_ids": [1, -2]}"#, "input_ids[1]: expected a whole number from 0 to 4294967295, found -2"),
        (#"{"input_ids": [4294967296]}"#, "input_ids[0]: expected a whole number"),
        (#"{"input_ids": [1.5]}"#, "input_ids[0]: expected a whole number"),
        (#"{"input_ids": ["1"]}"#, "input_ids[0]: expected a whole number"),
        (#"{"input_ids": 7}"#, "input_ids: expected an array of whole numbers"),
        (#"{"text": "a"}"#, "line: expected the member input_ids or tokens or ids"),
        (#"[1, 2]"#, "line: expected the member input_ids"),
        (#"{"input_ids": [1, 2], "segment_ends": [3]}"#, "segment_ends[0]: expected 1 to 2, found 3"),
        (#"{"input_ids": [1, 2], "segment_ends": [2, 1]}"#, "segment_ends[1]: expected 3 to 2, found 1"),
        (#"{"input_ids": [1, 2], "segment_ends": [2], "documents": []}"#, ""),
        (#"{"input_ids": [1, 2], "segment_ends": [2], "documents": [1, 2]}"#, "documents: expected 1 rows"),
        (#"{"input_ids": [1, "#, "expected one valid JSON value"),
    ])
    func brokenLinesAreNamed(line: String, expected: String) throws {
        let folder = TemporaryFolder()
        let path = folder.write(#"{"tokens": [5]}"# + "\n\n" + line + "\n", to: "a.jsonl")
        let failure = Self.failure(path)
        if expected.isEmpty {
            #expect(failure == nil)
        } else {
            #expect(failure?.hasPrefix("\(path):3") == true && failure?.contains(expected) == true, "\(failure ?? "")")
        }
    }

    @Test func columnsOfOtherNamesAndTypes() throws {
        let folder = TemporaryFolder()
        folder.write(#"{"numbers": [1, 2]}"# + "\n" + #"{"numbers": []}"# + "\n", to: "a.jsonl")
        #expect(try Self.documents(folder("a.jsonl"), TokenImportOptions(column: "numbers")).map(\.ids) == [[1, 2]])
        var writer = try MDSShardWriter(columns: [MDSColumn("ids", .bytes)])
        for number in [1, 2] {
            try writer.append { sample in
                try (ExportTests.little(number, 8) + ExportTests.little(0, 8)).withUnsafeBytes {
                    try sample.put(bytes: $0)
                }
            }
        }
        let shard = writer.finish(number: 0)
        try Folder.create(folder("mds"))
        try shard.write(to: folder("mds"))
        try MDSIndex(shards: [shard.entry]).write(to: folder("mds"))
        var options = TokenImportOptions(column: "ids", bytesElement: .int64)
        #expect(try Self.documents(folder("mds"), options).map(\.ids) == [[1, 0], [2, 0]])
        options.endToken = 2
        #expect(try Self.documents(folder("mds"), options).map(\.ids) == [[1, 0, 2], [0]])
        options.mostTokens = 2
        #expect(Self.failure(folder("mds"), options)?.contains("at most 2 tokens") == true)
        #expect(Self.failure(folder("mds"))?.contains("column tokens") == true)
    }

    @Test func whatIsNothingIsNamed() throws {
        let folder = TemporaryFolder()
        #expect(Self.failure(folder("nothing")) == "\(folder("nothing")): no such file or folder")
        #expect(Self.failure(folder("nothing.jsonl")) == "\(folder("nothing.jsonl")): no such file or folder")
        #expect(Self.failure(folder("nothing.bin")) == "\(folder("nothing.idx")): no such file or folder")
        #expect(Self.failure(folder.path)?.contains("expected a folder with index.json") == true)
        #expect(Self.failure(folder.write("a", to: "a.txt"))?.contains("expected a folder with index.json") == true)
    }
}
