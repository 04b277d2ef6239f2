import Cleaning
import Documents
import Files
import Parallel
import TestSupport
import Testing

@testable import Building

/// Whether the program that trains the model is there.
private enum FastTextProgram {
    static let isInstalled = ExternalProgram.run(["fasttext", "help"]).status >= 0
}

/// Classes by a model, and repaired characters, in a build.
@Suite struct TextClassBuildTests {
    let folder = TemporaryFolder()

    private func recipe(_ clean: String) throws -> Recipe {
        try Folder.create(folder("in"))
        let good = (0..<30).map { "The terminal starts timer \($0) and waits for an answer of the network." }
        let bad = (0..<30).map { "Buy cheap offer \($0) now and win the lucky casino bonus of the day." }
        folder.write(good.joined(separator: "\n\n") + "\n\nThe \u{FB01}rst cafÃ©.", to: "in/a.txt")
        folder.write(bad.joined(separator: "\n\n"), to: "in/b.txt")
        let yaml = """
            sources: [{name: a, path: in}]
            tokenizer: \(TestData.repository)/tokenizers/standards-4k
            pack: {length: 64}
            clean: {\(clean)}
            """
        return try Recipe(yaml: yaml, file: folder("recipe.yaml"))
    }

    private func text(_ recipe: Recipe, _ name: String, _ part: String) throws -> String {
        _ = try BuildRun(recipe: recipe, folder: folder(name), options: BuildOptions(), tool: "test").run()
        return try Folder.names(in: folder(name) + "/" + part).map {
            let path = folder(name) + "/\(part)/\($0)"
            return String(decoding: try ByteStream.open(path).readAll(limit: 1 << 24), as: UTF8.self)
        }.joined()
    }

    private func train(_ epochs: Int) {
        var lines = ""
        for index in 0..<200 {
            lines += "__label__good The terminal starts timer \(index) and waits for an answer\n"
            lines += "__label__bad Buy cheap offer \(index) now and win the lucky casino\n"
        }
        folder.write(lines, to: "train.txt")
        let outcome = ExternalProgram.run([
            "fasttext", "supervised", "-input", folder("train.txt"), "-output", folder("model"), "-dim", "8", "-thread",
            "1", "-verbose", "0", "-epoch", "\(epochs)",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(.enabled(if: FastTextProgram.isInstalled)) func aModelDecidesAndItsFileIsPartOfTheMeaning() throws {
        train(5)
        func clean(_ least: String) -> String {
            "fasttext: [{name: quality, model: model.bin, label: __label__good, min: \(least)}]"
        }
        let first = try recipe(clean("0.5"))
        let rejected = try text(first, "dropped", "rejected")
        #expect(rejected.contains("\"rule\":\"class-quality\""))
        #expect(rejected.split(separator: "\n").count == 1)
        #expect(try text(recipe(clean("0")), "kept", "rejected") == "")
        func key(_ recipe: Recipe) throws -> String {
            let plan = try BuildPlan(recipe: recipe, pool: WorkerPool(threads: 1)) { _ in }
            return plan.extractKey(plan.partitions[0])
        }
        let before = try key(first)
        #expect(try key(recipe(clean("0.9"))) == before)
        #expect(try recipe(clean("0.9")).meaning != first.meaning)
        train(6)
        #expect(try key(recipe(clean("0.5"))) != before)
        #expect(try recipe(clean("0.5")).meaning != first.meaning)
    }

    @Test func aModelThatIsNotThereOrNoneIsNamed() throws {
        let missing = #expect(throws: BuildFailure.self) {
            try recipe("fasttext: [{name: quality, model: none.bin, label: l}]")
        }
        #expect(missing?.kind == .missingInput)
        #expect(missing?.description.contains("fasttext") == true, "\(missing?.description ?? "")")
        folder.write("no model", to: "bad.bin")
        let damaged = try recipe("fasttext: [{name: quality, model: bad.bin, label: l}]")
        let error = #expect(throws: CleaningFailure.self) {
            try BuildPlan(recipe: damaged, pool: WorkerPool(threads: 1)) { _ in }
        }
        #expect(error?.kind == .unreadableInput)
        #expect(error?.description == "\(folder("bad.bin")): is no fastText model (.bin)")
        for (clean, message) in [
            ("fasttext: {name: q}", "clean.fasttext: expected a list"),
            ("fasttext: [{name: q}]", "fasttext: model: expected a text"),
            (
                "unicode: {ligature: off}",
                "expected the keys mojibake, ligatures, zero_width, private_use, found ligature"
            ),
        ] {
            let error = #expect(throws: BuildFailure.self) { try recipe(clean) }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        }
    }

    @Test func charactersAreRepairedUnlessSwitchedOff() throws {
        #expect(try text(recipe("profile: none"), "on", "documents").contains("The first café."))
        #expect(try text(recipe("profile: none, unicode: off"), "off", "documents").contains("The \u{FB01}rst cafÃ©."))
    }
}
