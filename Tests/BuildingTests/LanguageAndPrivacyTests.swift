import Documents
import Files
import Parallel
import TestSupport
import Testing

@testable import Building

/// What a recipe says of languages and personal data, in a build.
@Suite struct LanguageAndPrivacyTests {
    let folder = TemporaryFolder()

    private func recipe(_ clean: String) throws -> Recipe {
        try Folder.create(folder("in"))
        let english = (0..<30).map {
            "The terminal starts timer \($0) and waits for an answer from the network before it tries again."
        }
        let german = (0..<30).map {
            "Das Endgerät startet den Zeitgeber \($0) und wartet auf eine Antwort des Netzes, bevor es noch einmal fragt."
        }
        folder.write(english.joined(separator: "\n\n") + "\n\nWrite to jane@acme.com or 134.157.81.9.", to: "in/a.txt")
        folder.write(german.joined(separator: "\n\n"), to: "in/b.txt")
        let yaml = """
            sources: [{name: a, path: in}]
            tokenizer: \(TestData.repository)/tokenizers/standards-4k
            pack: {length: 64}
            clean: {\(clean)}
            """
        return try Recipe(yaml: yaml, file: folder("recipe.yaml"))
    }

    private func build(_ recipe: Recipe, _ name: String) throws -> (rules: [String], text: String) {
        let run = BuildRun(recipe: recipe, folder: folder(name), options: BuildOptions(), tool: "test")
        _ = try run.run()
        func all(_ part: String) throws -> String {
            try Folder.names(in: folder(name) + "/" + part).map {
                String(
                    decoding: try ByteStream.open(folder(name) + "/\(part)/\($0)").readAll(limit: 1 << 24),
                    as: UTF8.self)
            }.joined()
        }
        let parser = JSONParser()
        let rules = try all("rejected").split(separator: "\n").map { line in
            try parser.parse(Array(line.utf8), name: "rejected") { $0["rule"]?.value.string ?? "" }
        }
        return (rules, try all("documents"))
    }

    @Test func anotherLanguageIsDropped() throws {
        #expect(try build(recipe("language: [en]"), "en").rules == ["wrong-language"])
        #expect(try build(recipe("language: [en, de]"), "both").rules == [])
        #expect(try build(recipe("language: [en], min_language: 0"), "none").rules == [])
        #expect(try build(recipe("signals: [language]"), "measured").rules == [])
    }

    /// What decides is not what is extracted.
    @Test func aThresholdChangesNoArtefact() throws {
        func key(_ clean: String) throws -> String {
            let plan = try BuildPlan(recipe: recipe(clean), pool: WorkerPool(threads: 1)) { _ in }
            return plan.extractKey(plan.partitions[0])
        }
        let english = try key("language: [en]")
        #expect(try key("language: [de], min_language: 0.9") == english)
        #expect(try key("signals: [language]") == english)
        #expect(try key("profile: standards") != english)
        #expect(try key("language: [en], pii: count") != english)
        #expect(try recipe("language: [en]").meaning != recipe("language: [en], min_language: 0.9").meaning)
        #expect(try recipe("language: [en]").meaning != recipe("language: [fr]").meaning)
    }

    @Test func personalDataIsReplacedInWhatIsBuilt() throws {
        let replaced = try build(recipe("pii: {email: replace, ip: count}"), "pii").text
        #expect(replaced.contains("Write to <EMAIL> or 134.157.81.9."))
        #expect(replaced.contains("\"personal_data\":{\"email\":1,\"ip\":1}"))
        let kept = try build(recipe("pii: off"), "off").text
        #expect(kept.contains("jane@acme.com") && !kept.contains("personal_data"))
    }

    @Test(arguments: [
        ("pii: maybe", "clean.pii: expected off, count, replace, or"),
        ("pii: {email: gone}", "pii: email: expected off, count or replace"),
        ("pii: {mail: count}", "expected the keys email, ip, phone, tokens, examples, found mail"),
        ("signals: [speed]", "clean.signals: expected [language]"),
        ("min_language: x", "clean.min_language: expected a number"),
    ]) func whatIsNotUnderstoodIsNamed(_ clean: String, _ message: String) {
        let error = #expect(throws: BuildFailure.self) { try recipe(clean) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
