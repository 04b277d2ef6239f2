import Files
import Glibc
import TestSupport
import Testing

@Suite struct AtomicFileLinkTests {
    @Test func aLinkStaysAndItsFileIsReplaced() throws {
        let folder = TemporaryFolder()
        let (file, link) = (PathText.join(folder.path, "file"), PathText.join(folder.path, "link"))
        try AtomicFile.write(Array("old".utf8), to: file)
        #expect(symlink(file, link) == 0)
        try AtomicFile.write(Array("new".utf8), to: link)
        var status = stat()
        #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(try FileByteStream(file).readAll(limit: 10, hint: "") == Array("new".utf8))
        #expect(try Folder.names(in: folder.path).sorted() == ["file", "link"])
    }

    /// As `/dev/stdout` where the caller redirected it to a file.
    @Test func aDescriptorIsWrittenToWhereItStands() throws {
        let folder = TemporaryFolder()
        let file = PathText.join(folder.path, "file")
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(descriptor) }
        #expect(write(descriptor, "before ", 7) == 7)
        try AtomicFile.write(Array("between ".utf8), to: "/dev/fd/\(descriptor)")
        #expect(write(descriptor, "after", 5) == 5)
        #expect(try FileByteStream(file).readAll(limit: 100, hint: "") == Array("before between after".utf8))
        #expect(throws: FileFailure.self) { try AtomicFile.write([1], to: "/dev/fd/99999") }
    }
}
