import Files
import ReadingProperties
import TestSupport
import Testing

/// What holds for any input of any reader: of the seeds of the fuzzer, of changes of them, and of every input that once broke a promise
/// (`Tests/Fuzzing/Findings`, a folder a reader; docs/fuzzing.md).
@Suite struct ReadingPropertyTests {
    @Test(arguments: FuzzedReader.allCases) func seedsAndChangesOfThem(reader: FuzzedReader) {
        let check = ReadingCheck(reader)
        var changes = Mutations(reader, seed: 7)
        for (number, seed) in reader.seeds.enumerated() {
            if let found = check.violation(seed) { Issue.record("seed \(number): \(found)") }
        }
        let seeds = reader.seeds
        for round in 0..<400 {
            var input = changes.change(seeds[round % seeds.count])
            if round % 3 == 0 { input = changes.change(input) }
            guard let found = check.violation(input) else { continue }
            Issue.record(
                "round \(round): \(found): \(String(decoding: input.prefix(2000), as: UTF8.self).debugDescription)")
            return
        }
    }

    static let findings = TestData.repository + "/Tests/Fuzzing/Findings"

    @Test(arguments: FuzzedReader.allCases) func findingsHold(reader: FuzzedReader) throws {
        let folder = ReadingPropertyTests.findings + "/" + reader.rawValue
        guard let names = try? Folder.filesBelow(folder) else { return }
        let check = ReadingCheck(reader)
        for name in names {
            let input = try FileByteStream(folder + "/" + name).readAll(limit: 1 << 20)
            if let found = check.violation(input) { Issue.record("\(name): \(found)") }
        }
    }

    /// A check that finds nothing in a reader that loses text would be worth nothing.
    @Test func aPlantedLossIsFound() {
        let check = ReadingCheck(.html, swallowedAppend: 1)
        let found = check.violation(Array("<p>one<p>two<p>three".utf8))
        #expect(found?.contains("the ledger is open") == true, "\(found ?? "nothing found")")
    }
}
