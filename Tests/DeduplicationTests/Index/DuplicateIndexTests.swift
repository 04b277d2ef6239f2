import Files
import Parallel
import TestSupport
import Testing

@testable import Deduplication

@Suite struct DuplicateIndexTests {
    private let folder = TemporaryFolder()
    private let options = MinHashOptions(bands: 20, rows: 4, threshold: 0.7, shingles: .words(3), seed: 9)

    private func sets(_ texts: [String]) -> [[UInt64]] {
        let shingler = Shingler(options.shingles)
        return texts.map { shingler.set(of: Array($0.utf8)) }
    }

    private func table(_ sets: [[UInt64]]) throws -> BandTable {
        let signer = MinHashSigner(options)
        let table = BandTable(bands: options.bands)
        for set in sets {
            var keys: [UInt64] = []
            set.withUnsafeBufferPointer { signer.appendBandKeys(of: $0, to: &keys) }
            try table.append(keys)
        }
        return table
    }

    private func write(_ texts: [String], from first: Int = 0, to path: String, adding: DuplicateIndex? = nil) throws {
        let sets = sets(texts)
        // Every third document is left out, as one that was removed is.
        let isMember = { $0 % 3 != 2 }
        let members = texts.indices.filter(isMember)
        var writer = try DuplicateIndexWriter(path, options: options, documents: members.count, addingTo: adding)
        try writer.write(try table(sets), where: isMember)
        for member in members { try writer.add(identifier: "dö\(first + member)", set: sets[member]) }
        try writer.commit()
    }

    @Test func newDocumentsFindTheMostSimilarKnownOne() throws {
        let known = PlantedTexts.make(240, length: 90, seed: 31)
        let path = folder("index")
        try write(Array(known[..<120]), to: path)
        try write(Array(known[120...]), from: 120, to: path, adding: try DuplicateIndex(path))
        let index = try DuplicateIndex(path)
        #expect(index.count == 160)
        #expect(index.options == options)
        let members = known.indices.filter { $0 % 120 % 3 != 2 }
        for (number, member) in members.enumerated() { #expect(try index.identifier(number) == "dö\(member)") }

        let new = PlantedTexts.make(60, length: 90, seed: 31) + PlantedTexts.make(60, length: 90, seed: 77) + [""]
        let newSets = sets(new)
        let knownSets = sets(members.map { known[$0] })
        let found = try IndexMatcher(index, options).matches(of: table(newSets), pool: WorkerPool(threads: 3)) {
            document, _ in
            newSets[document]
        }
        // The plain way: every pair, the best at or above the threshold, of equals the first.
        var expected: [IndexMatcher.Match] = []
        for (document, set) in newSets.enumerated() {
            let similar = knownSets.map { HashSet.jaccard(set, $0) }
            if let best = similar.max(), best >= options.threshold {
                expected.append(.init(document: document, known: similar.firstIndex(of: best)!, jaccard: best))
            }
        }
        #expect(found == expected)
        #expect(expected.count > 40)
    }

    @Test func nothingIsKnownToAnEmptyIndex() throws {
        let path = folder("empty")
        try write([], to: path)
        let index = try DuplicateIndex(path)
        #expect(index.count == 0)
        let sets = sets(["one two three"])
        let found = try IndexMatcher(index, options).matches(of: table(sets), pool: WorkerPool(threads: 1)) { _, _ in
            sets[0]
        }
        #expect(found.isEmpty)
    }

    private func problem(_ path: String) -> String {
        do {
            let index = try DuplicateIndex(path)
            for document in 0..<index.count {
                _ = try index.set(document)
                _ = try index.identifier(document)
            }
            return "none"
        } catch { return "\(error)" }
    }

    @Test func everyDamagedByteIsFound() throws {
        let path = folder("damaged")
        try write(PlantedTexts.make(9, length: 12, seed: 1), to: path)
        let segment = path + "/segment-00000"
        let whole = try ByteStream.open(segment).readAll(limit: 1 << 20)
        #expect(problem(path) == "none")
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 0x10
            folder.write(bytes, to: "damaged/segment-00000")
            #expect(problem(path).contains("damaged"), "byte \(place)")
        }
        for count in [0, 1, 63, 64, whole.count - 1] {
            folder.write(Array(whole[..<count]), to: "damaged/segment-00000")
            #expect(problem(path).contains("expected \(whole.count) bytes, found \(count)"))
        }
        try Folder.remove(segment)
        #expect(problem(path).contains("no such file"))
    }

    @Test(
        arguments: [
            ("", "no JSON"), ("[1]", "format none"), ("{\"format\": \"other\"}", "format \"other\""),
            ("{\"format\": \"shardmill duplicate index\", \"version\": 9}", "version 9"),
            ("{\"format\": \"shardmill duplicate index\", \"version\": 1}", "options"),
        ])
    func foreignHeadersAreRefused(_ header: String, _ expected: String) {
        folder.write(header, to: "foreign/index.json")
        #expect(problem(folder("foreign")).contains(expected))
        #expect(problem(folder("nothing")).contains("no such file or folder"))
    }

    @Test func aFolderInUseIsNotOverwritten() throws {
        folder.write("mine", to: "used/file")
        #expect(throws: FileFailure.self) { try write(["one"], to: folder("used")) }
    }
}
