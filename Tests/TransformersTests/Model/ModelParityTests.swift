import Tensors
import TestSupport
import Testing

@testable import Transformers

/// Tiny models of every family against PyTorch and transformers. Tolerances stand a little above what eager and fused attention of
/// PyTorch differ by: logits 1e-5, gradients 1e-5 of the tensor's largest number, weights after five steps 1e-4 (biases of keys
/// 1e-3: their true gradient is almost zero, and Adam normalises what rounding left).
@Suite(.enabled(if: TestData.isPresent)) struct ModelParityTests {
    static let families = ["llama", "smollm2", "llama3", "qwen2"]
    let backend = CPUBackend(threads: 2)

    @Test(arguments: families)
    func logitsOfTheStartingWeights(family: String) throws {
        let reference = try TrainingReference(family)
        let model = try TransformerModel(reference.folder, backend: backend, trains: false)
        #expect(model.trainableParameters.isEmpty)
        let logits = try model.logits(TrainingReference.batch(reference.rows()))
        #expect(largestDifference(logits, try reference.tensors.floats("logits")) < 1e-5)
    }

    @Test(arguments: families, ActivationPolicy.allCases)
    func lossAndGradients(family: String, policy: ActivationPolicy) throws {
        let reference = try TrainingReference(family)
        let model = try TransformerModel(reference.folder, backend: backend, trains: true)
        model.activationPolicy = policy
        let batch = TrainingReference.batch(try reference.rows())
        let loss = try model.forwardBackward(batch, normalizer: Double(batch.labelCount))
        #expect(abs(Float(loss.mean) - (try reference.tensors.floats("loss.all")[0])) < 2e-6)
        #expect(try model.loss(batch) == loss)
        for parameter in model.trainableParameters {
            let expected = try reference.tensors.floats("grad." + parameter.name)
            let found = try #require(parameter.gradient).array
            // A key bias moves all scores of a query alike; what is left of its gradient is rounding.
            let isKeyBias = parameter.name.hasSuffix("k_proj.bias")
            #expect(relativeDifference(found, expected) < (isKeyBias ? 1e-3 : 1e-5), "\(parameter.name)")
        }
        let norm = try reference.tensors.floats("grad_norm")[0]
        #expect(abs(Float(model.gradientNorm()) / norm - 1) < 1e-5)
    }

    @Test(arguments: families)
    func fiveSteps(family: String) throws {
        let reference = try TrainingReference(family)
        let model = try TransformerModel(reference.folder, backend: backend, trains: true)
        let (losses, norms) = (
            try reference.tensors.floats("loss.all"), try reference.tensors.floats("grad_norm")
        )
        try reference.train(model) { step, loss, norm in
            #expect(abs(Float(loss) - losses[step - 1]) < 1e-5)
            #expect(abs(Float(norm) / norms[step - 1] - 1) < 2e-5)
            for parameter in model.baseParameters {
                guard reference.tensors["step\(step).\(parameter.name)"] != nil else { continue }
                let expected = try reference.tensors.floats("step\(step).\(parameter.name)")
                let limit: Float = parameter.name.hasSuffix("k_proj.bias") ? 1e-3 : 1e-4
                #expect(largestDifference(parameter.values.array, expected) < limit, "step \(step) \(parameter.name)")
            }
        }
        #expect(reference.tensors["step5.model.norm.weight"] != nil)
    }

    @Test(arguments: families)
    func maskedLabels(family: String) throws {
        let reference = try TrainingReference(family)
        let model = try TransformerModel(reference.folder, backend: backend, trains: true)
        let batch = TrainingReference.batch(try reference.rows(), labels: try reference.rows("masked.labels"))
        let loss = try model.forwardBackward(batch, normalizer: Double(batch.labelCount))
        #expect(abs(Float(loss.mean) - (try reference.tensors.floats("masked.loss")[0])) < 2e-6)
        let norm = try reference.tensors.floats("masked.grad_norm")[0]
        #expect(abs(Float(model.gradientNorm()) / norm - 1) < 1e-5)
    }

    @Test(arguments: families)
    func twoDocumentsInOneRow(family: String) throws {
        let reference = try TrainingReference(family)
        let model = try TransformerModel(reference.folder, backend: backend, trains: false)
        let row = try reference.rows("doc.ids")[0]
        let cut = row.count / 3
        let isolated = TokenBatch(rows: [row], segmentEnds: [[cut, row.count]])
        #expect(isolated.positions.map { Int($0) } == (try reference.tensors.integers("doc.position_ids")))
        let logits = try reference.tensors.floats("doc.logits")
        #expect(largestDifference(try model.logits(isolated), logits) < 1e-5)
        // The reference also predicts the second document's first token, which an isolated batch leaves out.
        let across = TokenBatch(
            tokens: row, labels: Array(row[1...]) + [-1], positions: isolated.positions, segments: isolated.segments)
        #expect(isolated.labelCount == across.labelCount - 1)
        let loss = try model.loss(across)
        #expect(abs(Float(loss.mean) - (try reference.tensors.floats("doc.loss")[0])) < 2e-6)
        let own = try model.loss(isolated)
        #expect(own.each[cut - 1] == 0 && abs(own.sum + Double(loss.each[cut - 1]) - loss.sum) < 1e-5)
    }

    @Test(arguments: families)
    func twoMicroBatches(family: String) throws {
        let reference = try TrainingReference(family)
        let model = try TransformerModel(reference.folder, backend: backend, trains: true)
        let batches = try (0..<2).map { index in
            TrainingReference.batch(
                try reference.rows("accum.ids", step: index), labels: try reference.rows("accum.labels", step: index))
        }
        let labels = Double(batches[0].labelCount + batches[1].labelCount)
        var sum = 0.0
        for batch in batches { sum += try model.forwardBackward(batch, normalizer: labels).sum }
        #expect(abs(Float(sum / labels) - (try reference.tensors.floats("accum.loss")[0])) < 2e-6)
        let norm = try reference.tensors.floats("accum.grad_norm")[0]
        #expect(abs(Float(model.gradientNorm()) / norm - 1) < 1e-5)
    }

    @Test func shardedBrainFloatWeights() throws {
        let folder = try ModelFolder(TestData.path("train-reference/smollm2/hf-sharded-bf16"))
        let model = try TransformerModel(folder, backend: backend, trains: false)
        let reference = try TrainingReference("smollm2")
        let logits = try model.logits(TrainingReference.batch(reference.rows()))
        let difference = largestDifference(logits, try reference.tensors.floats("logits"))
        // Weights rounded to eight bits: near the full ones, and not them.
        #expect(difference > 1e-4 && difference < 0.2)
        for (rounded, parameter) in zip(model.baseParameters, folder.configuration.parameters) {
            var full = [Float](repeating: 0, count: parameter.elementCount)
            try full.withUnsafeMutableBufferPointer { try reference.folder.read(parameter, into: $0) }
            #expect(relativeDifference(rounded.values.array, full) < 0.004)
        }
    }
}
