import Building
import Files
import Parallel
import TestSupport
import Testing

@testable import Checking

/// A corpus that says which positions carry loss is checked in that too.
@Suite struct LossSpanCheckTests {
    @Test func spansAreCountedAgain() throws {
        let folder = TemporaryFolder()
        folder.write(ByteTokenizer.json(specials: ["<|im_start|>", "<|im_end|>"]), to: "tokenizer.json")
        let lines = (0..<20).map {
            #"{"prompt": "How long is timer \#($0)?", "completion": "As long as timer \#($0 * 7)."}"#
        }
        folder.write(lines.joined(separator: "\n"), to: "qa.jsonl")
        let recipe = folder.write(
            """
            sources: [{name: qa, path: qa.jsonl, instructions: chatml}]
            tokenizer: tokenizer.json
            dedupe: {minhash: off}
            split: {validation: 20%}
            pack: {length: 128, strategy: best-fit}
            """, to: "recipe.yaml")
        _ = try BuildRun(
            recipe: Recipe(file: recipe), folder: folder("out"), options: BuildOptions(), tool: "test"
        ).run()
        func findings() throws -> [Finding] {
            try CorpusCheck(folder: folder("out"), options: ValidationOptions(), pool: WorkerPool(threads: 2)).run()
                .report.findings
        }
        // The root digest is over the spans: it agrees where they are read as they were packed.
        let sound = try findings()
        #expect(sound.isEmpty, "\(sound)")

        let path = folder("out/manifest.json")
        guard var manifest = try JSONValue(file: path).members, var splits = manifest["splits"]?.members,
            var train = splits["train"]?.members, let counted = train["loss_tokens"]?.int
        else { throw FileFailure.missing(path: path) }
        #expect(counted > 0)
        train["loss_tokens"] = .integer(counted + 1)
        splits["train"] = .object(train)
        manifest["splits"] = .object(splits)
        folder.write(JSONValue.object(manifest).encoded(), to: "out/manifest.json")
        let all = try findings()
        // The manifest is no longer the one that was sealed, which is said too.
        #expect(all.contains { $0.rule == "manifest" })
        let found = all.filter { $0.rule != "manifest" }
        try #require(found.count == 1 && found[0].rule == "ledger", "\(found)")
        #expect(found[0].expected == "tokens with loss \(counted + 1)" && found[0].found == "\(counted)")
    }
}
