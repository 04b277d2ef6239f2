import Files
import Parallel
import TestSupport
import Testing

@testable import Checking

@Suite struct RecipeAndInputTests {
    let folder = TemporaryFolder()

    func check(recipe text: String, rules: String = "") throws -> ValidationReport {
        folder.write(ByteTokenizer.json, to: "tokenizer.json")
        folder.write(ByteTokenizer.json.replacing("<|endoftext|>", with: "<other>"), to: "bare.json")
        folder.write(CheckedCorpus.prose(1), to: "texts/a.md")
        let path = folder.write(text, to: "recipe.yaml")
        var options = ValidationOptions()
        if !rules.isEmpty { options.rules = try ValidationRules(yaml: rules, file: "rules.yaml") }
        return try RecipeCheck(file: path, options: options).run()
    }

    @Test func aRecipeThatCanBeBuiltHasNoFindings() throws {
        let report = try check(
            recipe: "sources:\n  - {name: a, path: texts/*.md, licence: ours}\ntokenizer: tokenizer.json\n",
            rules: "licence: [ours]\nseparator: eos")
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(report.coverage.map(\.all) == [1, 1] && report.kind == "recipe")
    }

    @Test(arguments: [
        ("sources:\n  - {name: a, path: gone/*.md, licence: x}\ntokenizer: tokenizer.json", "recipe", 2, "gone"),
        ("sources:\n  - {name: a, path: texts, licence: x}\n\ntokenizer: gone.json", "tokenizer", 4, "gone.json"),
        ("sources:\n  - {name: a, path: texts, licence: x}\ntokenizer: recipe.yaml", "tokenizer", 3, "recipe.yaml"),
        ("sources:\n  - {name: a, path: texts}\ntokeniser: tokenizer.json", "recipe", 3, "did you mean `tokenizer`?"),
        ("sources:\n  - {name: a, path: texts, licence: x}\ntokenizer: tokenizer.json\npak: {}", "recipe", 4, "`pack`"),
        (
            "sources:\n  - {name: a, path: texts, licence: x}\ntokenizer: bare.json\npack: {separator: both}",
            "separators", 3, "no end and no begin token"
        ),
    ]) func whatKeepsARecipeFromBeingBuiltIsNamed(text: String, rule: String, line: Int, says: String) throws {
        let report = try check(recipe: text + "\n")
        let finding = try #require(report.findings.first)
        #expect(report.findings.count == 1 && finding.rule == rule && finding.severity == .error, "\(report.findings)")
        #expect(finding.place.line == line && finding.place.file.hasSuffix("recipe.yaml"), "\(finding)")
        #expect(finding.message.contains(says), "\(finding)")
    }

    @Test func allMistakesOfARecipeAreNamed() throws {
        let report = try check(
            recipe: """
                sources:
                  - {name: a, path: texts, licence: x, wight: 2}
                tokenizer: tokenizer.json
                pack: {length: long, strategy: bestfit, seperator: eos}
                seed: -1
                sede: 2

                """)
        let lines = report.findings.map { $0.place.line ?? 0 }
        #expect(lines.sorted() == [2, 4, 4, 4, 5, 6], "\(report.findings)")
        #expect(report.findings.allSatisfy { $0.rule == "recipe" && $0.severity == .error })
        let length = try #require(report.findings.first { $0.expected.contains("pack.length") })
        #expect(length.found == "`long`" && length.expected.contains("a whole number from 2"), "\(length)")
    }

    @Test func nothingToLookAtIsNotSound() throws {
        try Folder.create(folder("empty"))
        let inputs = try InputCheck([folder("empty")], pool: WorkerPool(threads: 1)).run()
        #expect(inputs.findings.map(\.severity) == [.warning] && !inputs.text(.text).contains("sound"))
        let recipe = try check(
            recipe: "sources:\n  - {name: a, path: empty, licence: x}\ntokenizer: tokenizer.json\n")
        #expect(recipe.findings.map(\.severity) == [.warning], "\(recipe.findings)")
    }

    @Test func aMissingLicenceIsAWarningUntilRulesAskForOne() throws {
        let text = "sources:\n  - {name: a, path: texts}\ntokenizer: tokenizer.json\n"
        let mild = try check(recipe: text)
        #expect(mild.findings.map(\.severity) == [.warning] && mild.isSound)
        let strict = try check(recipe: text, rules: "licence: required")
        #expect(strict.findings.map(\.severity) == [.error] && strict.findings[0].place.line == 2)
        #expect(throws: FileFailure.self) { try RecipeCheck(file: folder("none.yaml")).run() }
    }

    @Test func inputsAreReadAndWhatCannotBeIsNamedByLine() throws {
        folder.write("# A\n\ntext\n", to: "in/a.md")
        folder.write(#"{"text": "one"}"# + "\n\n{broken\n" + #"{"text": "two"}"# + "\n[1]\n", to: "in/b.jsonl")
        folder.write([0x50, 0x4B, 3, 4, 9, 9], to: "in/c.zip")
        let pool = WorkerPool(threads: 2)
        let report = try InputCheck([folder("in")], pool: pool).run()
        let places = report.findings.map { "\(PathText.name(of: $0.place.file)):\($0.place.line ?? 0)" }.sorted()
        #expect(places == ["b.jsonl:3", "b.jsonl:5", "c.zip:0"], "\(report.findings)")
        #expect(report.findings.allSatisfy { $0.rule == "unreadable" && $0.severity == .error })
        #expect(report.coverage.first { $0.name == "documents" }?.all == 3)
        var options = ValidationOptions()
        options.rules = try ValidationRules(yaml: "unreadable: 60%\ndocuments: 4", file: "rules.yaml")
        let allowed = try InputCheck([folder("in")], options: options, pool: pool).run()
        #expect(allowed.findings.map(\.severity) == [.error, .warning, .warning, .warning], "\(allowed.findings)")
        #expect(allowed.findings[0].rule == "documents-count")
        #expect(throws: FileFailure.self) { try InputCheck([folder("none")], pool: pool).run() }
        // Three of six: what is found of counts is no input.
        options.rules = try ValidationRules(yaml: "unreadable: 50%\ndocuments: 4", file: "rules.yaml")
        let half = try InputCheck([folder("in")], options: options, pool: pool).run()
        #expect(half.findings.map(\.severity) == [.error, .warning, .warning, .warning], "\(half.findings)")
    }

    @Test func aFileOfBrokenRecordsIsNamedByItsFirst() throws {
        folder.write(String(repeating: "{broken\n", count: 300), to: "bad/a.jsonl")
        folder.write(String(repeating: "{broken\n", count: 3), to: "bad/b.jsonl")
        var options = ValidationOptions()
        options.rules = try ValidationRules(yaml: "examples: 5\nunreadable: 0", file: "rules.yaml")
        let report = try InputCheck([folder("bad")], options: options, pool: WorkerPool(threads: 2)).run()
        let names = report.findings.map { "\(PathText.name(of: $0.place.file)):\($0.place.line ?? 0)" }
        #expect(names == (1...5).map { "a.jsonl:\($0)" } + (1...3).map { "b.jsonl:\($0)" } + ["a.jsonl:0"])
        #expect(report.findings.last?.found == "300 records or members that cannot")
    }
}
