internal import Files

/// Where everything of a run stands.
struct RunFolder {
    let path: String

    /// What the run is: options, digests of model and data. Written before the first step.
    var description: String { PathText.join(path, "run.json") }
    /// A line for each step.
    var metrics: String { PathText.join(path, "metrics.jsonl") }
    /// What came of it. Written last: a run that has it is finished.
    var summary: String { PathText.join(path, "summary.json") }
    /// One folder for each checkpoint.
    var checkpoints: String { PathText.join(path, "checkpoints") }
    /// The trained model, of the method `full`.
    var model: String { PathText.join(path, "model") }
    /// The trained adapter, of the method `lora`.
    var adapter: String { PathText.join(path, "adapter") }

    func checkpoint(_ step: Int) -> String {
        let digits = String(step)
        return PathText.join(
            checkpoints, "step-" + String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits)
    }

    /// The steps of the checkpoints that are there, rising.
    func checkpointSteps() throws -> [Int] {
        guard Folder.isFolder(checkpoints) else { return [] }
        return try Folder.names(in: checkpoints).compactMap { name in
            name.hasPrefix("step-") ? Int(name.dropFirst(5)) : nil
        }.sorted()
    }

    /// Removes what a killed run left half written.
    func removeRemains() throws {
        for folder in [path, checkpoints] where Folder.isFolder(folder) {
            for name in try Folder.names(in: folder) where name.hasPrefix(".tmp-") {
                try Folder.remove(PathText.join(folder, name))
            }
        }
    }
}
