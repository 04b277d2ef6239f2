import Glibc
import Tensors
import Testing

@Suite struct LossTests {
    /// Enough rows for several chunks of the smallest size would take a large vocabulary; 600 rows make two of the largest.
    @Test(arguments: [(1, 3, 5), (7, 33, 1), (600, 45, 8)])
    func lossAndGradients(sizes: (Int, Int, Int)) {
        let (rows, vocabulary, width) = sizes
        let inputs = Plain.random(rows * width, seed: 1)
        let weight = Plain.random(vocabulary * width, seed: 2)
        var labels = (0..<rows).map { Int32(($0 * 7 + 2) % vocabulary) }
        for row in stride(from: 1, to: rows, by: 3) { labels[row] = -100 }
        let logits = Plain.product(
            inputs, weight, rows: rows, columns: vocabulary, inner: width, transposesRight: true)
        var each = [Double](repeating: 0, count: rows)
        var inputSlope = [Double](repeating: 0, count: rows * width)
        var weightSlope = [Double](repeating: 1, count: vocabulary * width)
        for row in 0..<rows where labels[row] >= 0 {
            let line = logits[row * vocabulary..<(row + 1) * vocabulary]
            let highest = line.max()!
            let sum = line.reduce(0) { $0 + exp($1 - highest) }
            each[row] = log(sum) + highest - line[line.startIndex + Int(labels[row])]
            for token in 0..<vocabulary {
                var slope = exp(line[line.startIndex + token] - highest) / sum
                if token == Int(labels[row]) { slope -= 1 }
                for i in 0..<width {
                    inputSlope[row * width + i] += 0.25 * slope * Double(weight[token * width + i])
                    weightSlope[token * width + i] += 0.25 * slope * Double(inputs[row * width + i])
                }
            }
        }
        var bits: [[Float]] = []
        for threads in [1, 2, 3] {
            let backend = CPUBackend(threads: threads)
            let (x, w) = (FloatBuffer(inputs), FloatBuffer(weight))
            let inputGradient = FloatBuffer([Float](repeating: .nan, count: rows * width))
            let weightGradient = FloatBuffer([Float](repeating: 1, count: vocabulary * width))
            let loss = backend.crossEntropy(
                inputs: x, weight: w, labels: labels, width: width, vocabulary: vocabulary, gradientFactor: 0.25,
                inputGradient: inputGradient, weightGradient: weightGradient)
            let plain = backend.crossEntropy(
                inputs: x, weight: w, labels: labels, width: width, vocabulary: vocabulary, gradientFactor: nil,
                inputGradient: nil, weightGradient: nil)
            #expect(loss == plain)
            #expect(loss.count == labels.filter { $0 >= 0 }.count)
            #expect(relativeDifference(loss.each, each) < 2e-6)
            #expect(abs(loss.sum / max(1e-30, each.reduce(0, +)) - 1) < 1e-6)
            #expect(relativeDifference(inputGradient.array, inputSlope) < 3e-6)
            #expect(relativeDifference(weightGradient.array, weightSlope) < 3e-6)
            bits.append([Float(loss.sum)] + inputGradient.array + weightGradient.array)
        }
        #expect(bits[0] == bits[1] && bits[0] == bits[2])
    }

    @Test func nothingLabelled() {
        let gradient = FloatBuffer([.nan, .nan])
        let loss = CPUBackend(threads: 1).crossEntropy(
            inputs: FloatBuffer([1, 2]), weight: FloatBuffer([1, 1]), labels: [-1, -1], width: 1, vocabulary: 2,
            gradientFactor: 1, inputGradient: gradient, weightGradient: nil)
        #expect(loss.count == 0 && loss.sum == 0 && gradient.array == [0, 0])
    }
}
