import Building
import Deduplication
import Files
import Parallel
import Readers
import TestSupport
import Testing

@Suite struct DuplicateSearchTests {
    private let folder = TemporaryFolder()

    private static func text(_ seed: UInt64, _ words: Int) -> String {
        var random = SeededRandom(seed: seed)
        return (0..<words).map { _ in "w\(random.nextInt(below: 500))" }.joined(separator: " ")
    }

    private static func record(_ id: String, _ text: String, _ more: String = "") -> String {
        "{\"id\": \"\(id)\",  \"text\": \(JSONValue.string(text).text())\(more)}"
    }

    private func search(
        _ inputs: [String], _ options: MinHashOptions = MinHashOptions(), policy: ClusterPolicy = .first,
        threads: Int = 2,
        memory: Int = 1 << 24, reading: ReadOptions = ReadOptions()
    ) throws -> DuplicateSearch {
        let search = DuplicateSearch(
            options, reading: reading, memory: memory, temporaryFolder: folder.path, pool: WorkerPool(threads: threads))
        try search.read(inputs)
        try search.find(policy)
        return search
    }

    private func kept(_ search: DuplicateSearch) throws -> String {
        let path = folder("kept")
        try search.writeKept(to: path)
        return String(decoding: try ByteStream.open(path).readAll(limit: 1 << 30), as: UTF8.self)
    }

    private func removed(_ search: DuplicateSearch) throws -> [JSONValue] {
        let path = folder("removed")
        try search.writeRemoved(to: path)
        let text = String(decoding: try ByteStream.open(path).readAll(limit: 1 << 30), as: UTF8.self)
        return try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8), name: "removed") }
    }

    @Test func recordsThatStayAreAsTheyWere() throws {
        let text = DuplicateSearchTests.text(1, 200)
        let lines = [
            DuplicateSearchTests.record("a", text, ", \"n\": 1.50"),
            "\t{\"text\":\"other\\u0020words\" , \"id\":7}\r",
            "  \r",
            DuplicateSearchTests.record("b", text),
            DuplicateSearchTests.record("c", text + " and one more"),
            "{\"text\":\"\"}",
            DuplicateSearchTests.record("d", "the last line has no line feed"),
        ]
        for mark in ["", "\u{FEFF}"] {
            let path = folder.write(mark + lines.joined(separator: "\n"), to: "in.jsonl")
            let search = try search([path])
            #expect(try kept(search) == [0, 1, 5, 6].map { lines[$0] + "\n" }.joined())
            #expect(search.count == 6)
            let gone = try removed(search)
            #expect(gone.map { $0["id"]?.string } == ["b", "c"])
            #expect(gone.map { $0["kept"]?.string } == ["a", "a"])
            #expect(gone.map { $0["rule"]?.string } == ["exact", "near"])
            #expect(gone[0]["jaccard"]?.double == 1)
            #expect(gone[0]["path"]?.string == path)
            // 200 words and three more: 196 shingles in both, 3 in one.
            #expect(gone[1]["jaccard"]?.double == 196.0 / 199)
        }
    }

    /// Lines of all lengths around the megabyte in which files are read, in several files.
    @Test func everyLineIsReadOnce() throws {
        var random = SeededRandom(seed: 12)
        var expected = ""
        var paths: [String] = []
        for file in 0..<3 {
            var text = ""
            var number = 0
            while text.utf8.count < 3 << 20 {
                let words = random.nextInt(below: 30) == 0 ? 60_000 : random.nextInt(below: 3000)
                // A stretch may end with a line.
                let space = random.nextInt(below: 4) == 0 ? (1 << 20) - text.utf8.count % (1 << 20) : 0
                let filled = String(repeating: "z", count: max(0, space - 40))
                text +=
                    DuplicateSearchTests.record(
                        "\(file)-\(number)", filled + DuplicateSearchTests.text(random.next(), words)) + "\n"
                number += 1
            }
            expected += text
            paths.append(folder.write(text, to: "part-\(file).jsonl"))
        }
        for threads in [1, 3] {
            let search = try search(paths, threads: threads)
            #expect(search.removals.isEmpty)
            #expect(try kept(search) == expected)
        }
    }

    @Test func threadsMemoryAndFilesDoNotChangeWhatStays() throws {
        var random = SeededRandom(seed: 3)
        var records: [String] = []
        for number in 0..<3000 {
            var words = DuplicateSearchTests.text(UInt64(number % 1200), 120).split(separator: " ").map(String.init)
            for _ in 0..<random.nextInt(below: 4) {
                words[random.nextInt(below: 120)] = "x\(random.nextInt(below: 99))"
            }
            records.append(DuplicateSearchTests.record("r\(number)", words.joined(separator: " ")))
        }
        let all = folder.write(records.joined(separator: "\n") + "\n", to: "all.jsonl")
        let one = try search([all], policy: .longest, threads: 1)
        let text = try kept(one)
        let gone = try removed(one)
        #expect(one.removals.count > 800)
        for (threads, memory) in [(4, 1 << 24), (2, 1 << 14)] {
            let other = try search([all], policy: .longest, threads: threads, memory: memory)
            #expect(try kept(other) == text)
            #expect(try removed(other) == gone)
        }
        // In two files in the other order the same records stay.
        let first = folder.write(records[..<1000].joined(separator: "\n") + "\n", to: "first.jsonl")
        let second = folder.write(records[1000...].joined(separator: "\n") + "\n", to: "second.jsonl")
        let turned = try kept(try search([second, first], policy: .longest))
        #expect(turned.split(separator: "\n").sorted() == text.split(separator: "\n").sorted())
    }

    @Test(
        arguments: [
            (.first, "a"), (.longest, "c"), (.newest, "b"), (.sourcePriority, "a"), (.dropAll, nil),
        ] as [(ClusterPolicy, String?)])
    func thePolicyChooses(_ policy: ClusterPolicy, _ expected: String?) throws {
        let text = DuplicateSearchTests.text(1, 300)
        let one = folder.write(
            DuplicateSearchTests.record("a", text, ", \"metadata\": {\"version\": \"17.2.0\"}") + "\n"
                + DuplicateSearchTests.record("b", text + " more", ", \"metadata\": {\"version\": \"17.10.0\"}"),
            to: "1.jsonl")
        let two = folder.write(
            DuplicateSearchTests.record("c", text + " one more", ", \"version\": \"V9.1.0\""), to: "2.jsonl")
        let search = try search([one, two], policy: policy)
        let gone = try removed(search)
        #expect(gone.count == (expected == nil ? 3 : 2))
        #expect(gone.allSatisfy { $0["kept"]?.string == expected })
        #expect(search.keptCount == (expected == nil ? 0 : 1))
    }

    @Test func whereOneHasNoVersionTheDateDecides() throws {
        let text = DuplicateSearchTests.text(1, 300)
        let path = folder.write(
            DuplicateSearchTests.record("a", text, ", \"version\": \"18\", \"date\": \"2023-01\"") + "\n"
                + DuplicateSearchTests.record("b", text, ", \"date\": \"2024-06-01\"") + "\n"
                + DuplicateSearchTests.record("c", text), to: "1.jsonl")
        #expect(try removed(try search([path], policy: .newest)).map { $0["kept"]?.string } == ["b", "b"])
    }

    @Test func otherFormatsAndOtherFieldsAreRead() throws {
        let text = DuplicateSearchTests.text(1, 100)
        folder.write(text + "\n", to: "in/a.txt")
        folder.write("# Title\n\nQuite another text of its own.\n", to: "in/b.md")
        let lines = folder.write("{\"body\": {\"x\": \"\(text)\"}, \"key\": \"k\"}\n", to: "c.jsonl")
        var reading = ReadOptions()
        reading.textField = "body.x"
        reading.fields.id = "key"
        let search = try search([folder("in"), lines], reading: reading)
        #expect(search.count == 3)
        let gone = try removed(search)
        #expect(gone.count == 1)
        #expect(gone[0]["id"]?.string == "k")
        #expect(try kept(search).contains("Quite another text"))
    }

    @Test func whatCannotBeReadIsNamedAndTheRestGoesOn() throws {
        folder.write(DuplicateSearchTests.text(1, 100), to: "some/a.txt")
        folder.write([0x50, 0x4B, 3, 4, 0, 0, 0], to: "some/b.docx")
        folder.write("", to: "some/c.jsonl")
        let search = try search([folder("some")])
        #expect(search.count == 1)
        #expect(search.unreadable.count == 2)
        #expect(search.unreadable.contains { $0.contains("b.docx") })
    }

    @Test func compressedLinesStayAsTheyWere() throws {
        let text = DuplicateSearchTests.text(1, 200)
        let lines = DuplicateSearchTests.record("a", text) + "\n" + DuplicateSearchTests.record("b", text + " x") + "\n"
        let path = folder.write(ZstdCompressor(level: 3).compress(Array(lines.utf8)), to: "in.jsonl.zst")
        let search = try search([path])
        #expect(try kept(search) == DuplicateSearchTests.record("a", text) + "\n")
        #expect(search.removals.map(\.id) == ["b"])
    }

    @Test(
        arguments: [
            ("{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2}\n", "in.jsonl:2"),
            ("{\"text\": \"a\"}\n\n{\"text\": 5}\n", "in.jsonl:3"),
            ("{\"text\": \"a\"}\n{\"text\": \"b\"\n", "in.jsonl:2"),
        ])
    func badRecordsAreNamed(_ text: String, _ place: String) {
        let path = folder.write(text, to: "in.jsonl")
        do {
            _ = try search([path])
            Issue.record("no error for \(text)")
        } catch { #expect("\(error)".contains(place)) }
    }

    @Test func newRecordsAreComparedWithAnIndex() throws {
        let known = (0..<20).map {
            DuplicateSearchTests.record("known\($0)", DuplicateSearchTests.text(UInt64($0), 150))
        }
        let old = folder.write(known.joined(separator: "\n"), to: "old.jsonl")
        let first = try search([old])
        try first.writeIndex(folder("index"))
        let new = folder.write(
            [
                DuplicateSearchTests.record("n1", DuplicateSearchTests.text(7, 150) + " changed"),
                DuplicateSearchTests.record("n2", DuplicateSearchTests.text(100, 150)),
                DuplicateSearchTests.record("n3", DuplicateSearchTests.text(100, 150)),
            ].joined(separator: "\n"), to: "new.jsonl")
        for (round, expected) in [[("n1", "known7"), ("n3", "n2")], [("n1", "known7"), ("n2", "n2"), ("n3", "n2")]]
            .enumerated()
        {
            let index = try DuplicateIndex(folder("index"))
            #expect(index.count == 20 + round)
            let search = DuplicateSearch(index.options, temporaryFolder: folder.path, pool: WorkerPool(threads: 2))
            try search.read([new])
            try search.match(against: index)
            try search.find(.first)
            let gone = try removed(search)
            #expect(gone.map { $0["id"]?.string } == expected.map(\.0))
            #expect(gone.map { $0["kept"]?.string } == expected.map(\.1))
            #expect(gone[0]["jaccard"]?.double == 146.0 / 147)
            #expect(gone[0]["cluster"] == .null)
            if round == 0 { try search.writeIndex(folder("index"), addingTo: index) }
        }
    }

    /// The same specification in several versions, as its publisher gives it: two of 33.117, two of 33.511, three of 33.512.
    @Test(.enabled(if: TestData.isPresent)) func versionsOfRealSpecificationsAreFound() throws {
        let search = try search([TestData.path("3gpp-docx/near-dup")], policy: .newest)
        #expect(search.unreadable.isEmpty)
        #expect(search.found.clusters == [[0, 1], [2, 3], [4, 5, 6]])
        // Versions are those of the cover; the newest stay.
        #expect(search.removals.map(\.record) == [0, 2, 4, 5])
    }
}
