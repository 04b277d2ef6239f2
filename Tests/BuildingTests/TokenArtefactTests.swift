import Files
import TestSupport
import Testing

@testable import Building

@Suite struct TokenArtefactTests {
    let folder = TemporaryFolder()

    func write(_ documents: [[UInt32]], width: Int) throws {
        var writer = try TokenArtefactWriter(TokenArtefact.path(folder.path, "key"), width: width)
        for (index, ids) in documents.enumerated() { try writer.append(ids, specials: index) }
        try writer.commit(droppedBytes: 7)
    }

    @Test(arguments: [2, 4]) func whatWasWrittenIsReadBack(width: Int) throws {
        // Odd numbers of ids: the tables must stay aligned.
        let documents: [[UInt32]] = [[1, 2, 3], [], [65_535], Array(0..<1001)]
        try write(documents, width: width)
        let artefact = try TokenArtefact(folder: folder.path, key: "key")
        #expect(artefact.counts == documents.map(\.count))
        #expect(artefact.specials == [0, 1, 2, 3])
        #expect(artefact.droppedBytes == 7)
        for (index, ids) in documents.enumerated() where ids.count > 1 {
            var copy = [UInt32](repeating: 0, count: ids.count - 1)
            copy.withUnsafeMutableBufferPointer { artefact.copy(document: index, range: 1..<ids.count, into: $0) }
            #expect(copy == Array(ids.dropFirst()))
        }
    }

    @Test func everyByteThatIsMissingOrChangedIsFound() throws {
        try write([[1, 2, 3], [4]], width: 2)
        let path = TokenArtefact.path(folder.path, "key")
        let bytes = try FileByteStream(path).readAll(limit: 1 << 20)
        for count in 0..<bytes.count {
            try AtomicFile.write(Array(bytes[..<count]), to: path)
            #expect(throws: BuildFailure.self) { try TokenArtefact(folder: folder.path, key: "key") }
        }
        for place in 0..<bytes.count {
            var changed = bytes
            changed[place] ^= 0x80
            try AtomicFile.write(changed, to: path)
            #expect(throws: BuildFailure.self, "byte \(place)") { try TokenArtefact(folder: folder.path, key: "key") }
        }
    }
}
