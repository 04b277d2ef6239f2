import Glibc
import Parallel
import Tensors

/// The plain twins of the kernels: the definitions, in double precision, one number at a time.
enum Plain {
    static func random(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Float(random.nextNormal() * scale) }
    }

    static func product(
        _ left: [Float], _ right: [Float], rows: Int, columns: Int, inner: Int, transposesLeft: Bool = false,
        transposesRight: Bool = false
    ) -> [Double] {
        var result = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for column in 0..<columns {
                for k in 0..<inner {
                    let a = left[transposesLeft ? k * rows + row : row * inner + k]
                    let b = right[transposesRight ? column * inner + k : k * columns + column]
                    result[row * columns + column] += Double(a) * Double(b)
                }
            }
        }
        return result
    }

    static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// Attention over the whole score matrix: outputs and log-sums, and with `slope` the gradients of queries, keys, values.
    static func attention(
        _ queries: [Float], _ keys: [Float], _ values: [Float], _ segments: [AttentionSegment], _ shape: AttentionShape,
        slope: [Float]? = nil
    ) -> (outputs: [Double], logSums: [Double], gradients: [[Double]]) {
        let width = shape.headDimension
        var outputs = [Double](repeating: 0, count: queries.count)
        var logSums = [Double](repeating: 0, count: queries.count / shape.queryWidth * shape.heads)
        var gradients = [queries, keys, values].map { [Double](repeating: 0, count: $0.count) }
        for segment in segments {
            for head in 0..<shape.heads {
                for query in 0..<segment.queryCount {
                    let row = segment.queryStart + query
                    let seen = segment.keyCount - segment.queryCount + query + 1
                    let keyColumn = head / (shape.heads / shape.keyHeads) * width
                    func at(_ key: Int, _ i: Int) -> Int { (segment.keyStart + key) * shape.keyWidth + keyColumn + i }
                    let own = row * shape.queryWidth + head * width
                    let scores = (0..<seen).map { key in
                        var dot = 0.0
                        for i in 0..<width { dot += Double(queries[own + i]) * Double(keys[at(key, i)]) }
                        return dot * Double(shape.scale)
                    }
                    let highest = scores.max()!
                    let logSum = highest + log(scores.reduce(0) { $0 + exp($1 - highest) })
                    logSums[row * shape.heads + head] = logSum
                    let weights = scores.map { exp($0 - logSum) }
                    for key in 0..<seen {
                        for i in 0..<width { outputs[own + i] += weights[key] * Double(values[at(key, i)]) }
                    }
                    guard let slope else { continue }
                    let pull = (0..<seen).map { key in
                        var dot = 0.0
                        for i in 0..<width { dot += Double(slope[own + i]) * Double(values[at(key, i)]) }
                        return dot
                    }
                    var mean = 0.0
                    for key in 0..<seen { mean += pull[key] * weights[key] }
                    for key in 0..<seen {
                        let scoreSlope = weights[key] * (pull[key] - mean) * Double(shape.scale)
                        for i in 0..<width {
                            gradients[0][own + i] += scoreSlope * Double(keys[at(key, i)])
                            gradients[1][at(key, i)] += scoreSlope * Double(queries[own + i])
                            gradients[2][at(key, i)] += weights[key] * Double(slope[own + i])
                        }
                    }
                }
            }
        }
        return (outputs, logSums, gradients)
    }
}

/// The largest difference of two arrays relative to the largest number of the second, or to `scale` where that is larger: the size of
/// the terms whose difference a number is.
func relativeDifference(_ found: [Float], _ expected: [Double], scale: Double = 1e-30) -> Double {
    if found.count != expected.count { return .infinity }
    let largest = expected.reduce(scale) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { result, pair in
        let difference = abs(Double(pair.0) - pair.1)
        return difference.isNaN ? .infinity : max(result, difference / largest)
    }
}
