internal import Files
internal import Transformers

/// A moment of a run from which it goes on with the same numbers, bit for bit: `model/` or `adapter/`, the moments of the
/// optimizer, and `state.json`. Nothing in a run is drawn at random after its first step but the order of the data, which
/// follows from the seed and the number of rows taken.
enum TrainingCheckpoint {
    private static let stateName = "state.json"
    private static let momentsName = "moments.safetensors"

    /// Writes the checkpoint; it appears when it is whole.
    static func write(
        to path: String, description: RunDescription, optimizer: AdamWOptimizer, order: RowOrder,
        weights: (_ folder: String) throws -> Void
    ) throws {
        var folder = try AtomicFolder(path)
        try weights(folder.temporaryPath)
        try optimizer.write(to: folder(momentsName))
        let state: JSONValue = [
            "run": description.json, "step": .integer(optimizer.steps), "rows": .integer(order.taken),
            "data": order.json,
        ]
        try AtomicFile.write(state.encoded(.pretty), to: folder(stateName))
        try folder.commit()
    }

    /// Takes up the optimizer and the data order of a checkpoint and returns its step. The weights are loaded before.
    static func restore(
        from path: String, description: RunDescription, optimizer: inout AdamWOptimizer, order: inout RowOrder
    ) throws -> Int {
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
        try optimizer.read(from: PathText.join(path, momentsName), steps: step)
        return step
    }
}
