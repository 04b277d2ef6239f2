public import Files
internal import Glibc

/// How well a model predicts a text: whole numbers, so that a stored decision is the decision.
public struct PerplexitySignal: Sendable, Equatable {
    /// The loss of all predicted tokens, in millionths of a nat.
    public var microNats: Int
    /// Number of predicted tokens; 0 for a text of one token or none.
    public var tokens: Int

    /// A signal.
    public init(microNats: Int, tokens: Int) {
        self.microNats = microNats
        self.tokens = tokens
    }

    /// exp(mean loss of a token) in thousandths, at most 10^15; nil where no token was predicted.
    public var perplexity: Int? {
        guard tokens > 0 else { return nil }
        let value = exp(Double(microNats) / 1e6 / Double(tokens)) * 1000
        return value < 1e15 ? Int(value.rounded()) : 1_000_000_000_000_000
    }

    /// As a JSON array: micro-nats, tokens.
    public var json: JSONValue { .array([.integer(microNats), .integer(tokens)]) }

    /// From the array that `json` gives.
    public init?(json: JSONValue) {
        guard let items = json.items, items.count == 2, let microNats = items[0].int, let tokens = items[1].int,
            tokens >= 0
        else { return nil }
        self.init(microNats: microNats, tokens: tokens)
    }
}
