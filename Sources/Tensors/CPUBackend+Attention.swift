import CKernels

// Causal attention in tiles (Dao et al. 2022; Dao 2023): scores exist for one tile at a time. All work on a tile is done by C
// kernels on one thread, on rows of the big matrices where they stand; keys (and in backward values) are transposed first, so that
// every product runs along rows. Products of a tile too thin for the kernel, or of a head whose size is no multiple of 16, are
// OpenBLAS's.

extension CPUBackend {
    /// Queries of one tile.
    private static var queryTile: Int { 128 }
    /// Keys of one tile.
    private static var keyTile: Int { 128 }

    private func requireSegments(
        _ segments: [AttentionSegment], _ shape: AttentionShape, _ queryRows: Int, _ keyRows: Int
    ) {
        for segment in segments {
            precondition(segment.queryStart >= 0 && segment.queryStart + segment.queryCount <= queryRows)
            precondition(segment.keyStart >= 0 && segment.keyStart + segment.keyCount <= keyRows)
        }
    }

    /// Causal attention inside each segment. A task is one tile of queries of one head: its sums are its own.
    public func attend(
        queries: FloatBuffer, keys: FloatBuffer, values: FloatBuffer, segments: [AttentionSegment],
        shape: AttentionShape, into outputs: FloatBuffer, logSums: FloatBuffer
    ) {
        let (queryWidth, keyWidth, width) = (shape.queryWidth, shape.keyWidth, shape.headDimension)
        let queryRows = min(queries.count, outputs.count) / queryWidth
        requireSegments(
            segments, shape, min(queryRows, logSums.count / shape.heads), min(keys.count, values.count) / keyWidth)
        require(outputs, 0, writable: true)
        var tiles: [(segment: Int, start: Int)] = []
        var keyTiles: [(segment: Int, start: Int)] = []
        var firstKeyTiles: [Int] = []
        // A few queries after many cached keys are not worth transposing the keys for.
        let usesKernel = width % 16 == 0 && segments.contains { $0.queryCount >= 16 }
        for (index, segment) in segments.enumerated() {
            for start in stride(from: 0, to: segment.queryCount, by: Self.queryTile) { tiles.append((index, start)) }
            firstKeyTiles.append(keyTiles.count)
            for start in stride(from: 0, to: segment.keyCount, by: Self.keyTile) { keyTiles.append((index, start)) }
        }
        let (plan, firstTiles, tileSize) = (tiles, firstKeyTiles, Self.keyTile * width)
        let group = shape.heads / shape.keyHeads
        let transposed = sharedScratch(0, usesKernel ? keyTiles.count * shape.keyHeads * tileSize : 0)
        if usesKernel {
            let keyPlan = keyTiles
            share(keyPlan.count * shape.keyHeads) { task, _ in
                let (index, start) = keyPlan[task / shape.keyHeads]
                let segment = segments[index]
                let source = (segment.keyStart + start) * keyWidth + task % shape.keyHeads * width
                shardmill_transpose(
                    keys.address + source, keyWidth, min(Self.keyTile, segment.keyCount - start), width,
                    transposed.address + task * tileSize, Self.keyTile)
            }
        }
        share(plan.count * shape.heads) { task, worker in
            let (index, start) = plan[task / shape.heads]
            let head = task % shape.heads
            let segment = segments[index]
            let rows = min(Self.queryTile, segment.queryCount - start)
            let before = segment.keyCount - segment.queryCount + start
            let scores = self.scratch(worker, Self.queryTile * (Self.keyTile + 2))
            let maxima = scores + Self.queryTile * Self.keyTile
            let sums = maxima + Self.queryTile
            maxima.update(repeating: -.infinity, count: rows)
            sums.update(repeating: 0, count: rows)
            let firstRow = segment.queryStart + start
            let query = queries.address + firstRow * queryWidth + head * width
            let output = outputs.address + firstRow * queryWidth + head * width
            for keyStart in stride(from: 0, to: before + rows, by: Self.keyTile) {
                let columns = min(Self.keyTile, before + rows - keyStart)
                let keyOffset = (segment.keyStart + keyStart) * keyWidth + head / group * width
                let (visible, isFirst) = (before + 1 - keyStart, keyStart == 0)
                if usesKernel {
                    let tile = (firstTiles[index] + keyStart / Self.keyTile) * shape.keyHeads + head / group
                    shardmill_tile_product(
                        rows, columns, width, shape.scale, query, queryWidth, 1, transposed.address + tile * tileSize,
                        Self.keyTile, 0, scores, Self.keyTile, Int32(SHARDMILL_HIDDEN_COLUMNS), visible)
                } else {
                    Self.product(
                        rows, columns, width, shape.scale, query, queryWidth, false, keys.address + keyOffset, keyWidth,
                        true, 0, scores, Self.keyTile)
                }
                shardmill_softmax_tile(
                    scores, Self.keyTile, rows, columns, visible, maxima, sums, isFirst ? nil : output, queryWidth,
                    width)
                if usesKernel {
                    shardmill_tile_product(
                        rows, width, columns, 1, scores, Self.keyTile, 1, values.address + keyOffset, keyWidth,
                        isFirst ? 0 : 1, output, queryWidth, Int32(SHARDMILL_HIDDEN_INNER), visible)
                } else {
                    Self.product(
                        rows, width, columns, 1, scores, Self.keyTile, false, values.address + keyOffset, keyWidth,
                        false, isFirst ? 0 : 1, output, queryWidth)
                }
            }
            shardmill_softmax_finish(
                maxima, sums, output, queryWidth, rows, width, logSums.address + firstRow * shape.heads + head,
                shape.heads)
        }
    }

    /// The gradient of `attend`. A task is one head of one segment; where heads share keys, each sums into memory of its own and the
    /// sums are added in the order of the heads.
    public func attendBackward(
        queries: FloatBuffer, keys: FloatBuffer, values: FloatBuffer, segments: [AttentionSegment],
        shape: AttentionShape, outputs: FloatBuffer, logSums: FloatBuffer, outputGradient: FloatBuffer,
        queryGradient: FloatBuffer, keyGradient: FloatBuffer, valueGradient: FloatBuffer
    ) {
        let (queryWidth, keyWidth, width) = (shape.queryWidth, shape.keyWidth, shape.headDimension)
        let queryRows = [queries, outputs, outputGradient, queryGradient].map { $0.count / queryWidth }.min() ?? 0
        let keyRows = [keys, values, keyGradient, valueGradient].map { $0.count / keyWidth }.min() ?? 0
        requireSegments(segments, shape, min(queryRows, logSums.count / shape.heads), keyRows)
        for segment in segments {
            precondition(segment.queryStart == segment.keyStart && segment.queryCount == segment.keyCount)
        }
        for buffer in [queryGradient, keyGradient, valueGradient] { require(buffer, 0, writable: true) }
        let rows = segments.map { $0.queryStart + $0.queryCount }.max() ?? 0
        let group = shape.heads / shape.keyHeads
        // Keys' gradients by query head, [rows, heads * headDimension], where heads share keys.
        let keySums = group == 1 ? keyGradient : sharedScratch(0, rows * queryWidth)
        let valueSums = group == 1 ? valueGradient : sharedScratch(1, rows * queryWidth)
        let dots = sharedScratch(2, rows * shape.heads)
        // The longest segments first, so that no worker starts the longest one last.
        let order = segments.indices.sorted {
            (segments[$1].queryCount, $0) < (segments[$0].queryCount, $1)
        }
        share(segments.count * shape.heads) { task, worker in
            let segment = segments[order[task / shape.heads]]
            let head = task % shape.heads
            let offset = segment.queryStart * queryWidth + head * width
            let keyOffset = segment.keyStart * keyWidth + head / group * width
            let dot = dots.address + segment.queryStart * shape.heads + head
            shardmill_row_dots(
                outputGradient.address + offset, outputs.address + offset, queryWidth, segment.queryCount, width, dot,
                shape.heads)
            self.headBackward(
                count: segment.queryCount, worker: worker, shape: shape, query: queries.address + offset,
                key: keys.address + keyOffset, value: values.address + keyOffset,
                outputGradient: outputGradient.address + offset,
                logSums: logSums.address + segment.queryStart * shape.heads + head, dots: dot,
                queryGradient: queryGradient.address + offset, keySums: keySums.address + offset,
                valueSums: valueSums.address + offset)
        }
        if group == 1 { return }
        let covered = segments
        for (sums, gradient) in [(keySums, keyGradient), (valueSums, valueGradient)] {
            share(covered.count) { task, _ in
                let segment = covered[task]
                for row in segment.keyStart..<segment.keyStart + segment.keyCount {
                    for keyHead in 0..<shape.keyHeads {
                        let target = gradient.address + row * keyWidth + keyHead * width
                        let source = sums.address + row * queryWidth + keyHead * group * width
                        target.update(from: source, count: width)
                        for head in 1..<group { shardmill_add_scaled(target, source + head * width, 1, width) }
                    }
                }
            }
        }
    }

    /// The gradient of one head of one segment of `count` tokens; `keySums` and `valueSums` have the stride of queries.
    private func headBackward(
        count: Int, worker: Int, shape: AttentionShape, query: UnsafeMutablePointer<Float>,
        key: UnsafeMutablePointer<Float>, value: UnsafeMutablePointer<Float>,
        outputGradient: UnsafeMutablePointer<Float>, logSums: UnsafeMutablePointer<Float>,
        dots: UnsafeMutablePointer<Float>, queryGradient: UnsafeMutablePointer<Float>,
        keySums: UnsafeMutablePointer<Float>, valueSums: UnsafeMutablePointer<Float>
    ) {
        let (queryWidth, keyWidth, width) = (shape.queryWidth, shape.keyWidth, shape.headDimension)
        let (queryTile, keyTile) = (Self.queryTile, Self.keyTile)
        let usesKernel = width % 16 == 0
        let scores = scratch(worker, keyTile * (2 * queryTile + 2 * width))
        let slopes = scores + queryTile * keyTile
        let transposedKeys = slopes + queryTile * keyTile
        let transposedValues = transposedKeys + keyTile * width
        for keyStart in stride(from: 0, to: count, by: keyTile) {
            let columns = min(keyTile, count - keyStart)
            let keys = key + keyStart * keyWidth
            let values = value + keyStart * keyWidth
            if usesKernel {
                shardmill_transpose(keys, keyWidth, columns, width, transposedKeys, keyTile)
                shardmill_transpose(values, keyWidth, columns, width, transposedValues, keyTile)
            }
            let keySums = keySums + keyStart * queryWidth
            let valueSums = valueSums + keyStart * queryWidth
            for queryStart in stride(from: keyStart / queryTile * queryTile, to: count, by: queryTile) {
                let rows = min(queryTile, count - queryStart)
                let queries = query + queryStart * queryWidth
                let gradients = outputGradient + queryStart * queryWidth
                let visible = queryStart + 1 - keyStart
                if usesKernel {
                    shardmill_tile_product(
                        rows, columns, width, shape.scale, queries, queryWidth, 1, transposedKeys, keyTile, 0, scores,
                        keyTile, Int32(SHARDMILL_HIDDEN_COLUMNS), visible)
                    shardmill_tile_product(
                        rows, columns, width, 1, gradients, queryWidth, 1, transposedValues, keyTile, 0, slopes,
                        keyTile, Int32(SHARDMILL_HIDDEN_COLUMNS), visible)
                } else {
                    Self.product(
                        rows, columns, width, shape.scale, queries, queryWidth, false, keys, keyWidth, true, 0, scores,
                        keyTile)
                    Self.product(
                        rows, columns, width, 1, gradients, queryWidth, false, values, keyWidth, true, 0, slopes,
                        keyTile)
                }
                shardmill_attention_gradient_tile(
                    scores, slopes, keyTile, rows, columns, visible, logSums + queryStart * shape.heads,
                    dots + queryStart * shape.heads, shape.heads)
                // The first tile of queries that sees these keys starts their sums, the first keys those of a query.
                let continuesKeys: Int32 = queryStart <= keyStart ? 0 : 1
                let continuesQueries: Int32 = keyStart == 0 ? 0 : 1
                let queryGradient = queryGradient + queryStart * queryWidth
                if usesKernel {
                    shardmill_tile_product(
                        columns, width, rows, 1, scores, 1, keyTile, gradients, queryWidth, continuesKeys, valueSums,
                        queryWidth, Int32(SHARDMILL_HIDDEN_FIRST), visible)
                    shardmill_tile_product(
                        columns, width, rows, shape.scale, slopes, 1, keyTile, queries, queryWidth, continuesKeys,
                        keySums, queryWidth, Int32(SHARDMILL_HIDDEN_FIRST), visible)
                    shardmill_tile_product(
                        rows, width, columns, shape.scale, slopes, keyTile, 1, keys, keyWidth, continuesQueries,
                        queryGradient, queryWidth, Int32(SHARDMILL_HIDDEN_INNER), visible)
                } else {
                    Self.product(
                        columns, width, rows, 1, scores, keyTile, true, gradients, queryWidth, false,
                        Float(continuesKeys), valueSums, queryWidth)
                    Self.product(
                        columns, width, rows, shape.scale, slopes, keyTile, true, queries, queryWidth, false,
                        Float(continuesKeys), keySums, queryWidth)
                    Self.product(
                        rows, width, columns, shape.scale, slopes, keyTile, false, keys, keyWidth, false,
                        Float(continuesQueries), queryGradient, queryWidth)
                }
            }
        }
    }
}
