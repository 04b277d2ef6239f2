import Files
import Parallel
import TestSupport
import Testing

@testable import Transformers

@Suite struct AdapterFolderTests {
    private let folder = TemporaryFolder()
    private static let base = try! ModelConfiguration.named("tiny")

    private func message(_ changes: [String: JSONValue]) -> String {
        var members: [String: JSONValue] = ["peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"]]
        members.merge(changes) { _, new in new }
        do {
            let path = folder.write(JSONValue.object(members).encoded(), to: "adapter_config.json")
            _ = try AdapterConfiguration(file: path).adapterTargets(in: Self.base)
            return "no error"
        } catch { return "\(error)" }
    }

    /// Changed members as JSON text, and a part of the message.
    private static let refused: [(String, String)] = [
        (#"{"target_modules": ["q_proj", "c_attn"]}"#, "adapter target c_attn"),
        (#"{"target_modules": ["embed_tokens"]}"#, "adapter target embed_tokens"),
        (#"{"target_modules": ".*nothing"}"#, "adapter target .*nothing"),
        (#"{"target_modules": "(("}"#, "expected a regular expression"),
        (#"{"target_modules": null}"#, "target_modules: expected a list of names"),
        (#"{"target_modules": []}"#, "adapter targets: expected at least one"),
        (#"{"peft_type": "IA3"}"#, "peft_type is IA3"),
        (#"{"use_dora": true}"#, "use_dora is true"),
        (#"{"bias": "all"}"#, "bias is all"),
        (#"{"task_type": "SEQ_CLS"}"#, "task_type is SEQ_CLS"),
        (#"{"modules_to_save": ["lm_head"]}"#, "modules_to_save is [\"lm_head\"]"),
        (#"{"init_lora_weights": "pissa_niter_4"}"#, "init_lora_weights is pissa_niter_4"),
        (#"{"r": 0}"#, "r: expected an integer from 1"),
        (#"{"rank_pattern": {"q_proj": 1.5}}"#, "rank_pattern.q_proj"),
        (#"{"alpha_pattern": {"q_proj": "x"}}"#, "alpha_pattern.q_proj"),
    ]

    @Test(arguments: refused)
    func whatCannotBeComputedIsNamed(_ changes: String, _ expected: String) throws {
        let found = message(try JSONValue(parsing: Array(changes.utf8), name: "changes").members ?? [:])
        #expect(found.contains(expected) && !found.contains("\n"), "\(found)")
    }

    @Test func targetsAreChosenAsPEFTChooses() throws {
        func modules(_ targets: AdapterConfiguration.Targets) throws -> [String] {
            var adapter = AdapterConfiguration(rank: 4, alpha: 8, targets: [])
            adapter.targets = targets
            return try adapter.adapterTargets(in: Self.base).map(\.layer.module)
        }
        #expect(
            try modules(.names(["v_proj", "q_proj"])) == [
                "model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj",
                "model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj",
            ])
        #expect(try modules(.names(["model.layers.1.mlp.up_proj"])) == ["model.layers.1.mlp.up_proj"])
        #expect(try modules(.pattern(".*\\.1\\..*(up|gate)_proj")).count == 2)
        #expect(try modules(.allLinear).count == 14)
        #expect(throws: ModelFailure.self) { try modules(.names(["proj"])) }
    }

    @Test func scalesFollowTheirRule() throws {
        var adapter = AdapterConfiguration(rank: 4, alpha: 8, targets: ["q_proj", "up_proj"])
        #expect(try adapter.adapterTargets(in: Self.base).allSatisfy { $0.scale == 2 })
        adapter.usesRankStabilizedScale = true
        #expect(try adapter.adapterTargets(in: Self.base).allSatisfy { $0.scale == 4 })
        adapter.usesRankStabilizedScale = false
        adapter.rankExceptions = [.init(pattern: "0.self_attn.q_proj", value: 2), .init(pattern: "q_proj", value: 16)]
        adapter.alphaExceptions = [.init(pattern: "up_.*", value: 1)]
        let targets = try adapter.adapterTargets(in: Self.base)
        #expect(targets.map(\.rank) == [2, 4, 16, 4])
        #expect(targets.map(\.scale) == [4, 0.25, 0.5, 0.25])
    }

    @Test(
        .enabled(if: TestData.isPresent),
        arguments: [
            "llama/lora-qv", "llama/lora-all", "llama/lora-rslora", "llama/lora-pattern", "smollm2/lora-all",
            "llama3/lora-qv", "qwen2/lora-qv", "qwen2/lora-all",
        ])
    func foldersOfPEFTSurviveARoundTrip(_ name: String) throws {
        let family = String(name.prefix { $0 != "/" })
        let base = try ModelConfiguration(file: TestData.path("train-reference/\(family)/hf/config.json"))
        for step in ["init", "step5"] {
            let source = TestData.path("train-reference/\(name)/\(step)")
            let adapter = try AdapterFolder(source, base: base)
            try AdapterFolder.write(to: folder("out"), configuration: adapter.configuration, base: base) {
                target, isUp, write in
                let count = (isUp ? target.upShape : target.downShape).reduce(1, *)
                let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
                defer { buffer.deallocate() }
                if isUp { try adapter.readUp(target, into: buffer) } else { try adapter.readDown(target, into: buffer) }
                try write(UnsafeBufferPointer(buffer))
            }
            let theirs = try SafetensorsFile(source + "/adapter_model.safetensors")
            let ours = try SafetensorsFile(folder("out/adapter_model.safetensors"))
            #expect(ours.tensors == theirs.tensors)
            for tensor in theirs.tensors { #expect(try ours.floats(tensor.name) == theirs.floats(tensor.name)) }
            let before = try JSONValue(file: source + "/adapter_config.json")
            let after = try JSONValue(file: folder("out/adapter_config.json"))
            #expect(before == after)
        }
    }

    @Test(.enabled(if: TestData.isPresent), arguments: ["lora-dora", "lora-embed", "lora-vocab"])
    func otherAdaptersAreRefused(_ name: String) throws {
        let base = try ModelConfiguration(file: TestData.path("train-reference/llama/hf/config.json"))
        #expect(throws: ModelFailure.self) {
            try AdapterFolder(TestData.path("train-reference/llama/\(name)/init"), base: base)
        }
    }

    @Test(.enabled(if: TestData.isPresent)) func anAdapterOfAnotherModelIsRefused() throws {
        #expect(throws: ModelFailure.self) {
            try AdapterFolder(TestData.path("train-reference/llama/lora-qv/init"), base: .named("smollm2-135m"))
        }
    }
}
