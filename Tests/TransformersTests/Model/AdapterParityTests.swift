import Tensors
import TestSupport
import Testing

@testable import Transformers

/// LoRA on tiny models against PEFT: starting logits, gradients, five steps, merged weights.
@Suite(.enabled(if: TestData.isPresent)) struct AdapterParityTests {
    static let variants = [
        "llama/qv", "llama/all", "llama/rslora", "llama/pattern", "smollm2/all", "llama3/qv", "qwen2/qv", "qwen2/all",
    ]
    let backend = CPUBackend(threads: 2)

    @Test(arguments: variants)
    func sameAsPEFT(variant: String) throws {
        let parts = variant.split(separator: "/")
        let (family, name) = (String(parts[0]), "lora-" + String(parts[1]))
        let reference = try TrainingReference(family, "\(name)/ref.safetensors")
        let path = TestData.path("train-reference/\(family)/\(name)")
        let model = try TransformerModel(reference.folder, backend: backend, trains: false, ownsWeights: true)
        let start = try AdapterFolder(path + "/init", base: reference.folder.configuration)
        try model.attachAdapters(start)
        #expect(model.baseParameters.allSatisfy { $0.gradient == nil })
        #expect(model.trainableParameters.count == start.targets.count * 2)

        let firstRow = TrainingReference.batch([try reference.rows()[0]])
        let before = try reference.tensors.floats("logits.init")
        #expect(largestDifference(try model.logits(firstRow).prefix(before.count), before) < 1e-5)

        let frozen = model.baseParameters.map(\.values.array)
        let (losses, norms) = (
            try reference.tensors.floats("loss.all"), try reference.tensors.floats("grad_norm")
        )
        try checkGradients(model, reference)
        try reference.train(model) { step, loss, norm in
            #expect(abs(Float(loss) - losses[step - 1]) < 1e-5)
            #expect(abs(Float(norm) / norms[step - 1] - 1) < 2e-5)
        }
        #expect(model.baseParameters.map(\.values.array) == frozen)

        let end = try SafetensorsFile(path + "/step5/adapter_model.safetensors")
        #expect(end.tensors.count == model.adapterParameters.count)
        for parameter in model.adapterParameters {
            let difference = largestDifference(parameter.values.array, try end.floats(parameter.name))
            #expect(difference < 1e-4, "\(parameter.name)")
        }
        model.mergeAdapters()
        #expect(model.adapterParameters.isEmpty)
        let merged = try reference.tensors.floats("merged.logits")
        #expect(largestDifference(try model.logits(firstRow).prefix(merged.count), merged) < 5e-5)
    }

    private func checkGradients(_ model: TransformerModel, _ reference: TrainingReference) throws {
        let batch = TrainingReference.batch(try reference.rows())
        for policy in ActivationPolicy.allCases {
            model.clearGradients()
            model.activationPolicy = policy
            try model.forwardBackward(batch, normalizer: Double(batch.labelCount))
            for parameter in model.adapterParameters {
                // PEFT's parameters carry the adapter's name, its files do not.
                let place = parameter.name.utf8.count - ".weight".utf8.count
                let name = "grad." + parameter.name.prefix(place) + ".default.weight"
                let expected = try reference.tensors.floats(name)
                let found = try #require(parameter.gradient).array
                #expect(relativeDifference(found, expected) < 1e-5, "\(policy) \(parameter.name)")
            }
        }
    }

    @Test func unknownTargetIsNamed() throws {
        let reference = try TrainingReference("llama")
        let model = try TransformerModel(reference.folder, backend: backend, trains: false)
        #expect(throws: ModelFailure.self) {
            try model.attachAdapter(to: "model.layers.9.mlp.up_proj", rank: 4, scale: 1)
        }
        #expect(throws: ModelFailure.self) {
            try model.attachAdapter(to: "model.layers.0.mlp.up_proj", rank: 0, scale: 1)
        }
    }
}
