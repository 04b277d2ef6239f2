/// What a run tells while it works, and how it is stopped. All calls come from the thread that runs it.
public struct TrainingObserver {
    /// After each step.
    public var onStep: (TrainingStep) throws -> Void
    /// After each measurement on the validation data.
    public var onValidation: (ValidationLoss) throws -> Void
    /// Asked after each step: true writes a checkpoint and ends the run early.
    public var shouldStop: () -> Bool

    /// An observer; what is left out does nothing.
    public init(
        onStep: @escaping (TrainingStep) throws -> Void = { _ in },
        onValidation: @escaping (ValidationLoss) throws -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
    ) {
        self.onStep = onStep
        self.onValidation = onValidation
        self.shouldStop = shouldStop
    }
}

/// What came of a run.
public struct TrainingSummary: Sendable, Equatable {
    /// Steps made, those before a resume included.
    public var steps: Int
    /// Whether all steps are made; false after `shouldStop`.
    public var isFinished: Bool
    /// Loss of the last step that had a target; nil where none had.
    public var loss: Double?
    /// The last validation loss, where there is validation data that carries loss.
    public var validationLoss: Double?
    /// Tokens read since the start, those before a resume included.
    public var tokens: Int
    /// The folder of the trained model or adapter; of the last checkpoint where the run is not finished.
    public var output: String
}
