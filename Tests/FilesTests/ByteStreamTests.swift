import Glibc
import TestSupport
import Testing

@testable import Files

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

    /// Batches hold the lines of a `LineReader`, whole and numbered, wherever they are cut.
    @Test(arguments: [1, 7, 100, 1 << 20]) func batchesHoldWholeLines(size: Int) throws {
        for text in [
            "", "\n", "a", "a\n", "\n\nb", "one\r\ntwo\n\nfour", "\u{FEFF}{\"a\":1}\nb\u{FEFF}\n",
            "x\n" + String(repeating: "long ", count: 500) + "\ny",
        ] {
            let bytes = Array(text.utf8)
            let marked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
            var wanted: [[UInt8]] = []
            var lines = LineReader(MemoryByteStream(marked ? Array(bytes.dropFirst(3)) : bytes, name: "text"))
            while let line = try lines.next({ Array($0) }) { wanted.append(line) }
            let batches = LineBatches(MemoryByteStream(bytes, name: "text"), size: size)
            var got: [[UInt8]] = []
            while let batch = try batches.next() {
                #expect(batch.firstLine == got.count + 1)
                batch.forEachLine { line, number in
                    got.append(Array(line))
                    #expect(number == got.count)
                }
            }
            #expect(got == wanted, "\(text.debugDescription)")
            #expect(try batches.next() == nil)
        }
        let batches = LineBatches(MemoryByteStream(Array("ab\nabcdefgh\nx".utf8), name: "short"), size: 2, limit: 5)
        #expect(try batches.next()?.firstLine == 1)
        #expect(throws: FileFailure.tooLarge(path: "short:2", limit: 5, hint: "a line this long is not a record")) {
            while try batches.next() != nil {}
        }
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

    /// Lengths around the end of a page and of a window; lines that do not fit one window.
    @Test(arguments: [1, 2, 63, 64, 65, 4095, 4096, 4097, 262_143, 262_144, 262_145, 3_000_000])
    func linesOfAFileAreThoseOfAPlainSplitFromAnyPlace(count: Int) throws {
        for (width, ending) in [(97, ""), (97, "\n"), (97, "\n\n"), (97, "{}"), (100_003, "\n"), (600_011, "")] {
            let bytes =
                (0..<count).map { $0 % width == width - 1 ? 0x0A : UInt8(0x61 + $0 % 26) } + Array(ending.utf8)
            let path = folder.write(bytes, to: "lines")
            for offset in Set([0, 1, count / 2, count]) {
                var expected = bytes[offset...].split(separator: 0x0A, omittingEmptySubsequences: false)
                if expected.last?.isEmpty == true { expected.removeLast() }
                var lines = LineReader(try FileByteStream(path, from: offset))
                for (number, line) in expected.enumerated() {
                    #expect(lines.nextOffset == line.startIndex - offset)
                    let isSame = try lines.next { got in
                        // Behind a line a parser may read.
                        let behind = UnsafeRawBufferPointer(
                            start: got.baseAddress! + got.count, count: JSONParser.padding)
                        let sum = behind.reduce(0) { $0 &+ Int($1) }
                        return sum >= 0 && got.elementsEqual(line)
                    }
                    if isSame != true || lines.lineOffset != line.startIndex - offset {
                        Issue.record("line \(number) of \(count)")
                        break
                    }
                }
                #expect(try lines.next { _ in } == nil && lines.lineNumber == expected.count)
            }
        }
    }

    /// A file that another program shortens ends where it ends now.
    @Test func aFileThatShrinksWhileItIsReadEndsEarly() throws {
        let line = String(repeating: "x", count: 99) + "\n"
        let path = folder.write(String(repeating: line, count: 40_000), to: "shrinks")
        var lines = LineReader(try FileByteStream(path))
        _ = try lines.next { _ in }
        #expect(truncate(path, 1_000_050) == 0)
        var last = 0
        while let count = try lines.next({ $0.count }) { last = count }
        #expect(lines.lineNumber == 10_001 && last == 50)
    }

    /// Bytes without an end and without a line feed, counted as they are read.
    private final class Endless: ByteStream {
        var taken = 0
        override func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            buffer.initializeMemory(as: UInt8.self, repeating: 0x61)
            taken += buffer.count
            return buffer.count
        }
    }

    @Test func aLineBeyondTheLimitIsReadNoFurther() throws {
        let stream = Endless(name: "endless")
        var lines = LineReader(stream, limit: 5_000_000)
        let failure = #expect(throws: FileFailure.self) { _ = try lines.next { _ in } }
        guard case .tooLarge("endless:1", 5_000_000, _) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(stream.taken == 5_000_001)
        // One within a window, ended or not, is measured as well.
        for (text, length) in [("abc\nabcd\n", 4), ("abc\nabcd", 4), ("abc\nabc\n", 3)] {
            var lines = LineReader(MemoryByteStream(Array(text.utf8), name: "short"), limit: 3)
            #expect(try lines.next { $0.count } == 3)
            if length == 3 {
                #expect(try lines.next { $0.count } == 3)
            } else {
                #expect(throws: FileFailure.self) { _ = try lines.next { _ in } }
            }
        }
    }

    /// Says that many bytes will come, gives few, and counts what it was asked for.
    private final class Boasting: ByteStream {
        var left: Int
        var mostAsked = 0
        init(_ count: Int) {
            left = count
            super.init(name: "boasting")
        }
        override var expectedCount: Int? { 1 << 40 }
        override func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            mostAsked = max(mostAsked, buffer.count)
            let count = min(left, buffer.count)
            buffer[..<count].initializeMemory(as: UInt8.self, repeating: 0x61)
            left -= count
            return count
        }
    }

    @Test(arguments: [0, 10, 3_000_000, 8 << 20, (8 << 20) + 1, 20_000_000])
    func aClaimedSizeReservesLittle(count: Int) throws {
        let stream = Boasting(count)
        let bytes = try stream.readAll(limit: 1 << 30)
        #expect(bytes.count == count && bytes.allSatisfy { $0 == 0x61 })
        #expect(stream.mostAsked <= max(8 << 20, count) + 1)
        #expect(bytes.capacity <= max(1 << 20, 2 * count + 1))
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
