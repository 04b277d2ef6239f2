internal import Files

/// What one step of a run measured: a line of `metrics.jsonl`.
public struct TrainingStep: Sendable, Equatable {
    /// The number of the step, from 1.
    public var step: Int
    /// Mean loss of a target token, in nats, before the step's update; nil where no token of its rows had a target: nothing was updated.
    public var loss: Double?
    /// The learning rate of the step.
    public var learningRate: Double
    /// The norm of the gradient before clipping.
    public var gradientNorm: Double
    /// Tokens read.
    public var tokens: Int
    /// Tokens that had a target.
    public var targetTokens: Int
    /// Passes over the data so far: 1.5 is half-way through the second.
    public var epoch: Double
    /// Rows taken so far.
    public var position: Int
    /// Wall-clock seconds of the step.
    public var seconds: Double
    /// Seconds since 1970 at the end of the step.
    public var time: Double

    /// Tokens read a second.
    public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }

    var json: JSONValue {
        [
            "step": .integer(step), "loss": loss.map { .double($0) } ?? .null, "learning_rate": .double(learningRate),
            "gradient_norm": .double(gradientNorm), "tokens": .integer(tokens), "target_tokens": .integer(targetTokens),
            "epoch": .double(epoch), "position": .integer(position), "step_seconds": .double(seconds),
            "tokens_per_second": .double(tokensPerSecond), "time": .double(time),
        ]
    }
}

/// The loss on the validation data after a step: a line of `metrics.jsonl`.
public struct ValidationLoss: Sendable, Equatable {
    /// The number of steps made before.
    public var step: Int
    /// Mean loss of a target token, in nats; nil where none had one.
    public var loss: Double?
    /// exp(loss).
    public var perplexity: Double?
    /// Tokens that had a target.
    public var targetTokens: Int
    /// Wall-clock seconds of the measurement.
    public var seconds: Double
    /// Seconds since 1970 at its end.
    public var time: Double

    var json: JSONValue {
        [
            "step": .integer(step), "validation_loss": loss.map { .double($0) } ?? .null,
            "validation_perplexity": perplexity.map { .double($0) } ?? .null,
            "validation_tokens": .integer(targetTokens), "step_seconds": .double(seconds), "time": .double(time),
        ]
    }
}
