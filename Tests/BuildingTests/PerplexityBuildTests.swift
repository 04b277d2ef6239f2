import Cleaning
import Documents
import Files
import Parallel
import Synchronization
import TestSupport
import Testing

@testable import Building

/// A model's perplexity as a signal of a build. The model is stood in for by a function of the text.
@Suite struct PerplexityBuildTests {
    let folder = TemporaryFolder()
    private let asked = Asked()

    /// How often the model was asked.
    private final class Asked: Sendable {
        let count = Mutex(0)
        var now: Int { count.withLock { $0 } }
    }

    private func recipe(_ perplexity: String, _ more: String = "") throws -> Recipe {
        try Folder.create(folder("in"))
        try Folder.create(folder("model"))
        if !Folder.exists(folder("model/config.json")) { folder.write("{}", to: "model/config.json") }
        for name in ["a", "b", "c"] {
            let lines = (0..<20).map {
                "The terminal \(name) starts timer \($0) and waits for an answer of the network."
            }
            folder.write(lines.joined(separator: "\n\n"), to: "in/\(name).txt")
        }
        let yaml = """
            sources: [{name: a, path: in}]
            tokenizer: \(TestData.repository)/tokenizers/standards-4k
            pack: {length: 64}
            split: {validation: 0}
            dedupe: {minhash: off}
            clean: {perplexity: {model: model\(perplexity)}\(more)}
            """
        return try Recipe(yaml: yaml, file: folder("recipe.yaml"))
    }

    /// Text a has perplexity 10, b 100, c 1000, by losses of their logarithms.
    private func options(threads: Int = 2) -> BuildOptions {
        var options = BuildOptions()
        options.threads = threads
        options.update = true
        let asked = asked
        options.perplexityScorer = { _ in
            { text, tokens in
                asked.count.withLock { $0 += 1 }
                let name = String(decoding: text.prefix(14), as: UTF8.self).last
                let nats = name == "a" ? 2_302_585 : name == "b" ? 4_605_170 : 6_907_755
                return PerplexitySignal(microNats: nats * (tokens - 1), tokens: tokens - 1)
            }
        }
        return options
    }

    private func build(_ recipe: Recipe, _ name: String, threads: Int = 2) throws -> Manifest {
        try BuildRun(recipe: recipe, folder: folder(name), options: options(threads: threads), tool: "test").run()
            .manifest
    }

    private func rejections(_ name: String) throws -> [String] {
        try Folder.names(in: folder(name) + "/rejected").flatMap {
            String(
                decoding: try ByteStream.open(folder(name) + "/rejected/" + $0).readAll(limit: 1 << 20), as: UTF8.self
            )
            .split(separator: "\n").map(String.init)
        }
    }

    @Test func theThresholdsDecideAndTheModelIsAskedOnce() throws {
        let first = try build(recipe(", max: 500"), "out")
        #expect(first.rejected == ["perplexity": 1])
        let line = try #require(try rejections("out").first)
        #expect(line.contains("\"value\":\"999.999\"") || line.contains("\"value\":\"1000.000\""), "\(line)")
        #expect(line.contains("\"threshold\":\"at most 500.000\"") && line.contains("c.txt"))
        #expect(asked.now == 3)
        let second = try build(recipe(", min: 50"), "out")
        #expect(second.rejected == ["perplexity": 1] && second.rootDigest != first.rootDigest)
        #expect(try rejections("out")[0].contains("a.txt"))
        #expect(asked.now == 3)
        // Another limit of tokens is another measurement, another model too.
        _ = try build(recipe(", min: 50, tokens: 100"), "out")
        #expect(asked.now == 6)
        folder.write("{ }", to: "model/config.json")
        _ = try build(recipe(", min: 50, tokens: 100"), "out")
        #expect(asked.now == 9)
        #expect(try Folder.names(in: folder("out/work/perplexity")).count == 1)
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let one = try build(recipe(", max: 500", ", profile: none"), "one", threads: 1)
        let four = try build(recipe(", max: 500", ", profile: none"), "four", threads: 4)
        #expect(one.rootDigest == four.rootDigest)
    }

    @Test func whatIfDecidesAnewFromStoredPerplexities() throws {
        _ = try build(recipe(", max: 500"), "out")
        let found = try FilterWhatIf(folder: folder("out"), settings: [("perplexity.max", "50")])
        #expect(found.kept.before.documents == 2 && found.kept.after.documents == 1)
        #expect(found.lostSamples.map(\.rule) == ["perplexity"])
        let open = try FilterWhatIf(folder: folder("out"), settings: [("perplexity.max", "off")])
        #expect(open.kept.after.documents == 3)
        for setting in [("perplexity", "other"), ("perplexity.max", "0"), ("perplexity.min", "600")] {
            #expect(throws: CleaningFailure.self) { try FilterWhatIf(folder: folder("out"), settings: [setting]) }
        }
    }

    @Test func whatIsMissingOrWrongIsNamed() throws {
        let runner = #expect(throws: BuildFailure.self) {
            try BuildRun(recipe: recipe(""), folder: folder("none"), options: BuildOptions(), tool: "test").run()
        }
        #expect(
            runner?.description.contains("clean: perplexity") == true
                || runner?.description.contains("perplexity") == true)
        #expect(runner?.kind == .internalFailure)
        for (text, message) in [
            (", max: 0.5", "expected a number from 1"), (", tokens: 1", "a whole number from 2"),
            (", text: some", "prose or everything"), (", most: 5", "the keys model, min, max, tokens, text"),
            (", min: 10, max: 5", "a min below the max"),
        ] {
            let error = #expect(throws: BuildFailure.self) { try recipe(text) }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        }
        let valid = try recipe("")
        try Folder.remove(folder("model/config.json"))
        let missing = #expect(throws: BuildFailure.self) { try build(valid, "out") }
        #expect(missing?.kind == .missingInput)
        #expect(missing?.description.hasPrefix(folder("recipe.yaml")) == true, "\(missing?.description ?? "")")
    }

    @Test func aDamagedArtefactIsNamed() throws {
        _ = try build(recipe(", max: 500"), "out")
        let name = try #require(try Folder.names(in: folder("out/work/perplexity")).first)
        folder.write("{\"documents\":[[1,2]]}", to: "out/work/perplexity/\(name)")
        let error = #expect(throws: BuildFailure.self) { try build(recipe(", max: 600"), "out") }
        #expect(error?.description.contains("1 documents instead of 3") == true, "\(error?.description ?? "")")
    }
}
