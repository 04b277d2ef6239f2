import CKernels
import Testing

@Suite struct TileProductTests {
    /// Rows, columns and sums of every size that a block has, whole and as a remainder.
    static let sizes = [(1, 1, 1), (2, 16, 3), (6, 32, 7), (9, 48, 0), (13, 64, 64), (14, 100, 5), (128, 128, 33)]

    @Test(arguments: sizes, [false, true])
    func isTheProduct(size: (Int, Int, Int), transposed: Bool) {
        let (rows, columns, inner) = size
        let stride = (columns + 15) / 16 * 16 + 3
        let left = Plain.random(max(1, rows * inner), seed: 1)
        let right = Plain.random(max(1, inner) * stride, seed: 2)
        let before = Plain.random(rows * stride, seed: 3)
        for accumulates in [false, true] {
            var found = before
            shardmill_tile_product(
                rows, columns, inner, 0.5, left, transposed ? 1 : inner, transposed ? rows : 1, right, stride,
                accumulates ? 1 : 0, &found, stride, Int32(SHARDMILL_HIDDEN_NOTHING), 0)
            for row in 0..<rows {
                for column in 0..<columns {
                    var exact = accumulates ? Double(before[row * stride + column]) : 0
                    for i in 0..<inner {
                        let factor = left[transposed ? i * rows + row : row * inner + i]
                        exact += 0.5 * Double(factor) * Double(right[i * stride + column])
                    }
                    #expect(abs(Double(found[row * stride + column]) - exact) < 1e-5)
                }
                // Beyond the columns rounded up nothing is touched.
                #expect(
                    found[row * stride + stride - 3..<(row + 1) * stride]
                        == before[row * stride + stride - 3..<(row + 1) * stride])
            }
        }
    }

    /// Where hidden numbers are 0, leaving them out changes nothing; hidden columns of a result need not be there.
    @Test(arguments: [-5, 0, 1, 4, 17, 50]) func hiddenPartsAreLeftOut(firstVisible: Int) {
        let (queries, keys, width) = (20, 37, 32)
        func isVisible(_ query: Int, _ key: Int) -> Bool { key < firstVisible + query }
        var scores = Plain.random(queries * keys, seed: 4)
        for query in 0..<queries {
            for key in 0..<keys where !isVisible(query, key) { scores[query * keys + key] = 0 }
        }
        let (values, slopes) = (Plain.random(keys * width, seed: 5), Plain.random(queries * width, seed: 6))
        for (hidden, rows, inner, right) in [
            (SHARDMILL_HIDDEN_INNER, queries, keys, values), (SHARDMILL_HIDDEN_FIRST, keys, queries, slopes),
        ] {
            let isTransposed = hidden == SHARDMILL_HIDDEN_FIRST
            var results = [[Float]](repeating: [Float](repeating: .nan, count: rows * width), count: 2)
            for (index, kind) in [SHARDMILL_HIDDEN_NOTHING, hidden].enumerated() {
                shardmill_tile_product(
                    rows, width, inner, 1, scores, isTransposed ? 1 : keys, isTransposed ? keys : 1, right, width, 0,
                    &results[index], width, Int32(kind), firstVisible)
            }
            #expect(results[0] == results[1])
        }
        let transposed = Plain.random(width * 48, seed: 7)
        var whole = [Float](repeating: .nan, count: queries * 48)
        var part = whole
        for (hidden, isWhole) in [(SHARDMILL_HIDDEN_NOTHING, true), (SHARDMILL_HIDDEN_COLUMNS, false)] {
            var result = [Float](repeating: .nan, count: queries * 48)
            shardmill_tile_product(
                queries, keys, width, 1, slopes, width, 1, transposed, 48, 0, &result, 48, Int32(hidden), firstVisible)
            if isWhole { whole = result } else { part = result }
        }
        for query in 0..<queries {
            for key in 0..<keys where isVisible(query, key) {
                #expect(whole[query * 48 + key] == part[query * 48 + key])
            }
        }
    }

    @Test(arguments: [(1, 1), (16, 16), (5, 33), (40, 7)]) func transposes(rows: Int, columns: Int) {
        let source = Plain.random(rows * (columns + 2), seed: 8)
        var target = [Float](repeating: .nan, count: columns * (rows + 1))
        shardmill_transpose(source, columns + 2, rows, columns, &target, rows + 1)
        for row in 0..<rows {
            for column in 0..<columns {
                #expect(target[column * (rows + 1) + row] == source[row * (columns + 2) + column])
            }
        }
    }
}
