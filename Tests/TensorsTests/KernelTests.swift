import CKernels
import Glibc
import Tensors
import Testing

@Suite struct KernelTests {
    let backend = CPUBackend(threads: 2)

    @Test func exponentialIsWithinTwoUnitsInTheLastPlace() {
        var inputs: [Float] = []
        var x: Float = -87.3
        while x < 88.3 {
            inputs.append(x)
            x += 0.00371
        }
        var results = [Float](repeating: 0, count: inputs.count)
        shardmill_exponentials(inputs, &results, inputs.count)
        var worst = 0.0
        for (input, result) in zip(inputs, results) {
            let exact = exp(Double(input))
            worst = max(worst, abs(Double(result) - exact) / Double(Float(exact).ulp))
        }
        #expect(worst <= 2)
    }

    @Test func exponentialAtTheEdges() {
        let inputs: [Float] = [0, -0.0, -200, -.infinity, 88, .nan, -87.4, 1e-30, 500]
        var results = [Float](repeating: 0, count: inputs.count)
        shardmill_exponentials(inputs, &results, inputs.count)
        #expect(results[0] == 1 && results[1] == 1 && results[2] == 0 && results[3] == 0)
        #expect(abs(results[4] / Float(exp(88.0)) - 1) < 1e-6)
        #expect(results[5].isNaN && results[6] == 0 && results[7] == 1)
        #expect(results[8] > 1e38 && results[8].isFinite)
    }

    @Test(arguments: [1, 5, 16, 65, 600])
    func norm(width: Int) {
        let rows = 131
        let (values, weight) = (Plain.random(rows * width, seed: 1), Plain.random(width, seed: 2))
        let slope = Plain.random(rows * width, seed: 3)
        let results = FloatBuffer(count: rows * width)
        let inverses = FloatBuffer(count: rows)
        let x = FloatBuffer(values)
        backend.normalize(
            x, weight: FloatBuffer(weight), epsilon: 1e-5, into: results, inverses: inverses, rows: rows, width: width)
        var expected = [Double](repeating: 0, count: rows * width)
        var expectedSlope = Plain.random(rows * width, seed: 4).map(Double.init)
        let valueGradient = FloatBuffer(expectedSlope.map { Float($0) })
        var weightSlope = [Double](repeating: 0.5, count: width)
        for row in 0..<rows {
            let place = row * width
            var (squares, along) = (0.0, 0.0)
            for i in 0..<width {
                let (v, w, d) = (Double(values[place + i]), Double(weight[i]), Double(slope[place + i]))
                squares += v * v
                along += v * w * d
            }
            let inverse = 1 / (squares / Double(width) + 1e-5).squareRoot()
            along *= inverse * inverse * inverse / Double(width)
            for i in 0..<width {
                let (v, w, d) = (Double(values[place + i]), Double(weight[i]), Double(slope[place + i]))
                expected[place + i] = v * inverse * w
                weightSlope[i] += d * v * inverse
                expectedSlope[place + i] += d * w * inverse - v * along
            }
        }
        #expect(relativeDifference(results.array, expected) < 1e-6)
        let weightGradient = FloatBuffer([Float](repeating: 0.5, count: width))
        backend.normalizeBackward(
            x, weight: FloatBuffer(weight), inverses: inverses, resultGradient: FloatBuffer(slope),
            valueGradient: valueGradient, accumulates: true, weightGradient: weightGradient, rows: rows, width: width)
        #expect(relativeDifference(valueGradient.array, expectedSlope) < 3e-6)
        #expect(relativeDifference(weightGradient.array, weightSlope) < 3e-6)
    }

    @Test func rotation() {
        let (heads, half, rows) = (3, 5, 7)
        let table = RotaryTable(positions: 40, frequencies: (0..<half).map { 1 / Float(1 + $0) })
        let positions = (0..<rows).map { Int32(($0 * 11) % 40) }
        let values = Plain.random(rows * heads * 2 * half, seed: 5)
        let buffer = FloatBuffer(values)
        backend.rotate(buffer, positions: positions, heads: heads, table: table, backwards: false)
        var expected = values.map(Double.init)
        for row in 0..<rows {
            for head in 0..<heads {
                for i in 0..<half {
                    let angle = Double(Float(positions[row]) / Float(1 + i))
                    let low = (row * heads + head) * 2 * half + i
                    let (a, b) = (Double(values[low]), Double(values[low + half]))
                    expected[low] = a * cos(angle) - b * sin(angle)
                    expected[low + half] = b * cos(angle) + a * sin(angle)
                }
            }
        }
        #expect(relativeDifference(buffer.array, expected) < 1e-6)
        backend.rotate(buffer, positions: positions, heads: heads, table: table, backwards: true)
        #expect(relativeDifference(buffer.array, values.map(Double.init)) < 1e-6)
    }

    @Test(arguments: [1, 7, 32, 1001])
    func gatedActivation(count: Int) {
        let (gate, up) = (Plain.random(count, seed: 6, scale: 6), Plain.random(count, seed: 7))
        let slope = Plain.random(count, seed: 8)
        let (g, u, result) = (FloatBuffer(gate), FloatBuffer(up), FloatBuffer(count: count))
        backend.activate(gate: g, up: u, into: result, count: count)
        var (expected, upSlope, gateSlope): ([Double], [Double], [Double]) = ([], [], [])
        for i in 0..<count {
            let (g, u, d) = (Double(gate[i]), Double(up[i]), Double(slope[i]))
            let s = Plain.sigmoid(g)
            expected.append(g * s * u)
            upSlope.append(d * g * s)
            gateSlope.append(d * u * (s + g * s * (1 - s)))
        }
        #expect(relativeDifference(result.array, expected) < 1e-6)
        backend.activateBackward(gate: g, up: u, resultGradient: FloatBuffer(slope), count: count)
        #expect(relativeDifference(u.array, upSlope) < 1e-6)
        #expect(relativeDifference(g.array, gateSlope) < 1e-6)
    }

    @Test func extremeGatesStayFinite() {
        let (g, u) = (FloatBuffer([-1000, 1000, 0, -90]), FloatBuffer([1, 1, 1, 1]))
        let result = FloatBuffer(count: 4)
        backend.activate(gate: g, up: u, into: result, count: 4)
        #expect(result.array.allSatisfy(\.isFinite) && result[1] == 1000 && abs(result[0]) < 1e-30)
        backend.activateBackward(gate: g, up: u, resultGradient: FloatBuffer([1, 1, 1, 1]), count: 4)
        #expect(g.array.allSatisfy(\.isFinite) && g[1] == 1 && g[2] == 0.5)
    }

    @Test func rowsAndColumns() {
        let (rows, width) = (300, 37)
        let values = Plain.random(rows * width, seed: 9)
        let bias = Plain.random(width, seed: 10)
        let buffer = FloatBuffer(values)
        backend.addBias(FloatBuffer(bias), to: buffer, rows: rows, width: width)
        #expect(buffer.array == (0..<rows * width).map { values[$0] + bias[$0 % width] })
        let sums = FloatBuffer(bias)
        backend.addBiasGradient(of: FloatBuffer(values), to: sums, rows: rows, width: width)
        var expected = bias.map(Double.init)
        for index in values.indices { expected[index % width] += Double(values[index]) }
        #expect(relativeDifference(sums.array, expected) < 1e-6)
    }

    @Test func gatherAndScatter() {
        let width = 130
        let table = Plain.random(9 * width, seed: 11)
        let tokens: [Int32] = [3, 0, 8, 3, 3]
        let rows = FloatBuffer(count: tokens.count * width)
        backend.gatherRows(of: FloatBuffer(table), tokens, width: width, into: rows)
        #expect(rows.array == tokens.flatMap { Array(table[Int($0) * width..<(Int($0) + 1) * width]) })
        let gradient = FloatBuffer(count: table.count)
        backend.scatterAdd(rows, tokens, width: width, into: gradient)
        #expect(gradient[3 * width + 129] == table[3 * width + 129] * 3)
        #expect(gradient[width] == 0 && gradient[8 * width + 1] == table[8 * width + 1])
    }

    @Test func sums() {
        let values = Plain.random(150_001, seed: 12)
        let expected = values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let found = backend.sumOfSquares(FloatBuffer(values), count: values.count)
        #expect(abs(found / expected - 1) < 1e-12)
        let target = FloatBuffer(values)
        backend.add(FloatBuffer(values), to: target, factor: 2, count: values.count)
        backend.scale(target, by: 0.5, count: values.count)
        #expect(relativeDifference(target.array, values.map { Double($0) * 1.5 }) < 1e-6)
        backend.clear(target, count: 100_000)
        #expect(target[99_999] == 0 && target[100_000] != 0)
    }

    @Test func adamW() {
        let count = 37
        let (weights, slopes) = (Plain.random(count, seed: 13), Plain.random(count, seed: 14))
        let (w, m, v) = (FloatBuffer(weights), FloatBuffer(count: count), FloatBuffer(count: count))
        var (ew, em, ev) = (
            weights.map(Double.init), [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
        )
        for number in 1...4 {
            let step = AdamWStep(number: number, learningRate: 0.01, weightDecay: 0.1, gradientFactor: 0.5)
            backend.step(w, gradient: FloatBuffer(slopes), firstMoment: m, secondMoment: v, count: count, step)
            for i in 0..<count {
                let g = Double(slopes[i]) * 0.5
                ew[i] *= 1 - 0.01 * 0.1
                em[i] = 0.9 * em[i] + 0.1 * g
                ev[i] = 0.95 * ev[i] + 0.05 * g * g
                let (mh, vh) = (em[i] / (1 - pow(0.9, Double(number))), ev[i] / (1 - pow(0.95, Double(number))))
                ew[i] -= 0.01 * mh / (vh.squareRoot() + 1e-8)
            }
        }
        #expect(relativeDifference(w.array, ew) < 1e-6)
    }
}
