import CKernels
import COpenBLAS

extension CPUBackend {
    /// `result (+)= scale * left * right`, in tiles of the result that depend on its sizes alone.
    ///
    /// Tiles are long: a tile packs its factors anew, which costs about 25 / rows + 25 / columns of its time (measured).
    public func multiply(_ left: FloatBuffer, _ right: FloatBuffer, into result: FloatBuffer, _ product: MatrixProduct)
    {
        let (rows, columns, inner) = (product.rows, product.columns, product.inner)
        require(left, rows * inner)
        require(right, inner * columns)
        require(result, rows * columns, writable: true)
        let beta: Float = product.accumulates ? 1 : 0
        if inner == 0 {
            if !product.accumulates { clear(result, count: rows * columns) }
            return
        }
        let rowTile = Self.tile(rows, largest: 512)
        let rowTiles = (rows + rowTile - 1) / rowTile
        let columnTile = Self.tile(columns, largest: rowTiles >= 4 ? 4096 : rowTiles >= 2 ? 1024 : 512)
        let columnTiles = (columns + columnTile - 1) / columnTile
        let leftStride = product.transposesLeft ? rows : inner
        let rightStride = product.transposesRight ? inner : columns
        share(rowTiles * columnTiles) { task, _ in
            let row = task / columnTiles * rowTile
            let column = task % columnTiles * columnTile
            Self.product(
                min(rowTile, rows - row), min(columnTile, columns - column), inner, product.scale,
                left.address + (product.transposesLeft ? row : row * leftStride), leftStride, product.transposesLeft,
                right.address + (product.transposesRight ? column * rightStride : column), rightStride,
                product.transposesRight, beta, result.address + row * columns + column, columns)
        }
    }

    /// The side of even tiles of at most `largest`, a multiple of 16.
    static func tile(_ side: Int, largest: Int) -> Int {
        let parts = max(1, (side + largest - 1) / largest)
        return max(16, ((side + parts - 1) / parts + 15) & ~15)
    }

    /// One product on the calling thread.
    @inline(__always)
    static func product(
        _ rows: Int, _ columns: Int, _ inner: Int, _ scale: Float, _ left: UnsafePointer<Float>, _ leftStride: Int,
        _ transposesLeft: Bool, _ right: UnsafePointer<Float>, _ rightStride: Int, _ transposesRight: Bool,
        _ beta: Float, _ result: UnsafeMutablePointer<Float>, _ resultStride: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, transposesLeft ? CblasTrans : CblasNoTrans, transposesRight ? CblasTrans : CblasNoTrans,
            Int32(rows), Int32(columns), Int32(inner), scale, left, Int32(leftStride), right, Int32(rightStride), beta,
            result, Int32(resultStride))
    }

    /// `target += factor * source` over `count` floats.
    public func add(_ source: FloatBuffer, to target: FloatBuffer, factor: Float, count: Int) {
        require(source, count)
        require(target, count, writable: true)
        forEachPiece(of: count) { start, size in
            shardmill_add_scaled(target.address + start, source.address + start, factor, size)
        }
    }

    /// `values *= factor` over `count` floats.
    public func scale(_ values: FloatBuffer, by factor: Float, count: Int) {
        require(values, count, writable: true)
        forEachPiece(of: count) { start, size in shardmill_scale(values.address + start, factor, size) }
    }

    /// Every row of `values` [rows, width] += bias [width].
    public func addBias(_ bias: FloatBuffer, to values: FloatBuffer, rows: Int, width: Int) {
        require(bias, width)
        require(values, rows * width, writable: true)
        forEachRows(rows, width: width) { start, count in
            shardmill_add_bias(values.address + start * width, bias.address, count, width)
        }
    }

    /// biasGradient [width] += the sum of the rows of `gradient` [rows, width]; pieces are groups of columns.
    public func addBiasGradient(of gradient: FloatBuffer, to biasGradient: FloatBuffer, rows: Int, width: Int) {
        require(gradient, rows * width)
        require(biasGradient, width, writable: true)
        let columns = 256
        share((width + columns - 1) / columns) { piece, _ in
            let start = piece * columns
            shardmill_add_column_sums(
                biasGradient.address + start, gradient.address + start, rows, min(columns, width - start), width)
        }
    }

    /// The sum of squares of `count` floats: pieces of 65536 in order.
    public func sumOfSquares(_ values: FloatBuffer, count: Int) -> Double {
        require(values, count)
        if count == 0 { return 0 }
        let size = 1 << 16
        let pieces = (count + size - 1) / size
        let sums = UnsafeMutableBufferPointer<Double>.allocate(capacity: pieces)
        defer { sums.deallocate() }
        nonisolated(unsafe) let slots = sums  // one slot a piece, read after all are done
        share(pieces) { piece, _ in
            let start = piece * size
            slots[piece] = shardmill_sum_of_squares(values.address + start, min(size, count - start))
        }
        return sums.reduce(0, +)
    }
}
