import Building
import Files
import Shards
import Training

/// What `validate` can be given, told apart by what is there.
public enum ValidationTarget: Sendable, Equatable {
    /// The folder of a built corpus.
    case corpus(String)
    /// A folder of shards with an index: another program's, or one side of a corpus.
    case shards(String)
    /// A recipe.
    case recipe(String)
    /// Files to read documents from.
    case inputs(String)

    /// Throws `FileFailure.wrongKind` for what another command looks at, with what to do.
    public init(_ path: String) throws {
        func has(_ name: String) -> Bool { Folder.exists(PathText.join(path, name)) }
        guard Folder.isFolder(path) else {
            let isYAML = path.hasSuffix(".yaml") || path.hasSuffix(".yml")
            if isYAML, DoctorTarget.isConfiguration(path) {
                throw ValidationTarget.wrong(path, "training options: `shardmill doctor` looks at them")
            }
            self = isYAML ? .recipe(path) : .inputs(path)
            return
        }
        if has("run.json") {
            throw ValidationTarget.wrong(path, "the folder of a training: `shardmill doctor` looks at it")
        }
        if has(MDSIndex.fileName) {
            self = .shards(path)
        } else if CorpusCheck.isCorpus(path) {
            self = .corpus(path)
        } else if has("config.json") {
            throw ValidationTarget.wrong(
                path, "a model: `shardmill doctor DATA --model \(path)` looks at it, `shardmill model info` shows it")
        } else if has("tokenizer.json") {
            throw ValidationTarget.wrong(path, "a tokenizer: `shardmill tokenizer info` shows it")
        } else {
            self = .inputs(path)
        }
    }

    private static func wrong(_ path: String, _ found: String) -> FileFailure {
        .malformed(path: path, place: "validate", expected: "a corpus, shards, a recipe or documents", found: found)
    }
}
