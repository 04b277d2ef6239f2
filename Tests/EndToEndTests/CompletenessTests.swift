import Files
import TestSupport
import Testing

/// Words of real Word documents, counted by a program of its own, against what the tool brings out.
@Suite(.enabled(if: TestData.isPresent, "needs the real documents: SHARDMILL_TEST_DATA"))
struct CompletenessTests {
    @Test(.enabled(if: ExternalPython.parity != nil, "needs Python: SHARDMILL_PARITY_PYTHON"))
    func everyWordComesOutInOrder() throws {
        let line = try ExternalPython.run(
            ExternalPython.parity!,
            [
                TestData.repository + "/tools/parity/completeness.py", Tool.path, TestData.path("3gpp-docx"), "--only",
                "shardmill",
            ])
        let result = try JSONValue(parsing: Array(line.utf8), name: "completeness.py")
        let words = try #require(result["words"]?.int)
        let missing = try #require(result["missing"]?["shardmill"]?.int)
        #expect(words > 4_000_000)
        #expect(missing * 10_000 <= words, "\(missing) of \(words) words are missing")
        #expect(result["failed"]?["shardmill"]?.items?.isEmpty == true, "\(line)")
    }
}
