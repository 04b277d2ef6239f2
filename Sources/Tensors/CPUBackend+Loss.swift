import CKernels
import Glibc

extension CPUBackend {
    /// Rows of logits that exist at once: about 16 million floats, between 64 and 512 rows.
    static func lossChunk(vocabulary: Int) -> Int { min(512, max(64, (16 << 20) / max(1, vocabulary) & ~15)) }

    /// Cross-entropy in chunks of the rows that have a label.
    public func crossEntropy(
        inputs: FloatBuffer, weight: FloatBuffer, labels: [Int32], width: Int, vocabulary: Int, gradientFactor: Float?,
        inputGradient: FloatBuffer?, weightGradient: FloatBuffer?
    ) -> TokenLoss {
        require(inputs, labels.count * width)
        require(weight, vocabulary * width)
        for label in labels { precondition(Int(label) < vocabulary, "label \(label) of \(vocabulary)") }
        if let inputGradient, gradientFactor != nil { clear(inputGradient, count: labels.count * width) }
        let labelled = labels.indices.filter { labels[$0] >= 0 }
        var each = [Float](repeating: 0, count: labels.count)
        var sum = 0.0
        let chunk = min(Self.lossChunk(vocabulary: vocabulary), max(1, labelled.count))
        if labelled.isEmpty { return TokenLoss(sum: 0, count: 0, each: each) }
        let logits = sharedScratch(0, chunk * vocabulary)
        let gathered = sharedScratch(1, chunk * (width + 2))
        let losses = UnsafeMutableBufferPointer<Double>.allocate(capacity: chunk)
        defer { losses.deallocate() }
        nonisolated(unsafe) let slots = losses  // one slot a row, read after all are done
        for start in stride(from: 0, to: labelled.count, by: chunk) {
            let rows = Array(labelled[start..<min(start + chunk, labelled.count)])
            forEachRows(rows.count, width: width) { first, count in
                for row in first..<first + count {
                    memcpy(gathered.address + row * width, inputs.address + rows[row] * width, width * 4)
                }
            }
            multiply(
                gathered, weight, into: logits,
                MatrixProduct(rows: rows.count, columns: vocabulary, inner: width, transposesRight: true))
            share(rows.count) { row, _ in
                slots[row] = shardmill_cross_entropy(
                    logits.address + row * vocabulary, vocabulary, Int(labels[rows[row]]),
                    gradientFactor == nil ? 0 : 1,
                    gradientFactor ?? 0)
            }
            for (row, index) in rows.enumerated() {
                each[index] = Float(slots[row])
                sum += slots[row]
            }
            if gradientFactor == nil { continue }
            if let weightGradient {
                multiply(
                    logits, gathered, into: weightGradient,
                    MatrixProduct(
                        rows: vocabulary, columns: width, inner: rows.count, transposesLeft: true, accumulates: true))
            }
            if let inputGradient {
                multiply(
                    logits, weight, into: gathered,
                    MatrixProduct(rows: rows.count, columns: width, inner: vocabulary))
                forEachRows(rows.count, width: width) { first, count in
                    for row in first..<first + count {
                        memcpy(inputGradient.address + rows[row] * width, gathered.address + row * width, width * 4)
                    }
                }
            }
        }
        return TokenLoss(sum: sum, count: labelled.count, each: each)
    }
}
