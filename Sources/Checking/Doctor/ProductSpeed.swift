import Tensors

/// How fast this machine multiplies matrices.
enum ProductSpeed {
    /// Floating-point operations a second of products of 768 × 768 matrices with all `threads`; takes about a fifth of a second. It differs
    /// from run to run and with what else the machine does.
    static func measure(threads: Int) -> Double {
        let size = 768
        let backend = CPUBackend(threads: threads)
        let (left, right) = (backend.makeBuffer(size * size), backend.makeBuffer(size * size))
        let result = backend.makeBuffer(size * size)
        let values = (0..<size * size).map { Float($0 % 13) - 6 }
        backend.write(values, to: left, at: 0)
        backend.write(values, to: right, at: 0)
        let product = MatrixProduct(rows: size, columns: size, inner: size)
        backend.multiply(left, right, into: result, product)
        let clock = ContinuousClock()
        var best = 0.0
        let start = clock.now
        repeat {
            let before = clock.now
            backend.multiply(left, right, into: result, product)
            let seconds = (clock.now - before) / .seconds(1)
            best = max(best, 2 * Double(size * size * size) / max(1e-9, seconds))
        } while clock.now - start < .milliseconds(200)
        return best
    }
}
