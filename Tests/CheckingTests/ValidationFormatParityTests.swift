import Building
import Documents
import Files
import Inspection
import Parallel
import TestSupport
import Testing
import Tokenization

@testable import Checking

private let python = ExternalProgram.environment("SHARDMILL_PARITY_PYTHON")

/// Against the schemas of the formats, where `SHARDMILL_PARITY_PYTHON` names an interpreter with `jsonschema`, `xmlschema` and `schemastore`.
@Suite(.enabled(if: python != nil, "SHARDMILL_PARITY_PYTHON is not set"))
struct ValidationFormatParityTests {
    /// What the schemas have against files, by kind.
    func errors(_ files: [(kind: String, path: String)]) throws -> [String] {
        let outcome = ExternalProgram.run(
            [try #require(python), TestData.repository + "/tools/parity/validation_formats.py"]
                + files.map { "\($0.kind)=\($0.path)" })
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count >= files.count)
        return lines.filter { !$0.hasSuffix(" ok") }
    }

    @Test func reportsOfHostileTextsKeepTheirSchemas() throws {
        let folder = TemporaryFolder()
        let report = ReportFormatTests.report()
        let empty = ValidationReport(tool: "shardmill 1.2.3", target: "t", kind: "inputs")
        var files: [(kind: String, path: String)] = []
        for (name, report) in [("hostile", report), ("empty", empty)] {
            for (kind, format) in [("sarif", ValidationFormat.sarif), ("junit", .junit), ("validation", .json)] {
                files.append((kind, folder.write(report.text(format), to: "\(name).\(kind)")))
            }
        }
        #expect(try errors(files) == [])
    }

    @Test func whatACorpusWritesKeepsItsSchemas() throws {
        let corpus = try CheckedCorpus()
        let rules = """
            schema: 1
            unreadable: 0
            rejects: {max: 1%, rules: {too-short: 0.5}}
            leakage: {share: 1%, near_duplicates: 0}
            licence: [a, b]
            fertility: {min: 1.5}
            languages: {en: 99%}
            sources: {"*": {tokens: 5}}
            severity: {licence: note}
            drift: {psi: 0.3, change: 10%, measures: {tokens: 5%, kinds: 0.5}}
            waivers: [{rule: rejects, where: corpus, reason: small, owner: anna, expires: 2027-01-01}]
            """
        let outcome = try corpus.check(rules) { $0.makesBaseline = true }
        #expect(outcome.report.findings.count > 4 && outcome.report.waived.count == 1)
        let statistics = try CorpusStatistics(BuiltCorpus(corpus.path), pool: WorkerPool(threads: 1))
        let tokenizer = try Tokenizer.load(corpus.path + "/tokenizer")
        let tally = InputStatistics.Tally(tokenizer, length: 2048)
        try tally.add(Document(id: "a", source: "a", text: Array("some text".utf8)))
        let files = InputStatistics([tally], inputs: ["a", "none"], tokenizer: tokenizer, length: 2048)
        let comparison = StatisticsComparison(StatisticsSide(statistics), StatisticsSide(files))
        corpus.folder.write(rules, to: "rules.yaml")
        let written: [(kind: String, path: String)] = [
            ("manifest", corpus.path + "/manifest.json"),
            ("stats", corpus.folder.write(statistics.json.text(), to: "stats.json")),
            ("stats", corpus.folder.write(files.json.text(), to: "stats-files.json")),
            ("stats", corpus.folder.write(comparison.json.text(), to: "stats-comparison.json")),
            ("baseline", corpus.folder.write(try #require(outcome.baseline).json.text(), to: "baseline.json")),
            (
                "rules",
                corpus.folder.write(try YAMLFile.json(corpus.folder("rules.yaml")).text(), to: "rules.json")
            ),
            ("validation", corpus.folder.write(outcome.report.text(.json), to: "report.json")),
            ("sarif", corpus.folder.write(outcome.report.text(.sarif), to: "report.sarif")),
            ("junit", corpus.folder.write(outcome.report.text(.junit), to: "report.xml")),
        ]
        #expect(try errors(written) == [])
    }

    @Test func theSchemasRefuseWhatIsWrong() throws {
        let folder = TemporaryFolder()
        let wrong = [
            ("sarif", #"{"version": "2.1.0", "runs": [{}]}"#), ("sarif", #"{"version": "2.0.0", "runs": []}"#),
            ("junit", "<testsuites><testsuite name=\"x\"/></testsuites>"),
            (
                "junit",
                "<testsuites><testsuite name='x' tests='1' failures='0' errors='0'><testcase name='x' file='y'/></testsuite></testsuites>"
            ),
            ("validation", #"{"schema": 1}"#), ("manifest", #"{"schema": 2}"#), ("stats", "{}"), ("baseline", "[]"),
            ("rules", #"{"fertilty": 2}"#), ("rules", #"{"unreadable": "many"}"#), ("rules", #"{"waivers": [{}]}"#),
        ]
        for (number, (kind, text)) in wrong.enumerated() {
            let path = folder.write(text, to: "\(number).\(kind)")
            #expect(try !errors([(kind, path)]).isEmpty, "\(kind): \(text)")
        }
    }
}
