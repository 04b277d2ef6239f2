public import Transformers

/// Continues a text with the likeliest token each time. Keys and values of what was read are kept, so each token costs one row of
/// work.
public struct GreedyGeneration {
    /// Why a text ended.
    public enum Ending: Sendable, Equatable {
        /// A token that ends texts came; it is not part of the text.
        case endToken(Int)
        /// As many tokens as were asked for, or as the model has positions for.
        case limit
        /// The caller asked to stop.
        case stopped
    }

    /// The most tokens to make.
    public var limit = 128
    /// Tokens that end the text.
    public var endTokens: Set<Int> = []

    /// At most 128 tokens, ended by what the model's configuration names.
    public init(for model: TransformerModel, limit: Int = 128) {
        self.limit = limit
        endTokens = Set(model.configuration.endTokenIDs)
    }

    /// Continues `prompt`. Of equal logits the smallest id wins. Throws `ModelFailure.usage` for an empty prompt, a token outside
    /// the vocabulary, or a prompt longer than the model's positions.
    ///
    /// - Parameter onToken: called with each token as it is made; false stops.
    /// - Returns: the new tokens, and why they ended.
    public func continuation(
        of prompt: [Int], by model: TransformerModel, onToken: (Int) throws -> Bool = { _ in true }
    ) throws -> (tokens: [Int], ending: Ending) {
        guard limit > 0 else { return ([], .limit) }
        let cache = KeyValueCache(for: model)
        let limit = min(limit, max(1, model.configuration.maximumPositions - prompt.count))
        var made: [Int] = []
        var logits = try model.read(prompt.map { Int32(clamping: $0) }, cache: cache)
        while true {
            var best = 0
            for index in logits.indices where logits[index] > logits[best] { best = index }
            if endTokens.contains(best) { return (made, .endToken(best)) }
            made.append(best)
            if try !onToken(best) { return (made, .stopped) }
            if made.count >= limit { return (made, .limit) }
            logits = try model.read([Int32(best)], cache: cache)
        }
    }
}
