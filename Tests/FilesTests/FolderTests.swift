import Files
import Glibc
import TestSupport
import Testing

@Suite struct FolderTests {
    let folder = TemporaryFolder()

    @Test func aNameThatIsNotUTF8IsAnErrorAndNotPassedOver() throws {
        folder.write("x", to: "fine.txt")
        let name = Array(folder("bad").utf8).map(CChar.init(bitPattern:)) + [CChar(bitPattern: 0xFF), 0]
        let descriptor = open(name, O_CREAT | O_WRONLY, 0o644)
        try #require(descriptor >= 0)
        close(descriptor)
        defer { unlink(name) }
        let error = #expect(throws: FileFailure.self) { try Folder.filesBelow(folder.path) }
        #expect(
            error?.description.contains("expected UTF-8; rename the file, found bad\u{FFFD}") == true, "\(error as Any)"
        )
        #expect(error?.kind == .unreadableInput)
    }

    @Test func aFolderIsNoFileToRead() throws {
        for read in [
            { _ = try FileByteStream(folder.path) }, { _ = try MappedFile(folder.path) },
        ] as [() throws -> Void] {
            let error = #expect(throws: FileFailure.self) { try read() }
            #expect(error?.kind == .unreadableInput)
        }
    }

    @Test func whatCannotBeWrittenIsNoMissingInput() {
        let error = #expect(throws: FileFailure.self) { try AtomicFile.write([1], to: folder("none/file")) }
        #expect(error?.kind == .inputOutput)
    }

    @Test func aPipeIsWrittenToAndNotReplaced() throws {
        let path = folder("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        // Opened for both ends, so that neither waits for the other.
        let reader = open(path, O_RDWR)
        try #require(reader >= 0)
        defer { close(reader) }
        try AtomicFile.write(Array("through".utf8), to: path)
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = buffer.withUnsafeMutableBytes { Glibc.read(reader, $0.baseAddress, $0.count) }
        #expect(String(decoding: buffer[..<max(0, count)], as: UTF8.self) == "through")
        #expect(try Folder.names(in: folder.path) == ["pipe"])
    }

    @Test func aStampTellsAChangedFile() throws {
        folder.write("one", to: "a")
        let before = try FileStamp(folder("a"))
        #expect(try FileStamp(folder("a")) == before)
        #expect(before.bytes == 3)
        try AtomicFile.write(Array("two".utf8), to: folder("a"))
        #expect(try FileStamp(folder("a")) != before)
    }

    @Test func compressedBytesComeThroughAPipe() throws {
        let text = [UInt8](repeating: 65, count: 1_000_000)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let frame = ZstdCompressor(level: 3).compress(text)
        // Small enough for the pipe's own buffer, so that no second thread is needed.
        try #require(frame.count < 4096)
        #expect(frame.withUnsafeBytes { Glibc.write(ends[1], $0.baseAddress, $0.count) } == frame.count)
        close(ends[1])
        defer { close(ends[0]) }
        let read = try ByteStream.open("/dev/fd/\(ends[0])").readAll(limit: 1 << 24)
        #expect(read == text)
    }
}
