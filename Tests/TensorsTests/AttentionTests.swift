import Tensors
import Testing

@Suite struct AttentionTests {
    static let shapes = [
        AttentionShape(heads: 1, keyHeads: 1, headDimension: 2),
        AttentionShape(heads: 4, keyHeads: 2, headDimension: 10),
        AttentionShape(heads: 3, keyHeads: 1, headDimension: 18),
        AttentionShape(heads: 2, keyHeads: 1, headDimension: 16),
        AttentionShape(heads: 3, keyHeads: 3, headDimension: 48),
        AttentionShape(heads: 2, keyHeads: 2, headDimension: 64),
    ]

    @Test(arguments: shapes, [[1], [0, 5, 6, 40], [290], [128, 256], [129, 400]])
    func forwardAndBackward(shape: AttentionShape, ends: [Int]) {
        let rows = ends.last!
        let segments = AttentionSegment.segments(endingAt: ends)
        let queries = Plain.random(rows * shape.queryWidth, seed: 1, scale: 2)
        let keys = Plain.random(rows * shape.keyWidth, seed: 2, scale: 2)
        let values = Plain.random(rows * shape.keyWidth, seed: 3)
        let slope = Plain.random(rows * shape.queryWidth, seed: 4)
        let expected = Plain.attention(queries, keys, values, segments, shape, slope: slope)
        var bits: [[Float]] = []
        for threads in [1, 2, 3] {
            let backend = CPUBackend(threads: threads)
            // What the memory held before must not matter.
            func dirty(_ count: Int) -> FloatBuffer { FloatBuffer([Float](repeating: .nan, count: count)) }
            let (q, k, v) = (FloatBuffer(queries), FloatBuffer(keys), FloatBuffer(values))
            let (outputs, logSums) = (dirty(queries.count), dirty(rows * shape.heads))
            backend.attend(
                queries: q, keys: k, values: v, segments: segments, shape: shape, into: outputs, logSums: logSums)
            let gradients = [dirty(queries.count), dirty(keys.count), dirty(values.count)]
            backend.attendBackward(
                queries: q, keys: k, values: v, segments: segments, shape: shape, outputs: outputs, logSums: logSums,
                outputGradient: FloatBuffer(slope), queryGradient: gradients[0], keyGradient: gradients[1],
                valueGradient: gradients[2])
            #expect(relativeDifference(outputs.array, expected.outputs) < 3e-6)
            #expect(relativeDifference(logSums.array, expected.logSums) < 3e-6)
            for (found, exact) in zip(gradients, expected.gradients) {
                // A token that sees only itself: the gradients of its query and key are differences of equal terms of size one.
                #expect(relativeDifference(found.array, exact, scale: 1) < 1e-5)
            }
            bits.append(outputs.array + gradients.flatMap(\.array))
        }
        #expect(bits[0] == bits[1] && bits[0] == bits[2])
    }

    @Test(arguments: [(4, 6), (4, 16), (40, 16), (40, 32)])
    func queriesThatContinueCachedKeys(count: Int, width: Int) {
        let shape = AttentionShape(heads: 4, keyHeads: 2, headDimension: width)
        let queries = Plain.random((count + 1) * shape.queryWidth, seed: 5)
        let (keys, values) = (Plain.random(300 * shape.keyWidth, seed: 6), Plain.random(300 * shape.keyWidth, seed: 7))
        let segments = [AttentionSegment(queryStart: 1, queryCount: count, keyStart: 2, keyCount: 290)]
        let expected = Plain.attention(queries, keys, values, segments, shape)
        let outputs = FloatBuffer(count: queries.count)
        CPUBackend(threads: 2).attend(
            queries: FloatBuffer(queries), keys: FloatBuffer(keys), values: FloatBuffer(values), segments: segments,
            shape: shape, into: outputs, logSums: FloatBuffer(count: (count + 1) * shape.heads))
        #expect(relativeDifference(outputs.array, expected.outputs) < 3e-6)
    }

    @Test func largeScoresStayFinite() {
        let shape = AttentionShape(heads: 1, keyHeads: 1, headDimension: 4)
        let queries = Plain.random(300 * 4, seed: 8, scale: 100)
        let values = Plain.random(300 * 4, seed: 9)
        let outputs = FloatBuffer(count: 1200)
        let segments = AttentionSegment.segments(endingAt: [300])
        CPUBackend(threads: 1).attend(
            queries: FloatBuffer(queries), keys: FloatBuffer(queries), values: FloatBuffer(values), segments: segments,
            shape: shape, into: outputs, logSums: FloatBuffer(count: 300))
        let expected = Plain.attention(queries, queries, values, segments, shape)
        #expect(relativeDifference(outputs.array, expected.outputs) < 2e-3)
    }

    @Test func segmentsFromEnds() {
        #expect(AttentionSegment.segments(endingAt: [0, 3, 3, 5]).map(\.queryCount) == [3, 2])
        #expect(AttentionSegment.segments(endingAt: []).isEmpty)
    }
}
