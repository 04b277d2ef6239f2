import Glibc
import Tensors
import TestSupport

@testable import Transformers

/// What PyTorch, transformers and PEFT computed for a tiny random model, and helpers to compute the same.
struct TrainingReference {
    let folder: ModelFolder
    let tensors: SafetensorsFile

    init(_ family: String, _ file: String = "full.safetensors") throws {
        folder = try ModelFolder(TestData.path("train-reference/\(family)/hf"))
        tensors = try SafetensorsFile(TestData.path("train-reference/\(family)/\(file)"))
    }

    /// The batch of step `step` of a tensor [steps, rows, length].
    func rows(_ name: String = "input_ids", step: Int = 0) throws -> [[Int32]] {
        let shape = try tensors.tensor(name).shape
        let (count, length) = (shape[shape.count - 2], shape[shape.count - 1])
        let all = try tensors.integers(name)
        return (0..<count).map { row in
            let start = (step * count + row) * length
            return all[start..<start + length].map { Int32($0) }
        }
    }

    /// Rows of which every token predicts the next; `labels`, where given, say which predictions count (negative: not).
    static func batch(_ rows: [[Int32]], labels: [[Int32]]? = nil) -> TokenBatch {
        TokenBatch(rows: rows, learns: labels.map { $0.map { $0.map { $0 >= 0 } } })
    }

    /// Trains five steps as the reference does: AdamW 0.9/0.95, decay 0.1 on matrices, norm clipped to 1, the stated learning rates.
    /// `after` is called after each step with its number, loss and norm of the gradients.
    func train(
        _ model: TransformerModel, after: (_ step: Int, _ loss: Double, _ norm: Double) throws -> Void
    ) throws {
        let rates = try tensors.doubles("lr")
        let parameters = model.trainableParameters
        let moments = parameters.map { parameter in
            (model.backend.makeBuffer(parameter.count), model.backend.makeBuffer(parameter.count))
        }
        for (index, rate) in rates.enumerated() {
            let batch = Self.batch(try rows(step: index))
            model.clearGradients()
            let loss = try model.forwardBackward(batch, normalizer: Double(batch.labelCount))
            let norm = model.gradientNorm()
            for (parameter, (first, second)) in zip(parameters, moments) {
                guard let gradient = parameter.gradient else { continue }
                model.backend.step(
                    parameter.values, gradient: gradient, firstMoment: first, secondMoment: second,
                    count: parameter.count,
                    AdamWStep(
                        number: index + 1, learningRate: rate, weightDecay: parameter.decays ? 0.1 : 0,
                        gradientFactor: min(1, 1 / (norm + 1e-6))))
            }
            try after(index + 1, loss.mean, norm)
        }
    }
}

/// The largest difference; infinite where counts differ or a number is not finite.
func largestDifference(_ found: some Collection<Float>, _ expected: some Collection<Float>) -> Float {
    if found.count != expected.count { return .infinity }
    return zip(found, expected).reduce(0) { result, pair in
        let difference = abs(pair.0 - pair.1)
        return difference.isFinite ? max(result, difference) : .infinity
    }
}

/// The largest difference relative to the largest expected number.
func relativeDifference(_ found: some Collection<Float>, _ expected: some Collection<Float>) -> Float {
    largestDifference(found, expected) / expected.reduce(Float(1e-30)) { max($0, abs($1)) }
}
