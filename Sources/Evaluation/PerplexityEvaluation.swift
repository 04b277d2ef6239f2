internal import Glibc
public import Shards
internal import Tensors
public import Transformers

/// How well a model predicts the tokens of a text.
public struct PerplexityScore: Sendable, Equatable {
    /// The sum of the losses of all predicted tokens, in nats.
    public var lossSum = 0.0
    /// Number of predicted tokens: the first token of a segment is predicted by none, and what carries no loss does not count.
    public var targetTokens = 0
    /// Number of tokens read.
    public var tokens = 0
    /// Bytes of the predicted tokens, where they are known.
    public var targetBytes: Int?

    /// Nothing read yet.
    public init() {}

    /// The mean loss of a predicted token, in nats; nil where none was predicted.
    public var loss: Double? { targetTokens == 0 ? nil : lossSum / Double(targetTokens) }
    /// exp(loss).
    public var perplexity: Double? { loss.map { exp($0) } }
    /// The loss in bits for each byte of text, which compares models of different tokenizers; nil where bytes are unknown.
    public var bitsPerByte: Double? {
        guard let targetBytes, targetBytes > 0 else { return nil }
        return lossSum / log(2) / Double(targetBytes)
    }
}

/// Measures the perplexity of a model over the blocks of a data set.
public struct PerplexityEvaluation {
    /// Tokens in a row; nil: a whole block. A longer row gives each token more context.
    public var sequenceLength: Int?
    /// Tokens in one forward pass, at least one row.
    public var batchTokens = 2048
    /// Whether attention, positions and targets stay inside a segment.
    public var isolatesSegments = true
    /// Only so many blocks from the first on; nil: all.
    public var maximumBlocks: Int?
    /// The number of bytes of every token id, where bits per byte are wanted.
    public var tokenByteCounts: [Int]?

    /// Whole blocks, isolated segments.
    public init() {}

    /// Reads the blocks in order and sums the loss of every predicted token. Throws for a damaged shard or a token outside the
    /// model's vocabulary.
    ///
    /// - Parameter progress: called after each forward pass with the blocks done and the blocks in all.
    public func score(
        _ model: TransformerModel, on dataset: ShardDataset,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> PerplexityScore {
        var score = PerplexityScore()
        if tokenByteCounts != nil { score.targetBytes = 0 }
        let total = min(dataset.blockCount, maximumBlocks ?? dataset.blockCount)
        var batcher = RowBatcher(isolatesSegments: isolatesSegments)
        for number in 0..<total {
            let block = try dataset.block(number)
            let length = sequenceLength ?? max(1, block.count)
            for start in stride(from: 0, to: block.count, by: length) {
                let end = min(start + length, block.count)
                if batcher.count > 0, batcher.count + end - start > batchTokens {
                    try add(batcher.take(), model, &score)
                    try progress(number, total)
                }
                batcher.append(block, start..<end)
            }
        }
        if batcher.count > 0 { try add(batcher.take(), model, &score) }
        try progress(total, total)
        return score
    }

    private func add(_ batch: TokenBatch, _ model: TransformerModel, _ score: inout PerplexityScore) throws {
        let loss = try model.loss(batch)
        score.lossSum += loss.sum
        score.targetTokens += loss.count
        score.tokens += batch.count
        guard let tokenByteCounts else { return }
        var bytes = 0
        for label in batch.labels where label >= 0 {
            if Int(label) < tokenByteCounts.count { bytes += tokenByteCounts[Int(label)] }
        }
        score.targetBytes = (score.targetBytes ?? 0) + bytes
    }
}
