import Documents
import Files
import ReadingProperties
import TestSupport
import Testing

@testable import Readers

/// Parquet files: written by hand, by pyarrow, and damaged.
@Suite struct ParquetTests {
    private static let tiny = FuzzedReader.tinyParquet

    @Test func aFileReadByHand() {
        let result = ReaderFixture.read(ParquetTests.tiny, name: "a.parquet")
        #expect(result.text == "a\u{1}bc\u{1}ü", "\(result.failureText)")
        #expect(result.documents.allSatisfy { $0.ledger.isClosed })
        #expect(result.rejections.map(\.rule) == ["empty"])
        #expect(result.rejections.first?.value.contains("1 rows have no text, the first is row 3") == true)
        let id = Document.identifier(source: "test", relativePath: "a.parquet", place: "#4")
        #expect(result.documents.last?.id == id)
        var options = ReadOptions()
        options.textField = "body"
        #expect(
            ReaderFixture.read(ParquetTests.tiny, name: "a.parquet", options: options).failureText.contains(
                "columns text"))
        var zip = StoredZip()
        zip.add("inner/a.parquet", ParquetTests.tiny)
        #expect(ReaderFixture.read(zip.finished(), name: "a.zip").documents.count == 3)
    }

    /// Every byte changed in several ways, and every length: an error or documents, never a crash.
    @Test func damageOfTheTinyFile() {
        // Three bytes are no Parquet yet.
        for length in 4..<ParquetTests.tiny.count {
            let result = ReaderFixture.read(Array(ParquetTests.tiny[..<length]), name: "a.parquet")
            #expect(result.failure != nil, "\(length)")
        }
        for place in ParquetTests.tiny.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF, 0x7F, 0x10] {
                var bytes = ParquetTests.tiny
                bytes[place] ^= change
                let result = ReaderFixture.read(bytes, name: "a.parquet")
                #expect(result.documents.allSatisfy { String(validating: $0.text, as: UTF8.self) != nil })
                #expect(!result.failureText.contains("\n"))
            }
        }
    }

    @Test func snappy() throws {
        // "abcabcabcabc!": four bytes of literal "abc", a copy of nine from three back, a literal "!".
        let packed: [UInt8] = [13, 0x08, 0x61, 0x62, 0x63, 0x15, 0x03, 0x00, 0x21]
        #expect(try Snappy.decompress(packed, size: 13) == Array("abcabcabcabc!".utf8))
        for broken: [UInt8] in [
            [], [13], [12, 0x08, 0x61, 0x62, 0x63], [13, 0x15, 0x03], [13, 0x08, 0x61, 0x62, 0x63, 0x15, 0x00],
            [13, 0x08, 0x61, 0x62, 0x63, 0x15, 0x04, 0x00, 0x21], [13, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF],
            [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00, 0x61],
        ] { #expect(throws: ByteCursor.Fault.self) { try Snappy.decompress(broken, size: 13) } }
    }

    private static var python: String? { ExternalProgram.environment("SHARDMILL_PARITY_PYTHON") }

    /// Writes every combination that the reader knows, and what each should give.
    private static let script = """
        import itertools, json, sys
        import pyarrow as pa, pyarrow.parquet as pq
        folder = sys.argv[1]
        rows = 3000
        texts = [None if i % 13 == 5 else ("row %d " % i) * (i % 7) + ("größer 中文 " if i % 3 else "") + "x" for i in range(rows)]
        table = pa.table({
            "key": pa.array(["k%d" % (i % 100) for i in range(rows)]),
            "text": pa.array(texts),
            "whole": pa.array([t or "" for t in texts]),
            "number": pa.array([None if i % 5 == 0 else i * 7 - 3 for i in range(rows)], pa.int64()),
            "small": pa.array([i % 9 for i in range(rows)], pa.int32()),
            "score": pa.array([i / 4 for i in range(rows)], pa.float64()),
            "flag": pa.array([i % 3 == 0 for i in range(rows)]),
            "list": pa.array([["a", "b"]] * rows),
            "place": pa.array([{"x": 1, "y": "z"}] * rows),
        })
        names = []
        for codec, version, encoding, groups in itertools.product(
                ["none", "snappy", "zstd", "gzip"], ["1.0", "2.0"],
                ["dictionary", "PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"], [rows, 700]):
            name = "%s-%s-%s-%d.parquet" % (codec, version, encoding, groups)
            extra = {"use_dictionary": True} if encoding == "dictionary" else {
                "use_dictionary": False,
                "column_encoding": {"key": encoding, "text": encoding, "number": "DELTA_BINARY_PACKED" if encoding != "PLAIN" else "PLAIN"}}
            pq.write_table(table, folder + "/" + name, compression=codec, data_page_version=version, row_group_size=groups,
                data_page_size=4000, **extra)
            names.append(name)
        pq.write_table(table, folder + "/brotli.parquet", compression="brotli")
        print(json.dumps({"names": names, "texts": texts}))
        """

    @Test(.enabled(if: ParquetTests.python != nil)) func filesOfPyarrow() throws {
        let folder = TemporaryFolder()
        let outcome = ExternalProgram.run([ParquetTests.python!, "-c", ParquetTests.script, folder.path])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let written = try JSONValue(parsing: Array(outcome.output.utf8), name: "pyarrow")
        let texts = written["texts"]!.items!.map(\.string)
        let names = written["names"]!.items!.compactMap(\.string)
        #expect(names.count == 64)
        for name in names {
            let result = ReaderFixture.read(file: folder(name))
            #expect(result.failure == nil, "\(name): \(result.failureText)")
            #expect(
                result.documents.map { String(decoding: $0.text, as: UTF8.self) } == texts.compactMap { $0 }, "\(name)")
            #expect(result.rejections.count == 1, "\(name)")
            let second = result.documents[1].metadata.other
            #expect(second["number"] == 4, "\(name)")
            #expect(second["small"] == 1, "\(name)")
            #expect(second["score"] == 0.25, "\(name)")
            #expect(second["flag"] == false, "\(name)")
            #expect(second["key"] == "k1", "\(name)")
            #expect(second["list"] == nil)
            #expect(Set(result.documents.map(\.id)).count == result.documents.count, "\(name)")
            #expect(result.documents.allSatisfy { $0.ledger.isClosed })
        }
        #expect(ReaderFixture.read(file: folder("brotli.parquet")).failureText.contains("Brotli"))
        // Damage: bytes changed and ends cut off, in files of every kind.
        var random = SystemRandomNumberGenerator()
        for name in names where name.hasSuffix("-700.parquet") {
            let bytes = try FileByteStream(folder(name)).readAll(limit: 1 << 24)
            for _ in 0..<8 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    damaged[damaged.indices.randomElement(using: &random)!] = UInt8.random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) {
                    damaged.removeLast(Int.random(in: 0..<bytes.count / 2, using: &random))
                }
                let result = ReaderFixture.read(damaged, name: name)
                #expect(result.documents.allSatisfy { String(validating: $0.text, as: UTF8.self) != nil })
            }
            // The footer alone, where all numbers stand that a reader might trust.
            let footer = bytes.count - 8 - Int(bytes[bytes.count - 8]) - Int(bytes[bytes.count - 7]) << 8
            for _ in 0..<12 {
                var damaged = bytes
                damaged[Int.random(in: footer..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
                _ = ReaderFixture.read(damaged, name: name)
            }
        }
    }
}
