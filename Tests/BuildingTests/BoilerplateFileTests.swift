import Cleaning
import Documents
import Files
import Readers
import TestSupport
import Testing

@testable import Building

@Suite struct BoilerplateFileTests {
    static let least = "sources: [{name: a, path: a.txt}]\ntokenizer: t\n"
    let folder = TemporaryFolder()

    @Test func theFilesOfTheProgramAreRead() throws {
        #expect(BoilerplateFile.builtIn.map(\.name) == ["3gpp", "etsi"])
        #expect(BoilerplateFile.builtIn.flatMap(\.publishers) == ["3GPP", "ETSI"])
        let documented = try FileByteStream(TestData.repository + "/docs/boilerplate.md").readAll(limit: 1 << 20)
        let text = String(decoding: documented, as: UTF8.self)
        for name in try BoilerplateFile.rules().names {
            #expect(text.contains("`boilerplate-\(name)`"), "docs/boilerplate.md names every rule: \(name)")
        }
    }

    @Test(arguments: [
        ("publisher: [X]\nrules: [{name: a, section: b}]", "version: missing"),
        ("version: 1\nrules: [{name: a, section: b}]", "publisher: missing"),
        ("version: 1\npublisher: X", "rules: missing"), ("version: 1\npublisher: X\nrules: []", "at least one entry"),
        ("version: 1\npublisher: X\nrules: [{name: a}]", "takes nothing"),
        ("version: 1\npublisher: X\nrules: [{name: a, sektion: b}]", "did you mean `section`?"),
        ("version: 1\npublisher: X\nrules: [{name: a, section: b, plase: end}]", "did you mean `place`?"),
        ("version: 1\npublisher: X\nrules: [{name: A b, section: b}]", "expected a name of small letters"),
        ("version: 1\npublisher: X\nrules: [{name: a, section: '*'}]", "is in every text"),
        (
            "version: 1\npublisher: X\nrules: [{name: a, section: b, place: middle}]",
            "expected one of anywhere, start, end"
        ),
        ("version: 0\npublisher: X\nrules: [{name: a, section: b}]", "expected a whole number from 1"),
        ("[", "expected YAML"),
    ]) func whatIsNotUnderstoodIsNamed(_ yaml: String, _ says: String) {
        let error = #expect(throws: BuildFailure.self) { try BoilerplateFile.ruleSet(yaml: yaml, name: "mine.yaml") }
        let line = error?.description ?? ""
        #expect(line.contains(says) && line.contains("mine.yaml") && !line.contains("\n"), "\(line)")
    }

    @Test func aRecipeSwitchesAndAdds() throws {
        folder.write(
            "version: 3\npublisher: any\nrules: [{name: disclaimer, section: [Disclaimer]}]\n", to: "rules/own.yaml")
        func rules(_ more: String) throws -> BoilerplateRules {
            try Recipe(yaml: BoilerplateFileTests.least + more, file: folder("r.yaml")).boilerplate
        }
        #expect(try rules("").sets == BoilerplateFile.builtIn)
        #expect(try rules("clean: {language: en}").sets == BoilerplateFile.builtIn)
        #expect(try rules("clean: {profile: none}") == .none)
        #expect(try rules("clean: {boilerplate: off}") == .none)
        #expect(try rules("clean: {profile: none, boilerplate: on}").sets == BoilerplateFile.builtIn)
        let own = try rules("clean: {boilerplate: {rules: rules/own.yaml, off: [foreword, void]}}")
        #expect(own.sets.first?.publishers == [])
        #expect(own.sets.count == 3)
        #expect(own.off == ["foreword", "void"])
        for (wrong, says) in [
            (
                "clean: {boilerplate: {off: [forword]}}",
                "clean.boilerplate.off: no rule is called `forword`; did you mean `foreword`?"
            ),
            ("clean: {boilerplate: {rule: x}}", "did you mean `rules`?"),
            ("clean: {boilerplate: maybe}", "expected on, off"),
            ("clean: {boilerplate: {rules: none.yaml}}", "none.yaml"),
            ("read: {granularity: page}", "expected one of document, clause, found `page`"),
        ] {
            do {
                _ = try rules(wrong)
                Issue.record("\(wrong) was read")
            } catch { #expect("\(error)".contains(says), "\(error)") }
        }
        let meaning = { (more: String) in
            try Recipe(yaml: BoilerplateFileTests.least + more, file: "r.yaml").meaning
        }
        #expect(try meaning("") != meaning("clean: {boilerplate: off}"))
        #expect(try meaning("") != meaning("read: {granularity: clause}"))
    }
}

/// The rules of the program on the real documents: whole blocks go, headings among them only those that a rule names, and every ledger
/// closes; the same of clauses.
@Suite(.enabled(if: TestData.isPresent)) struct RealBoilerplateTests {
    @Test(arguments: ["3gpp-docx", "pdf2xml", "etsi-md", "telecom-md", "word-html", "3gpp-tdocs", "rfc-xml"])
    func onlyBoilerplateGoes(_ name: String) throws {
        let rules = try BoilerplateFile.rules()
        let titles = [
            "foreword", "history", "contents", "intellectual property", "legal notice", "modal verbs",
            "important notice", "copyright",
            "disclaimer", "essential patents", "trademarks", "void", "page ", "etsi ts",
        ]
        let root = TestData.path(name)
        var reader = DocumentReader(options: ReadOptions())
        var fired: [String: Int] = [:]
        for path in try Folder.filesBelow(root) where path != "SOURCES.md" {
            let input = InputFile(path: root + "/" + path, relativePath: path, source: name)
            try? reader.read(
                input,
                emit: { read in
                    var document = read
                    rules.remove(from: &document)
                    #expect(document.ledgerGap == 0, "\(path)")
                    for rule in document.ledger.removed.keys where rule.hasPrefix("boilerplate-") {
                        fired[rule, default: 0] += 1
                    }
                    // Spans that stay are those of the document, in order; of those that went every heading is a known one or void.
                    var place = 0
                    let kept = document.spans.map { document.text[$0.start..<$0.end] }
                    let outline = ClauseOutline(read)
                    let labels = Dictionary(uniqueKeysWithValues: outline.headings.map { ($0.span, $0.label) })
                    for (index, span) in read.spans.enumerated() {
                        if place < kept.count, read.text[span.start..<span.end].elementsEqual(kept[place]) {
                            place += 1
                        } else if let label = labels[index] {
                            let title = label.title.lowercased()
                            let isVoid = read.spans[(index + 1)...].prefix { $0.kind != .heading }.allSatisfy {
                                $0.end - $0.start < 12
                            }
                            #expect(isVoid || titles.contains { title.contains($0) }, "\(path): \(label.text)")
                        }
                    }
                    #expect(place == kept.count, "\(path)")
                    let records = document.clauses()
                    var sum = ExtractionLedger()
                    for record in records {
                        #expect(record.ledgerGap == 0)
                        sum.merge(record.ledger)
                    }
                    #expect(sum.source == document.ledger.source, "\(path)")
                    #expect(Set(records.map(\.id)).count == records.count, "\(path)")
                }, reject: { _ in })
        }
        if name == "3gpp-docx" {
            #expect(fired["boilerplate-foreword"] ?? 0 >= 55, "\(fired)")
            #expect(fired["boilerplate-change-history"] ?? 0 >= 55, "\(fired)")
        }
        if name == "3gpp-tdocs" || name == "rfc-xml" { #expect(fired.isEmpty, "\(fired)") }
    }
}
