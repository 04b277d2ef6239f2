import Evaluation
import Files
import Parallel
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

/// Folders that we write, loaded by transformers and peft: the same logits. Skipped unless `SHARDMILL_PARITY_PYTHON` names an
/// interpreter that has both.
@Suite(.enabled(if: ExternalProgram.environment("SHARDMILL_PARITY_PYTHON") != nil)) struct FolderParityTests {
    private let tiny: TinyRun
    init() throws { tiny = try TinyRun() }

    /// Moves a model (and an adapter) into the folder of a case and puts our own logits beside them.
    private func prepare(_ name: String, model: String, adapter: String? = nil) throws {
        let target = tiny.folder("cases/\(name)")
        try Folder.create(target)
        try copy(model, to: target + "/model")
        if let adapter { try copy(adapter, to: target + "/adapter") }
        let loaded = try TransformerModel.load(
            target + "/model", adapter: adapter == nil ? nil : target + "/adapter", backend: tiny.backend)
        let ids = (0..<40).map { Int32($0 * 7 % 40) }
        let logits = try loaded.logits(TokenBatch(rows: [ids]))
        #expect(logits.contains { abs($0) > 0.1 })
        var writer = try SafetensorsWriter(
            target + "/expected.safetensors",
            tensors: [
                .init(name: "ids", elementType: .int32, shape: [ids.count]),
                .init(
                    name: "logits", elementType: .float32, shape: [ids.count, loaded.configuration.vocabularySize]),
            ])
        try ids.withUnsafeBytes { try writer.write("ids", bytes: $0) }
        try writer.write("logits", floats: logits)
        try writer.commit()
    }

    private func copy(_ source: String, to target: String) throws {
        try Folder.create(target)
        for name in try Folder.filesBelow(source) {
            // An empty tokenizer file stands in the base model to see it copied; transformers would try to read it.
            if name == "tokenizer.json" { continue }
            try AtomicFile.write(FileByteStream(source + "/" + name).readAll(limit: 1 << 24), to: target + "/" + name)
        }
    }

    /// Configurations that differ in what `config.json` must say.
    private var shapes: [(name: String, shape: ModelConfiguration)] {
        var scaled = TinyRun.shape
        scaled.rotaryBase = 500_000
        scaled.rotaryScaling = .llama3(
            factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 16)
        var wide = TinyRun.shape
        wide.headSize = 6
        wide.tiesEmbeddings = false
        var qwen = TinyRun.shape
        qwen.family = .qwen2
        qwen.hasQueryKeyValueBias = true
        var wideQwen = qwen
        wideQwen.headSize = 6
        var biased = TinyRun.shape
        biased.hasQueryKeyValueBias = true
        biased.hasAttentionOutputBias = true
        biased.hasFeedForwardBias = true
        return [
            ("plain", TinyRun.shape), ("llama3-rope", scaled), ("wide-heads-untied", wide), ("qwen2", qwen),
            ("qwen2-wide-heads", wideQwen), ("biases", biased),
        ]
    }

    /// A sharded folder of random numbers. Norms and biases are random too, so that a forgotten one shows.
    private func write(_ shape: ModelConfiguration, to path: String) throws {
        try ModelFolder.write(to: path, configuration: shape, maximumFileBytes: 4000) { parameter, write in
            var numbers = [Float](repeating: 0, count: parameter.elementCount)
            try numbers.withUnsafeMutableBufferPointer {
                let random = ModelParameter(name: parameter.name, shape: parameter.shape, role: .linear)
                try WeightInitialization.fill($0, for: random, deviation: 0.3, seed: 3, pool: tiny.backend.pool)
            }
            try numbers.withUnsafeBufferPointer { try write($0) }
        }
    }

    /// One start of Python for all cases: importing its libraries takes far longer than the cases.
    @Test func writtenFoldersGiveTheSameLogits() throws {
        _ = try tiny.make("full", TinyRun.options).run()
        try prepare("trained", model: tiny.folder("full/model"))
        var options = TinyRun.adapterOptions
        for isStabilized in [false, true] {
            options.lora.usesRankStabilizedScale = isStabilized
            let name = isStabilized ? "rslora" : "lora"
            _ = try tiny.make(name, options).run()
            try prepare(name, model: tiny.folder("base"), adapter: tiny.folder("\(name)/adapter"))
        }
        for (name, shape) in shapes {
            try write(shape, to: tiny.folder("shape-\(name)"))
            try prepare(name, model: tiny.folder("shape-\(name)"))
        }
        let names = try Folder.names(in: tiny.folder("cases"))
        #expect(names.count == 9)
        let python = ExternalProgram.environment("SHARDMILL_PARITY_PYTHON") ?? "python3"
        let script = TestData.repository + "/tools/parity/load_folders.py"
        let outcome = ExternalProgram.run([python, script] + names.map { tiny.folder("cases/\($0)") })
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.count == names.count, "\(outcome.output)")
        for line in lines { #expect(Double(line[line.count - 1]) ?? .infinity < 1e-4, "\(line)") }
    }
}
