import Building
import Files
import Shards
import Training

/// Something that `doctor` can look at, told apart by what is there.
enum DoctorTarget: Equatable {
    /// A file with sources.
    case recipe(String)
    /// A built corpus or an MDS folder, and how often an epoch takes it.
    case data(String, weight: Double?)
    /// A file of training options.
    case configuration(String)
    /// The folder of a run.
    case run(String)

    /// Throws `FileFailure` where nothing stands there, `TrainingFailure.unusableData` where none of these does.
    init(_ text: String) throws {
        var (path, weight) = (text, Double?.none)
        if !Folder.exists(path), let sign = text.lastIndex(of: "="),
            let number = Double(text[text.index(after: sign)...])
        {
            (path, weight) = (String(text[..<sign]), number)
        }
        guard Folder.exists(path) else { throw FileFailure.missing(path: path) }
        guard Folder.isFolder(path) else {
            self = DoctorTarget.isConfiguration(path) ? .configuration(path) : .recipe(path)
            return
        }
        func has(_ name: String) -> Bool { Folder.exists(PathText.join(path, name)) }
        if has("run.json") {
            self = .run(path)
        } else if has(MDSIndex.fileName) || CorpusCheck.isCorpus(path) {
            self = .data(path, weight: weight)
        } else {
            throw TrainingFailure.unusableData(
                path: path,
                expected:
                    "a recipe, the folder of a corpus (manifest.json), of shards (index.json) or of a run (run.json), or a training "
                    + "configuration",
                found: has("config.json") ? "a model; name it with --model" : "none of these")
        }
    }

    /// Whether the file has names of training options and none of a recipe. What cannot be parsed is taken for a recipe, whose reader says
    /// what is wrong.
    static func isConfiguration(_ path: String) -> Bool {
        guard let members = (try? YAMLFile.json(path))?.members else { return false }
        if members["sources"] != nil || members["tokenizer"] != nil { return false }
        let known = TrainingOptions().json.members ?? [:]
        return path.hasSuffix(".json") || members.isEmpty || members.keys.contains { known[$0] != nil }
    }
}
