import Parallel
import Tensors
import Testing

@testable import Transformers

/// Properties that need no reference, on small random models of odd sizes.
@Suite struct ModelPropertyTests {
    static func configuration(_ family: ModelConfiguration.Family, ties: Bool) -> ModelConfiguration {
        var shape = ModelConfiguration(
            family: family, vocabularySize: 37, hiddenSize: 15, intermediateSize: 21, layerCount: 2, headCount: 3,
            keyValueHeadCount: 1, normEpsilon: 1e-5, rotaryBase: 10000, maximumPositions: 512)
        shape.headSize = 6
        shape.tiesEmbeddings = ties
        if family == .llama {
            shape.hasAttentionOutputBias = true
            shape.hasFeedForwardBias = true
        }
        return shape
    }

    static func model(
        _ configuration: ModelConfiguration, threads: Int = 2, trains: Bool = true
    ) throws -> TransformerModel {
        try TransformerModel(configuration, backend: CPUBackend(threads: threads), trains: trains) { parameter in
            var random = SeededRandom(seed: UInt64(parameter.name.utf8.reduce(7) { $0 &* 31 &+ Int($1) } & 0xFFFF))
            let center: Double = parameter.role == .norm ? 1 : 0
            return FloatBuffer((0..<parameter.elementCount).map { _ in Float(center + random.nextNormal() * 0.3) })
        }
    }

    static func tokens(_ count: Int, seed: UInt64) -> [Int32] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Int32(random.nextInt(below: 37)) }
    }

    /// The gradient along a random direction against the difference of two losses.
    @Test(arguments: [ModelConfiguration.Family.llama, .qwen2], [true, false])
    func finiteDifferences(family: ModelConfiguration.Family, ties: Bool) throws {
        let model = try Self.model(Self.configuration(family, ties: ties))
        let batch = TokenBatch(
            rows: [Self.tokens(9, seed: 1), Self.tokens(6, seed: 2)], segmentEnds: [[4, 9], [6]])
        try model.forwardBackward(batch, normalizer: 1)
        for parameter in model.trainableParameters {
            var random = SeededRandom(seed: UInt64(parameter.count))
            let start = parameter.values.array
            let direction = start.map { _ in Float(random.nextNormal()) }
            let length = Double(direction.reduce(0) { $0 + $1 * $1 }).squareRoot()
            var slope = 0.0
            for (g, d) in zip(try #require(parameter.gradient).array, direction) {
                slope += Double(g) * Double(d) / length
            }
            func loss(_ step: Double) throws -> Double {
                parameter.values.write(zip(start, direction).map { Float(Double($0) + step * Double($1) / length) })
                return try model.loss(batch).sum
            }
            let step = 4e-3
            // Fourth-order differences: the loss of fp32 has about 1e-6 of noise.
            let near = try loss(step) - loss(-step)
            let far = try loss(2 * step) - loss(-2 * step)
            let measured = (8 * near - far) / (12 * step)
            parameter.values.write(start)
            #expect(abs(measured - slope) < 2e-3 * max(1, abs(slope)), "\(parameter.name)")
        }
    }

    @Test func threadsDoNotChangeBits() throws {
        let batch = TokenBatch(
            rows: [Self.tokens(300, seed: 3), Self.tokens(1, seed: 4), Self.tokens(150, seed: 5)],
            segmentEnds: [[130, 131, 300], [1], [150]])
        let bits = try [1, 2, 3].map { threads in
            let model = try Self.model(Self.configuration(.qwen2, ties: true), threads: threads)
            let loss = try model.forwardBackward(batch, normalizer: 100)
            return loss.each + model.trainableParameters.flatMap { $0.gradient?.array ?? [] }
        }
        #expect(bits[0] == bits[1] && bits[0] == bits[2])
    }

    @Test func oneDocumentNeverChangesAnother() throws {
        let model = try Self.model(Self.configuration(.llama, ties: true))
        var row = Self.tokens(40, seed: 6)
        let ends = [[13, 40]]
        let before = try model.loss(TokenBatch(rows: [row], segmentEnds: ends)).each
        for place in 0..<13 { row[place] = (row[place] + 5) % 37 }
        let after = try model.loss(TokenBatch(rows: [row], segmentEnds: ends)).each
        #expect(before[13...] == after[13...] && before[..<12] != after[..<12])
        #expect(before[12] == 0 && before[39] == 0)
        // Without isolation the second part sees the first.
        let open = TokenBatch(rows: [row], segmentEnds: ends, isolatesSegments: false)
        #expect(open.labelCount == 39)
        #expect(try model.loss(open).each[13...] != after[13...])
    }

    @Test func rowsOfABatchAreIndependent() throws {
        let model = try Self.model(Self.configuration(.llama, ties: false))
        let rows = [Self.tokens(17, seed: 7), Self.tokens(1, seed: 8), Self.tokens(5, seed: 9)]
        let together = try model.logits(TokenBatch(rows: rows))
        let alone = try rows.flatMap { try model.logits(TokenBatch(rows: [$0])) }
        #expect(largestDifference(together, alone) < 1e-5)
    }

    @Test func paddingIsLeftOut() throws {
        let batch = TokenBatch(rows: [[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]], segmentEnds: [[2, 3], [5]])
        #expect(batch.tokens == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(batch.labels == [2, -1, -1, 5, 6, 7, 8, -1])
        #expect(batch.positions == [0, 1, 0, 0, 1, 2, 3, 4])
        #expect(batch.rowStarts == [0, 3, 8])
        let masked = TokenBatch(rows: [[1, 2, 3]], learns: [[true, false, true]])
        #expect(masked.labels == [-1, 3, -1])
    }

    @Test func nothingToLearn() throws {
        let model = try Self.model(Self.configuration(.llama, ties: true))
        #expect(try model.forwardBackward(TokenBatch(rows: []), normalizer: 1).count == 0)
        let single = try model.forwardBackward(TokenBatch(rows: [[3]]), normalizer: 1)
        #expect(single.count == 0 && single.sum == 0 && model.gradientNorm() == 0)
    }

    @Test func tokensOutsideTheVocabularyAreRefused() throws {
        let model = try Self.model(Self.configuration(.llama, ties: true))
        for bad in [Int32(37), -1] {
            #expect(throws: ModelFailure.self) { try model.loss(TokenBatch(rows: [[1, bad]])) }
            #expect(throws: ModelFailure.self) {
                try model.forwardBackward(TokenBatch(rows: [[1, bad]]), normalizer: 1)
            }
        }
        #expect(model.gradientNorm() == 0)
    }

    /// Only what is trained gets a gradient, and that gradient is the one of the whole.
    @Test(arguments: [
        "model.layers.1.mlp.down_proj.weight", "model.layers.1.self_attn.o_proj.bias",
        "model.layers.1.input_layernorm.weight", "model.layers.0.mlp.gate_proj.weight",
        "model.layers.0.self_attn.v_proj.weight",
        "model.norm.weight", "model.embed_tokens.weight", "lm_head.weight",
        "model.layers.1.post_attention_layernorm.weight",
    ])
    func oneTrainedParameter(name: String) throws {
        let batch = TokenBatch(rows: [Self.tokens(12, seed: 10)])
        let whole = try Self.model(Self.configuration(.llama, ties: false))
        try whole.forwardBackward(batch, normalizer: 11)
        let part = try Self.model(Self.configuration(.llama, ties: false), trains: false)
        let chosen = try #require(part.baseParameters.first { $0.name == name })
        chosen.makeTrainable(on: part.backend)
        try part.forwardBackward(batch, normalizer: 11)
        #expect(part.trainableParameters.count == 1)
        #expect(chosen.gradient?.array == whole.baseParameters.first { $0.name == name }?.gradient?.array)
    }

    @Test func cachedReadingGivesTheSameLogits() throws {
        let model = try Self.model(Self.configuration(.qwen2, ties: true), trains: false)
        let text = Self.tokens(20, seed: 11)
        let all = try model.logits(TokenBatch(rows: [text]))
        let cache = KeyValueCache(for: model)
        var read = 0
        for count in [7, 1, 1, 11] {
            let logits = try model.read(Array(text[read..<read + count]), cache: cache)
            read += count
            #expect(largestDifference(logits, all[(read - 1) * 37..<read * 37]) < 1e-5)
        }
    }

    /// A cache takes no more memory than its text needs, and the model's positions are the end.
    @Test func aTextEndsWithThePositions() throws {
        let model = try Self.model(Self.configuration(.llama, ties: true), trains: false)
        let cache = KeyValueCache(for: model)
        let text = Self.tokens(512, seed: 14)
        _ = try model.read(Array(text[..<3]), cache: cache)
        #expect(cache.capacity == 128)
        let last = try model.read(Array(text[3...]), cache: cache)
        #expect(largestDifference(last, try model.logits(TokenBatch(rows: [text])).suffix(37)) < 1e-5)
        #expect(throws: ModelFailure.self) { try model.read([1], cache: cache) }
    }

    @Test func adapterOfZerosChangesNothingAndMergesExactly() throws {
        let model = try Self.model(Self.configuration(.llama, ties: false), trains: false)
        let batch = TokenBatch(rows: [Self.tokens(10, seed: 12)])
        let before = try model.logits(batch)
        let adapter = try model.attachAdapter(to: "model.layers.1.mlp.down_proj", rank: 2, scale: 0.5)
        #expect(adapter.down.name == "base_model.model.model.layers.1.mlp.down_proj.lora_A.weight")
        #expect(try model.logits(batch) == before)
        adapter.down.values.write((0..<adapter.down.count).map { Float($0 % 5) * 0.1 })
        adapter.up.values.write((0..<adapter.up.count).map { Float($0 % 3) * 0.2 })
        let adapted = try model.logits(batch)
        #expect(largestDifference(adapted, before) > 1e-3)
        model.mergeAdapters()
        #expect(largestDifference(try model.logits(batch), adapted) < 1e-5)
    }
}
