import CKernels
import Glibc

extension CPUBackend {
    /// Rows of `table` for `tokens`.
    public func gatherRows(of table: FloatBuffer, _ tokens: [Int32], width: Int, into results: FloatBuffer) {
        require(results, tokens.count * width, writable: true)
        requireRows(tokens, of: table, width: width)
        forEachRows(tokens.count, width: width) { start, count in
            for row in start..<start + count {
                memcpy(results.address + row * width, table.address + Int(tokens[row]) * width, width * 4)
            }
        }
    }

    /// Adds rows to the rows that `tokens` name; pieces are groups of columns, so that the order of a sum is that of the tokens.
    public func scatterAdd(_ gradient: FloatBuffer, _ tokens: [Int32], width: Int, into tableGradient: FloatBuffer) {
        require(gradient, tokens.count * width)
        require(tableGradient, 0, writable: true)
        requireRows(tokens, of: tableGradient, width: width)
        let columns = 128
        share((width + columns - 1) / columns) { piece, _ in
            let start = piece * columns
            let size = min(columns, width - start)
            for row in tokens.indices {
                shardmill_add_scaled(
                    tableGradient.address + Int(tokens[row]) * width + start, gradient.address + row * width + start, 1,
                    size)
            }
        }
    }

    private func requireRows(_ tokens: [Int32], of table: FloatBuffer, width: Int) {
        let rows = width == 0 ? 0 : table.count / width
        for token in tokens { precondition(token >= 0 && Int(token) < rows, "token \(token) of \(rows)") }
    }

    /// Root-mean-square normalisation.
    public func normalize(
        _ values: FloatBuffer, weight: FloatBuffer, epsilon: Float, into results: FloatBuffer, inverses: FloatBuffer,
        rows: Int, width: Int
    ) {
        require(values, rows * width)
        require(weight, width)
        require(results, rows * width, writable: true)
        require(inverses, rows, writable: true)
        forEachRows(rows, width: width) { start, count in
            shardmill_rms_norm(
                values.address + start * width, weight.address, results.address + start * width,
                inverses.address + start, count, width, epsilon)
        }
    }

    /// The gradient of `normalize`. The weight's gradient is summed in groups of 128 rows, then over the groups in order.
    public func normalizeBackward(
        _ values: FloatBuffer, weight: FloatBuffer, inverses: FloatBuffer, resultGradient: FloatBuffer,
        valueGradient: FloatBuffer, accumulates: Bool, weightGradient: FloatBuffer?, rows: Int, width: Int
    ) {
        require(values, rows * width)
        require(weight, width)
        require(inverses, rows)
        require(resultGradient, rows * width)
        require(valueGradient, rows * width, writable: true)
        let size = 128
        let groups = (rows + size - 1) / size
        var partial: FloatBuffer?
        if let weightGradient {
            require(weightGradient, width, writable: true)
            let sums = sharedScratch(0, groups * width)
            clear(sums, count: groups * width)
            partial = sums
        }
        let sums = partial
        share(groups) { group, _ in
            let start = group * size
            shardmill_rms_norm_backward(
                values.address + start * width, weight.address, inverses.address + start,
                resultGradient.address + start * width, valueGradient.address + start * width, accumulates ? 1 : 0,
                sums.map { $0.address + group * width }, min(size, rows - start), width)
        }
        if let weightGradient, let sums {
            shardmill_add_column_sums(weightGradient.address, sums.address, groups, width, width)
        }
    }

    /// Rotary position embedding in place.
    public func rotate(_ values: FloatBuffer, positions: [Int32], heads: Int, table: RotaryTable, backwards: Bool) {
        let half = table.half
        let width = heads * 2 * half
        require(values, positions.count * width, writable: true)
        for position in positions {
            precondition(position >= 0 && position < table.positions, "position \(position) of \(table.positions)")
        }
        forEachRows(positions.count, width: width) { start, count in
            for row in start..<start + count {
                let angle = Int(positions[row]) * half
                shardmill_rotate(
                    values.address + row * width, table.cosines.address + angle, table.sines.address + angle, heads,
                    half,
                    backwards ? -1 : 1)
            }
        }
    }

    /// `results = gate * sigmoid(gate) * up`.
    public func activate(gate: FloatBuffer, up: FloatBuffer, into results: FloatBuffer, count: Int) {
        require(gate, count)
        require(up, count)
        require(results, count, writable: true)
        forEachPiece(of: count) { start, size in
            shardmill_gated_activation(gate.address + start, up.address + start, results.address + start, size)
        }
    }

    /// The gradient of `activate`, written over `gate` and `up`.
    public func activateBackward(gate: FloatBuffer, up: FloatBuffer, resultGradient: FloatBuffer, count: Int) {
        require(gate, count, writable: true)
        require(up, count, writable: true)
        require(resultGradient, count)
        forEachPiece(of: count) { start, size in
            shardmill_gated_activation_backward(
                gate.address + start, up.address + start, resultGradient.address + start, size)
        }
    }

    /// One step of AdamW, in the order of operations of PyTorch.
    public func step(
        _ weights: FloatBuffer, gradient: FloatBuffer, firstMoment: FloatBuffer, secondMoment: FloatBuffer, count: Int,
        _ step: AdamWStep
    ) {
        require(weights, count, writable: true)
        require(gradient, count)
        require(firstMoment, count, writable: true)
        require(secondMoment, count, writable: true)
        let firstCorrection = 1 - pow(step.firstDecay, Double(step.number))
        let secondCorrection = 1 - pow(step.secondDecay, Double(step.number))
        let size = Float(step.learningRate / firstCorrection)
        let rootCorrection = Float(1 / secondCorrection.squareRoot())
        let keep = Float(1 - step.learningRate * step.weightDecay)
        forEachPiece(of: count) { start, length in
            shardmill_adamw(
                weights.address + start, gradient.address + start, firstMoment.address + start,
                secondMoment.address + start, length, Float(step.gradientFactor), keep, Float(step.firstDecay),
                Float(step.secondDecay), size, rootCorrection, Float(step.epsilon))
        }
    }
}
