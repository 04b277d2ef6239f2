import Documents
import Files
import TestSupport
import Testing

@testable import Building
@testable import Checking

/// Parts of `documents/` that lie: each lie is a finding, none is a crash.
@Suite struct DocumentPartCheckTests {
    let folder = TemporaryFolder()

    /// A record as a build writes it, and its digest, so that only the lie is found.
    func check(_ lines: [String]) -> DocumentPartCheck.Result {
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        folder.write(bytes, to: "part-00000.jsonl")
        var digest = SHA256Digest()
        digest.update(bytes)
        let part = Manifest.DocumentPart(
            name: "part-00000.jsonl", documents: lines.count, sha256: digest.hexadecimal())
        return DocumentPartCheck(folder: folder.path, part: part).run()
    }

    func record(
        text: String = "abc", ledger: String = #"{"added":{},"removed":{},"source":3,"written":3}"#,
        spans: String = "[]", tokens: String = #"{"split":"train","count":2,"copies":3}"#
    ) -> String {
        #"{"id":"a","ledger":\#(ledger),"metadata":{},"source":"s","spans":\#(spans),"text":"\#(text)","tokens":\#(tokens)}"#
    }

    @Test func aSoundPartHasNoFindingsAndItsTokensAddUp() {
        let result = check([record(), record(tokens: #"{"split":"validation","count":5,"copies":3}"#)])
        #expect(result.findings.isEmpty, "\(result.findings)")
        #expect(result.documents == 2)
        #expect(result.tokens == [.train: 6, .validation: 5])
    }

    @Test(arguments: [
        (#"{"added":{},"removed":{},"source":4,"written":3}"#, "off by 1 scalars"),
        (#"{"added":{},"removed":{},"source":4,"written":4}"#, "found 3"),
        (#"{"source":3,"written":3}"#, "expected a ledger with source, written, added and removed"),
        (#"{"added":{"x":"y"},"removed":{},"source":3,"written":3}"#, "expected a ledger"),
        (
            #"{"added":{"x":9223372036854775807},"removed":{},"source":9223372036854775807,"written":3}"#,
            "off by"
        ),
    ]) func aLedgerThatLiesIsFound(ledger: String, says: String) {
        let result = check([record(ledger: ledger)])
        #expect(result.findings.count == 1)
        #expect(result.findings.first?.description.contains(says) == true, "\(result.findings)")
    }

    @Test func aPartOfNothingButLiesNamesTheFirst() {
        let result = check((0..<50).map { _ in record(spans: #"[["prose",0,4]]"#) })
        #expect(result.findings.count == 2 && result.measure.documents == 0)
        #expect(result.findings.last?.found == "50 that do not", "\(result.findings)")
    }

    @Test(arguments: [
        #"[["prose",0,4]]"#, #"[["prose",2,1]]"#, #"[["prose",0,2],["table",1,3]]"#, #"[["prose",-1,2]]"#,
        #"[["what",0,2]]"#, #"[["prose",0]]"#, #"[7]"#,
    ]) func spansOutsideTheTextAreFound(spans: String) {
        let result = check([record(spans: spans)])
        #expect(result.findings.count == 1, "\(result.findings)")
    }

    @Test func countsBeyondEveryTextDoNotTrap() {
        let huge = #"{"split":"train","count":9223372036854775807,"copies":9223372036854775807}"#
        let result = check([record(tokens: huge), record(tokens: huge)])
        #expect(result.documents == 2)
        #expect(result.tokens[.train] != 4)
    }

    @Test func aPartThatIsNotThereIsAFinding() {
        let part = Manifest.DocumentPart(name: "none.jsonl.zst", documents: 1, sha256: "")
        let result = DocumentPartCheck(folder: folder.path, part: part).run()
        #expect(result.findings.map(\.rule) == ["documents"])
        #expect(result.findings.first?.found.contains("no such file") == true)
    }
}
