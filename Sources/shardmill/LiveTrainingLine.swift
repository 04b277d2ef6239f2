import Files
import Training

/// The live line of a training, or a line a step where there is no terminal.
final class LiveTrainingLine {
    private let common: CommonOptions
    private let totalSteps: Int
    private let stepsMade: Int
    private let started = ProgressLine.now()

    init(_ common: CommonOptions, totalSteps: Int, stepsMade: Int) {
        self.common = common
        self.totalSteps = totalSteps
        self.stepsMade = stepsMade
    }

    func show(_ step: TrainingStep) {
        if common.quiet { return }
        let done = step.step - stepsMade
        let left = (ProgressLine.now() - started) / Double(max(done, 1)) * Double(totalSteps - step.step)
        if Console.isErrorTerminal {
            let text = LiveTrainingLine.text(step, of: totalSteps, secondsLeft: left, columns: Console.errorColumns)
            Console.write(Array("\r\u{1B}[2K\(text)".utf8), to: 2)
        } else {
            Console.error(LiveTrainingLine.text(step, of: totalSteps, secondsLeft: left, columns: .max))
        }
    }

    /// What fits into a line of `columns`: gradient, rate, speed and time left go, in this order, where it is too narrow.
    static func text(_ step: TrainingStep, of total: Int, secondsLeft: Double, columns: Int) -> String {
        FittedLine.text(
            [
                "step \(step.step)/\(total)",
                step.loss.map { "loss \(Readable.decimal($0, 4))" } ?? "no loss in its rows: nothing learnt",
                "rate \(Readable.scientific(step.learningRate))", "gradient \(Readable.decimal(step.gradientNorm, 3))",
                "\(NumberText.count(Int(step.tokensPerSecond))) tokens/s", "ETA \(ProgressLine.clock(secondsLeft))",
            ], separator: "  ", dropping: [3, 2, 4, 5, 1], columns: columns)
    }

    func show(_ validation: ValidationLoss) {
        if common.quiet { return }
        finish()
        Console.error(
            LiveTrainingLine.text(validation))
    }

    private static func text(_ validation: ValidationLoss) -> String {
        let title = "validation after step \(validation.step): "
        guard let loss = validation.loss, let perplexity = validation.perplexity else {
            return title + "no token carries loss: nothing to measure"
        }
        return title + "loss \(Readable.decimal(loss, 4)), perplexity \(Readable.decimal(perplexity, 2)) over "
            + Readable.counted(validation.targetTokens, "token")
    }

    func finish() {
        if !common.quiet, Console.isErrorTerminal { Console.write(Array("\r\u{1B}[2K".utf8), to: 2) }
    }
}
