import TestSupport
import Testing

@testable import Files

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

    /// With exchange and without, the old folder has the name until the new one has it.
    @Test(arguments: [true, false]) func replacingInOneStepOrInTwo(canExchange: Bool) throws {
        folder.write("1", to: "d/old")
        var made = try AtomicFolder(folder("d"))
        try AtomicFile.write([1], to: made("new"))
        var exchanges = 0
        try made.commit { first, second in
            #expect(try Folder.names(in: second) == ["old"] && Folder.names(in: first) == ["new"])
            if !canExchange { return false }
            exchanges += 1
            let done = try FileExchange.exchange(first, second)
            #expect(done && Folder.exists(first + "/old") && Folder.exists(second + "/new"))
            return done
        }
        #expect(exchanges == (canExchange ? 1 : 0))
        #expect(try Folder.names(in: folder.path) == ["d"] && Folder.names(in: folder("d")) == ["new"])
    }

    @Test func exchangingWithNothingIsAnError() {
        folder.write("x", to: "f")
        #expect(throws: FileFailure.self) { try FileExchange.exchange(folder("f"), folder("nothing")) }
    }

    @Test func aFileOfThatNameIsAnError() {
        folder.write("x", to: "f")
        #expect(throws: FileFailure.self) { _ = try AtomicFolder(folder("f")) }
    }
}
