import CKernels

// Causal attention in tiles (Dao et al. 2022; Dao 2023): scores exist for one tile at a time. The products of a tile are
// single-threaded matrix products on rows of the big matrices where they stand, softmax and its gradient are C kernels.

extension CPUBackend {
    /// Queries of one tile.
    private static var queryTile: Int { 128 }
    /// Keys of one tile.
    private static var keyTile: Int { 256 }

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
        for (index, segment) in segments.enumerated() {
            for start in stride(from: 0, to: segment.queryCount, by: Self.queryTile) { tiles.append((index, start)) }
        }
        let plan = tiles
        let group = shape.heads / shape.keyHeads
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
            let keyColumn = head / group * width
            for keyStart in stride(from: 0, to: before + rows, by: Self.keyTile) {
                let columns = min(Self.keyTile, before + rows - keyStart)
                let keyOffset = (segment.keyStart + keyStart) * keyWidth + keyColumn
                Self.product(
                    rows, columns, width, shape.scale, query, queryWidth, false, keys.address + keyOffset, keyWidth,
                    true,
                    0, scores, columns)
                shardmill_softmax_tile(
                    scores, columns, rows, columns, before + 1 - keyStart, maxima, sums,
                    keyStart == 0 ? nil : output, queryWidth, width)
                Self.product(
                    rows, width, columns, 1, scores, columns, false, values.address + keyOffset, keyWidth, false,
                    keyStart == 0 ? 0 : 1, output, queryWidth)
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
        let (queryTile, keyTile) = (Self.queryTile, Self.queryTile)
        let scores = scratch(worker, 2 * queryTile * keyTile)
        let slopes = scores + queryTile * keyTile
        for keyStart in stride(from: 0, to: count, by: keyTile) {
            let columns = min(keyTile, count - keyStart)
            let keys = key + keyStart * keyWidth
            let values = value + keyStart * keyWidth
            for queryStart in stride(from: keyStart / queryTile * queryTile, to: count, by: queryTile) {
                let rows = min(queryTile, count - queryStart)
                let queries = query + queryStart * queryWidth
                let gradients = outputGradient + queryStart * queryWidth
                Self.product(
                    rows, columns, width, shape.scale, queries, queryWidth, false, keys, keyWidth, true, 0, scores,
                    columns)
                Self.product(
                    rows, columns, width, 1, gradients, queryWidth, false, values, keyWidth, true, 0, slopes, columns)
                shardmill_attention_gradient_tile(
                    scores, slopes, columns, rows, columns, queryStart + 1 - keyStart,
                    logSums + queryStart * shape.heads, dots + queryStart * shape.heads, shape.heads)
                let isFirst = queryStart <= keyStart
                Self.product(
                    columns, width, rows, 1, scores, columns, true, gradients, queryWidth, false, isFirst ? 0 : 1,
                    valueSums + keyStart * queryWidth, queryWidth)
                Self.product(
                    columns, width, rows, shape.scale, slopes, columns, true, queries, queryWidth, false,
                    isFirst ? 0 : 1, keySums + keyStart * queryWidth, queryWidth)
                Self.product(
                    rows, width, columns, shape.scale, slopes, columns, false, keys, keyWidth, false,
                    keyStart == 0 ? 0 : 1, queryGradient + queryStart * queryWidth, queryWidth)
            }
        }
    }
}
