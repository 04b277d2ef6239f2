internal import Files
public import Tensors
internal import Tokenization
internal import Transformers

/// A model with its own tokenizer that says how well it predicts texts. Used by one thread at a time.
public final class TextPerplexity {
    /// Tokens in a row at most: long enough that the first tokens, which have little context, count for little.
    static let longestRow = 512

    private let model: TransformerModel
    private let encoder: TokenEncoder
    private let rowLength: Int

    /// Loads a Hugging Face folder with its tokenizer. Throws what loading throws, and `EvaluationFailure.mismatch` where the two do not fit.
    ///
    /// A score depends on the backend's number of threads in its last bits: ask with the same number for the same score.
    public init(_ path: String, backend: any Backend) throws {
        model = try TransformerModel.load(path, backend: backend)
        let tokenizer = try Tokenizer.load(path)
        let match = ModelMatch(path: path, configuration: model.configuration, tokenizer: tokenizer)
        try match.requireTokenizerFits(tokenizerPath: path)
        encoder = tokenizer.makeEncoder()
        rowLength = max(2, min(TextPerplexity.longestRow, model.configuration.maximumPositions))
    }

    /// Reads at most `mostTokens` tokens of a text: all of them, or whole rows that lie evenly over it. Special tokens in the text are
    /// ordinary text. Cost: one forward pass over what is read; encoding the whole text.
    public func score(_ text: [UInt8], mostTokens: Int) throws -> PerplexityScore {
        var ids: [UInt32] = []
        try text.withUnsafeBytes { try encoder.encode($0, specials: .ordinary, into: &ids) }
        var score = PerplexityScore()
        for row in TextPerplexity.rows(tokens: ids.count, length: rowLength, mostTokens: mostTokens) {
            var batcher = RowBatcher()
            batcher.append(ids, segmentEnds: [ids.count], row)
            let loss = try model.loss(batcher.take())
            score.lossSum += loss.sum
            score.targetTokens += loss.count
            score.tokens += row.count
        }
        return score
    }

    /// The rows that are read of a text: from its beginning without gaps where `mostTokens` suffice, else as many as they pay for, at least
    /// one, the first at the beginning and the last at the end.
    static func rows(tokens: Int, length: Int, mostTokens: Int) -> [Range<Int>] {
        if tokens < 2 { return [] }
        let length = min(length, max(2, mostTokens))
        if tokens <= mostTokens || tokens <= length {
            return stride(from: 0, to: tokens, by: length).map { $0..<min(tokens, $0 + length) }
        }
        let count = max(1, mostTokens / length)
        // Rows never overlap: `count` of them are shorter than the text.
        return (0..<count).map { row in
            let start = count == 1 ? 0 : (tokens - length) * row / (count - 1)
            return start..<start + length
        }
    }
}
