import Checking
import Testing

@Suite struct FindingTests {
    @Test func aFindingReadsAsOneLine() {
        let finding = Finding(rule: "ledger", place: "a/b", expected: "x", found: "y", hint: "z")
        #expect(finding.description == "a/b: error: ledger: expected x, found y; z")
    }
}
