import Files
import TestSupport
import Testing

@Suite struct ByteStreamTests {
    let folder = TemporaryFolder()

    static let sizes = [0, 1, 2, 100, 65_535, 65_536, 1_048_576, 3_000_001]

    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) } }

    @Test(arguments: sizes) func whatZstdWritesIsReadBack(count: Int) throws {
        let bytes = ByteStreamTests.bytes(count)
        let path = folder("data.zst")
        try ZstdCompressor(level: 3).write(bytes, to: path)
        #expect(try ByteStream.open(path).readAll(limit: 1 << 24) == bytes)
        #expect(try ZstdDecompressor().decompress(file: path) == bytes)
    }

    @Test(arguments: sizes) func streamedFramesDoNotDependOnHowContentWasCut(count: Int) throws {
        let bytes = ByteStreamTests.bytes(count)
        var files: [[UInt8]] = []
        for step in [1 << 22, 70_001] {
            let path = folder("streamed-\(step).zst")
            var writer = try ZstdFileWriter(path, level: 3)
            for start in stride(from: 0, to: bytes.count, by: step) {
                try writer.write(Array(bytes[start..<min(start + step, bytes.count)]))
            }
            try writer.commit()
            #expect(try ByteStream.open(path).readAll(limit: 1 << 24) == bytes)
            files.append(try FileByteStream(path).readAll(limit: 1 << 24))
        }
        #expect(files[0] == files[1])
    }

    @Test func aTruncatedFrameIsAnError() throws {
        let whole = ZstdCompressor(level: 3).compress(ByteStreamTests.bytes(200_000))
        for cut in [5, whole.count / 2, whole.count - 1] {
            let path = folder.write(Array(whole[..<cut]), to: "cut.zst")
            #expect(throws: FileFailure.self) { try ByteStream.open(path).readAll(limit: 1 << 24) }
        }
    }

    @Test func limitsHold() throws {
        let path = folder.write([UInt8](repeating: 65, count: 1000), to: "a")
        #expect(throws: FileFailure.self) { try ByteStream.open(path).readAll(limit: 999) }
        #expect(try ByteStream.open(path).readAll(limit: 1000).count == 1000)
        #expect(throws: FileFailure.missing(path: folder("none"))) { try ByteStream.open(folder("none")) }
        #expect(throws: FileFailure.self) { try ByteStream.open(folder.path) }
    }

    @Test func linesAreThoseOfAPlainSplit() throws {
        for text in ["", "\n", "a", "a\n", "a\n\nb", "\n\n", String(repeating: "x", count: 300_000) + "\nend"] {
            var lines = LineReader(MemoryByteStream(Array(text.utf8), name: "text"))
            var got: [String] = []
            while let line = try lines.next({ String(decoding: $0, as: UTF8.self) }) { got.append(line) }
            var expected = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if expected.last == "" { expected.removeLast() }
            #expect(got == expected)
            #expect(lines.lineNumber == expected.count)
        }
    }

    /// Lengths around the end of a page, behind which nothing may be read, and a file of which pages were let go.
    @Test(arguments: [1, 2, 63, 64, 65, 4095, 4096, 4097, 12_000_000])
    func linesOfAMappedFileAreThoseOfAStream(count: Int) throws {
        for ending in ["", "\n", "\n\n", "{}"] {
            var bytes = (0..<count).map { $0 % 97 == 96 ? 0x0A : UInt8(0x61 + $0 % 26) }
            bytes += ending.utf8
            let path = folder.write(bytes, to: "lines")
            for offset in Set([0, 1, count / 2, count]) {
                var plain = LineReader(try FileByteStream(path, from: offset))
                var mapped = LineReader(try MappedFile(path), from: offset)
                while let line = try plain.next({ Array($0) }) {
                    #expect(mapped.nextOffset == offset + plain.lineOffset)
                    // Behind a line a parser may read.
                    let got = try mapped.next {
                        UnsafeRawBufferPointer(start: $0.baseAddress, count: $0.count + 32).map { $0 }
                    }
                    if got.map({ Array($0.dropLast(32)) }) != line {
                        Issue.record("line \(plain.lineNumber) of \(count)")
                    }
                }
                #expect(try mapped.next { _ in } == nil && mapped.lineNumber == plain.lineNumber)
            }
        }
        let long = LineReaderLimit.read(try MappedFile(folder.write("abcd\n", to: "long")))
        #expect(long == 3)
    }

    private enum LineReaderLimit {
        static func read(_ file: MappedFile) -> Int? {
            var lines = LineReader(file, from: 0, limit: 3)
            do { _ = try lines.next { _ in } } catch FileFailure.tooLarge(_, let limit, _) { return limit } catch {}
            return nil
        }
    }

    @Test func anUncommittedFileLeavesNothing() throws {
        do {
            var file = try AtomicFile(folder("half"))
            try file.write("half")
        }
        #expect(try Folder.names(in: folder.path) == [])
        try AtomicFile.write(Array("whole".utf8), to: folder("whole"))
        #expect(try Folder.names(in: folder.path) == ["whole"])
    }

    @Test func patternsExpandInByteOrder() throws {
        for path in ["a/x.docx", "a/b/y.docx", "a/b/z.txt", "a/.hidden/q.docx", "B.docx", "é.docx"] {
            try Folder.create(PathText.folder(of: folder(path)))
            folder.write("", to: path)
        }
        func found(_ pattern: String) throws -> [String] {
            try PathPattern(pattern, relativeTo: folder.path).expand().map(\.relativePath)
        }
        #expect(try found("**/*.docx") == ["B.docx", "a/b/y.docx", "a/x.docx", "é.docx"])
        #expect(try found("*.docx") == ["B.docx", "é.docx"])
        #expect(try found("a") == ["b/y.docx", "b/z.txt", "x.docx"])
        #expect(try found("a/**/?.txt") == ["b/z.txt"])
        #expect(try found("B.docx") == ["B.docx"])
        #expect(throws: FileFailure.self) { try found("*.none") }
    }

    @Test func theNearestNameIsTheOneOfTheSmallestDistance() {
        let known = ["seed", "sources", "split", "shards"]
        #expect(NearestName.to("seeed", among: known) == "seed")
        #expect(NearestName.to("source", among: known) == "sources")
        #expect(NearestName.to("", among: known) == "seed")
        #expect(NearestName.to("shard", among: known) == "shards")
        #expect(NearestName.to("x", among: []) == nil)
    }

    @Test func aLockIsHeldByOne() throws {
        let path = folder("lock")
        do {
            let held = try LockFile(path)
            #expect(throws: FileFailure.self) { _ = try LockFile(path) }
            withExtendedLifetime(held) {}
        }
        #expect(!Folder.exists(path))
        let again = try LockFile(path)
        withExtendedLifetime(again) {}
    }
}
