import Files
import TestSupport
import Testing

@Suite struct AtomicFolderTests {
    private let folder = TemporaryFolder()

    @Test func appearsWholeOrNotAtAll() throws {
        do {
            let dropped = try AtomicFolder(folder("a/b"))
            try AtomicFile.write([1], to: dropped("one"))
        }
        #expect(try Folder.names(in: folder("a")) == [])
        var kept = try AtomicFolder(folder("a/b"))
        try AtomicFile.write([1], to: kept("one"))
        #expect(!Folder.exists(folder("a/b")))
        try kept.commit()
        #expect(try Folder.names(in: folder("a")) == ["b"])
        #expect(try Folder.names(in: folder("a/b")) == ["one"])
    }

    @Test func replacesAFolder() throws {
        for name in ["one", "two"] {
            var made = try AtomicFolder(folder("c"))
            try AtomicFile.write([1], to: made(name))
            try made.commit()
        }
        #expect(try Folder.names(in: folder.path) == ["c"])
        #expect(try Folder.names(in: folder("c")) == ["two"])
    }

    @Test func aFileOfThatNameIsAnError() {
        folder.write("x", to: "f")
        #expect(throws: FileFailure.self) { _ = try AtomicFolder(folder("f")) }
    }
}
