import Tensors
import Testing

@Suite struct ProductTests {
    @Test(
        arguments: [(1, 1, 1), (3, 17, 5), (130, 70, 33), (600, 40, 9), (16, 530, 64), (1, 300, 128)], [false, true])
    func products(sizes: (Int, Int, Int), transposes: Bool) {
        let (rows, columns, inner) = sizes
        let backend = CPUBackend(threads: 2)
        let (left, right) = (Plain.random(rows * inner, seed: 1), Plain.random(inner * columns, seed: 2))
        for other in [false, true] {
            let expected = Plain.product(
                left, right, rows: rows, columns: columns, inner: inner, transposesLeft: transposes,
                transposesRight: other)
            let result = FloatBuffer([Float](repeating: 1, count: rows * columns))
            var product = MatrixProduct(
                rows: rows, columns: columns, inner: inner, transposesLeft: transposes, transposesRight: other,
                scale: 0.5)
            backend.multiply(FloatBuffer(left), FloatBuffer(right), into: result, product)
            #expect(relativeDifference(result.array, expected.map { $0 * 0.5 }) < 2e-6)
            product.accumulates = true
            backend.multiply(FloatBuffer(left), FloatBuffer(right), into: result, product)
            #expect(relativeDifference(result.array, expected) < 2e-6)
        }
    }

    @Test func nothingToSum() {
        let backend = CPUBackend(threads: 1)
        let result = FloatBuffer([.nan, 1])
        backend.multiply(
            FloatBuffer(count: 0), FloatBuffer(count: 0), into: result, MatrixProduct(rows: 1, columns: 2, inner: 0))
        #expect(result.array == [0, 0])
    }

    @Test func threadsDoNotChangeBits() {
        let (rows, columns, inner) = (1100, 700, 65)
        let (left, right) = (
            FloatBuffer(Plain.random(rows * inner, seed: 3)), FloatBuffer(Plain.random(inner * columns, seed: 4))
        )
        let results = [1, 2, 3].map { threads in
            let result = FloatBuffer(count: rows * columns)
            let product = MatrixProduct(rows: rows, columns: columns, inner: inner)
            CPUBackend(threads: threads).multiply(left, right, into: result, product)
            return result.array
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }
}
