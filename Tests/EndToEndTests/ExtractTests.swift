import Files
import TestSupport
import Testing

/// `shardmill extract` as a person calls it.
@Suite struct ExtractTests {
    let folder = TemporaryFolder()

    /// A redirect is no document and no failure: it is counted.
    @Test func whatIsNoDocumentIsPassedOver() throws {
        let dump = folder.write(
            """
            <mediawiki><page><title>A</title><ns>0</ns><id>1</id><redirect title="B"/>
            <revision><text>#REDIRECT [[B]]</text></revision></page></mediawiki>
            """, to: "dump.xml")
        let result = try Tool.run(["extract", dump])
        #expect(result.status == 0 && result.output.isEmpty)
        #expect(result.error.contains("0 documents from 1 file, 0 not read, 1 passed over"), "\(result.error)")
        let counts = try Tool.run(["extract", dump, "--json", "--output", folder("out")]).json
        #expect(counts["passed_over"]?.int == 1 && counts["rejected"]?.int == 0)
        let itself = try Tool.run(["extract", dump, "--output", dump])
        #expect(itself.status == 64 && itself.error.contains("is the input"), "\(itself.error)")
    }

    @Test func fieldsOfRecordsAreNamedByOptions() throws {
        let lines = folder.write(
            """
            {"key": "k1", "body": "First text.", "name": "One", "year": 2024, "noise": 1}
            {"key": "k2", "body": "Second text.", "name": "Two", "year": 2025, "noise": 2}

            """, to: "records.jsonl")
        func extract(_ options: String...) throws -> [JSONValue] {
            let out = folder("out.jsonl")
            let result = try Tool.run(["extract", lines, "--text-field", "body", "--output", out] + options)
            #expect(result.status == 0, "\(result.error)")
            return try Tool.lines(of: out)
        }
        let plain = try extract()
        #expect(plain.map { $0["text"]?.string } == ["First text.", "Second text."])
        #expect(plain[0]["metadata"]?["noise"]?.int == 1)
        let named = try extract("--id-field", "key", "--title-field", "name", "--metadata-field", "year")
        #expect(named.map { $0["metadata"]?["title"]?.string } == ["One", "Two"])
        #expect(named[1]["metadata"]?["year"]?.int == 2025)
        #expect(named[1]["metadata"]?["noise"] == nil)
        #expect(named[0]["id"] != plain[0]["id"])
        // The key, not the place in the file, makes the id.
        folder.write("{\"key\": \"k2\", \"body\": \"Second text.\", \"name\": \"Two\"}\n", to: "records.jsonl")
        #expect(try extract("--id-field", "key")[0]["id"] == named[1]["id"])
    }
}
