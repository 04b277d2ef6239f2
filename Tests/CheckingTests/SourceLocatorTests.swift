import Files
import TestSupport
import Testing

@testable import Building
@testable import Checking

@Suite struct SourceLocatorTests {
    let folder = TemporaryFolder()

    /// The line of each subject in a source `s` of the files of this folder.
    func lines(_ subjects: [FindingPlace.Subject]) throws -> [Int?] {
        folder.write(ByteTokenizer.json, to: "tokenizer.json")
        let yaml = """
            sources:
              - {name: s, path: "in/*"}
            tokenizer: tokenizer.json
            """
        let recipe = try Recipe(yaml: yaml, file: folder("recipe.yaml"))
        var findings = subjects.map {
            Finding(rule: "languages", place: FindingPlace($0), expected: "a", found: "b", hint: "c", subject: $0.path)
        }
        SourceLocator(recipe, names: ["s"]).locate(&findings)
        return findings.map(\.place.line)
    }

    func subject(_ path: String, probe: String = "", occurrence: Int = 1) -> FindingPlace.Subject {
        FindingPlace.Subject(
            id: "", source: "s", path: path, probe: Array(probe.utf8), occurrence: occurrence)
    }

    @Test func aLineThatIsTheTextComesBeforeOneThatHoldsIt() throws {
        let cut = String(repeating: "long ", count: 40)
        folder.write(
            "# Contents\n- Scope, page 1\n\n Scope \nsome Other text\nTwice\nTwice\n\(cut)\nonly held here, once\nheld 1 x\nheld 1 y\n",
            to: "in/a.md")
        let probes = ["Scope", "Other", "Twice", String(cut.prefix(160)), "held here", "held 1", "nowhere"]
        #expect(
            try lines(probes.map { subject("a.md", probe: $0) }) == [4, 5, nil, 8, 9, nil, nil])
    }

    @Test func theSecondRecordOfAnIdIsTheDuplicate() throws {
        let records = ["a", "b", "a", "c", "a"].map { #"{"id": "\#($0)", "text": "x"}"# + "\n" }.joined()
        folder.write(records, to: "in/r.jsonl")
        let offset = records.utf8.count / 5 * 3
        let found = try lines([
            subject("r.jsonl!a"), subject("r.jsonl!a", occurrence: 2), subject("r.jsonl!a", occurrence: 3),
            // Its first record is in another file.
            subject("r.jsonl!b", occurrence: 2), subject("r.jsonl!@\(offset)"), subject("r.jsonl!@0"),
            subject("r.jsonl!z"),
        ])
        #expect(found == [1, 3, 5, 2, 4, 1, nil])
    }

    @Test func whatStandsBeforeTheDamageIsFound() throws {
        // A stream that ends in the middle of its compressed frame.
        let text = (0..<200_000).map { #"{"id": "r\#($0)", "text": "\#($0 &* 7919)"}"# + "\n" }.joined()
        let whole = ZstdCompressor(level: 1).compress(Array(text.utf8))
        folder.write(Array(whole.prefix(whole.count / 2)), to: "in/r.jsonl.zst")
        #expect(try lines([subject("r.jsonl.zst!r5"), subject("r.jsonl.zst!r199999")]) == [6, nil])
    }

    @Test func pathsAreShownFromTheWorkingFolder() throws {
        let here = PathText.normalized(PathText.absolute(""))
        for (path, shown) in [
            ("recipes/../docs/a.md", "docs/a.md"), ("./a.md", "a.md"), ("a//b/./c.md", "a/b/c.md"),
            ("../x/a.md", "../x/a.md"), ("/elsewhere/../a.md", "/a.md"), (here + "/a.md", "a.md"),
            (here + "x/a.md", here + "x/a.md"), (here + "/recipes/../docs/a.md", "docs/a.md"),
            // A mark that would join the slash before it.
            (here + "/\u{301}a.md", "\u{301}a.md"),
        ] { #expect(Array(SourceLocator.fromWorkingFolder(path).utf8) == Array(shown.utf8), "\(path)") }
        for (path, shown) in [("/..", "/"), ("", "."), ("a/..", "."), ("../../a", "../../a"), ("/", "/")] {
            #expect(PathText.normalized(path) == shown)
        }
    }
}
