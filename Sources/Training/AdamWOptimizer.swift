internal import Files
internal import Tensors
internal import Transformers

/// AdamW (Loshchilov and Hutter 2019) over the trained parameters of a model, with the two moments of each: 8 bytes a trained
/// number, nothing for frozen ones.
struct AdamWOptimizer {
    private struct Moments {
        let parameter: TransformerParameter
        let first: FloatBuffer
        let second: FloatBuffer
    }

    private let moments: [Moments]
    private let backend: any Backend
    /// Updates made so far: steps with nothing to learn make none.
    private(set) var steps = 0

    init(_ parameters: [TransformerParameter], backend: any Backend) {
        self.backend = backend
        moments = parameters.map {
            Moments(parameter: $0, first: backend.makeBuffer($0.count), second: backend.makeBuffer($0.count))
        }
    }

    /// One step with the gradients that the parameters hold, multiplied by `gradientFactor`. Matrices decay, norms and biases
    /// do not.
    mutating func step(_ options: TrainingOptions, learningRate: Double, gradientFactor: Double) {
        steps += 1
        for moment in moments {
            guard let gradient = moment.parameter.gradient else { continue }
            backend.step(
                moment.parameter.values, gradient: gradient, firstMoment: moment.first, secondMoment: moment.second,
                count: moment.parameter.count,
                AdamWStep(
                    number: steps, learningRate: learningRate, firstDecay: options.beta1, secondDecay: options.beta2,
                    epsilon: options.epsilon, weightDecay: moment.parameter.decays ? options.weightDecay : 0,
                    gradientFactor: gradientFactor))
        }
    }

    private static func firstName(_ name: String) -> String { "first_moment." + name }
    private static func secondName(_ name: String) -> String { "second_moment." + name }

    /// Writes the moments to a safetensors file.
    func write(to path: String) throws {
        var buffers: [String: (FloatBuffer, Int)] = [:]
        var tensors: [SafetensorsTensor] = []
        for moment in moments {
            let parameter = moment.parameter
            for (name, buffer) in [
                (AdamWOptimizer.firstName(parameter.name), moment.first),
                (AdamWOptimizer.secondName(parameter.name), moment.second),
            ] {
                buffers[name] = (buffer, parameter.count)
                tensors.append(.init(name: name, elementType: .float32, shape: parameter.shape))
            }
        }
        var writer = try SafetensorsWriter(path, tensors: tensors)
        for tensor in writer.tensors {
            guard let (buffer, count) = buffers[tensor.name] else { continue }
            try writer.write(tensor.name, floats: UnsafeBufferPointer(rebasing: buffer.readOnlyValues[..<count]))
        }
        try writer.commit()
    }

    /// Takes up the moments that `write` wrote after `steps` updates.
    mutating func read(from path: String, steps: Int) throws {
        let file = try SafetensorsFile(path)
        for moment in moments {
            let count = moment.parameter.count
            for (name, buffer) in [
                (AdamWOptimizer.firstName(moment.parameter.name), moment.first),
                (AdamWOptimizer.secondName(moment.parameter.name), moment.second),
            ] {
                try file.readFloats(name, into: UnsafeMutableBufferPointer(rebasing: buffer.values[..<count]))
            }
        }
        guard file.tensors.count == moments.count * 2 else {
            throw TrainingFailure.malformed(
                path: path, place: "moments", expected: "\(moments.count * 2) tensors, two for each trained parameter",
                found: "\(file.tensors.count)")
        }
        self.steps = steps
    }
}
