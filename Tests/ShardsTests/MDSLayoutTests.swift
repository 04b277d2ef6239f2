import Files
import Shards
import Testing

/// Sizes, hashes and index texts are those that `mosaicml-streaming` 0.13.0 gave for the same samples.
@Suite struct MDSLayoutTests {
    static func digest(_ bytes: [UInt8]) -> String { SHA256Digest.hexadecimal(of: bytes) }

    @Test func fixedArrays() throws {
        var writer = try MDSShardWriter(
            columns: [MDSColumn("tokens", .fixedArray(.uint16, shape: [8]))],
            options: MDSShardOptions(compression: .uncompressed, hashes: [.xxh64, .sha1]))
        for start in 0..<3 as Range<UInt16> { try writer.append { try $0.put((start..<start + 8).map { $0 }) } }
        #expect(writer.rawSize == 265)
        let shard = writer.finish(number: 0)
        #expect(shard.raw.count == 265 && shard.compressed == nil && shard.fileName == "shard.00000.mds")
        #expect(Self.digest(shard.raw) == "75960dffa32442dabd2e95eb0b5bdc736b70d914d4a37a10660477aa6a41ac6d")
        #expect(
            String(decoding: MDSIndex(shards: [shard.entry]).encoded(), as: UTF8.self)
                == #"{"shards": [{"column_encodings": ["ndarray:uint16:8"], "column_names": ["tokens"], "#
                + #""column_sizes": [16], "compression": null, "format": "mds", "hashes": ["sha1", "xxh64"], "#
                + #""raw_data": {"basename": "shard.00000.mds", "bytes": 265, "hashes": "#
                + #"{"sha1": "d685d2f87fce31c26254396c66b866c4da5375a8", "xxh64": "88050b915ceb1606"}}, "#
                + #""samples": 3, "size_limit": 67108864, "version": 2, "zip_data": null}], "version": 2}"#)
        // The writer starts anew.
        #expect(writer.samples == 0)
        for start in 0..<3 as Range<UInt16> { try writer.append { try $0.put((start..<start + 8).map { $0 }) } }
        #expect(writer.finish(number: 12345).raw == shard.raw)
    }

    /// Lengths whose dimension takes one, two and four bytes.
    @Test func arraysWithTheirShape() throws {
        var writer = try MDSShardWriter(
            columns: [MDSColumn("tokens", .array(.uint32))],
            options: MDSShardOptions(compression: .uncompressed, hashes: []))
        for count in [5, 300, 70_000] as [UInt32] { try writer.append { try $0.put((0..<count).map { $0 }) } }
        let shard = writer.finish(number: 0)
        #expect(shard.raw.count == 281_444)
        #expect(Self.digest(shard.raw) == "3391a1a5447823ebeaef9a3cea6fcbe11f90dcbeca399b995bdbc1b0dfe3d002")
    }

    @Test func oneColumnOfEachKind() throws {
        var writer = try MDSShardWriter(
            columns: [
                MDSColumn("tokens", .bytes), MDSColumn("doc", .int), MDSColumn("name", .string), MDSColumn("j", .json),
                MDSColumn("k", .scalar(.uint16)), MDSColumn("arr", .anyArray),
            ], options: MDSShardOptions(compression: .uncompressed, hashes: [.sha256]))
        try writer.append { sample in
            try sample.put([0, 1, 2, 3] as [UInt16])
            try sample.put(-7)
            try sample.put(#"{"a": 1}"#)
            try sample.put(9)
            try sample.put("é")
            try ([1, 2, 3] as [UInt8]).withUnsafeBytes { try sample.put(bytes: $0) }
        }
        try writer.append { sample in
            try sample.put([0, 1] as [UInt16])
            try sample.put(1 << 40)
            try sample.put("[]")
            try sample.put(65535)
            try sample.put("")
            try sample.put(bytes: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let shard = writer.finish(number: 0)
        #expect(shard.raw.count == 381)
        #expect(
            shard.entry.rawData.hashes == [
                "sha256": "839031cb2105ff6ee53fb481fa539218601acbd2af08591a771a150a6a39f949"
            ])
    }

    @Test func blocksWithSegments() throws {
        let schema = ShardSamples.schema()
        var writer = try schema.makeWriter(blocksPerShard: 10)
        for number in 0..<10 as Range<UInt32> {
            try (number..<number + 16).map { $0 }.withUnsafeBufferPointer {
                try writer.append(block: $0, segmentEnds: [number + 1, 16], segmentDocuments: [7, number])
            }
        }
        let shard = writer.finish(number: 0)
        #expect(
            shard.entry.rawData
                == MDSFile(
                    basename: "shard.00000.mds", bytes: 937,
                    hashes: [
                        "sha256": "4edfeee953fb5fa6636a3299b7a65c0d35108185636dc2c86707b33afb4cf010",
                        "xxh64": "a83e9711e5526375",
                    ]))
        // Four bytes more than the other writer's 363: the frame's checksum.
        #expect(shard.compressed?.count == 367)
        let content = try shard.compressed?.withUnsafeBytes {
            try ZstdDecompressor().decompress($0, limit: 1 << 20, name: "shard")
        }
        #expect(content == shard.raw)
    }

    @Test func aRefusedSampleLeavesTheWriterAsItWas() throws {
        var writer = try MDSShardWriter(
            columns: [MDSColumn("a", .array(.uint32)), MDSColumn("b", .fixedArray(.uint16, shape: [2]))])
        func append(_ first: [UInt32], _ second: [UInt32]?) -> ShardFailure? {
            do {
                try writer.append { sample in
                    try sample.put(first)
                    if let second { try sample.put(second) }
                }
            } catch { return error as? ShardFailure }
            return nil
        }
        #expect(append([1], [2, 3]) == nil)
        let size = writer.rawSize
        #expect(
            append([], [2, 3])
                == .invalidValue(column: "a", expected: "at least one number", found: "an empty array"))
        #expect(append([1], [2]) == .invalidValue(column: "b", expected: "2 numbers", found: "1"))
        #expect(append([1], [2, 65536]) == .invalidValue(column: "b", expected: "numbers up to 65535", found: "65536"))
        #expect(append([1], nil) == .invalidValue(column: "b", expected: "a value", found: "none"))
        #expect(writer.samples == 1 && writer.rawSize == size)
        #expect(append([4], [5, 6]) == nil && writer.samples == 2)
        #expect(writer.finish(number: 0).raw.count == size + 4 + 4 + 6 + 4)
    }

    @Test func aShardBeyondItsSizeLimitIsRefused() throws {
        var writer = try MDSShardWriter(
            columns: [MDSColumn("a", .bytes)], options: MDSShardOptions(sizeLimit: 1000))
        let failure = #expect(throws: ShardFailure.self) {
            try writer.append { sample in
                try [UInt8](repeating: 1, count: 900).withUnsafeBytes { try sample.put(bytes: $0) }
            }
        }
        #expect(failure?.description.contains("size limit of 1000") == true)
        #expect(throws: ShardFailure.self) { try MDSShardWriter(columns: []) }
        #expect(throws: ShardFailure.self) {
            try MDSShardWriter(columns: [MDSColumn("a", .int), MDSColumn("a", .bytes)])
        }
    }

    @Test func theSizeLimitHoldsForAnyNumberOfSegments() throws {
        let schema = ShardSamples.schema(length: 64)
        var writer = try schema.makeWriter(blocksPerShard: 3)
        for _ in 0..<3 {
            try [UInt32](repeating: 1, count: 64).withUnsafeBufferPointer {
                try writer.append(
                    block: $0, segmentEnds: (1...64).map { $0 }, segmentDocuments: [UInt32](repeating: 5, count: 64))
            }
        }
        let entry = writer.finish(number: 0).entry
        #expect(try entry.rawData.bytes <= schema.sizeLimit(blocksPerShard: 3))
        let large = ShardSamples.schema(length: 2048)
        #expect(try large.sizeLimit(blocksPerShard: 512) == 1 << 26)
        #expect(try large.sizeLimit(blocksPerShard: 10_000) > 10_000 * 2048 * 10)
        #expect(throws: ShardFailure.self) { try large.sizeLimit(blocksPerShard: 1_000_000) }
    }

    @Test(arguments: [
        "ndarray:uint16:2,300", "ndarray:uint32", "ndarray", "int", "str", "json", "bytes", "float64", "jpeg",
    ])
    func encodingsSurviveTheirText(text: String) {
        #expect(MDSEncoding(text)?.text == text)
    }

    @Test(arguments: [
        "ndarray:uint17", "ndarray:uint16:", "ndarray:uint16:0", "ndarray:uint16:-1", "ndarray:uint16:1:1",
        "ndarray:uint64:4294967296,4294967296",
    ])
    func senselessArraysAreNoEncodings(text: String) { #expect(MDSEncoding(text) == nil) }

    @Test func compressionNames() {
        for text in ["zstd", "zstd:1", "zstd:22"] { #expect(MDSCompression(text)?.text == text) }
        #expect(MDSCompression(nil) == .uncompressed && MDSCompression("none") == .uncompressed)
        for text in ["zstd:0", "zstd:23", "zstd:", "zstd:+3", "zstd:3:3", "gz", ""] {
            #expect(MDSCompression(text) == nil)
        }
        #expect(MDSCompression.zstd(level: nil).level == 3)
    }
}
