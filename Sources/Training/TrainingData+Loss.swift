internal import Files
internal import Shards

extension TrainingData {
    /// Throws `TrainingFailure.unusableData` for a data set to learn from of which, by the manifest of the build around it, no token carries loss.
    func requireLoss() throws {
        for source in sources where TrainingData.lossTokens(of: source.dataset) == 0 {
            throw TrainingFailure.unusableData(
                path: source.dataset.folder, expected: "tokens that carry loss",
                found: "loss_tokens 0 in the manifest; see pack.no_loss and the instructions of its recipe")
        }
    }

    /// nil where nothing says it: every token carries loss, or no build made the data set. What is wrong with a manifest is not asked here.
    private static func lossTokens(of dataset: ShardDataset) -> Int? {
        let folder = PathText.absolute(dataset.folder)
        let path = PathText.join(PathText.folder(of: folder), "manifest.json")
        guard dataset.hasLossSpans, Folder.exists(path), let manifest = try? JSONValue(file: path) else { return nil }
        return manifest["splits"]?[PathText.name(of: folder)]?["loss_tokens"]?.int
    }
}
