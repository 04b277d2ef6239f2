import Files
import Packing
import Parallel
import Synchronization
import TestSupport
import Testing

@testable import Building

/// Mixtures of sources in builds.
@Suite struct MixtureBuildTests {
    let folder = TemporaryFolder()

    private func recipe(_ mixture: String, large: String = "", small: String = "") throws -> Recipe {
        for (name, count) in [("large", 120), ("small", 15)] where !Folder.exists(folder(name)) {
            try Folder.create(folder(name))
            for number in 0..<count {
                let words = (0..<60).map { "\(name)\(number)word\($0)" }
                folder.write(words.joined(separator: " "), to: "\(name)/\(number).txt")
            }
        }
        let yaml = """
            sources: [{name: large, path: large\(large)}, {name: small, path: small\(small)}]
            tokenizer: \(TestData.repository)/tokenizers/standards-4k
            clean: {profile: none}
            dedupe: {minhash: off}
            split: {validation: 10%}
            pack: {length: 128}
            \(mixture)
            """
        return try Recipe(yaml: yaml, file: folder("recipe.yaml"))
    }

    private func build(_ recipe: Recipe, _ name: String = "out") throws -> (manifest: Manifest, shown: Mixture?) {
        let shown = Shown()
        var options = BuildOptions()
        options.update = true
        options.onMixture = { mixture in shown.mixture.withLock { $0 = mixture } }
        let manifest = try BuildRun(recipe: recipe, folder: folder(name), options: options, tool: "test").run().manifest
        return (manifest, shown.mixture.withLock { $0 })
    }

    private final class Shown: Sendable {
        let mixture = Mutex<Mixture?>(nil)
    }

    /// Tokens that each source gives to training, copies counted, from the records of the documents.
    private func tokens(_ name: String) throws -> [String: Int] {
        var tokens: [String: Int] = [:]
        for part in try Folder.names(in: folder(name) + "/documents") {
            let bytes = try ByteStream.open(folder(name) + "/documents/" + part).readAll(limit: 1 << 26)
            for line in bytes.split(separator: 0x0A) {
                let record = try JSONValue(parsing: Array(line), name: part)
                guard record["tokens"]?["split"]?.string == "train", let source = record["source"]?.string else {
                    continue
                }
                tokens[source, default: 0] +=
                    (record["tokens"]?["count"]?.int ?? 0) * (record["tokens"]?["copies"]?.int ?? 0)
            }
        }
        return tokens
    }

    @Test func eachSourceGivesWhatTheMixtureSays() throws {
        let plain = try build(recipe(""))
        #expect(plain.shown == nil && plain.manifest.mixture == nil)
        let there = try tokens("out")
        let (manifest, shown) = try build(recipe("mixture: {rule: unimax, max_epochs: 3}"))
        let mixture = try #require(shown)
        let given = try tokens("out")
        #expect(manifest.mixture == mixture.json)
        for portion in mixture.portions {
            #expect(portion.source.tokens == there[portion.source.name])
            #expect(portion.realised == given[portion.source.name])
        }
        // The small source cannot give half of it: three epochs, and the rest is the large one's.
        #expect(mixture.portions[1].isCapped && given["small"] == 3 * (there["small"] ?? 0))
        let whole = (there["small"] ?? 0) + (there["large"] ?? 0)
        let large = Double(given["large"] ?? 0)
        #expect(abs(large - Double(whole - (given["small"] ?? 0))) < 0.15 * large)
        #expect((manifest.rejected["mixture"] ?? 0) > 0)
        // Validation is what it was.
        #expect(manifest.splits["validation"]?.ledger == plain.manifest.splits["validation"]?.ledger)
    }

    @Test func weightsAreSharesOfTokensAndASourceMayBeHeldBack() throws {
        let weighted = try build(
            recipe("mixture: {rule: weights, budget: 6k, max_epochs: 100}", large: ", weight: 1", small: ", weight: 3"))
        let given = try tokens("out")
        let small = Double(given["small"] ?? 0)
        #expect(abs(small - 3 * Double(given["large"] ?? 0)) < 0.35 * small)
        #expect(weighted.shown?.target == 6000)
        let held = try build(
            recipe("mixture: {rule: weights, budget: 6k}", large: ", weight: 1", small: ", weight: 3, max_epochs: 1"))
        #expect(held.shown?.portions[1].epochs == 1)
        #expect(held.shown?.remarks.isEmpty == false)
    }

    @Test func theTableIsThereBeforeAnythingIsPacked() throws {
        let mixed = try recipe("mixture: {replay: {source: small, share: 30%}}")
        let run = BuildRun(recipe: mixed, folder: folder("out"), options: BuildOptions(), tool: "test")
        #expect(try run.forecast().mixture == nil)
        _ = try build(mixed)
        // Before sides and duplicates: all documents of both sources.
        let forecast = try #require(try run.forecast().mixture)
        #expect(forecast.portions.map(\.source.name) == ["large", "small"])
        #expect(forecast.portions[1].epochs > 1)
    }

    @Test func whatCannotBeMixedIsNamedWithItsLine() throws {
        for (text, message) in [
            ("mixture: {rule: some}", "expected one of weights, temperature, unimax"),
            ("mixture: {rule: unimax, temperature: 2}", "is an option of `rule: temperature`"),
            ("mixture: {budget: much}", "expected a number of tokens such as 500M or 2B, found `much`"),
            ("mixture: {replay: {source: other, share: 20%}}", "expected the name of a source, found other"),
            ("mixture: {replay: {source: small}}", "needs the share of the whole"),
            ("mixture: {max_epochs: 0}", "expected a number above 0"),
            ("mixture: {temprature: 2}", "did you mean `temperature`"),
        ] {
            let error = #expect(throws: BuildFailure.self) { try recipe(text) }
            let found = error?.description ?? ""
            #expect(found.contains(message) && found.contains("recipe.yaml:7"), "\(found)")
        }
        let lonely = #expect(throws: BuildFailure.self) { try recipe("", small: ", max_epochs: 2") }
        #expect(lonely?.description.contains("`max_epochs` of small") == true)
    }

    @Test(arguments: [
        ("1500", 1500), ("1_500", 1500), ("10k", 10_000), ("2.5M", 2_500_000), ("2B", 2_000_000_000), ("-1", nil),
        ("B", nil), ("1e40", nil), ("", nil),
    ])
    func numbersOfTokens(_ text: String, _ count: Int?) {
        #expect(TokenCount.number(text) == count)
    }
}
