import Files
import Parallel
import TestSupport
import Testing

@testable import Transformers

@Suite struct ModelFolderTests {
    private let folder = TemporaryFolder()
    private let pool = WorkerPool(threads: 1)

    private static let shape: ModelConfiguration = {
        var shape = ModelConfiguration(
            family: .llama, vocabularySize: 40, hiddenSize: 8, intermediateSize: 12, layerCount: 2, headCount: 2,
            keyValueHeadCount: 1, normEpsilon: 1e-5, rotaryBase: 10_000, maximumPositions: 64)
        shape.beginTokenID = 1
        shape.endTokenIDs = [2]
        return shape
    }()

    /// All numbers of a folder, parameter after parameter.
    private func numbers(_ path: String) throws -> [[Float]] {
        let model = try ModelFolder(path)
        return try model.configuration.parameters.map { parameter in
            try [Float](unsafeUninitializedCapacity: parameter.elementCount) { buffer, count in
                try model.read(parameter, into: UnsafeMutableBufferPointer(rebasing: buffer[..<parameter.elementCount]))
                count = parameter.elementCount
            }
        }
    }

    /// Writes a folder in which the number at flat index i of every parameter is i / 8, with changed declarations.
    private func write(
        _ name: String, _ configuration: ModelConfiguration = shape, declared: [SafetensorsTensor]
    ) throws -> String {
        let path = folder(name)
        try Folder.create(path)
        try AtomicFile.write(configuration.json().encoded(), to: path + "/config.json")
        var writer = try SafetensorsWriter(path + "/model.safetensors", tensors: declared)
        for tensor in writer.tensors {
            let bytes = [UInt8](repeating: 0, count: tensor.byteCount)
            try bytes.withUnsafeBytes { try writer.write(tensor.name, bytes: $0) }
        }
        try writer.commit()
        return path
    }

    private func declared(_ configuration: ModelConfiguration = shape) -> [SafetensorsTensor] {
        configuration.parameters.map { .init(name: $0.name, elementType: .float32, shape: $0.shape) }
    }

    private func message(_ path: String) -> String {
        do {
            _ = try ModelFolder(path)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func randomWeightsDependOnSeedAndNameAlone() throws {
        try ModelFolder.initialize(at: folder("a"), configuration: Self.shape, seed: 7, pool: pool)
        try ModelFolder.initialize(at: folder("b"), configuration: Self.shape, seed: 7, pool: WorkerPool(threads: 3))
        try ModelFolder.initialize(at: folder("c"), configuration: Self.shape, seed: 8, pool: pool)
        #expect(try numbers(folder("a")) == numbers(folder("b")))
        #expect(try numbers(folder("a")) != numbers(folder("c")))
        #expect(try ModelFolder(folder("a")).digest() == ModelFolder(folder("b")).digest())
        #expect(try ModelFolder(folder("a")).digest() != ModelFolder(folder("c")).digest())
    }

    @Test func randomWeightsAreNormal() throws {
        let parameter = ModelParameter(name: "m", shape: [300, 333], role: .linear)
        var numbers = [Float](repeating: 0, count: parameter.elementCount)
        try numbers.withUnsafeMutableBufferPointer {
            try WeightInitialization.fill($0, for: parameter, deviation: 0.02, seed: 1, pool: pool)
        }
        let mean = numbers.reduce(0) { $0 + Double($1) } / Double(numbers.count)
        let variance = numbers.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(numbers.count)
        #expect(abs(mean) < 3e-4 && abs(variance.squareRoot() - 0.02) < 2e-4)
        let beyond = numbers.count { abs($0) > 0.04 }
        #expect(abs(Double(beyond) / Double(numbers.count) - 0.0455) < 0.003)
        let norm = ModelParameter(name: "n", shape: [5], role: .norm)
        var ones = [Float](repeating: 0, count: 5)
        try ones.withUnsafeMutableBufferPointer {
            try WeightInitialization.fill($0, for: norm, deviation: 0.02, seed: 1, pool: pool)
        }
        #expect(ones == [1, 1, 1, 1, 1])
    }

    @Test func shardsHoldTheSameModel() throws {
        let source = folder("whole")
        try ModelFolder.initialize(at: source, configuration: Self.shape, seed: 7, pool: pool)
        let whole = try ModelFolder(source)
        let copy: ModelFolder.NumberSource = { parameter, write in
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: parameter.elementCount)
            defer { buffer.deallocate() }
            try whole.read(parameter, into: buffer)
            try write(UnsafeBufferPointer(buffer))
        }
        try ModelFolder.write(
            to: folder("parts"), configuration: Self.shape, maximumFileBytes: 1500, numbers: copy)
        let names = try Folder.names(in: folder("parts"))
        #expect(names.contains("model.safetensors.index.json") && !names.contains("model.safetensors"))
        #expect(names.count { $0.hasSuffix(".safetensors") } > 2)
        #expect(try numbers(folder("parts")) == numbers(source))
        #expect(try ModelFolder(folder("parts")).digest() == whole.digest())
        let generation = try JSONValue(file: folder("parts/generation_config.json"))
        #expect(generation["eos_token_id"] == 2 && generation["bos_token_id"] == 1)

        try ModelFolder.write(to: folder("half"), configuration: Self.shape, elementType: .bfloat16, numbers: copy)
        for (half, full) in zip(try numbers(folder("half")).joined(), try numbers(source).joined()) {
            #expect(abs(half - full) <= abs(full) / 256)
        }
        #expect(try JSONValue(file: folder("half/config.json"))["dtype"] == "bfloat16")

        let index = folder("parts/model.safetensors.index.json")
        var map = try JSONValue(file: index)["weight_map"]?.members ?? [:]
        map["model.norm.weight"] = "model-00001-of-00099.safetensors"
        try AtomicFile.write(JSONValue.object(["weight_map": .object(map)]).encoded(), to: index)
        #expect(message(folder("parts")).contains("model-00001-of-00099.safetensors: no such file"))
        map["model.norm.weight"] = "../x"
        try AtomicFile.write(JSONValue.object(["weight_map": .object(map)]).encoded(), to: index)
        #expect(message(folder("parts")).contains("weight_map.model.norm.weight: expected the name of a file"))
    }

    @Test func brainFloatsAreRoundedToTheNearest() {
        #expect(ModelFolder.brainFloat(1) == 0x3F80)
        #expect(ModelFolder.brainFloat(Float(bitPattern: 0x3F80_8000)) == 0x3F80)  // A tie goes to the even neighbour.
        #expect(ModelFolder.brainFloat(Float(bitPattern: 0x3F81_8000)) == 0x3F82)
        #expect(ModelFolder.brainFloat(Float(bitPattern: 0x3F80_8001)) == 0x3F81)
        #expect(ModelFolder.brainFloat(.infinity) == 0x7F80)
        #expect(ModelFolder.brainFloat(.nan) & 0x7F80 == 0x7F80 && ModelFolder.brainFloat(.nan) & 0x7F != 0)
    }

    @Test func tensorsThatDoNotMatchAreNamed() throws {
        let missing = try write("missing", declared: declared().filter { $0.name != "model.norm.weight" })
        #expect(message(missing).contains("tensor model.norm.weight: expected shape [8], found no such tensor"))
        let extra = try write("extra", declared: declared() + [.init(name: "x.y", elementType: .float32, shape: [1])])
        #expect(message(extra).contains("tensor x.y: expected only tensors that config.json calls for"))
        let wrong = try write(
            "wrong",
            declared: declared().map {
                $0.name.hasSuffix("0.mlp.up_proj.weight")
                    ? .init(name: $0.name, elementType: .float32, shape: $0.shape.reversed()) : $0
            })
        #expect(message(wrong).contains("0.mlp.up_proj.weight: expected shape [12, 8], found shape [8, 12]"))
        let integers = try write(
            "integers", declared: declared().map { .init(name: $0.name, elementType: .int32, shape: $0.shape) })
        #expect(message(integers).contains("expected F32, BF16, F16 or F64, found I32"))
        let tied = try write(
            "tied", declared: declared() + [.init(name: "lm_head.weight", elementType: .float32, shape: [40, 8])])
        #expect(message(tied) == "no error")
        let frequencies = SafetensorsTensor(
            name: "model.layers.0.self_attn.rotary_emb.inv_freq", elementType: .float32, shape: [2])
        #expect(message(try write("old", declared: declared() + [frequencies])) == "no error")
    }

    @Test func foldersThatAreNoneAreNamed() throws {
        #expect(message(folder("nothing")).contains("no such file"))
        folder.write("x", to: "file")
        #expect(message(folder("file")).contains("expected a model folder"))
        try Folder.create(folder("empty"))
        #expect(message(folder("empty")).contains("config.json: no such file"))
        folder.write(Self.shape.json().encoded(), to: "empty/config.json")
        #expect(message(folder("empty")).contains("model.safetensors: no such file"))
        folder.write("x", to: "empty/pytorch_model.bin")
        #expect(message(folder("empty")).contains("pytorch_model.bin, which is not supported"))
    }

    @Test func tokenizerFilesAreCopied() throws {
        try Folder.create(folder("tokenizer"))
        folder.write("{}", to: "tokenizer/tokenizer.json")
        folder.write("{\"eos_token_id\": 5}", to: "tokenizer/generation_config.json")
        folder.write("no", to: "tokenizer/pytorch_model.bin")
        try ModelFolder.initialize(
            at: folder("m"), configuration: Self.shape, seed: 7, companions: folder("tokenizer"), pool: pool)
        #expect(
            try Folder.names(in: folder("m")) == [
                "config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
            ])
        #expect(try JSONValue(file: folder("m/generation_config.json"))["eos_token_id"] == 5)
    }

    @Test(.enabled(if: TestData.isPresent)) func shardedBrainFloatsOfTheReferenceAreRead() throws {
        let sharded = try numbers(TestData.path("train-reference/smollm2/hf-sharded-bf16"))
        let whole = try numbers(TestData.path("train-reference/smollm2/hf"))
        #expect(sharded.count == whole.count)
        for (half, full) in zip(sharded.joined(), whole.joined()) {
            #expect(half.bitPattern == UInt32(ModelFolder.brainFloat(full)) << 16)
        }
    }
}
