internal import Files
internal import Transformers

/// A moment of a run from which it goes on with the same numbers, bit for bit: `model/` or `adapter/`, the moments of the
/// optimizer, and `state.json`. Nothing in a run is drawn at random after its first step but the order of the data, which
/// follows from the seed and the number of rows taken.
enum TrainingCheckpoint {
    private static let stateName = "state.json"
    private static let momentsName = "moments.safetensors"

    /// What a run has measured up to a moment, for its summary.
    struct Measured: Equatable {
        /// Loss of the last step that had a target.
        var loss: Double?
        /// The last validation loss.
        var validationLoss: Double?
        /// Tokens read.
        var tokens = 0
    }

    /// Writes the checkpoint; it appears when it is whole.
    static func write(
        to path: String, step: Int, description: RunDescription, optimizer: AdamWOptimizer, order: RowOrder,
        measured: Measured, weights: (_ folder: String) throws -> Void
    ) throws {
        var folder = try AtomicFolder(path)
        try weights(folder.temporaryPath)
        try optimizer.write(to: folder(momentsName))
        let state: JSONValue = [
            "run": description.json, "step": .integer(step), "updates": .integer(optimizer.steps),
            "rows": .integer(order.taken),
            "data": order.json, "loss": measured.loss.map { .double($0) } ?? .null, "tokens": .integer(measured.tokens),
            "validation_loss": measured.validationLoss.map { .double($0) } ?? .null,
        ]
        try AtomicFile.write(state.encoded(.pretty), to: folder(stateName))
        try folder.commit()
    }

    /// Takes up the optimizer and the data order of a checkpoint and returns its step and what was measured until then. The
    /// weights are loaded before.
    static func restore(
        from path: String, description: RunDescription, optimizer: inout AdamWOptimizer, order: inout RowOrder
    ) throws -> (step: Int, measured: Measured) {
        let file = PathText.join(path, stateName)
        let state = try JSONValue(file: file)
        try description.requireSame(as: state["run"] ?? .null, path: file)
        guard let step = state["step"]?.int, step >= 0, step <= description.totalSteps else {
            throw TrainingFailure.malformed(
                path: file, place: "step", expected: "an integer from 0 to \(description.totalSteps)",
                found: state["step"]?.text() ?? "none")
        }
        try order.restore(state["data"] ?? .null, path: file)
        guard order.taken == state["rows"]?.int else {
            throw TrainingFailure.malformed(
                path: file, place: "rows", expected: "\(order.taken), as the state of the data says",
                found: state["rows"]?.text() ?? "none")
        }
        // Every step of an older checkpoint made one.
        guard let updates = state["updates"].map({ $0.int }) ?? step, (0...step).contains(updates) else {
            throw TrainingFailure.malformed(
                path: file, place: "updates", expected: "an integer from 0 to \(step)",
                found: state["updates"]?.text() ?? "none")
        }
        try optimizer.read(from: PathText.join(path, momentsName), steps: updates)
        let loss = state["loss"]?.double
        guard loss != nil || state["loss"] == .null, let tokens = state["tokens"]?.int, tokens >= 0 else {
            throw TrainingFailure.malformed(
                path: file, place: "loss, tokens", expected: "a number or null and an integer from 0",
                found: "\(state["loss"]?.text() ?? "none"), \(state["tokens"]?.text() ?? "none")")
        }
        return (step, Measured(loss: loss, validationLoss: state["validation_loss"]?.double, tokens: tokens))
    }
}
